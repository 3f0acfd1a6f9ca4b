//! 集体报名 of the students who are ticked in a list, in one or more subjects: asked first, then each student and subject by
//! the candidates' own rules, in a transaction of its own (S2).

use axum::response::Response;
use http::StatusCode;

use super::group::words;
use super::new::plan;
use crate::collective_payment::group::{GroupCommand, Whom, enter_one};
use crate::roster::StudentRecord;
use crate::roster::ticked::Ticked;
use crate::sitting::{Plan, Subject};
use crate::staff::ticked::{self, AskView, DoneView, Named, Outcomes};
use crate::staff::{Permission, StaffMember};
use crate::store::Tx;
use crate::vault::to_hex;
use crate::web::answer::{PageError, html, refusal, refused_html};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused};

const ACTION: &str = "/staff/group-entry/ticked";
/// The page of the language link: this one is the answer to a form.
const PATH: &str = "/staff/students";

pub(super) async fn enter(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    let plan = plan(&who)?;
    let page = who.page();
    let Some(keys) = ticked::keys(&form)? else {
        return ask(&who, &plan, &form, Ticked::default(), vec![ticked::nobody(&page)]).await;
    };
    let found = ticked::find(&who, &plan.code, &keys).await?;
    if form.one("confirm")? != "yes" {
        return ask(&who, &plan, &form, found, Vec::new()).await;
    }
    let subjects = match ticked::subjects(&page, &plan, &form) {
        Ok(subjects) => subjects,
        Err(why) => return ask(&who, &plan, &form, found, vec![*why]).await,
    };
    let command = form.one("command")?;
    let plain = (1..=63).contains(&command.len()) && command.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut outcomes = Outcomes::default();
    // A written test is entered before the oral one that needs it: the sitting's own order.
    for subject in plan.subjects().iter().filter(|subject| subjects.contains(&subject.code)) {
        // One id a subject: a repeat of the form gets each one's first result.
        let command = plain.then(|| format!("{command}{}", subject.code));
        for of in &found.current {
            let why = enter_in_turn(&who, &page, of, (subject, command.clone())).await?;
            let is_done = why.is_none();
            let what = why.unwrap_or_else(|| page.m("collective-group-entered").to_owned());
            let name = subject.name_in(page.lang().code());
            outcomes.add(format!("({}) {name}: {what}", subject.code), is_done, person(of));
        }
    }
    outcomes.add_gone(&page, found.gone);
    let list = ticked::list_query(&form)?;
    let (page, menu) = who.frame_at(PATH, "collective-group-done").await?;
    html(StatusCode::OK, &DoneView { outcomes: outcomes.shown(&page), page, menu, list })
}

fn person(of: &StudentRecord) -> String {
    ticked::person(&of.name, &of.student_number)
}

/// Enters one student in one subject; why not, in words.
async fn enter_in_turn(
    who: &StaffMember,
    page: &Page,
    of: &StudentRecord,
    (subject, command): (&Subject, Option<String>),
) -> Result<Option<String>, PageError> {
    let cmd = GroupCommand {
        school: of.school,
        scope: who.scope.clone(),
        sitting: of.sitting.clone(),
        whom: Whom::Student(of.id),
        subject: subject.clone(),
        command,
        by: who.name.clone(),
        address: who.from(),
    };
    let catalogue = who.app.catalogue.get();
    let entered =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| enter_one(tx, &catalogue, &cmd).await).await;
    Ok(refusal(entered)?.err().map(|refusals| words(page, &refusals)))
}

async fn ask(
    who: &StaffMember,
    plan: &Plan,
    form: &FormData,
    found: Ticked,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(PATH, "collective-group").await?;
    let view = AskView {
        action: ACTION,
        about: page.f("collective-group-ticked", &[("n", &found.current.len().to_string())]),
        people: Named::of(&page, found.current.iter().map(person).collect()),
        gone: ticked::gone(&page, found.gone),
        keys: found.current.iter().map(|of| format!("{}-{}", of.school, of.id)).collect(),
        list: ticked::list_query(form)?,
        command: to_hex(&who.app.vault.random::<16>().map_err(PageError::fault)?),
        subjects: ticked::choices(&page, plan),
        button: page.m("collective-group-enter"),
        page: page.refusing(said.clone(), form.typed(&["subject"])),
        menu,
    };
    refused_html(&said, None, &view)
}
