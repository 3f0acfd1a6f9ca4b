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
