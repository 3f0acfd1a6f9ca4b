//! Brakes against squatting (R24, W3), by student and by network. They refuse nobody: while one is on, saving asks for a
//! verified address or the student number. What goes wrong is counted, and each time a count is full it stays on longer.

use jiff::SignedDuration;

use crate::limit::{self, Rule, Then};
use crate::store::{DbError, Stop, Tx};
use crate::vault::to_hex;
use crate::words::codes::SittingCode;

const DAY: SignedDuration = SignedDuration::from_hours(24);

/// Look-ups of a student by a wrong name or number, and refused or doubtful savings, by anybody.
const STUDENT: Rule = Rule {
    what: "squat-student",
    most: 10,
    period: DAY,
    then: Then::Doubling {
        first: SignedDuration::from_hours(6),
        longest: SignedDuration::from_hours(24 * 7),
    },
};

/// Refused and doubtful savings from one network, of any student. A school's candidates share one network, so what succeeds
/// in the first place does not count.
const NETWORK: Rule = Rule {
    what: "squat-network",
    most: 20,
    period: SignedDuration::from_hours(1),
    then: Then::Doubling { first: SignedDuration::from_hours(1), longest: DAY },
};

/// Wrong student numbers of one passport: more than its own wait.
pub const NUMBERS: Rule =
    Rule { what: "squat-number", most: 5, period: SignedDuration::from_hours(1), then: Then::Rest };

/// The brakes of one student and one network; no network: an exempt one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Brakes {
    student: String,
    network: Option<String>,
}

impl Brakes {
    /// Of a student in a sitting.
    #[must_use]
    pub fn of(sitting: &SittingCode, document_key: &[u8], network: Option<&str>) -> Self {
        Self { student: student(sitting, document_key), network: network.map(str::to_owned) }
    }

    /// Whether one of them is on.
    pub(crate) async fn are_on(&self, tx: &mut Tx<'_>) -> Result<bool, DbError> {
        if is_on(tx, &STUDENT, &self.student).await? {
            return Ok(true);
        }
        match &self.network {
            Some(network) => is_on(tx, &NETWORK, network).await,
            None => Ok(false),
        }
    }

    /// Counts something doubtful for both. Call it in a transaction that commits.
    pub async fn press(&self, tx: &mut Tx<'_>) -> Result<(), DbError> {
        limit::fail(tx, &STUDENT, &self.student).await?;
        match &self.network {
            Some(network) => limit::fail(tx, &NETWORK, network).await,
            None => Ok(()),
        }
    }
}

/// Counts a look-up that names a student of the roster, but not as the roster does. Its network has a limit of its own.
pub async fn missed(tx: &mut Tx<'_>, sitting: &SittingCode, document_key: &[u8]) -> Result<(), DbError> {
    limit::fail(tx, &STUDENT, &student(sitting, document_key)).await
}

/// What was counted for a student lately, and whether its brake is on.
pub async fn of_student(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document_key: &[u8],
) -> Result<(i64, bool), DbError> {
    let whom = student(sitting, document_key);
    Ok((limit::counted(tx, &STUDENT, &whom).await?, is_on(tx, &STUDENT, &whom).await?))
}

async fn is_on(tx: &mut Tx<'_>, rule: &Rule, whom: &str) -> Result<bool, DbError> {
    match limit::check(tx, rule, whom).await {
        Ok(()) => Ok(false),
        Err(Stop::Refused(_)) => Ok(true),
        Err(Stop::Fault(fault)) => Err(fault),
    }
}

fn student(sitting: &SittingCode, document_key: &[u8]) -> String {
    format!("{sitting}:{}", to_hex(document_key.get(..12).unwrap_or(document_key)))
}
