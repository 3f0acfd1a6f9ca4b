//! What staff do with uploads: one transaction each.

use super::rules::{self, Act, End, State};
use super::store::{self, New, Upload};
use super::{Kind, Summary, table};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::import::{ImportError, store as imports};
use crate::roster::{removal, transfer};
use crate::setup::campuses;
use crate::sheet::Chosen;
use crate::store::{DbError, Stop, Tx};
use crate::ticket::store::before as photos;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::time::Time;

/// Why an act was refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum UploadRefusal {
    /// Its state does not allow it: somebody else was faster, or it is being worked on.
    State(State),
    /// It has errors and so many good rows, and these were not asked for alone.
    HasErrors(u64),
    /// The check was repeated since the page was made.
    Meanwhile,
    /// A choice of columns that leaves out a required one, or names one twice.
    Columns,
    /// Its bytes are deleted: photos and campuses can't be read again, and rows not compared with a file that was published
    /// since.
    FileGone,
    /// What stood before it is not kept: it changed nothing, its sitting is over, or it is of before such files could be taken
    /// back.
    NothingKept,
    /// The account has this many files that wait.
    TooMany {
        /// How many.
        waiting: i64,
        /// What they hold.
        kinds: Vec<Kind>,
        /// For how many seconds none of them ends by itself.
        seconds: u64,
    },
    /// The account has sent so many bytes within a day, and can send none for this many seconds.
    TooMuch(u64),
}

/// The files of an account that may wait or be worked on at once (TH31). Those that can't be read do not count.
pub const MOST_WAITING: i64 = 20;
/// The bytes that an account may send within 24 hours (TH31).
pub(crate) const MOST_BYTES: i64 = 4 * 1024 * 1024 * 1024;

/// Who acts, and from where.
pub type By<'a> = (&'a Actor, &'a str);

/// Begins an upload, whose bytes then arrive part by part.
///
/// # Errors
/// [`UploadRefusal::TooMany`] and [`UploadRefusal::TooMuch`] for what the account has sent already.
pub async fn begin(tx: &mut Tx<'_>, new: &New) -> Result<i64, Stop<UploadRefusal>> {
    let sent = store::sent(tx, &new.account).await?;
    let now = tx.now().await?;
    if sent.waiting >= MOST_WAITING {
        let kinds = store::kinds_sent(tx, &new.account).await?;
        let (waiting, seconds) = (sent.waiting, sent.full_for(now));
        return Err(Stop::Refused(UploadRefusal::TooMany { waiting, kinds, seconds }));
    }
    if sent.bytes >= MOST_BYTES {
        return Err(Stop::Refused(UploadRefusal::TooMuch(sent.heavy_for(now))));
    }
    Ok(store::insert(tx, new).await?)
}

/// Ends an upload: from now on it is checked.
pub async fn received(tx: &mut Tx<'_>, id: i64, of: &New, size: i64, by: By<'_>) -> Result<bool, DbError> {
    if !store::arrived(tx, id, (size, &of.file_name, &of.sitting, &of.campus)).await? {
        return Ok(false);
    }
    let detail =
        format!("kind={} sitting={} place={} bytes={size}", of.kind.wire(), of.sitting, of.place.prefix());
    note(tx, (id, of.place.school()), "upload-received", &detail, Changes::NONE, by).await?;
    Ok(true)
}

/// Gives up an upload whose bytes did not all arrive, or that is refused as it arrives.
pub async fn cut_off(tx: &mut Tx<'_>, id: i64, end: End) -> Result<(), DbError> {
    store::give_up(tx, id, end).await?;
    Ok(())
}

async fn note(
    tx: &mut Tx<'_>,
    (id, school): (i64, Option<SchoolCode>),
    action: &'static str,
    detail: &str,
    changes: Changes,
    (actor, address): By<'_>,
) -> Result<(), DbError> {
    let event = Event {
        school: school.unwrap_or(SchoolCode::NONE),
        actor: actor.clone(),
        action,
        object_kind: "upload",
        object: &id.to_string(),
        address,
        detail,
        changes,
    };
    audit::record(tx, &event).await
}

/// Records that photos were stored.
pub(super) async fn note_photos(
    tx: &mut Tx<'_>,
    of: &Upload,
    photos: u64,
    actor: &Actor,
) -> Result<(), DbError> {
    let detail = format!("sitting={} photos={photos}", of.sitting);
    let changes = Changes::NONE.field("state", Value::code("publishing"), Value::code("published"));
    note(tx, (of.id, of.place.school()), "upload-published", &detail, changes, (actor, "")).await
}

