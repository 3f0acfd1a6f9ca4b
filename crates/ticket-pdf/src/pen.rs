//! Drawing on one page: text with its fonts, lines, bars and images, each with its tag.
#![expect(clippy::float_arithmetic, reason = "a page is measured in fractions of a point, as the PDF is")]

use std::collections::BTreeSet;

use krilla::color::luma;
use krilla::geom::{PathBuilder, Point, Rect, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{Fill, FillRule, Stroke};
use krilla::surface::Surface;
use krilla::tagging::{Artifact, ArtifactType, BBox, ContentTag, Node, SpanTag, Tag, TagGroup, TagKind};
use krilla::text::{GlyphId, KrillaGlyph};

use crate::Fonts;
use crate::fonts::{joins_the_one_before, printable};

/// Converts millimetres to points.
pub(crate) const fn mm(length: f32) -> f32 {
    length * 72.0 / 25.4
}

/// The style of a text.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Style {
    /// In points.
    pub(crate) size: f32,
    /// Drawn with an additional outline, so that one font weight is enough.
    pub(crate) bold: bool,
    /// 0 is black.
    pub(crate) grey: u8,
}

impl Style {
    pub(crate) const fn plain(size: f32) -> Self {
        Self { size, bold: false, grey: 0 }
    }

    pub(crate) const fn bold(size: f32) -> Self {
        Self { size, bold: true, grey: 0 }
    }

    pub(crate) const fn grey(size: f32) -> Self {
        Self { size, bold: false, grey: 0x33 }
    }
}

/// The alignment of a text at its x.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Align {
    Left,
    Centre,
}

/// Draws on one page.
pub(crate) struct Pen<'s, 'b> {
    surface: Surface<'s>,
    fonts: &'b Fonts,
    missing: &'b mut BTreeSet<char>,
    page: usize,
}

impl<'s, 'b> Pen<'s, 'b> {
    pub(crate) fn new(
        surface: Surface<'s>,
        fonts: &'b Fonts,
        missing: &'b mut BTreeSet<char>,
        page: usize,
    ) -> Self {
        Self { surface, fonts, missing, page }
    }

    pub(crate) fn finish(self) {
        self.surface.finish();
    }

    /// One line of text on the baseline `y`, under `tag`.
    pub(crate) fn line(
        &mut self,
        tag: impl Into<TagKind>,
        at: (f32, f32),
        align: Align,
        style: Style,
        text: &str,
    ) -> TagGroup {
        TagGroup::with_children(tag, vec![self.span(at, align, style, text)])
    }

    /// Lines of text from the baseline `y` downwards, each `leading` below the previous one, under one `tag`.
    pub(crate) fn lines(
        &mut self,
        tag: impl Into<TagKind>,
        at: (f32, f32),
        leading: f32,
        style: Style,
        lines: &[String],
    ) -> TagGroup {
        let mut group = TagGroup::new(tag);
        let mut y = at.1;
        for line in lines {
            group.push(self.span((at.0, y), Align::Left, style, line));
            y += leading;
        }
        group
    }

    fn span(&mut self, at: (f32, f32), align: Align, style: Style, text: &str) -> Node {
        let id = self.surface.start_tagged(ContentTag::Span(SpanTag::empty()));
        let text = printable(text);
        let x = match align {
            Align::Left => at.0,
            Align::Centre => at.0 - self.fonts.width(style.size, &text) / 2.0,
        };
        self.draw((x, at.1), style, &text);
        self.surface.end_tagged();
        Node::Leaf(id)
    }

    fn draw(&mut self, at: (f32, f32), style: Style, text: &str) {
        let paint = luma::Color::new(style.grey);
        self.surface.set_fill(Some(Fill { paint: paint.into(), ..Fill::default() }));
        self.surface.set_stroke(style.bold.then(|| Stroke {
            paint: paint.into(),
            width: style.size * 0.032,
            ..Stroke::default()
        }));
        let mut x = at.0;
        for run in self.fonts.runs(text) {
            for c in run.missing {
                self.missing.insert(c);
            }
            if let Some(font) = self.fonts.face(run.face) {
                let from = Point::from_xy(x, at.1);
                self.surface.draw_glyphs(from, &run.glyphs, font.clone(), run.text, style.size, false);
            }
            x += run.advance * style.size;
        }
        self.surface.set_stroke(None);
    }

