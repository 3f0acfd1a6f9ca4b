//! What may be done with an upload in each state: no database, no clock.

use super::Kind;

/// The state of an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum State {
    /// Its bytes are arriving.
    Receiving,
    /// It waits to be checked, or is being checked.
    Checking,
    /// Its columns are unclear: somebody says what they are.
    Columns,
    /// It has errors, or can't be read at all.
    Bad,
    /// It was checked and can be published.
    Ready,
    /// It is being published.
    Publishing,
    /// It counts.
    Published,
    /// It counted and was taken back.
    Withdrawn,
    /// It was given up.
    Discarded,
}

impl State {
    /// All of them.
    pub const ALL: [Self; 9] = [
        Self::Receiving,
        Self::Checking,
        Self::Columns,
        Self::Bad,
        Self::Ready,
        Self::Publishing,
        Self::Published,
        Self::Withdrawn,
        Self::Discarded,
    ];

    /// The name in the database and on pages (`data-state`).
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Receiving => "receiving",
            Self::Checking => "checking",
            Self::Columns => "columns",
            Self::Bad => "bad",
            Self::Ready => "ready",
            Self::Publishing => "publishing",
            Self::Published => "published",
            Self::Withdrawn => "withdrawn",
            Self::Discarded => "discarded",
        }
    }

    /// Parses a state.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.wire() == text)
    }

    /// Whether a job works on it.
    #[must_use]
    pub const fn is_worked_on(self) -> bool {
        matches!(self, Self::Checking | Self::Publishing)
    }
}

/// How an upload came to be discarded.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum End {
    /// It was refused as it arrived.
    Refused,
    /// Its bytes did not all arrive.
    CutOff,
    /// Nobody decided on it in time.
    Lapsed,
    /// Somebody gave it up.
    GivenUp,
}

impl End {
    const ALL: [Self; 4] = [Self::Refused, Self::CutOff, Self::Lapsed, Self::GivenUp];

    /// The name in the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::Refused => "refused",
            Self::CutOff => "cut-off",
            Self::Lapsed => "lapsed",
            Self::GivenUp => "given-up",
        }
    }

    /// Parses an end; `None` for that of an upload from before ends were kept.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|end| end.wire() == text)
    }
}

/// What somebody does with an upload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Act {
    /// Says what its columns are.
    Columns,
    /// Publishes all of it.
    Publish,
    /// Publishes the good rows alone.
    PublishGood,
    /// Takes it back.
    Withdraw,
    /// Gives it up.
    Discard,
}

/// S2: whether an act is possible in a state. `good`: how many rows are good.
#[must_use]
pub fn may(kind: Kind, state: State, good: u64, act: Act) -> bool {
    match act {
        Act::Columns => matches!(state, State::Columns | State::Bad | State::Ready) && kind != Kind::Photos,
        Act::Publish => matches!(state, State::Ready | State::Withdrawn) && good > 0,
        Act::PublishGood => state == State::Bad && good > 0,
        Act::Withdraw => state == State::Published,
        Act::Discard => {
            matches!(state, State::Checking | State::Columns | State::Bad | State::Ready | State::Withdrawn)
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// S2.
    #[test]
    fn nothing_counts_before_it_was_checked_and_what_counts_is_not_given_up() {
        for kind in Kind::ALL {
            for state in State::ALL {
                let publishes = may(kind, state, 1, Act::Publish) || may(kind, state, 1, Act::PublishGood);
                assert_eq!(
                    publishes,
                    matches!(state, State::Ready | State::Withdrawn | State::Bad),
                    "{state:?}"
                );
                assert!(!may(kind, state, 0, Act::Publish) && !may(kind, state, 0, Act::PublishGood));
                let counts = matches!(state, State::Publishing | State::Published);
                assert!(!(counts && may(kind, state, 1, Act::Discard)), "{state:?}");
                assert_eq!(State::from_wire(state.wire()), Some(state));
            }
            assert!(may(kind, State::Published, 1, Act::Withdraw));
            assert_eq!(Kind::from_wire(kind.wire()), Some(kind));
        }
    }
}
