//! The message about the school's decision (A10).

use super::Review;
use super::rules::Decision;
use crate::message::{self, Facts, Kind, facts::Decided};
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// Tells the candidate of a decision, in its transaction. It names nobody: a mistyped address may belong to somebody else. A
/// refusal includes the reason that the school wrote, which stays sealed.
pub(super) async fn tell(
    tx: &mut Tx<'_>,
    of: &Review,
    to: PassportId,
    decision: Decision,
) -> Result<(), DbError> {
    let (decision, with_reason) = match decision {
        Decision::Approve => (Decided::Approved, false),
        Decision::Refuse => (Decided::Refused, true),
        Decision::Close => (Decided::Closed, true),
        Decision::Reopen => (Decided::Reopened, false),
    };
    let words = of.evidence_sealed.clone().filter(|_| with_reason);
    message::tell_with_words(tx, to, &event(of), &Facts::ReviewDecided { decision }, words).await
}

/// What the message about its last decision says in the school's own words, sealed.
pub(super) async fn words_told(
    tx: &mut Tx<'_>,
    of: &Review,
    to: PassportId,
) -> Result<Option<Vec<u8>>, DbError> {
    message::store::words_of(tx, to, Kind::ReviewDecided, &event(of)).await
}

/// A submission can be decided more than once (closed, reopened), each time at another moment.
fn event(of: &Review) -> String {
    let decided = of.decided_at.map_or(0, Time::micros);
    format!("{}-{}-{decided}", of.id, of.submissions)
}
