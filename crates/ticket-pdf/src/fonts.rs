//! The font chain: which glyph of which font is used for a character.

use std::collections::{BTreeSet, HashMap};
use std::sync::Arc;

use krilla::Data;
use krilla::text::Font;
use skrifa::prelude::{LocationRef, Size};
use skrifa::{FontRef, MetadataProvider};

use crate::TicketError;

/// Printed for a character that no font has.
const BOX: char = '□';

/// 思源黑体 (Noto Sans SC), regular: every character of 通用规范汉字表 and all of CJK Extension A.
const NOTO_SANS_SC: &[u8] = include_bytes!("../fonts/NotoSansSC-Regular.ttf");

/// Accented letters, Greek and Cyrillic, for names in passports: a subset of Noto Sans.
const NOTO_SANS_LATIN: &[u8] = include_bytes!("../fonts/NotoSans-Latin.ttf");

/// 4,866 rarer characters of Extensions B to F: those of Chinese standards and dictionaries, of Hong Kong's set and of the
/// Japanese one, and 𠮷. A subset of 花園明朝B.
const RARE_NAMES_HAN: &[u8] = include_bytes!("../fonts/RareNamesHan.ttf");

/// The glyph of a character.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Glyph {
    /// The font's index in the chain.
    pub(crate) face: usize,
    /// The glyph's id in that font.
    pub(crate) id: u32,
    /// The width, relative to the font size.
    pub(crate) advance: f32,
}

/// Fonts in the order in which they are searched for a character; parsed once, cheap to clone and to share.
#[derive(Clone)]
pub struct Fonts {
    faces: Arc<[Font]>,
    glyphs: Arc<HashMap<char, Glyph>>,
    missing: Glyph,
}

impl std::fmt::Debug for Fonts {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Fonts")
            .field("faces", &self.faces.len())
            .field("characters", &self.glyphs.len())
            .finish_non_exhaustive()
    }
}

impl Fonts {
    /// The built-in fonts, then `more`: font files (TrueType or OpenType) that an operator adds for still rarer
    /// characters, such as 花園明朝B.
    ///
    /// # Errors
    /// [`TicketError::Font`] with the index in `more` of an unusable file.
    pub fn bundled(more: Vec<Vec<u8>>) -> Result<Self, TicketError> {
        let own = [NOTO_SANS_SC, NOTO_SANS_LATIN, RARE_NAMES_HAN].map(Data::from);
        let own_count = own.len();
        let all = own.into_iter().chain(more.into_iter().map(Data::from));
        Self::chain(all).map_err(|why| match why {
            TicketError::Font(at) => TicketError::Font(at.saturating_sub(own_count)),
            other => other,
        })
    }

    /// Only these font files, in this order.
    ///
    /// # Errors
    /// [`TicketError::Font`] with the index of an unusable file; [`TicketError::NoBox`] if no file has □.
    pub fn from_files(files: Vec<Vec<u8>>) -> Result<Self, TicketError> {
        Self::chain(files.into_iter().map(Data::from))
    }

    fn chain(files: impl Iterator<Item = Data>) -> Result<Self, TicketError> {
        let mut faces = Vec::new();
        let mut glyphs = HashMap::new();
        for (face, data) in files.enumerate() {
            collect(face, data.as_ref(), &mut glyphs).ok_or(TicketError::Font(face))?;
            faces.push(Font::new(data, 0).ok_or(TicketError::Font(face))?);
        }
        let missing = *glyphs.get(&BOX).ok_or(TicketError::NoBox)?;
        Ok(Self { faces: faces.into(), glyphs: Arc::new(glyphs), missing })
    }

    /// The characters of `text` that would be printed as a box, sorted, without duplicates.
    #[must_use]
    pub fn missing(&self, text: &str) -> Vec<char> {
        let set: BTreeSet<char> = printable(text)
            .chars()
            .filter(|c| !joins_the_one_before(*c) && !self.glyphs.contains_key(c))
            .collect();
        set.into_iter().collect()
    }

