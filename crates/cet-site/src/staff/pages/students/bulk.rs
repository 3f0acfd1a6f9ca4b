//! What is done with the students that are ticked in the list: a bar from subjects, its lifting, and a file of only them.
//! Each act asks first.

use std::collections::BTreeSet;

use axum::response::Response;
use http::StatusCode;

use super::{PATH, Students};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{self, Form, List as _, Sheet};
use crate::staff::pages::refused;
use crate::staff::ticked::{self, AskView, At, DoneView, Named, Outcomes};
use crate::web::answer::{PageError, html};
use crate::web::form_data::FormData;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SubjectCode;
use cet_domain::roster::ticked::{Barred, Barring, Key, bar as bar_one};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

pub(in crate::staff::pages) async fn bar(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    change(&who, &form, Barring::Bar).await
}

pub(in crate::staff::pages) async fn lift(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    change(&who, &form, Barring::Lift).await
}

async fn change(who: &StaffMember, form: &FormData, way: Barring) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    let plan = who.sitting().await?;
    let Some(keys) = ticked::keys(form)? else { return nobody(who).await };
    // Read for both pages: a row of another scope is refused before anything is asked or done.
    let found = ticked::find(who, &plan.code, &keys).await?;
    let page = who.page();
    let people = found.current.iter().map(|of| ticked::person(&of.name, &of.student_number)).collect();
    if form.one("confirm")? != "yes" {
        return ask(who, &plan, form, (way, &keys, people, found.gone), Vec::new()).await;
    }
    match ticked::subjects(&page, &plan, form) {
        Err(why) => ask(who, &plan, form, (way, &keys, people, found.gone), vec![*why]).await,
        Ok(subjects) => {
            let mut outcomes = Outcomes::default();
            for of in &found.current {
                let became = bar_in_turn(who, &plan, (of.school, of.id), &subjects, way).await?;
                let (words, is_done) = told(&page, became, way);
                outcomes.add(words.to_owned(), is_done, ticked::person(&of.name, &of.student_number));
            }
            outcomes.add_gone(&page, At::Students, found.gone);
            let (page, menu) = who.frame_at(PATH, title(way)).await?;
            let (at, list) = (At::Students, ticked::list_query(form, At::Students)?);
            html(StatusCode::OK, &DoneView { at, outcomes: outcomes.shown(&page), page, menu, list })
        }
    }
}

/// The list again, saying that nobody is ticked.
async fn nobody(who: &StaffMember) -> Result<Response, PageError> {
    list::page::<Students>(who, vec![ticked::nobody(&who.page())], Typed::default()).await
}

const fn title(way: Barring) -> &'static str {
    match way {
        Barring::Bar => "staff-ticked-bar",
        Barring::Lift => "staff-ticked-lift",
    }
}

/// What became of one student, in words, and whether it was done.
fn told(page: &Page, became: Barred, way: Barring) -> (&'static str, bool) {
    match (became, way) {
        (Barred::Done, Barring::Bar) => (page.m("staff-ticked-barred"), true),
        (Barred::Done | Barred::Listed, Barring::Lift) => (page.m("staff-ticked-lifted"), true),
        (Barred::Listed, Barring::Bar) => (page.m("staff-ticked-barred-listed"), true),
        (Barred::Unchanged, Barring::Bar) => (page.m("staff-ticked-barred-before"), true),
        (Barred::Unchanged, Barring::Lift) => (page.m("staff-ticked-lifted-before"), true),
        (Barred::Saved, _) => (page.m("staff-ticked-saved"), false),
        (Barred::Gone, _) => (page.m("staff-ticked-gone"), false),
    }
}

async fn bar_in_turn(
    who: &StaffMember,
    plan: &Plan,
    key: Key,
    subjects: &[SubjectCode],
    way: Barring,
) -> Result<Barred, PageError> {
    let (scope, sitting, subjects) = (who.scope.clone(), plan.code.clone(), subjects.to_vec());
    let (actor, from) = (who.actor(), who.from());
    let done: Result<Barred, DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            bar_one(tx, &scope, &sitting, key, (&subjects, way), (&actor, &from)).await
        })
        .await;
    Ok(done?)
}

async fn ask(
    who: &StaffMember,
    plan: &Plan,
    form: &FormData,
    (way, keys, people, gone): (Barring, &BTreeSet<Key>, Vec<String>, usize),
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(PATH, title(way)).await?;
    let n = people.len().to_string();
    let (action, about, button) = match way {
        Barring::Bar => ("/staff/students/ticked/bar", "staff-ticked-bar-about", "staff-ticked-bar-do"),
        Barring::Lift => ("/staff/students/ticked/lift", "staff-ticked-lift-about", "staff-ticked-lift-do"),
    };
    let view = AskView {
        at: At::Students,
        action,
        about: page.f(about, &[("n", &n)]),
        people: Named::of(&page, people),
        gone: ticked::gone(&page, At::Students, gone),
        keys: keys.iter().map(|(school, id)| format!("{school}-{id}")).collect(),
        list: ticked::list_query(form, At::Students)?,
        command: String::new(),
        subjects: ticked::choices(&page, plan),
        button: page.m(button),
        page: page.refusing(said.clone(), form.typed(&["subject"])),
        menu,
    };
    refused(&said, &[], &view)
}

pub(in crate::staff::pages) async fn csv(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    file(&who, &form, Form::Csv).await
}

pub(in crate::staff::pages) async fn xlsx(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    file(&who, &form, Form::Xlsx).await
}

/// A file of the ticked rows, masked as the list's files are.
async fn file(who: &StaffMember, form: &FormData, ending: Form) -> Result<Response, PageError> {
    who.needs(Students::NEEDS)?;
    let plan = who.shown_sitting().await?;
    let Some(keys) = ticked::keys(form)? else { return nobody(who).await };
    let begun = Download::of(who)?;
    let found = ticked::find(who, &plan.code, &keys).await?;
    let page = who.page();
    let rows = found.current.iter().map(|of| Students::cells(who, &page, of, false));
    let sheet = Sheet { headings: Students::headings(&page), rows: rows.collect::<Result<_, _>>()? };
    list::download_noted(who, Students::NAME, ending, (begun, sheet), " ticked=true").await
}
