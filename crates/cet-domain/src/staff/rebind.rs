//! Moving a registration to another passport (A7): one person requests, another approves the request, within 72 hours,
//! once.

use jiff::SignedDuration;
use ring::digest;

use super::store::rebinds::{self, Rebind};
use crate::audit::{self, Actor, Changes, Event, Value};
use crate::context::Context;
use crate::dispute;
use crate::message;
use crate::outbox::{self, Mail, Part};
use crate::passport;
use crate::payment;
use crate::registration::store::{self as registrations, scoped};
use crate::review;
use crate::store::{DbError, Stop, Tx};
use crate::texts::{Lang, texts};
use crate::vault::{Vault, VaultError};
use crate::words::codes::SchoolCode;
use crate::words::email::Email;
use crate::words::ids::{PassportId, RegistrationId};
pub use crate::words::staff::By;
use crate::words::text::is_free_text;
use crate::words::time::Time;

/// How long a request can be approved (TH26).
pub const LIFE: SignedDuration = SignedDuration::from_hours(72);

/// Why a request, or a decision, is refused.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RebindRefusal {
    /// The registration is the school's alone: its student saves it himself.
    NoPassport,
    /// No such registration or request in the scope.
    NotFound,
    /// No passport has this id.
    PassportUnknown,
    /// The address is not that of the new passport.
    EmailMismatch,
    /// The new passport is the old one, or holds a registration of the sitting.
    PassportBound,
    /// There is already an open request for this registration.
    Open,
    /// The evidence of the caller's identity is missing.
    NoEvidence,
    /// The requester cannot decide, under whatever account.
    SamePerson,
    /// Already decided, or expired.
    Over,
    /// The stored request was changed, or its facts are no longer true.
    Changed,
}

/// The request.
#[derive(Clone)]
pub struct Ask {
    /// The home school of the registration.
    pub school: SchoolCode,
    /// The registration.
    pub registration: RegistrationId,
    /// 通行证ID of the new passport.
    pub new_passport: String,
    /// Its address, as given by the candidate.
    pub new_email: Email,
    /// How the candidate was identified.
    pub evidence: String,
}

/// The hash of the request: it cannot be changed before it is approved.
fn target_hash(of: &Rebind, email: &str, evidence: &str) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    let numbers = [of.id, of.registration.0, of.old_passport.0, of.new_passport.0, of.expires_at.micros()];
    let numbers = numbers.map(|number| number.to_string());
    let texts = [of.school.as_str(), of.sitting.as_str(), &of.requester_person, email, evidence];
    for part in numbers.iter().map(String::as_str).chain(texts) {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
}

#[expect(clippy::needless_pass_by_value, reason = "made for map_err")]
fn fault(error: VaultError) -> DbError {
    DbError::Other(error.to_string())
}

/// Stores a request.
///
/// # Errors
/// [`RebindRefusal`]; [`DbError`].
pub async fn ask(tx: &mut Tx<'_>, vault: &Vault, by: &By, ask: &Ask) -> Result<i64, Stop<RebindRefusal>> {
    let seen = scoped::one(tx, &by.scope, ask.school, ask.registration).await?;
    let live = registrations::live(tx, ask.school, ask.registration).await?;
    let Some(live) = live.filter(|_| seen.is_some()) else {
        return Err(Stop::Refused(RebindRefusal::NotFound));
    };
    if !live.passport.is_one() {
        return Err(Stop::Refused(RebindRefusal::NoPassport));
    }
    let evidence = ask.evidence.trim();
    if evidence.is_empty() || evidence.chars().count() > 500 || !is_free_text(evidence) {
        return Err(Stop::Refused(RebindRefusal::NoEvidence));
    }
    let new = passport::store::by_public_id(tx, &ask.new_passport).await?;
    let new = new.ok_or(Stop::Refused(RebindRefusal::PassportUnknown))?;
    if !owns(tx, new, &ask.new_email).await? {
        return Err(Stop::Refused(RebindRefusal::EmailMismatch));
    }
    if new == live.passport || registrations::claim(tx, new, &live.sitting).await?.is_some() {
        return Err(Stop::Refused(RebindRefusal::PassportBound));
    }
    rebinds::end_expired(tx, ask.school, ask.registration).await?;
    let now = tx.now().await?;
    let address = ask.new_email.address();
    let mut request = Rebind {
        school: ask.school,
        id: tx.new_id(),
        registration: ask.registration,
        sitting: live.sitting.clone(),
        old_passport: live.passport,
        new_passport: new,
        new_email_sealed: vault.seal(&address).map_err(fault)?,
        evidence_sealed: vault.seal(evidence).map_err(fault)?,
        target_hash: Vec::new(),
        state: "asked".to_owned(),
        requester: by.account.clone(),
        requester_person: by.person.clone(),
        asked_at: now,
        expires_at: now.plus(LIFE),
        approver: None,
        decided_at: None,
    };
    request.target_hash = target_hash(&request, &address, evidence);
    if !rebinds::insert(tx, &request).await? {
        return asked_before(tx, vault, &request, (&address, evidence)).await;
    }
    record(tx, by, &request, ("rebind-asked", Changes::NONE.set("state", Value::code("asked")))).await?;
    Ok(request.id)
}

