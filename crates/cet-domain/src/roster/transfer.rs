//! Students whom two schools name: the row of the second file waits until the holding school has released or kept the
//! student; after three days the province decides (S2).

use jiff::SignedDuration;

use super::DocumentKey;
use super::removal::{self, RemovalRefusal, Student};
use super::store::{self as roster, transfer as store, transfer::WaitingRow};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::import::store as imports;
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::ids::RecordId;
use crate::words::staff::{Role, Scope};
use crate::words::time::Time;

pub(super) use store::Holder;
pub use store::{Told, Transfer, lapse, list, one, records, told, waiting};

/// How long the holding school alone decides.
pub const SCHOOL_DECIDES: SignedDuration = SignedDuration::from_hours(72);

/// Who may decide an open transfer now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MayDecide {
    /// The holding school.
    School,
    /// The province or the nation.
    Province,
    /// Not this account.
    No,
}

/// S2: the holding school decides for three days, then its province or the nation.
#[must_use]
pub fn may_decide(role: Role, scope: &Scope, of: &Transfer, now: Time) -> MayDecide {
    let holds = of.state == "open" && scope.holds(of.from_campus.as_str());
    match role {
        Role::School if holds => MayDecide::School,
        Role::Province | Role::National if holds && now >= of.opened_at.plus(SCHOOL_DECIDES) => {
            MayDecide::Province
        }
        _ => MayDecide::No,
    }
}

/// What was decided.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Decision {
    /// The student goes to the asking school.
    Release,
    /// The student stays.
    Keep,
}

/// Why a decision was refused.
#[derive(Debug)]
pub enum TransferRefusal {
    /// It was decided already, or lapsed.
    Decided,
    /// The student has saved a registration: a reason is required.
    ReasonRequired,
}

/// Opens a transfer for one row that a school entered by hand.
pub(super) async fn open_one(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (school, campus, id): (SchoolCode, CampusCode, RecordId),
    document_key: DocumentKey,
    (holder, import): (Holder, i64),
) -> Result<(), DbError> {
    let row = WaitingRow { school, campus, id, document_key };
    store::open(tx, sitting, &row, holder, import).await
}

/// Opens transfers for the rows of an import that is being published and whose persons other schools hold. Whose holder
/// let go in the meantime counts at once.
pub(super) async fn open_all(tx: &mut Tx<'_>, sitting: &str, import: i64) -> Result<(), DbError> {
    let rows = store::waiting_rows(tx, import).await?;
    let Ok(sitting) = SittingCode::parse(sitting) else { return Ok(()) };
    let mut apart = None;
    for row in rows {
        let holder = store::holder(tx, &sitting, row.document_key, import).await?;
        let Some(holder) = holder.filter(|(school, _)| *school != row.school) else {
            store::place(tx, (row.school, row.id), import, "new").await?;
            continue;
        };
        let apart = match apart {
            Some(apart) => apart,
            None => *apart.insert(imports::set_apart(tx, imports::ROSTER, sitting.as_str(), None).await?),
        };
        store::place(tx, (row.school, row.id), apart, "transfer").await?;
        store::open(tx, &sitting, &row, holder, import).await?;
    }
    Ok(())
}

impl Decision {
    /// The state of a transfer that was decided so.
    #[must_use]
    pub const fn state(self) -> &'static str {
        match self {
            Self::Release => "released",
            Self::Keep => "kept",
        }
    }
}

impl Transfer {
    /// Whether this very form decided it before: the same decision of the same account, for the same reason.
    #[must_use]
    pub fn is_decided_so(&self, decision: Decision, reason: &str, account: &str) -> bool {
        self.state == decision.state() && self.decided_by == account && self.reason == reason
    }
}

/// Decides an open transfer.
///
/// Locks: the student's record.
///
/// # Errors
/// [`TransferRefusal`].
pub async fn decide(
    tx: &mut Tx<'_>,
    of: &Transfer,
    decision: Decision,
    reason: &str,
    by: (&Actor, &str),
) -> Result<(), Stop<TransferRefusal>> {
    roster::lock(tx, &of.sitting, &of.document_key.bytes()).await?;
    let (actor, address) = by;
    let state = decision.state();
    if !store::decide(tx, of.id, state, (&actor.name(), reason)).await? {
        return Err(Stop::Refused(TransferRefusal::Decided));
    }
    if decision == Decision::Release {
        release(tx, of, reason, by).await?;
    }
    let event = Event {
        school: of.from_school,
        actor: actor.clone(),
        action: "transfer-decided",
        object_kind: "student",
        object: &of.record_id.to_string(),
        address,
        detail: &format!("sitting={} from={} to={}", of.sitting, of.from_school, of.to_school),
        changes: Changes::NONE.field("state", Value::code("open"), Value::code(state)),
    };
    audit::record(tx, &event).await?;
    Ok(())
}

/// The holding school's rows are taken out, and the waiting row counts from now on.
async fn release(
    tx: &mut Tx<'_>,
    of: &Transfer,
    reason: &str,
    by: (&Actor, &str),
) -> Result<(), Stop<TransferRefusal>> {
    let holding = roster::find(tx, &of.sitting, of.document_key).await?;
    if let Some(record) = holding.filter(|record| record.school == of.from_school) {
        let student = Student {
            school: record.school,
            sitting: of.sitting.clone(),
            document_key: of.document_key,
            record: record.id,
        };
        match removal::remove(tx, &student, reason, by).await {
            Ok(()) | Err(Stop::Refused(RemovalRefusal::Gone)) => {}
            Err(Stop::Refused(RemovalRefusal::ReasonRequired)) => {
                return Err(Stop::Refused(TransferRefusal::ReasonRequired));
            }
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        }
    }
    let now = tx.now().await?;
    let import = imports::set_apart(tx, imports::ROSTER, of.sitting.as_str(), Some(now)).await?;
    store::place(tx, (of.to_school, of.record_id), import, "new").await?;
    Ok(())
}
