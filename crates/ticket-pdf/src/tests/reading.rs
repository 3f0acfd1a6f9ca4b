//! Reads finished PDFs: their text in reading order, their pages as pixels, and what a scanner sees there.
#![expect(clippy::float_arithmetic, reason = "sizes and shares of pictures, in tests")]

use hayro::hayro_interpret::font::GlyphRun;
use hayro::hayro_interpret::hayro_cmap::BfString;
use hayro::hayro_interpret::{
    BlendMode, ClipPath, Context, Device, DrawMode, DrawProps, Image, ImageDrawProps, InterpreterCache,
    InterpreterSettings, SoftMask, interpret_page,
};
use hayro::hayro_syntax::Pdf;
use hayro::hayro_syntax::object::{Dict, String as PdfString};
use hayro::kurbo::{Affine, BezPath, Rect};
use hayro::{PixmapSettings, RenderCache, RenderSettings};

pub(super) fn open(pdf: &[u8]) -> Pdf {
    Pdf::new(pdf.to_vec()).unwrap()
}

/// The text of each page, as a reader copies it.
pub(super) fn texts(pdf: &[u8]) -> Vec<String> {
    let pdf = open(pdf);
    let cache = InterpreterCache::new();
    pdf.pages()
        .iter()
        .map(|page| {
            let mut copy = Copy::default();
            let area = Rect::new(0.0, 0.0, 600.0, 850.0);
            let settings = InterpreterSettings::default();
            let mut context = Context::new(Affine::IDENTITY, area, &cache, page.xref(), settings);
            interpret_page(page, &mut context, &mut copy);
            copy.text
        })
        .collect()
}

/// Records the text that is drawn and nothing else.
#[derive(Default)]
struct Copy {
    text: String,
    /// For each open marked-content sequence, whether it has its own text for the glyphs inside.
    open: Vec<bool>,
}

