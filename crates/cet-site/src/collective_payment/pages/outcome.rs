//! What became of a form of 集体报名: the page that the answer leads to, which may be loaded again without entering anybody a
//! second time. A form that entered nobody is refused as a whole, on the same page.

use std::collections::BTreeSet;

use axum::response::Response;

use super::group::PATH;
use super::rows;
use crate::collective_payment::views::{GroupDoneView, PersonRow};
use crate::staff::StaffMember;
use crate::staff::ticked::{self, At, DoneView, Outcomes};
use crate::web::answer::{PageError, refused_html, see_other};
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SittingCode};
use cet_domain::collective_payment::group::Whom;
use cet_domain::collective_payment::outcome::{self, Line, Outcome, Place};
use cet_domain::entry::staff_queries;
use cet_domain::roster::staff_queries as roster_queries;

/// The parameter that names the form by its command id.
pub(super) const DONE: &str = "done";

/// The answer to a form: kept, and shown by its own address (303); a refusal where nobody was entered.
pub(super) async fn answer(
    who: &StaffMember,
    (school, command): (SchoolCode, Option<String>),
    of: &Outcome,
) -> Result<Response, PageError> {
    if of.lines.iter().all(|line| line.became.is_err()) {
        let page = who.page();
        let codes: BTreeSet<&'static str> = of.lines.iter().flat_map(codes).copied().collect();
        let mut said: Vec<Refused> = codes.into_iter().map(|code| Refused::new(page.t, code)).collect();
        if said.is_empty() {
            said.push(ticked::nobody(&page));
        }
        return page_of(who, school, of, said).await;
    }
    let command = command.unwrap_or_else(|| of.own_command());
    let (account, key, of) = (who.name.clone(), command.clone(), of.clone());
    let kept: Result<(), DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| outcome::keep(tx, school, (&account, &key), &of).await)
        .await;
    kept?;
    Ok(see_other(&format!("{PATH}?{DONE}={command}")))
}

fn codes(line: &Line) -> &[&'static str] {
    line.became.as_ref().err().map_or(&[], Vec::as_slice)
}

/// The page of a form of this account.
pub(super) async fn show(who: &StaffMember, command: String) -> Result<Response, PageError> {
    let school = who.scope.school().ok_or(PageError::NotFound)?;
    let account = who.name.clone();
    let read: Result<Option<Outcome>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| outcome::find(tx, school, &account, &command).await)
        .await;
    let of = read?.ok_or(PageError::NotFound)?;
    page_of(who, school, &of, Vec::new()).await
}

async fn page_of(
    who: &StaffMember,
    school: SchoolCode,
    of: &Outcome,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let at = match of.place {
        Place::Class => return page_of_class(who, school, of, said).await,
        Place::Students => At::Students,
        Place::Registrations => At::Registrations,
    };
    // A refused form has no page of its own: its language link leads to the list.
    let path = if said.is_empty() { PATH } else { at.path() };
    let (page, menu) = who.frame_at(path, "collective-group-done").await?;
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.sitting(&of.sitting).map(AsRef::as_ref);
    let mut outcomes = Outcomes::default();
    for line in &of.lines {
        let person = named(who, (school, &of.sitting), line.whom, String::new()).await?;
        let subject = rows::subject(&page, plan, line.subject);
        let words = match &line.became {
            Ok(()) => page.m("collective-group-entered").to_owned(),
            Err(codes) => words(&page, codes),
        };
        let person = ticked::person(&person.name, &person.student_number);
        outcomes.add(format!("{subject}: {words}"), line.became.is_ok(), person);
    }
    outcomes.add_gone(&page, at, usize::try_from(of.gone).unwrap_or_default());
    let outcomes = outcomes.shown(&page);
    let page = page.refusing(said.clone(), Typed::default());
    refused_html(&said, None, &DoneView { page, menu, at, outcomes, list: of.back.clone() })
}

async fn page_of_class(
    who: &StaffMember,
    school: SchoolCode,
    of: &Outcome,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(PATH, "collective-group-done").await?;
    let catalogue = who.app.catalogue.get();
    let plan = catalogue.sitting(&of.sitting).map(AsRef::as_ref);
    let subject = of.lines.first().map(|line| rows::subject(&page, plan, line.subject)).unwrap_or_default();
    let (mut done, mut refused) = (Vec::new(), Vec::new());
    for line in &of.lines {
        match &line.became {
            Ok(()) => done.push(named(who, (school, &of.sitting), line.whom, String::new()).await?),
            Err(codes) => {
                refused.push(named(who, (school, &of.sitting), line.whom, words(&page, codes)).await?);
            }
        }
    }
    let back = format!("{PATH}?{}", of.back);
    let page = page.refusing(said.clone(), Typed::default());
    refused_html(&said, None, &GroupDoneView { page, menu, subject, done, refused, back })
}

/// The row of one candidate; names outside the scope are not shown.
async fn named(
    who: &StaffMember,
    (school, sitting): (SchoolCode, &SittingCode),
    whom: Whom,
    why: String,
) -> Result<PersonRow, PageError> {
    let (scope, sitting) = (who.scope.clone(), sitting.clone());
    let given = why.clone();
    let read: Result<Option<PersonRow>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let why = given.clone();
            Ok(match whom {
                Whom::Registration(id) => {
                    let person = staff_queries::person(tx, school, id).await?;
                    let person = person.filter(|person| scope.contains(person.school, person.campus));
                    person.map(|person| rows::person(&person, why))
                }
                Whom::Student(id) => {
                    let found = roster_queries::one(tx, &scope, &sitting, school, id).await?;
                    found.map(|of| rows::student(&of, why, false))
                }
            })
        })
        .await;
    let (field, id) = match whom {
        Whom::Registration(id) => ("registration", id.to_string()),
        Whom::Student(id) => ("student", id.to_string()),
    };
    Ok(read?.unwrap_or_else(|| PersonRow {
        field,
        name: id.clone(),
        id,
        student_number: String::new(),
        class: String::new(),
        why,
        is_ticked: false,
    }))
}

/// Why somebody was not entered.
fn words(page: &Page, codes: &[&'static str]) -> String {
    let text = |code: &&'static str| match *code {
        "student-bound" => page.m("collective-held-elsewhere").to_owned(),
        code => Refused::new(page.t, code).text,
    };
    codes.iter().map(text).collect::<Vec<_>>().join(page.m("staff-list-and"))
}
