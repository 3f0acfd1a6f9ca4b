//! Admission tickets and a school's lists as PDF: plain structs in, bytes out.
//!
//! This crate reads no files, no clock and no random source: fonts and keys are given as bytes, and the same input
//! always gives the same bytes. Each PDF follows PDF/UA-1 (tagged, Chinese, with an outline), and its fonts are
//! embedded as subsets of the glyphs used.
//!
//! - [`render`]: the admission tickets (T3), one page each.
//! - [`room_list`], [`door_list`], [`desk_labels`], [`signature_sheet`]: a campus's lists (T4).
//! - [`SigningKey`], [`verify`], [`offline_page`]: what the QR code of a ticket says, and how it is checked.
//! - [`Fonts::missing`]: which characters of a name no font can print, for the warning at import.
//!
//! **Invariant:** a character without a glyph is printed as a visible box and listed in [`Rendered::missing`]; it is
//! never omitted, and the text that a reader copies still contains it.

mod book;
mod check_page;
mod code128;
mod fonts;
mod lists;
mod pen;
mod qr;
mod refusal;
mod signed;
mod table;
mod ticket;

#[cfg(test)]
mod tests;

pub use check_page::offline_page;
pub use fonts::{Fonts, printable};
pub use lists::{Room, Seat, desk_labels, door_list, room_list, signature_sheet};
pub use refusal::TicketError;
pub use signed::{Content, PublicKey, SigningKey, VerifyError, verify};
pub use ticket::{Slot, Ticket, render};

/// A finished PDF, with warnings.
#[derive(Clone)]
pub struct Rendered {
    /// The complete file.
    pub pdf: Vec<u8>,
    /// Characters that no font has, sorted, without duplicates: they are printed as boxes.
    pub missing: Vec<char>,
    /// Indices in the input whose photo could not be parsed as a JPEG: an empty frame is printed.
    pub bad_photos: Vec<usize>,
}

impl std::fmt::Debug for Rendered {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Rendered")
            .field("pdf_bytes", &self.pdf.len())
            .field("missing", &self.missing.len())
            .field("bad_photos", &self.bad_photos)
            .finish()
    }
}
