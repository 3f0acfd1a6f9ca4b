//! `[staff]`.

use serde::Deserialize;

/// What needs a second member of staff (`season.md` 1.3).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum TwoPeople {
    /// A fee of a published sitting.
    Fee,
    /// An exam date of a published sitting.
    ExamDate,
    /// The agreement of a published sitting.
    Agreement,
    /// A time of printing of a published sitting.
    PrintingTime,
    /// A window of a published sitting that closes earlier.
    EarlierClosing,
    /// Publication of a sitting, and its withdrawal.
    Publication,
    /// A limit of a published sitting.
    Limit,
}

impl TwoPeople {
    /// All of them.
    pub const ALL: [Self; 7] = [
        Self::Fee,
        Self::ExamDate,
        Self::Agreement,
        Self::PrintingTime,
        Self::EarlierClosing,
        Self::Publication,
        Self::Limit,
    ];

    /// The name in the configuration.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Fee => "fee",
            Self::ExamDate => "exam-date",
            Self::Agreement => "agreement",
            Self::PrintingTime => "printing-time",
            Self::EarlierClosing => "earlier-closing",
            Self::Publication => "publication",
            Self::Limit => "limit",
        }
    }
}

/// `[staff]`: the work of the authority.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Staff {
    /// The changes that wait for a second person.
    pub two_people: Vec<TwoPeople>,
    /// Whether subjects may have levels other than 4 and 6.
    pub free_levels: bool,
}

impl Default for Staff {
    fn default() -> Self {
        Self { two_people: TwoPeople::ALL.to_vec(), free_levels: false }
    }
}
