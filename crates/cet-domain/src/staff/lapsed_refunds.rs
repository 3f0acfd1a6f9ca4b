//! Tells whoever asked for a refund that nobody decided it in time (Y5).

use std::sync::Arc;

use super::{mails, store};
use crate::entry::messages::names;
use crate::jobs::batch::Round;
use crate::outbox::Part;
use crate::payment::refund_request::LIFE;
use crate::payment::store::lapsed_requests::lapsing;
use crate::payment::store::refund_requests::{self as requests, Request};
use crate::payment::verbs::lapse_request;
use crate::sitting::Catalogue;
use crate::store::{Db, DbError, Tx};
use crate::texts::{Lang, Texts, texts};
use crate::vault::Vault;
use crate::words::codes::SubjectCode;

/// Requests of one round.
const AT_ONCE: i64 = 20;
/// Lines of an order whose subjects are named.
const NAMED: i64 = 10;

/// Ends the requests whose time is over and mails whoever asked; returns how many. Any node may run it at any time.
///
/// # Errors
/// [`DbError`]: what was not ended is ended by the next round.
pub(super) async fn round(db: &Db, vault: &Arc<Vault>, catalogue: &Arc<Catalogue>) -> Result<Round, DbError> {
    let due = db.read(async |tx: &mut Tx<'_>| lapsing(tx, AT_ONCE).await).await?;
    let mut ended = 0_i64;
    for id in due {
        let (vault, catalogue) = (Arc::clone(vault), Arc::clone(catalogue));
        let told = db.write(async move |tx: &mut Tx<'_>| tell(tx, &vault, &catalogue, id).await).await?;
        ended = ended.saturating_add(i64::from(told));
    }
    Ok(Round::of(ended))
}

async fn tell(tx: &mut Tx<'_>, vault: &Vault, catalogue: &Catalogue, id: i64) -> Result<bool, DbError> {
    let Some(of) = lapse_request(tx, id).await? else { return Ok(false) };
    // One that lapsed while no job ran for so long is on its page only: a mail would tell of what is forgotten.
    if tx.now().await? >= of.expires_at.plus(LIFE) {
        return Ok(true);
    }
    let Some(asked) = store::accounts::of_anyone(tx, &of.requester).await? else { return Ok(true) };
    let to = mails::address(vault, asked.email_sealed.as_deref())?.filter(|_| asked.disabled_at.is_none());
    let Some(to) = to else { return Ok(true) };
    let t = texts(asked.lang);
    let (what, amount) = (what(tx, catalogue, &of, t).await?, of.amount.to_string());
    let subject = t.f("staff-mail-refund-lapsed-subject", &[("what", &what), ("amount", &amount)]);
    let (since, time) = (of.asked_at.page(), of.expires_at.page());
    let facts = [("asked", since.as_str()), ("what", &what), ("amount", &amount), ("time", &time)];
    let parts = vec![
        Part::Text(t.f("staff-mail-refund-lapsed", &facts)),
        Part::Text(t.m("staff-mail-refund-lapsed-next").to_owned()),
    ];
    let event = id.to_string();
    mails::send(tx, vault, ("refund-lapsed", &event), (to, asked.lang), (subject, parts)).await?;
    Ok(true)
}

/// What was to go back: the order with its subjects, or the exam.
async fn what(
    tx: &mut Tx<'_>,
    catalogue: &Catalogue,
    of: &Request,
    t: &'static Texts,
) -> Result<String, DbError> {
    let name = |subject: SubjectCode| {
        let (zh, en) = names(catalogue, &of.sitting, subject);
        match t.lang() {
            Lang::Zh => zh,
            Lang::En => en,
        }
    };
    if of.order_number.is_empty() {
        let subject = SubjectCode::parse(&of.subject).map(name).unwrap_or_default();
        let facts =
            [("sitting", of.sitting.as_str()), ("subject", subject.as_str()), ("campus", of.campus.as_str())];
        let key = match (of.subject.is_empty(), of.campus.is_empty()) {
            (false, false) => "staff-mail-refund-exam",
            (false, true) => "staff-mail-refund-subject",
            (true, false) => "staff-mail-refund-campus",
            (true, true) => "staff-mail-refund-sitting",
        };
        return Ok(t.f(key, &facts));
    }
    let mut subjects: Vec<SubjectCode> = Vec::new();
    for (_, _, subject) in requests::subjects(tx, of.id, NAMED).await? {
        if !subjects.contains(&subject) {
            subjects.push(subject);
        }
    }
    let subjects: Vec<String> = subjects.into_iter().map(name).collect();
    let subjects = subjects.join(t.m("message-standby-and"));
    Ok(t.f("staff-mail-refund-order", &[("number", &of.order_number), ("subjects", &subjects)]))
}
