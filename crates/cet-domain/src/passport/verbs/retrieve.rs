//! 最近考次报名账号找回 (A6): the passport with which a student registered for the current sitting.

use std::net::IpAddr;

use crate::audit::{self, Actor, Changes, Event};
use crate::context::Context;
use crate::limit::{self, Wait};
use crate::passport::rules::same_student_number;
use crate::passport::{rate_limits, store};
use crate::registration;
use crate::roster::{self, DocumentKeys};
use crate::store::{DbError, Stop, Tx};
use crate::vault::to_hex;
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::document::Document;
use crate::words::email::Email;
use crate::words::ids::{PassportId, RegistrationId};
use crate::words::name::PersonName;

/// The student to search for.
#[derive(Clone)]
pub struct Sought {
    /// The document.
    pub document: Document,
    /// The name.
    pub name: PersonName,
    /// The student number; blank for none.
    pub student_number: String,
    /// The requester, if logged in.
    pub asker: Option<PassportId>,
    /// The network address.
    pub address: IpAddr,
}

/// The account found.
#[derive(Clone, PartialEq, Eq)]
pub enum Retrieved {
    /// By document and name: masked, but recognisable to its owner (W1).
    Masked(String),
    /// By the student number as well.
    Whole(String),
}

struct Found {
    school: SchoolCode,
    registration: RegistrationId,
    email: Email,
}

/// Finds the account; every lookup is counted and logged. A wrong name, a wrong number and a missing registration are
/// indistinguishable, also by the time that they take (TH7).
///
/// # Errors
/// [`Wait`] when this document, or this network, was looked up too often; [`DbError`].
pub async fn retrieve(
    tx: &mut Tx<'_>,
    context: &Context,
    sitting: Option<&SittingCode>,
    sought: &Sought,
) -> Result<Option<Retrieved>, Stop<Wait>> {
    let document = DocumentKeys::of(&context.vault, &sought.document);
    count(tx, context, &document, sought).await?;
    let found = match sitting {
        Some(sitting) => find(tx, sitting, &document, sought).await?,
        None => None,
    };
    let whole = !sought.student_number.trim().is_empty();
    let detail = match &found {
        None => "nothing",
        Some(_) if whole => "whole",
        Some(_) => "masked",
    };
    record(tx, sought, found.as_ref(), detail).await?;
    Ok(found.map(|found| {
        if whole { Retrieved::Whole(found.email.address()) } else { Retrieved::Masked(found.email.masked()) }
    }))
}

/// Counts a look-up before it is made. The counts are those of the asker's network, and of the document where only its name
/// is needed; none is that of logging in or of recovering, and none keeps the owner from either.
async fn count(
    tx: &mut Tx<'_>,
    context: &Context,
    document: &DocumentKeys,
    sought: &Sought,
) -> Result<(), Stop<Wait>> {
    let (limits, network) = (&context.config.limits, limit::network(sought.address));
    let key = to_hex(&document.whole().bytes());
    limit::spend(tx, &rate_limits::RETRIEVALS_OF_DOCUMENT, &format!("{key}:{network}")).await?;
    if sought.student_number.trim().is_empty() {
        limit::spend(tx, &rate_limits::RETRIEVALS_BY_NAME, &key).await?;
    }
    if !limits.is_exempt(sought.address) {
        limit::spend(tx, &rate_limits::retrievals(limits), &network).await?;
    }
    Ok(())
}

/// The same statements run whether or not there is a record and a registration: those of nobody find nothing.
async fn find(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    document: &DocumentKeys,
    sought: &Sought,
) -> Result<Option<Found>, DbError> {
    let record = roster::store::find_typed(tx, sitting, document).await?;
    let (school, key) = record.map_or_else(
        || (SchoolCode::NONE, document.whole().bytes()),
        |record| (record.school, record.document_key.bytes()),
    );
    let held = registration::store::live_of_student(tx, school, sitting, &key).await?;
    let registration = held.unwrap_or(RegistrationId(0));
    let live = registration::store::live(tx, school, registration).await?;
    let snapshot = registration::store::snapshot(tx, school, registration).await?;
    let now = tx.now().await?;
    // Comparing names takes its time as well.
    let name = snapshot.as_ref().map_or(roster::NOBODY, |snapshot| &snapshot.name);
    let is_written = sought.name.is_written_for(name);
    let (Some(live), Some(snapshot)) = (live, snapshot) else { return Ok(None) };
    let counts = live.release_at.is_none_or(|release| now < release);
    let number = sought.student_number.trim();
    let meant = is_written && (number.is_empty() || same_student_number(number, &snapshot.student_number));
    if !counts || !meant {
        return Ok(None);
    }
    let account = store::account(tx, live.passport).await?;
    let email = account.and_then(|account| Email::parse(&account.email).ok());
    Ok(email.map(|email| Found { school, registration, email }))
}

async fn record(
    tx: &mut Tx<'_>,
    sought: &Sought,
    found: Option<&Found>,
    detail: &'static str,
) -> Result<(), DbError> {
    let event = Event {
        school: found.map_or(SchoolCode::NONE, |found| found.school),
        actor: sought.asker.map_or(Actor::Visitor, Actor::Passport),
        action: "account-looked-up",
        object_kind: "registration",
        object: &found.map(|found| found.registration.to_string()).unwrap_or_default(),
        address: &sought.address.to_string(),
        detail,
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