/// The open request of the registration, if the same account made exactly the same one: then it is a repeat.
async fn asked_before(
    tx: &mut Tx<'_>,
    vault: &Vault,
    new: &Rebind,
    (address, evidence): (&str, &str),
) -> Result<i64, Stop<RebindRefusal>> {
    let open = rebinds::open_of(tx, new.school, new.registration).await?;
    let Some(of) = open.filter(|of| of.requester == new.requester && of.new_passport == new.new_passport)
    else {
        return Err(Stop::Refused(RebindRefusal::Open));
    };
    let same = vault.open(&of.new_email_sealed).map_err(fault)? == address
        && vault.open(&of.evidence_sealed).map_err(fault)? == evidence;
    if same { Ok(of.id) } else { Err(Stop::Refused(RebindRefusal::Open)) }
}

async fn owns(tx: &mut Tx<'_>, passport: PassportId, email: &Email) -> Result<bool, DbError> {
    let account = passport::store::account(tx, passport).await?;
    let held = account.and_then(|account| Email::parse(&account.email).ok());
    Ok(held.is_some_and(|held| held.key() == email.key()))
}

/// Approves a request and moves the registration: claims, registration, orders; both passports lose their sessions and
/// links, and both addresses are notified.
///
/// # Errors
/// [`RebindRefusal`]; [`DbError`].
pub async fn approve(
    tx: &mut Tx<'_>,
    context: &Context,
    by: &By,
    school: SchoolCode,
    id: i64,
) -> Result<(), Stop<RebindRefusal>> {
    let Some(request) = decidable(tx, by, (school, id), "done").await? else { return Ok(()) };
    let email = context.vault.open(&request.new_email_sealed).map_err(fault)?;
    let evidence = context.vault.open(&request.evidence_sealed).map_err(fault)?;
    let changed = Stop::Refused(RebindRefusal::Changed);
    let Ok(new_email) = Email::parse(&email) else { return Err(changed) };
    if target_hash(&request, &email, &evidence) != request.target_hash
        || !owns(tx, request.new_passport, &new_email).await?
    {
        return Err(changed);
    }
    // Disputes come before their registration, as where one is approved.
    let disputes = dispute::store::lock_about(tx, school, request.registration).await?;
    // Registration, claims, orders, in the same order as releasing (docs/locking.md).
    let live = registrations::lock(tx, school, request.registration).await?;
    let Some(live) = live.filter(|live| live.passport == request.old_passport) else { return Err(changed) };
    registrations::delete_claim(tx, &live).await?;
    if !registrations::insert_claim(tx, request.new_passport, &live.sitting, school, live.id).await? {
        return Err(Stop::Refused(RebindRefusal::PassportBound));
    }
    if let Some(snapshot) = registrations::snapshot(tx, school, live.id).await? {
        let (key, old) = (snapshot.document_key, request.old_passport);
        review::store::move_to_passport(tx, &live.sitting, &key, old, request.new_passport).await?;
    }
    if !scoped::move_to(tx, &live, request.new_passport).await? {
        return Err(Stop::Refused(RebindRefusal::Changed));
    }
    // The same person has another account: what was disputed still is (R24).
    for of in disputes.iter().filter(|of| of.holder == request.old_passport) {
        dispute::store::follow(tx, of, request.new_passport).await?;
    }
    let passports = (request.old_passport, request.new_passport);
    payment::store::give_to_passport(tx, school, live.id, passports).await?;
    message::store::move_all(tx, request.old_passport, request.new_passport).await?;
    if !rebinds::decide(tx, &request, "done", (&by.account, &by.person)).await? {
        return Err(Stop::Refused(RebindRefusal::Over));
    }
    for passport in [request.old_passport, request.new_passport] {
        passport::session::end_all(tx, passport).await?;
        passport::store::note_credential_change(tx, passport).await?;
        passport::token::revoke_pending(tx, passport).await?;
        passport::token::revoke_undo_since(tx, passport, Time::from_micros(0)).await?;
    }
    let old = passport::store::addressee(tx, request.old_passport).await?;
    if let Some((old, lang)) = old.and_then(|old| Some((Email::parse(&old.email).ok()?, old.lang))) {
        tell(tx, context, &request, (old, lang), false).await?;
    }
    let new = passport::store::addressee(tx, request.new_passport).await?;
    let lang = new.map_or(Lang::Zh, |new| new.lang);
    tell(tx, context, &request, (new_email, lang), true).await?;
    let changes = decided(&request, "done").field("passport", request.old_passport, request.new_passport);
    record(tx, by, &request, ("rebind-approved", changes)).await?;
    Ok(())
}

