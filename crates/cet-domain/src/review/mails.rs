//! The message about the school's decision (A10).

use super::Review;
use super::rules::Decision;
use crate::message::{self, Facts, facts::Decided};
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
    // A submission can be decided more than once (closed, reopened), each time at another moment.
    let decided = of.decided_at.map_or(0, Time::micros);
    let event = format!("{}-{}-{decided}", of.id, of.submissions);
    message::tell_with_words(tx, to, &event, &Facts::ReviewDecided { decision }, words).await
}
