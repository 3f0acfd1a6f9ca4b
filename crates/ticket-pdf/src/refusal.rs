//! Errors of this crate.

/// Why a PDF or a signature could not be created; the input bytes are at fault, never a candidate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum TicketError {
    /// The font file at this index is unusable.
    Font(usize),
    /// No font was given, or none has the box (□) that is printed for a missing character.
    NoBox,
    /// The ticket at this index has a number that Code 128 can't encode (empty, too long, or not ASCII).
    Barcode(usize),
    /// The ticket at this index has a QR text that is too long for a QR code.
    Qr(usize),
    /// Nothing to print.
    Empty,
    /// The bytes are not an Ed25519 key.
    Key,
    /// A key's name is not 1 to 16 letters, digits, `-` or `_`.
    KeyName,
    /// The signed content is too long for a QR code that still scans from paper.
    ContentTooLong,
    /// The PDF library failed; the text is for the log.
    Pdf(String),
}

impl std::fmt::Display for TicketError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Font(at) => write!(f, "font file {at} cannot be used"),
            Self::NoBox => f.write_str("no font has the box for missing characters"),
            Self::Barcode(at) => write!(f, "ticket {at}: the number does not fit a barcode"),
            Self::Qr(at) => write!(f, "ticket {at}: the text does not fit a QR code"),
            Self::Empty => f.write_str("nothing to print"),
            Self::Key => f.write_str("not an Ed25519 key"),
            Self::KeyName => f.write_str("a key's name is 1 to 16 letters, digits, - or _"),
            Self::ContentTooLong => f.write_str("the signed content is too long for a QR code"),
            Self::Pdf(why) => write!(f, "the PDF could not be created: {why}"),
        }
    }
}

impl std::error::Error for TicketError {}
