//! Which characters of a name are in no ticket font: staff are warned at import, long before a ticket is printed
//! (TH53).

use std::path::PathBuf;
use std::sync::OnceLock;

use ticket_pdf::Fonts;

use super::{PrintFault, fonts};

/// The fonts of this process, read when the first name is checked.
static FONTS: OnceLock<Option<Fonts>> = OnceLock::new();

/// Adds the operator's fonts; must be called before the first name is checked.
///
/// # Errors
/// [`PrintFault::Font`], [`PrintFault::Ticket`].
pub fn with_fonts(files: &[PathBuf]) -> Result<(), PrintFault> {
    let read = fonts(files)?;
    FONTS.get_or_init(|| Some(read));
    Ok(())
}

/// A name as tickets and lists print it: a character that no font has is a box, and its code stands behind the name, so
/// that nobody takes the box for a fault of the candidate's papers (TH53).
#[must_use]
pub fn with_codes(name: &str) -> String {
    match missing(name) {
        None => name.to_owned(),
        Some(codes) => format!("{name}（□ = {codes}）"),
    }
}

/// The characters of a name that would be printed as boxes, as `U+E815 U+30001`; `None` if all can be printed.
#[must_use]
pub fn missing(name: &str) -> Option<String> {
    let fonts = FONTS.get_or_init(|| Fonts::bundled(Vec::new()).ok()).as_ref()?;
    if fonts.prints(name) {
        return None;
    }
    let codes: Vec<String> =
        fonts.missing(name).into_iter().map(|c| format!("U+{:04X}", u32::from(c))).collect();
    Some(codes.join(" "))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// TH53.
    #[test]
    fn a_box_has_its_code_behind_the_name_and_rare_characters_that_print_have_none() {
        for name in ["王小明", "𠮷野", "𡈼𬱖", "买买提·艾合买提", "O’Neil"] {
            assert_eq!(with_codes(name), name);
        }
        assert_eq!(with_codes("张\u{30001}\u{E815}"), "张\u{30001}\u{E815}（□ = U+E815 U+30001）");
    }
}
