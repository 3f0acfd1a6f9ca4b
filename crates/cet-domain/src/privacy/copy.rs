//! A copy of one's own data (A11): what of this person is stored, from the session's passport outwards and from nowhere else.

use jiff::SignedDuration;

use super::access::{self, Seen};
use crate::audit::{self, Actor, Changes, Event};
use crate::consent::{self, rules::Said};
use crate::dispute::{self, Dispute};
use crate::entry::{self, Entry};
use crate::limit::{self, Rule, Then, Wait};
use crate::message;
use crate::message::store::Kept;
use crate::passport::session::{Life, Listed};
use crate::passport::store::Account;
use crate::passport::{self, BoundTo};
use crate::payment::verbs::{History, history};
use crate::registration::{self, Registration};
use crate::roster::Snapshot;
use crate::standby::{self, Standby};
use crate::store::{DbError, Stop, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// Copies of one passport in an hour: each reads all there is.
const COPIES: Rule =
    Rule { what: "own-copy", most: 5, period: SignedDuration::from_hours(1), then: Then::Rest };
/// The most rows of each kind; nobody has as many.
pub const MOST: usize = 1_000;

/// All that is stored of a person. Personal data, so no Debug.
pub struct OwnData {
    /// The account.
    pub account: Account,
    /// Which notice about personal data stood on the form then; 0: of before there was one.
    pub notice_version: i64,
    /// What it agreed to and took back, the oldest first.
    pub consents: Vec<Said>,
    /// When it was made.
    pub made_at: Option<Time>,
    /// Where it is logged in.
    pub sessions: Vec<Listed>,
    /// The live registration of the current sitting with its copy of the record.
    pub registration: Option<(Registration, Snapshot)>,
    /// Its entries, ended ones too.
    pub entries: Vec<Entry>,
    /// What it waits for (R16).
    pub waiting: Vec<Standby>,
    /// The passport's orders of every sitting with receipts and refunds.
    pub payments: History,
    /// What it said about records that another passport held (R24).
    pub disputes: Vec<Dispute>,
    /// What it was told.
    pub messages: Vec<Kept>,
    /// What staff did with the data.
    pub access: Vec<Seen>,
    /// The time of reading.
    pub now: Time,
}

/// Counts a copy and writes it down, before it is made.
///
/// # Errors
/// [`Wait`] after too many in an hour; [`DbError`].
pub async fn note(tx: &mut Tx<'_>, id: PassportId, form: &str, address: &str) -> Result<(), Stop<Wait>> {
    let whom = id.to_string();
    limit::spend(tx, &COPIES, &whom).await?;
    let event = Event {
        school: SchoolCode::NONE,
        actor: Actor::Passport(id),
        action: "copy-taken",
        object_kind: "passport",
        object: &whom,
        address,
        detail: &format!("form={form}"),
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await?;
    Ok(())
}

/// Reads all of it; `None` for a passport that is not there.
pub async fn read(
    tx: &mut Tx<'_>,
    id: PassportId,
    bound: Option<BoundTo>,
    life: Life,
) -> Result<Option<OwnData>, DbError> {
    let Some(account) = passport::store::account(tx, id).await? else { return Ok(None) };
    let most = i64::try_from(MOST).unwrap_or(i64::MAX);
    let (mut registration, mut entries, mut waiting) = (None, Vec::new(), Vec::new());
    if let Some(bound) = &bound {
        let live = registration::store::live(tx, bound.school, bound.id).await?;
        let snapshot = registration::store::snapshot(tx, bound.school, bound.id).await?;
        registration = live.filter(|live| live.passport == id).zip(snapshot);
        if registration.is_some() {
            entries = entry::store::of_registration(tx, bound.school, bound.id).await?;
            waiting = standby::store::of_registration(tx, bound.school, bound.id).await?;
        }
    }
    Ok(Some(OwnData {
        account,
        notice_version: passport::store::notice_version(tx, id).await?,
        consents: consent::store::all(tx, id).await?,
        made_at: passport::store::created_at(tx, id).await?,
        sessions: passport::session::of_passport(tx, id, life).await?,
        registration,
        entries,
        waiting,
        payments: history(tx, id, None, MOST).await?,
        disputes: dispute::store::all_of_claimant(tx, id, most).await?,
        messages: message::store::of_passport(tx, id, None, most).await?,
        access: access::of_person(tx, id, bound.as_ref(), i64::MAX, MOST).await?,
        now: tx.now().await?,
    }))
}