    /// A line or filled box that is decoration for a screen reader.
    pub(crate) fn rule(&mut self, x: f32, y: f32, width: f32, height: f32, grey: u8) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        self.boxes(&[(x, y, width, height)], grey);
        self.surface.end_tagged();
    }

    /// The outline of a box, `thick` points wide, inside the given edges.
    pub(crate) fn frame(&mut self, x: f32, y: f32, width: f32, height: f32, thick: f32) {
        self.surface.start_tagged(ContentTag::Artifact(Artifact::with_kind(ArtifactType::Layout)));
        let sides = [
            (x, y, width, thick),
            (x, y + height - thick, width, thick),
            (x, y + thick, thick, height - 2.0 * thick),
            (x + width - thick, y + thick, thick, height - 2.0 * thick),
        ];
        self.boxes(&sides, 0);
        self.surface.end_tagged();
    }

    fn boxes(&mut self, boxes: &[(f32, f32, f32, f32)], grey: u8) {
        let mut path = PathBuilder::new();
        for (x, y, width, height) in boxes {
            if let Some(rect) = Rect::from_xywh(*x, *y, *width, *height) {
                path.push_rect(rect);
            }
        }
        if let Some(path) = path.finish() {
            self.surface.set_fill(Some(Fill {
                paint: luma::Color::new(grey).into(),
                opacity: NormalizedF32::ONE,
                rule: FillRule::NonZero,
            }));
            self.surface.set_stroke(None);
            self.surface.draw_path(&path);
        }
    }

    /// Black boxes that form one image, announced by a screen reader as `alt`.
    pub(crate) fn figure(&mut self, alt: &str, frame: Rect, boxes: &[(f32, f32, f32, f32)]) -> TagGroup {
        let id = self.surface.start_tagged(ContentTag::Other);
        self.boxes(boxes, 0);
        self.surface.end_tagged();
        self.described(alt, frame, Node::Leaf(id))
    }

    /// A photo, scaled to fit `frame` without distortion.
    pub(crate) fn photo(&mut self, alt: &str, frame: Rect, image: Image) -> TagGroup {
        let id = self.surface.start_tagged(ContentTag::Other);
        let (width, height) = image.size();
        #[expect(clippy::cast_precision_loss, reason = "a photo has far fewer than 2^23 pixels a side")]
        let (width, height) = (width as f32, height as f32);
        let scale = (frame.width() / width).min(frame.height() / height);
        let (width, height) = (width * scale, height * scale);
        if let Some(size) = Size::from_wh(width, height) {
            let left = frame.left() + (frame.width() - width) / 2.0;
            let top = frame.top() + (frame.height() - height) / 2.0;
            self.surface.push_transform(&Transform::from_translate(left, top));
            self.surface.draw_image(image, size);
            self.surface.pop();
        }
        self.surface.end_tagged();
        self.described(alt, frame, Node::Leaf(id))
    }

    fn described(&self, alt: &str, frame: Rect, node: Node) -> TagGroup {
        let tag = Tag::Figure(Some(printable(alt))).with_bbox(Some(BBox::new(self.page, frame)));
        TagGroup::with_children(tag, vec![node])
    }
}

/// Consecutive characters of one font.
pub(crate) struct Run<'t> {
    face: usize,
    text: &'t str,
    glyphs: Vec<KrillaGlyph>,
    /// Relative to the font size.
    advance: f32,
    missing: Vec<char>,
}

impl Fonts {
    /// The width in points of one line of text.
    pub(crate) fn width(&self, size: f32, text: &str) -> f32 {
        text.chars().filter(|c| !joins_the_one_before(*c)).map(|c| self.glyph(c).0.advance * size).sum()
    }

    /// Splits `text` (already printable) where the font changes.
    pub(crate) fn runs<'t>(&self, text: &'t str) -> Vec<Run<'t>> {
        let mut runs: Vec<Run<'t>> = Vec::new();
        let mut from = 0;
        let mut glyphs: Vec<KrillaGlyph> = Vec::new();
        let mut missing = Vec::new();
        let mut face = None;
        let mut advance = 0.0;
        for (at, c) in text.char_indices() {
            let end = at.saturating_add(c.len_utf8());
            let (glyph, is_box) = self.glyph(c);
            if joins_the_one_before(c)
                && let Some(last) = glyphs.last_mut()
            {
                last.text_range.end = end.saturating_sub(from);
                continue;
            }
            if let Some(before) = face
                && before != glyph.face
            {
                let (glyphs, missing) = (std::mem::take(&mut glyphs), std::mem::take(&mut missing));
                runs.push(Run {
                    face: before,
                    text: text.get(from..at).unwrap_or_default(),
                    glyphs,
                    advance,
                    missing,
                });
                from = at;
                advance = 0.0;
            }
            face = Some(glyph.face);
            advance += glyph.advance;
            if is_box {
                missing.push(c);
            }
            let range = at.saturating_sub(from)..end.saturating_sub(from);
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), glyph.advance, 0.0, 0.0, 0.0, range, None));
        }
        if let Some(face) = face {
            runs.push(Run { face, text: text.get(from..).unwrap_or_default(), glyphs, advance, missing });
        }
        runs
    }

    /// Splits `text` into lines no wider than `width` points: at a space if a word would be split, otherwise anywhere.
    pub(crate) fn wrap(&self, size: f32, width: f32, text: &str) -> Vec<String> {
        let mut lines = Vec::new();
        let mut line = String::new();
        let mut used = 0.0;
        for c in printable(text).chars() {
            let advance = if joins_the_one_before(c) { 0.0 } else { self.glyph(c).0.advance * size };
            if used + advance > width && !line.is_empty() && !never_first(c) {
                let carried = carried(&line, c);
                let kept = line.len().saturating_sub(carried.len());
                line.truncate(kept);
                lines.push(std::mem::replace(&mut line, carried));
                used = self.width(size, &line);
            }
            line.push(c);
            used += advance;
        }
        lines.push(line);
        lines
    }
}

/// Punctuation that hangs over the edge instead of beginning a line.
fn never_first(c: char) -> bool {
    matches!(c, '，' | '。' | '、' | '；' | '：' | '！' | '？' | '）' | '》' | '」' | ' ')
}

/// The unfinished word at the end of `line` that moves to the next line with `next`; empty if no word is split, or if
/// the word is the whole line.
fn carried(line: &str, next: char) -> String {
    let in_word = |c: char| c.is_ascii_graphic();
    if !in_word(next) {
        return String::new();
    }
    let start =
        line.char_indices().rev().take_while(|(_, c)| in_word(*c)).last().map_or(line.len(), |(at, _)| at);
    if start == 0 { String::new() } else { line.get(start..).unwrap_or_default().to_owned() }
}
