//! What is measured of each candidate.

use std::time::Duration;

use serde::{Deserialize, Serialize};

/// A step of the journey. A form's page and its sending are one step each of the person, and two requests here.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Step {
    Register,
    LogIn,
    Agreement,
    LookUp,
    Save,
    Written,
    Oral,
    Information,
    Order,
    /// At the sandbox gateway; it is not the site that answers.
    Gateway,
    /// From the return of the gateway until the information page says that it is paid.
    Paid,
    /// In the waiting room, from being sent there until being let in.
    WaitingRoom,
    /// The whole journey; with arrivals of their own it is counted from when the candidate meant to come.
    Journey,
}

impl Step {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Register => "register",
            Self::LogIn => "log in",
            Self::Agreement => "agreement",
            Self::LookUp => "look-up",
            Self::Save => "save",
            Self::Written => "written",
            Self::Oral => "oral",
            Self::Information => "information",
            Self::Order => "order",
            Self::Gateway => "gateway",
            Self::Paid => "paid",
            Self::WaitingRoom => "waiting room",
            Self::Journey => "whole journey",
        }
    }
}

/// One answered request, or one step that has a time of its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Sample {
    /// When it was answered, since the start.
    pub(crate) at: Duration,
    pub(crate) step: Step,
    pub(crate) took: Duration,
}

/// An answer that is no way on: a refusal, a full server, a connection that broke.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Refusal {
    pub(crate) step: Step,
    /// The status with the codes of the page, or what happened to the connection.
    pub(crate) said: String,
}

/// What the site has acknowledged to one candidate: his ledger.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Acknowledged {
    /// The address that he registered with.
    pub(crate) email: Option<String>,
    pub(crate) saved: bool,
    /// The subjects that he was told to have entered.
    pub(crate) entered: Vec<String>,
    /// Whether the information page said that all of them are paid.
    pub(crate) paid: bool,
    /// Whether an answer was lost that could have said more: what is there then may exceed this.
    pub(crate) unknown: bool,
}

/// How a journey ended.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum End {
    /// Everything wanted is done.
    Done,
    /// The site said no, truthfully: a full pool, a closed window.
    Refused,
    /// It took longer than the candidate's patience.
    GaveUp,
    /// The site answered what it may not: 5xx without `Retry-After`, a page that does not fit.
    Broken(String),
}

/// One candidate's record.
#[derive(Clone, Debug)]
pub(crate) struct Record {
    pub(crate) end: End,
    pub(crate) acknowledged: Acknowledged,
    pub(crate) samples: Vec<Sample>,
    pub(crate) refusals: Vec<Refusal>,
    /// How often the waiting room's position grew.
    pub(crate) pushed_back: u32,
}

/// The value at a percentile of sorted times: the smallest that at least `percent` % of them do not exceed.
pub(crate) fn percentile(sorted: &[Duration], percent: usize) -> Duration {
    let rank = sorted.len().saturating_mul(percent).div_ceil(100).max(1);
    sorted.get(rank.saturating_sub(1)).copied().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_percentile_is_the_smallest_time_that_so_many_do_not_exceed() {
        let times: Vec<Duration> = (1..=200).map(Duration::from_millis).collect();
        assert_eq!(percentile(&times, 50), Duration::from_millis(100));
        assert_eq!(percentile(&times, 99), Duration::from_millis(198));
        assert_eq!(percentile(&times, 100), Duration::from_millis(200));
        assert_eq!(percentile(&times[..1], 99), Duration::from_millis(1));
        assert_eq!(percentile(&[], 99), Duration::ZERO);
    }
}
