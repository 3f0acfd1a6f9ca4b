//! Files that staff upload: rosters, scores, photos and campuses (S2).
//!
//! The bytes are kept in the database, so that any node can work on a file. A job takes a file by a lease, checks it,
//! stages its good rows and keeps what it found; the page shows that, and nothing counts before somebody publishes it.
//! A node that dies loses its lease, and another one begins again.

mod campuses;
mod errors;
pub mod imports;
pub mod jobs;
mod photos;
pub mod rules;
pub mod store;
mod table;
#[cfg(test)]
mod tests;
pub mod verbs;
mod work;

use serde::{Deserialize, Serialize};

use crate::sheet::words::Say as _;
use crate::texts::Texts;
use crate::ticket::photo;

pub use errors::{ErrorFile, error_file};
pub use photos::{WithoutPhoto, without_photo};
pub use rules::{Act, State};
pub use table::{header_key, table_of};

/// What a file holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Kind {
    /// 学籍.
    Roster,
    /// 成绩.
    Scores,
    /// 照片.
    Photos,
    /// 校区.
    Campuses,
}

impl Kind {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Roster, Self::Scores, Self::Photos, Self::Campuses];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Roster => "roster",
            Self::Scores => "scores",
            Self::Photos => "photos",
            Self::Campuses => "campuses",
        }
    }

    /// Parses a kind.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == text)
    }

    /// The most bytes of a file (TH31).
    #[must_use]
    pub const fn largest(self) -> u64 {
        const MIB: u64 = 1024 * 1024;
        match self {
            Self::Roster | Self::Scores | Self::Campuses => 100 * MIB,
            Self::Photos => 500 * MIB,
        }
    }

    /// Whether it belongs to a sitting.
    #[must_use]
    pub const fn has_sitting(self) -> bool {
        matches!(self, Self::Roster | Self::Photos)
    }
}

/// Why a file can't be read, whatever follows its first bytes: it is refused while it arrives. `None`: the job finds out.
#[must_use]
pub fn told_by_head(kind: Kind, name: &str, head: &[u8], t: &'static Texts) -> Option<String> {
    match kind {
        Kind::Roster | Kind::Scores | Kind::Campuses => {
            crate::sheet::told_by_head(name, head).map(|error| error.say(t))
        }
        Kind::Photos => photo::told_by_head(head).map(|phrase| phrase.say(t)),
    }
}

/// The counts of a check.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// The format of the file, as `XLSX`.
    pub form: String,
    /// Rows, or pictures.
    pub rows: u64,
    /// Good ones.
    pub good: u64,
    /// Persons that no earlier file has.
    pub new: u64,
    /// Persons whose data differ.
    pub changed: u64,
    /// Persons whose data are the same.
    pub unchanged: u64,
    /// Persons whom another school's roster holds.
    pub transfers: u64,
    /// Persons of the school's last file who are not in this one.
    pub gone: u64,
    /// How many of those have saved a registration.
    pub gone_saved: u64,
    /// Rows that do not say whom they are about: while there are any, nobody is gone for certain.
    pub unknown: u64,
    /// How many of the changed have saved a registration.
    pub saved: u64,
    /// How many of the changed have paid for an entry.
    pub paid: u64,
    /// Rows, or pictures, with errors.
    pub errors: u64,
    /// Warnings.
    pub warnings: u64,
    /// Photos that fit nobody.
    pub nobody: u64,
    /// Photos that may belong to one or another.
    pub doubtful: u64,
    /// Students without a photo.
    pub without: u64,
    /// What stayed when it was taken back: students who had saved a registration, or what came later.
    pub kept: u64,
    /// Whether all rows are current already.
    pub stands: bool,
    /// The only school of the rows; empty if there are several.
    pub school: String,
    /// Whether another file was published in the meantime, so that this one was compared again.
    pub again: bool,
}

/// Why a file can't be read at all, in both languages.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Failure {
    /// In Chinese.
    pub zh: String,
    /// In English.
    pub en: String,
}
