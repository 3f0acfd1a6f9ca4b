//! Rules of consents: no database, no clock.

use crate::words::time::Time;

/// What is agreed to, each by itself.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// 选填资料: telephone, document and name in the account, which fill in forms.
    Profile,
    /// 证件号码, by which the record is found and the registration bound.
    Document,
    /// 照片, on the ticket.
    Photo,
    /// 缴费记录: orders, receipts and refunds.
    Payment,
}

impl Kind {
    /// All of them, in the order in which a candidate meets them.
    pub const ALL: [Self; 4] = [Self::Profile, Self::Document, Self::Photo, Self::Payment];

    /// The name in the database, in addresses and in the log.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Profile => "profile",
            Self::Document => "document",
            Self::Photo => "photo",
            Self::Payment => "payment",
        }
    }

    /// The kind of that name.
    #[must_use]
    pub fn from_wire(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.wire() == name)
    }

    /// The version of the text beside its button: whoever changes it counts it up.
    #[must_use]
    pub const fn version(self) -> i64 {
        match self {
            Self::Profile | Self::Document | Self::Photo | Self::Payment => 1,
        }
    }
}

/// One row: said once, never changed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Said {
    /// To what.
    pub kind: Kind,
    /// Given, or taken back.
    pub given: bool,
    /// Under which text.
    pub version: i64,
    /// When.
    pub at: Time,
}

/// Where a consent stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Never said: nothing that needs it was done, or before it was asked for by itself.
    Unsaid,
    /// Given, since then.
    Given {
        /// Since when.
        at: Time,
        /// Under which text.
        version: i64,
    },
    /// Taken back.
    Withdrawn {
        /// Since when.
        at: Time,
        /// The text that was agreed to before.
        version: i64,
    },
}

/// Where a consent stands after all that was said, the oldest first.
#[must_use]
pub fn standing(said: &[Said], kind: Kind) -> Standing {
    match said.iter().rev().find(|said| said.kind == kind) {
        None => Standing::Unsaid,
        Some(&Said { given: true, at, version, .. }) => Standing::Given { at, version },
        Some(&Said { given: false, at, version, .. }) => Standing::Withdrawn { at, version },
    }
}

/// What taking a consent back does.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// The optional data are erased at once.
    Erased,
    /// The record that was looked up is forgotten, and nothing is looked up before it is agreed to again.
    Forgotten,
    /// The registration of this sitting keeps the number: the examination can't be sat without it (PIPL 13). It ends with the
    /// registration.
    StaysWithRegistration,
    /// Tickets are printed with an empty frame.
    PrintedWithout,
    /// Accounts of money are kept by law; nothing new is paid before it is agreed to again.
    KeptByLaw,
}

/// What taking back does to somebody who has a registration of the current sitting, or none.
#[must_use]
pub const fn effect(kind: Kind, registered: bool) -> Effect {
    match (kind, registered) {
        (Kind::Profile, _) => Effect::Erased,
        (Kind::Document, false) => Effect::Forgotten,
        (Kind::Document, true) => Effect::StaysWithRegistration,
        (Kind::Photo, _) => Effect::PrintedWithout,
        (Kind::Payment, _) => Effect::KeptByLaw,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A11.
    #[test]
    fn the_newest_word_on_each_kind_counts_and_no_other_kind_s() {
        let said = |kind, given, at| Said { kind, given, version: 1, at: Time::from_micros(at) };
        let at = Time::from_micros;
        let all = [
            said(Kind::Document, true, 1),
            said(Kind::Photo, true, 2),
            said(Kind::Document, false, 3),
            said(Kind::Photo, false, 4),
            said(Kind::Photo, true, 5),
        ];
        assert_eq!(standing(&all, Kind::Document), Standing::Withdrawn { at: at(3), version: 1 });
        assert_eq!(standing(&all, Kind::Photo), Standing::Given { at: at(5), version: 1 });
        assert_eq!(standing(&all, Kind::Payment), Standing::Unsaid);
    }

    /// A11.
    #[test]
    fn only_what_the_examination_or_the_law_needs_outlives_a_withdrawal() {
        assert_eq!(effect(Kind::Profile, true), Effect::Erased);
        assert_eq!(effect(Kind::Document, false), Effect::Forgotten);
        assert_eq!(effect(Kind::Document, true), Effect::StaysWithRegistration);
        assert_eq!(effect(Kind::Photo, true), Effect::PrintedWithout);
        assert_eq!(effect(Kind::Payment, false), Effect::KeptByLaw);
        for kind in Kind::ALL {
            assert_eq!(Kind::from_wire(kind.wire()), Some(kind));
        }
        assert_eq!(Kind::from_wire("everything"), None);
    }
}
