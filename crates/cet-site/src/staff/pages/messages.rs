//! `/staff/messages/ticked`: a message to the candidates who are ticked in a list (S2). The page asks first; it names
//! whom the message goes to, and takes its words.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;

use crate::staff::ticked::{self, At, DoneView, MessageView, Named, Outcomes};
use crate::staff::{StaffMember, menu};
use crate::web::answer::{PageError, html, refusal, refused_html};
use crate::web::form_data::FormData;
use crate::web::page::{OnPage as _, Page, Refused};
use cet_base::form_mark::seen;
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::vault::to_hex;
use cet_domain::registration::from_staff::{SendCommand, SendRefusal, Sent, Words, send};
use cet_domain::registration::store::{live_of_student, scoped};
use cet_domain::roster::{StudentRecord, ticked as students};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// Whom a form is about.
struct To {
    at: At,
    /// The keys of the rows that stand, as forms send them.
    keys: Vec<String>,
    /// Their people.
    people: Vec<String>,
    /// Their registrations.
    registrations: BTreeSet<scoped::Key>,
    /// Students who have not saved a registration in this scope.
    unregistered: Vec<String>,
    gone: usize,
}

pub(super) async fn write(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::WriteToCandidates)?;
    let plan = who.shown_sitting().await?;
    let page = who.page();
    let Some(to) = whom(&who, &plan, &form).await? else {
        return ask(&who, &form, To::none(At::of(&form)), (vec![ticked::nobody(&page)], None)).await;
    };
    if form.one("confirm")? != "yes" {
        return ask(&who, &form, to, (Vec::new(), None)).await;
    }
    let words = match Words::of(form.one("title")?, form.one("body")?) {
        Ok(words) => words,
        Err(why) => {
            let said = why.into_iter().map(|why| why.on(&page)).collect();
            return ask(&who, &form, to, (said, None)).await;
        }
    };
    let cmd = SendCommand {
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        to: to.registrations.clone(),
        from: place(&who),
        command: command(&who, &form, &words)?,
        words,
        by: who.name.clone(),
        address: who.from(),
    };
    let vault = who.app.vault.clone();
    let sent = who.app.db.write_again(async move |tx: &mut Tx<'_>| send(tx, &vault, &cmd).await).await;
    match refusal(sent)? {
        Ok(sent) => done(&who, &form, to, sent).await,
        Err(SendRefusal::NotFound) => Err(PageError::NotFound),
        Err(why) => ask(&who, &form, to, (vec![why.on(&page)], why.retry_after())).await,
    }
}

impl To {
    fn none(at: At) -> Self {
        let (keys, people, unregistered) = (Vec::new(), Vec::new(), Vec::new());
        Self { at, keys, people, registrations: BTreeSet::new(), unregistered, gone: 0 }
    }
}

/// The name of the account's school or province, which the message says it is from in both languages; empty for the nation.
fn place(who: &StaffMember) -> String {
    let scope = who.scope.prefix();
    menu::place_name(&who.app.catalogue.get(), Lang::Zh, scope.get(..5).unwrap_or(scope))
}

/// The form's command id. Without one the same words are the same message.
fn command(who: &StaffMember, form: &FormData, words: &Words) -> Result<String, PageError> {
    let sent = form.one("command")?;
    let plain = (1..=32).contains(&sent.len()) && sent.bytes().all(|b| b.is_ascii_alphanumeric());
    if plain {
        return Ok(format!("{sent}{}", who.name));
    }
    Ok(seen(&who.app.vault, "staff-message", [who.name.as_str(), words.as_str()]))
}

/// Reads whom the form ticks; `None` as for [`ticked::rows`].
async fn whom(who: &StaffMember, plan: &Plan, form: &FormData) -> Result<Option<To>, PageError> {
    let Some(rows) = ticked::rows(who, &plan.code, form).await? else { return Ok(None) };
    let mut to = To::none(rows.at);
    to.gone = rows.gone;
    to.keys = rows.current.iter().map(|row| row.key.clone()).collect();
    match rows.at {
        At::Registrations => {
            to.people = rows.current.into_iter().map(|row| row.person).collect();
            to.registrations = ticked::registrations(form)?.unwrap_or_default();
        }
        At::Students => {
            let keys = ticked::keys(form)?.unwrap_or_default();
            let found = ticked::find(who, &plan.code, &keys).await?;
            for (of, registration) in registered(who, plan, found).await? {
                let person = ticked::person(&of.name, &of.student_number);
                match registration {
                    Some(key) => {
                        to.people.push(person);
                        to.registrations.insert(key);
                    }
                    None => to.unregistered.push(person),
                }
            }
        }
    }
    Ok(Some(to))
}

/// Students with their registrations, as far as these are in the scope themselves: a student's campus may have changed
/// since.
async fn registered(
    who: &StaffMember,
    plan: &Plan,
    found: students::Ticked,
) -> Result<Vec<(StudentRecord, Option<scoped::Key>)>, PageError> {
    let (scope, sitting) = (who.scope.clone(), plan.code.clone());
    let read = async move |tx: &mut Tx<'_>| {
        let mut all = Vec::new();
        for of in &found.current {
            let id = live_of_student(tx, of.school, &sitting, &of.document_key.bytes()).await?;
            let seen = match id {
                Some(id) => scoped::one(tx, &scope, of.school, id).await?,
                None => None,
            };
            all.push((of.clone(), seen.map(|seen| (seen.school, seen.id))));
        }
        Ok(all)
    };
    let read: Result<_, DbError> = who.app.db.read_long(read).await;
    Ok(read?)
}

async fn ask(
    who: &StaffMember,
    form: &FormData,
    to: To,
    (said, wait): (Vec<Refused>, Option<u64>),
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(to.at.path(), "staff-message").await?;
    let n = to.people.len();
    let view = MessageView {
        at: to.at,
        about: page.f("staff-message-about", &[("n", &n.to_string())]),
        may_send: n > 0,
        people: Named::of(&page, to.people),
        left_out: left_out(&page, to.unregistered.len()),
        gone: ticked::gone(&page, to.at, to.gone),
        keys: to.keys,
        list: ticked::list_query(form, to.at)?,
        command: to_hex(&who.app.vault.random::<16>().map_err(PageError::fault)?),
        page: page.refusing(said.clone(), form.typed(&["title", "body"])),
        menu,
    };
    refused_html(&said, wait, &view)
}

/// That some students get nothing; empty if all do.
fn left_out(page: &Page, n: usize) -> String {
    if n == 0 { String::new() } else { page.f("staff-message-left-out", &[("n", &n.to_string())]) }
}

async fn done(who: &StaffMember, form: &FormData, to: To, sent: Sent) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(to.at.path(), "staff-message-done").await?;
    let mut outcomes = Outcomes::default();
    let person = |of: &scoped::Seen| ticked::person(&of.name, &of.student_number);
    for of in &sent.told {
        outcomes.add(page.m("staff-message-sent").to_owned(), true, person(of));
    }
    for of in &sent.without {
        outcomes.add(page.m("staff-message-no-account").to_owned(), false, person(of));
    }
    for name in to.unregistered {
        outcomes.add(page.m("staff-message-unregistered").to_owned(), false, name);
    }
    // Of ticked students only the registrations were looked for again.
    outcomes.add_gone(&page, to.at, if to.at == At::Students { to.gone } else { sent.gone });
    let list = ticked::list_query(form, to.at)?;
    let view = DoneView { at: to.at, outcomes: outcomes.shown(&page), page, menu, list };
    html(StatusCode::OK, &view)
}