    /// Whether every character of `text` has a glyph: [`Fonts::missing`] without naming any.
    #[must_use]
    pub fn prints(&self, text: &str) -> bool {
        text.chars().all(|c| self.glyphs.contains_key(&c)) || self.missing(text).is_empty()
    }

    /// The glyph of `c`, and whether it is the box because no font has `c`.
    pub(crate) fn glyph(&self, c: char) -> (Glyph, bool) {
        match self.glyphs.get(&c) {
            Some(glyph) => (*glyph, false),
            None => (self.missing, true),
        }
    }

    pub(crate) fn face(&self, face: usize) -> Option<&Font> {
        self.faces.get(face)
    }
}

/// Adds the glyphs that `file` has and no earlier font had; `None` if it is not a font.
fn collect(face: usize, file: &[u8], glyphs: &mut HashMap<char, Glyph>) -> Option<()> {
    let font = FontRef::from_index(file, 0).ok()?;
    let widths = font.glyph_metrics(Size::new(1.0), LocationRef::default());
    for (code, id) in font.charmap().mappings() {
        // Glyph 0 is the font's own "missing" glyph.
        if let Some(c) = char::from_u32(code).filter(|_| id.to_u32() != 0) {
            let advance = widths.advance_width(id).unwrap_or(1.0);
            glyphs.entry(c).or_insert(Glyph { face, id: id.to_u32(), advance });
        }
    }
    Some(())
}

/// `text` as it is printed: line breaks and tabs become spaces; control characters, direction marks and characters
/// without a glyph of their own are removed (TH53).
#[must_use]
pub fn printable(text: &str) -> String {
    text.chars()
        .filter_map(|c| match c {
            '\t' | '\n' | '\r' | '\u{2028}' | '\u{2029}' | '\u{A0}' => Some(' '),
            c if c.is_control() => None,
            '\u{AD}'
            | '\u{61C}'
            | '\u{180E}'
            | '\u{200B}'..='\u{200F}'
            | '\u{202A}'..='\u{202E}'
            | '\u{2060}'..='\u{206F}'
            | '\u{FEFF}'
            | '\u{FFF0}'..='\u{FFFB}'
            | '\u{E0000}'..='\u{E007F}' => None,
            // U+FFFE, U+FFFF and their equivalents in every plane are not characters.
            c if u32::from(c) & 0xFFFE == 0xFFFE || ('\u{FDD0}'..='\u{FDEF}').contains(&c) => None,
            c => Some(c),
        })
        .collect()
}

/// Whether `c` selects a variant of the preceding character and has no glyph of its own.
pub(crate) fn joins_the_one_before(c: char) -> bool {
    matches!(c, '\u{FE00}'..='\u{FE0F}' | '\u{E0100}'..='\u{E01EF}')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_bundled_fonts_have_common_and_rare_characters() {
        let fonts = Fonts::bundled(Vec::new()).unwrap();
        // An ordinary character, 〇, the middle dot, Extension A, Extension B from the standard's list, and one that
        // only the second font has; then a Japanese one and one of Hong Kong's set.
        assert_eq!(fonts.missing("王〇·㛃𬱖𫖯䶮𪠽𠮷𡈼ŠỆЙ"), Vec::<char>::new());
        assert!(fonts.glyphs.len() > 30_000);
    }

    #[test]
    fn what_no_font_has_is_named_once_and_sorted() {
        let fonts = Fonts::bundled(Vec::new()).unwrap();
        assert_eq!(fonts.missing("张\u{30001}\u{E815}\u{30001}"), vec!['\u{E815}', '\u{30001}']);
        assert!(!fonts.prints("张\u{30001}") && fonts.prints("张三") && fonts.prints("张\u{200B}\t三"));
    }

    #[test]
    fn controls_and_turning_marks_are_not_printed() {
        assert_eq!(printable("李\u{202E}四\u{0}\u{200B}\n五\u{FFFF}"), "李四 五");
    }

    #[test]
    fn a_file_that_is_no_font_is_refused_by_its_place() {
        assert_eq!(Fonts::bundled(vec![b"no font".to_vec()]).unwrap_err(), TicketError::Font(0));
        assert_eq!(Fonts::from_files(Vec::new()).unwrap_err(), TicketError::NoBox);
    }
}