/// Refuses a request.
///
/// # Errors
/// [`RebindRefusal`]; [`DbError`].
pub async fn refuse(
    tx: &mut Tx<'_>,
    by: &By,
    school: SchoolCode,
    id: i64,
) -> Result<(), Stop<RebindRefusal>> {
    let Some(request) = decidable(tx, by, (school, id), "refused").await? else { return Ok(()) };
    if !rebinds::decide(tx, &request, "refused", (&by.account, &by.person)).await? {
        return Err(Stop::Refused(RebindRefusal::Over));
    }
    record(tx, by, &request, ("rebind-refused", decided(&request, "refused"))).await?;
    Ok(())
}

/// Locks the request, if this person may decide it now; `None` when this account has already made this decision.
async fn decidable(
    tx: &mut Tx<'_>,
    by: &By,
    (school, id): (SchoolCode, i64),
    state: &str,
) -> Result<Option<Rebind>, Stop<RebindRefusal>> {
    let request = rebinds::lock(tx, &by.scope, school, id).await?;
    let request = request.ok_or(Stop::Refused(RebindRefusal::NotFound))?;
    if request.requester_person == by.person {
        return Err(Stop::Refused(RebindRefusal::SamePerson));
    }
    if request.state == state && request.approver.as_ref() == Some(&by.account) {
        return Ok(None);
    }
    let now = tx.now().await?;
    if request.state != "asked" || now >= request.expires_at {
        return Err(Stop::Refused(RebindRefusal::Over));
    }
    Ok(Some(request))
}

async fn tell(
    tx: &mut Tx<'_>,
    context: &Context,
    of: &Rebind,
    (to, lang): (Email, Lang),
    is_new: bool,
) -> Result<(), DbError> {
    let t = texts(lang);
    let (text, kind) = if is_new {
        ("staff-mail-rebind-new", "rebind-new")
    } else {
        ("staff-mail-rebind-old", "rebind-old")
    };
    let mail = Mail {
        to,
        lang,
        subject: t.m("staff-mail-rebind-subject").to_owned(),
        parts: vec![
            Part::Text(t.m(text).to_owned()),
            Part::Text(if context.config.portal.telephone.is_empty() {
                t.m("staff-mail-rebind-else-uncalled").to_owned()
            } else {
                t.f("staff-mail-rebind-else", &[("telephone", &context.config.portal.telephone)])
            }),
        ],
    };
    outbox::post(tx, &context.vault, of.school, kind, &of.id.to_string(), &mail).await
}

fn decided(request: &Rebind, state: &str) -> Changes {
    Changes::NONE.field("state", Value::code(&request.state), Value::code(state))
}

async fn record(
    tx: &mut Tx<'_>,
    by: &By,
    of: &Rebind,
    (action, changes): (&'static str, Changes),
) -> Result<(), DbError> {
    let event = Event {
        school: of.school,
        actor: Actor::Staff(by.account.clone()),
        action,
        object_kind: "registration",
        object: &of.registration.to_string(),
        address: &by.address,
        detail: &format!("rebind={} from={} to={}", of.id, of.old_passport, of.new_passport),
        changes,
    };
    audit::record(tx, &event).await
}