async fn stepped(
    tx: &mut Tx<'_>,
    of: &Upload,
    to: State,
    (action, detail): (&'static str, &str),
    by: By<'_>,
) -> Result<(), Stop<UploadRefusal>> {
    let from = of.state()?;
    if !store::step(tx, of.id, from, to).await? {
        return Err(Stop::Refused(UploadRefusal::State(from)));
    }
    let changes = Changes::NONE.field("state", Value::code(from.wire()), Value::code(to.wire()));
    note(tx, (of.id, of.place.school()), action, detail, changes, by).await?;
    Ok(())
}

/// What is asked at publication.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// When the check was made that the page showed; `None`: not compared.
    pub seen: Option<Time>,
    /// The good rows alone.
    pub good_only: bool,
    /// Takes out the students of the last file who are not in this one.
    pub remove_gone: bool,
}

/// Has an upload published by a job. A repeat succeeds.
///
/// # Errors
/// [`UploadRefusal`].
pub async fn publish(
    tx: &mut Tx<'_>,
    of: &Upload,
    asked: Asked,
    by: By<'_>,
) -> Result<(), Stop<UploadRefusal>> {
    let (kind, state) = (of.kind()?, of.state()?);
    if matches!(state, State::Publishing | State::Published) {
        return Ok(());
    }
    let act = if asked.good_only { Act::PublishGood } else { Act::Publish };
    let good = of.summary().good;
    if !rules::may(kind, state, good, act) {
        let is_bad = state == State::Bad;
        let why = if is_bad { UploadRefusal::HasErrors(good) } else { UploadRefusal::State(state) };
        return Err(Stop::Refused(why));
    }
    if asked.seen.is_some() && asked.seen != of.checked_at {
        return Err(Stop::Refused(UploadRefusal::Meanwhile));
    }
    if state == State::Withdrawn && !store::has_file(tx, of.id).await? {
        let is_lost = match of.import_id {
            Some(import) => imports::is_overtaken(tx, &of.sitting, import, of.turn).await?,
            None => true,
        };
        if is_lost {
            return Err(Stop::Refused(UploadRefusal::FileGone));
        }
    }
    let remove_gone = asked.remove_gone && of.summary().unknown == 0;
    store::asked(tx, of.id, (asked.good_only, remove_gone), &by.0.name()).await?;
    let detail = format!("good_only={} remove_gone={remove_gone}", asked.good_only);
    stepped(tx, of, State::Publishing, ("upload-asked", &detail), by).await
}

/// What a step of taking back came to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Withdrawn {
    /// It is taken back; so many students, photos or campuses stay.
    Done(i64),
    /// Some of whom it took out are put back. The job goes on, or whoever calls this again.
    Begun,
}

/// Takes back a published upload. Students who have saved a registration and are in no other file stay, unless a reason
/// is given; what they saved keeps its snapshot in any case. Of photos and campuses what came later stays. Where a roster took
/// out many students, they are put back before, some in each transaction.
///
/// # Errors
/// [`UploadRefusal`].
pub async fn withdraw(
    tx: &mut Tx<'_>,
    of: &Upload,
    reason: &str,
    by: By<'_>,
) -> Result<Withdrawn, Stop<UploadRefusal>> {
    let (kind, state) = (of.kind()?, of.state()?);
    if state == State::Withdrawn {
        return Ok(Withdrawn::Done(0));
    }
    if !rules::may(kind, state, of.summary().good, Act::Withdraw) {
        return Err(Stop::Refused(UploadRefusal::State(state)));
    }
    if let (Kind::Roster, Some(import)) = (kind, of.import_id) {
        crate::sitting::store::lock(tx, &of.sitting).await?;
        if removal::put_back_some(tx, import, by).await? {
            // A command goes on by itself.
            if let Actor::Staff(account) = by.0 {
                store::take_back(tx, of.id, (account, reason)).await?;
            }
            return Ok(Withdrawn::Begun);
        }
    }
    let reason = if of.is_being_taken_back() { of.taken_back_why.as_str() } else { reason };
    let replaced = match kind {
        Kind::Photos => photos::take_back(tx, of.id).await?,
        Kind::Campuses => campuses::take_back(tx, of.id, by).await?,
        Kind::Roster | Kind::Scores => None,
    };
    let kept = match (of.import_id, replaced) {
        (_, Some(kept)) => kept,
        (None, None) => return Err(Stop::Refused(UploadRefusal::NothingKept)),
        (Some(import), None) => match take_back(tx, (kind, import), &of.sitting, reason, by).await {
            Ok(kept) => kept,
            Err(Stop::Refused(_)) => return Err(Stop::Refused(UploadRefusal::State(state))),
            Err(Stop::Fault(fault)) => return Err(Stop::Fault(fault)),
        },
    };
    let detail = format!("kept={kept} reason_given={}", !reason.is_empty());
    let summary = Summary { kept: u64::try_from(kept).unwrap_or(0), ..of.summary() };
    store::summarised(tx, of.id, &summary).await?;
    store::taken_back(tx, of.id).await?;
    stepped(tx, of, State::Withdrawn, ("upload-withdrawn", &detail), by).await?;
    Ok(Withdrawn::Done(kept))
}

