//! `/staff/accommodations`: the school sets what is approved for a candidate's subject.

use axum::response::Response;

use super::subject_name;
use crate::arrangement::views::{AccommodationsView, NeedsLine};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Notice, Tone, Typed};
use cet_base::form_mark::SEEN;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SubjectCode;
use cet_base::words::time::Time;
use cet_domain::arrangement::verbs::accommodate::{AccommodateCommand, accommodate, accommodated};
use cet_domain::arrangement::{AccommodateRefusal, Needs};
use cet_domain::staff::Permission;

const PATH: &str = "/staff/accommodations";
/// Maximum number of rows on the page; a school has a few dozen.
const MOST: usize = 1_000;
/// The flash message for the next page.
const SET: &str = "accommodation-set";
const NEEDS: [(&str, &str); 3] = [
    ("extra-time", "arrangement-extra-time"),
    ("large-print", "arrangement-large-print"),
    ("hearing", "arrangement-hearing"),
];

pub(super) async fn show(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Accommodations)?;
    let response = page(&who, None, Typed::default()).await?;
    Ok(flash::clear(&who, response))
}

async fn page(
    who: &StaffMember,
    refusal: Option<AccommodateRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    let plan = who.shown_sitting().await?;
    let scope = who.scope.clone();
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| Ok((accommodated(tx, &scope, MOST).await?, tx.now().await?)))
        .await;
    let (set, now) = read?;
    let (mut page, menu) = who.frame_at(PATH, "arrangement-accommodations").await?;
    if flash::get(who) == Some(SET) && refusal.is_none() {
        let title = page.m("arrangement-set");
        page = page.noting(Notice::new(Tone::Ok, title, ""));
    }
    let lines = set
        .into_iter()
        .map(|(of, needs)| NeedsLine {
            name: of.name,
            student_number: of.student_number,
            class: format!("{} {}", of.college, of.class),
            subject: subject_name(&page, &plan, of.subject),
            campus: of.campus.to_string(),
            needs: needs.words(page.t),
        })
        .collect();
    let choice =
        |code: SubjectCode| Choice { value: code.to_string(), text: subject_name(&page, &plan, code) };
    let subjects = plan.subjects().iter().map(|subject| choice(subject.code)).collect();
    let needs =
        NEEDS.map(|(value, key)| Choice { value: value.to_owned(), text: page.m(key).to_owned() }).to_vec();
    let refused: Vec<_> = refusal.into_iter().map(|refusal| refusal.on(&page)).collect();
    let page = page.marked(SEEN, now.micros().to_string()).refusing(refused.clone(), typed);
    refused_html(&refused, None, &AccommodationsView { page, menu, subjects, needs, lines })
}

pub(super) async fn set(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Accommodations)?;
    let plan = who.sitting().await?;
    let typed = form.typed(&["student_number", "subject", "needs"]);
    let student_number = form.one("student_number")?.trim().to_owned();
    let subject =
        SubjectCode::parse(form.one("subject")?.trim()).ok().filter(|code| plan.subject(*code).is_some());
    let wrong = |field| Some(AccommodateRefusal::Field(field));
    if student_number.is_empty() {
        return page(&who, wrong("student_number"), typed).await;
    }
    let Some(subject) = subject else { return page(&who, wrong("subject"), typed).await };
    let mut needs = Needs::default();
    for name in form.many("needs") {
        match name {
            "extra-time" => needs.extra_time = true,
            "large-print" => needs.large_print = true,
            "hearing" => needs.hearing = true,
            _ => return page(&who, wrong("needs"), typed).await,
        }
    }
    let cmd = AccommodateCommand {
        scope: who.scope.clone(),
        plan,
        student_number,
        subject,
        needs,
        seen_at: form.one(SEEN)?.parse().ok().map(Time::from_micros),
        actor: who.actor(),
        address: who.from(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| accommodate(tx, &cmd).await).await;
    match refusal(done)? {
        Ok(_) => Ok(flash::set(&who, see_other(PATH), SET)),
        Err(refused) => page(&who, Some(refused), typed).await,
    }
}