impl Device<'_> for Copy {
    fn draw_path(&mut self, _: &BezPath, _: DrawProps<'_>, _: &DrawMode) {}
    fn push_clip_path(&mut self, _: &ClipPath) {}
    fn push_transparency_group(&mut self, _: f32, _: Option<SoftMask<'_>>, _: BlendMode) {}
    fn draw_glyph_run(&mut self, run: &GlyphRun<'_, '_>, _: DrawProps<'_>, mode: &DrawMode) {
        // Bold text is drawn a second time, as its outline.
        if self.open.contains(&true) || matches!(mode, DrawMode::Stroke(_)) {
            return;
        }
        for glyph in run.glyphs() {
            match glyph.as_unicode() {
                Some(BfString::Char(c)) => self.text.push(c),
                Some(BfString::String(text)) => self.text.push_str(&text),
                None => self.text.push('\u{FFFD}'),
            }
        }
    }
    fn draw_image(&mut self, _: Image<'_, '_>, _: ImageDrawProps<'_>) {}
    fn pop_clip(&mut self) {}
    fn pop_transparency_group(&mut self) {}
    fn begin_marked_content(&mut self, _tag: &[u8], properties: Option<&Dict<'_>>) {
        let own = properties.and_then(|dict| dict.get::<PdfString<'_>>("ActualText"));
        if let Some(bytes) = &own {
            // The text of several glyphs may be attached to one of them, and an empty text to the others.
            match bytes.as_bytes() {
                [0xFE, 0xFF, text @ ..] => {
                    let pairs = text.chunks_exact(2).map(|pair| u16::from_be_bytes([pair[0], pair[1]]));
                    self.text.extend(char::decode_utf16(pairs).map(Result::unwrap));
                }
                ascii => self.text.push_str(std::str::from_utf8(ascii).unwrap()),
            }
        }
        self.open.push(own.is_some());
    }
    fn end_marked_content(&mut self) {
        self.open.pop();
    }
}

/// A page as greyscale pixels.
pub(super) struct Picture {
    pub(super) width: usize,
    pub(super) height: usize,
    grey: Vec<u8>,
}

impl Picture {
    /// Page `number` (from 0), as a printer with `dots` dots per inch would render it.
    pub(super) fn of_page(pdf: &[u8], number: usize, dots: u16) -> Self {
        let pdf = open(pdf);
        let scale = f32::from(dots) / 72.0;
        let settings = PixmapSettings {
            x_scale: scale,
            y_scale: scale,
            bg_color: hayro::vello_cpu::color::palette::css::WHITE,
        };
        let cache = RenderCache::new();
        let page = &pdf.pages()[number];
        let pixels = hayro::render(
            page,
            &cache,
            &InterpreterSettings::default(),
            &RenderSettings::default(),
            &settings,
        );
        let (width, height) = (usize::from(pixels.width()), usize::from(pixels.height()));
        let grey = pixels.data_as_u8_slice().chunks_exact(4).map(|rgba| rgba[1]).collect();
        Self { width, height, grey }
    }

    pub(super) fn dark_share(&self) -> f64 {
        let dark = self.grey.iter().filter(|grey| **grey < 128).count();
        f64::from(u32::try_from(dark).unwrap()) / f64::from(u32::try_from(self.grey.len()).unwrap())
    }

    /// The texts of all QR codes that a scanner finds.
    pub(super) fn qr_texts(&self) -> Vec<String> {
        let mut picture = rqrr::PreparedImage::prepare_from_greyscale(self.width, self.height, |x, y| {
            self.grey[y * self.width + x]
        });
        picture.detect_grids().iter().map(|grid| grid.decode().unwrap().1).collect()
    }

    /// The widths of bars and gaps along row `y`, in pixels, from the first bar to the last.
    pub(super) fn runs(&self, y: usize) -> Vec<usize> {
        let row = &self.grey[y * self.width..(y + 1) * self.width];
        let mut runs: Vec<(bool, usize)> = Vec::new();
        for grey in row {
            let dark = *grey < 128;
            match runs.last_mut() {
                Some((before, length)) if *before == dark => *length += 1,
                _ => runs.push((dark, 1)),
            }
        }
        let first = runs.iter().position(|(dark, _)| *dark).unwrap_or(0);
        let last = runs.iter().rposition(|(dark, _)| *dark).map_or(0, |at| at + 1);
        runs[first..last.max(first)].iter().map(|(_, length)| *length).collect()
    }

    /// What a scanner of Code 128 reads along row `y`.
    pub(super) fn barcode(&self, y: usize) -> Option<String> {
        code_128(&self.runs(y))
    }

    /// The mean grey value of a part of a page, in millimetres from its upper left corner.
    pub(super) fn grey_of(&self, (left, top): (usize, usize), (width, height): (usize, usize)) -> u64 {
        let pixels = |mm: usize| mm * self.width / 210;
        let rows = pixels(top)..pixels(top + height);
        let row = |y: usize| &self.grey[y * self.width + pixels(left)..y * self.width + pixels(left + width)];
        let all: Vec<u64> = rows.flat_map(row).map(|grey| u64::from(*grey)).collect();
        all.iter().sum::<u64>() / u64::try_from(all.len()).unwrap()
    }
}

/// Decodes the widths of bars and gaps, from the first bar to the last; `None` if the check value is wrong.
fn code_128(runs: &[usize]) -> Option<String> {
    let (signs, stop) = runs.split_at_checked(runs.len().checked_sub(7)?)?;
    let mut values = Vec::new();
    for sign in signs.chunks(6) {
        values.push(value(sign, 11)?);
    }
    if value(stop, 13)? != 106 {
        return None;
    }
    let check = values.pop()?;
    let weighed = values.iter().enumerate().map(|(at, value)| value * at.max(1)).sum::<usize>();
    let mut in_c = match values.first()? {
        104 => false,
        105 => true,
        _ => return None,
    };
    let mut text = String::new();
    for value in &values[1..] {
        match (in_c, value) {
            (true, 100) => in_c = false,
            (false, 99) => in_c = true,
            (true, pair @ 0..=99) => text.push_str(&format!("{pair:02}")),
            (false, plain @ 0..=94) => text.push(char::from(u8::try_from(plain + 32).ok()?)),
            _ => return None,
        }
    }
    (weighed % 103 == check).then_some(text)
}

/// The value of these bars and gaps, `modules` wide in total.
fn value(sign: &[usize], modules: usize) -> Option<usize> {
    let pixels: usize = sign.iter().sum();
    let widths: String =
        sign.iter().map(|run| ((2 * run * modules + pixels) / (2 * pixels.max(1))).to_string()).collect();
    crate::code128::WIDTHS.iter().position(|known| *known == widths)
}