/// Goes on taking back an upload, in the name of whoever began; returns whether there was one.
pub(super) async fn go_on_withdrawing(tx: &mut Tx<'_>) -> Result<bool, Stop<UploadRefusal>> {
    let Some(of) = store::to_take_back(tx).await? else { return Ok(false) };
    let actor = Actor::Staff(of.taken_back_by.clone());
    withdraw(tx, &of, &of.taken_back_why, (&actor, "")).await?;
    Ok(true)
}

/// Takes back a published import, uploaded or from a command; returns how many students stay because they have saved.
///
/// # Errors
/// [`ImportError::Changed`] when it is not published.
pub(super) async fn take_back(
    tx: &mut Tx<'_>,
    (kind, import): (Kind, i64),
    sitting: &str,
    reason: &str,
    by: By<'_>,
) -> Result<i64, Stop<ImportError>> {
    let mut kept = 0;
    if kind == Kind::Roster {
        let sitting = SittingCode::parse(sitting).map_err(|_| DbError::Decode("sitting"))?;
        crate::sitting::store::lock(tx, sitting.as_str()).await?;
        if let Some(at) = store::published_at(tx, import).await?.filter(|_| reason.is_empty()) {
            kept = removal::keep_saved(tx, &sitting, import, at).await?;
        }
        removal::put_back(tx, import, by).await?;
        transfer::lapse(tx, import).await?;
    }
    imports::withdraw(tx, (kind.wire(), import), sitting, by).await?;
    Ok(kept)
}

/// Gives up an upload that does not count. A repeat succeeds.
///
/// # Errors
/// [`UploadRefusal`].
pub async fn discard(tx: &mut Tx<'_>, of: &Upload, by: By<'_>) -> Result<(), Stop<UploadRefusal>> {
    let (kind, state) = (of.kind()?, of.state()?);
    if state == State::Discarded {
        return Ok(());
    }
    if !rules::may(kind, state, of.summary().good, Act::Discard) {
        return Err(Stop::Refused(UploadRefusal::State(state)));
    }
    if let Some(import) = of.import_id {
        imports::abandon(tx, import).await?;
    }
    store::ended(tx, of.id, &by.0.name()).await?;
    stepped(tx, of, State::Discarded, ("upload-discarded", ""), by).await
}

/// Says what the columns of a file are, and has it checked again.
///
/// # Errors
/// [`UploadRefusal`].
pub async fn choose(
    tx: &mut Tx<'_>,
    of: &Upload,
    chosen: &Chosen,
    (header, keep): (&str, bool),
    by: By<'_>,
) -> Result<(), Stop<UploadRefusal>> {
    let (kind, state) = (of.kind()?, of.state()?);
    if !rules::may(kind, state, of.summary().good, Act::Columns) {
        return Err(Stop::Refused(UploadRefusal::State(state)));
    }
    if !table::is_complete(kind, of, chosen) {
        return Err(Stop::Refused(UploadRefusal::Columns));
    }
    let json = serde_json::to_string(chosen).map_err(|error| DbError::Other(error.to_string()))?;
    store::choose(tx, of.id, &json).await?;
    if keep && !header.is_empty() {
        store::remember(tx, &of.place, kind, header, &json).await?;
    }
    if let Some(import) = of.import_id {
        imports::abandon(tx, import).await?;
    }
    stepped(tx, of, State::Checking, ("upload-columns", ""), by).await
}
