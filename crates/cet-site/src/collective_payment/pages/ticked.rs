//! 集体报名 of those who are ticked in a list, in one or more subjects: asked first, then each person and subject by the
//! candidates' own rules, in a transaction of its own (S2).

use axum::response::Response;

use super::outcome;
use crate::staff::StaffMember;
use crate::staff::ticked::{self, AskView, At, Named, Row, Rows};
use crate::web::answer::{PageError, refusal, refused_html};
use crate::web::form_data::FormData;
use crate::web::page::Refused;
use cet_base::store::Tx;
use cet_base::vault::to_hex;
use cet_domain::collective_payment::group::{GroupCommand, enter_one};
use cet_domain::collective_payment::outcome::{Line, Outcome, Place};
use cet_domain::entry::EntryRefusal;
use cet_domain::sitting::{Plan, Subject};
use cet_domain::staff::Permission;

const ACTION: &str = "/staff/group-entry/ticked";

pub(super) async fn enter(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    let plan = who.sitting().await?;
    let page = who.page();
    let Some(found) = ticked::rows(&who, &plan.code, &form).await? else {
        return ask(&who, &plan, &form, Rows::none(At::of(&form)), vec![ticked::nobody(&page)]).await;
    };
    if form.one("confirm")? != "yes" {
        return ask(&who, &plan, &form, found, Vec::new()).await;
    }
    let subjects = match ticked::subjects(&page, &plan, &form) {
        Ok(subjects) => subjects,
        Err(why) => return ask(&who, &plan, &form, found, vec![*why]).await,
    };
    let command = form.one("command")?;
    let plain = (1..=63).contains(&command.len()) && command.bytes().all(|b| b.is_ascii_alphanumeric());
    let mut lines = Vec::new();
    // A written test is entered before the oral one that needs it: the sitting's own order.
    for subject in plan.subjects().iter().filter(|subject| subjects.contains(&subject.code)) {
        // One id a subject: a repeat of the form gets each one's first result.
        let each = plain.then(|| format!("{command}{}", subject.code));
        for of in &found.current {
            let became = enter_in_turn(&who, &plan, of, (subject, each.clone())).await?;
            lines.push(Line { subject: subject.code, whom: of.whom, became });
        }
    }
    // Whom it may tick are of one school: the permission is a school's alone.
    let school = who.scope.school().ok_or(PageError::NotFound)?;
    let place = match found.at {
        At::Students => Place::Students,
        At::Registrations => Place::Registrations,
    };
    let of = Outcome {
        sitting: plan.code.clone(),
        place,
        back: ticked::list_query(&form, found.at)?,
        gone: i64::try_from(found.gone).unwrap_or(i64::MAX),
        lines,
    };
    outcome::answer(&who, (school, plain.then(|| command.to_owned())), &of).await
}

/// Enters one student in one subject; the codes of why not.
async fn enter_in_turn(
    who: &StaffMember,
    plan: &Plan,
    of: &Row,
    (subject, command): (&Subject, Option<String>),
) -> Result<Result<(), Vec<&'static str>>, PageError> {
    let cmd = GroupCommand {
        school: of.school,
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        whom: of.whom,
        subject: subject.clone(),
        command,
        by: who.name.clone(),
        address: who.from(),
    };
    let catalogue = who.app.catalogue.get();
    let entered =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| enter_one(tx, &catalogue, &cmd).await).await;
    Ok(refusal(entered)?.map_err(|refusals| refusals.iter().map(EntryRefusal::code).collect()))
}

async fn ask(
    who: &StaffMember,
    plan: &Plan,
    form: &FormData,
    found: Rows,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(found.at.path(), "collective-group").await?;
    let view = AskView {
        at: found.at,
        action: ACTION,
        about: page.f("collective-group-ticked", &[("n", &found.current.len().to_string())]),
        people: Named::of(&page, found.current.iter().map(|of| of.person.clone()).collect()),
        gone: ticked::gone(&page, found.at, found.gone),
        keys: found.current.into_iter().map(|of| of.key).collect(),
        list: ticked::list_query(form, found.at)?,
        command: to_hex(&who.app.vault.random::<16>().map_err(PageError::fault)?),
        subjects: ticked::choices(&page, plan),
        button: page.m("collective-group-enter"),
        page: page.refusing(said.clone(), form.typed(&["subject"])),
        menu,
    };
    refused_html(&said, None, &view)
}
