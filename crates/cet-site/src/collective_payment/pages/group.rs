//! 集体报名: choose candidates and one subject; each is entered by the same rules as when entering alone. Students of the
//! roster who have no registration are registered by the school with it.

use axum::response::Response;

use super::new::{filter, groups, queried};
use super::{outcome, rows};
use crate::collective_payment::views::{GroupView, PersonRow, Wanted};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Notice, Page, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::vault::to_hex;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::{RecordId, RegistrationId};
use cet_domain::collective_payment::CollectiveRefusal;
use cet_domain::collective_payment::group::{GroupCommand, MOST_PEOPLE, Whom, enter_one};
use cet_domain::collective_payment::outcome::{Line, Outcome, Place};
use cet_domain::entry::EntryRefusal;
use cet_domain::entry::staff_queries;
use cet_domain::roster::staff_queries as roster_queries;
use cet_domain::sitting::Subject;
use cet_domain::staff::Permission;

pub(super) const PATH: &str = "/staff/group-entry";
/// Everybody of a form was entered.
const ENTERED: &str = "group-entered";

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    if let Some(command) = who.query(outcome::DONE) {
        return outcome::show(&who, command).await;
    }
    let wanted = queried(&who);
    let answer = show(&who, wanted, &[]).await?;
    Ok(flash::clear(&who, answer))
}

async fn show(
    who: &StaffMember,
    wanted: Wanted,
    refusals: &[CollectiveRefusal],
) -> Result<Response, PageError> {
    let plan = who.sitting().await?;
    let (page, menu) = who.frame_at(PATH, "collective-group").await?;
    let mut refusals = refusals.to_vec();
    let chosen = match filter(&plan, &wanted) {
        Ok(filter) => filter.subject.map(|code| (code, filter)),
        Err(refused) => {
            refusals.push(refused);
            None
        }
    };
    let (mut people, mut students) = (Vec::new(), Vec::new());
    let mut subject = None;
    if let Some((code, filter)) = chosen {
        let (scope, sitting) = (who.scope.clone(), plan.code.clone());
        let most = i64::try_from(MOST_PEOPLE).unwrap_or(i64::MAX).saturating_add(1);
        let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
            let registered = staff_queries::without(tx, &scope, &sitting, &filter, most).await?;
            let class = (filter.college.as_str(), filter.class.as_str());
            let students = roster_queries::unregistered(tx, &scope, &sitting, class, most).await?;
            Ok::<_, DbError>((registered, students))
        });
        (people, students) = read.await?;
        subject = Some(rows::subject(&page, Some(&plan), code));
    }
    // Whoever asks for a class means it; a whole school is not registered by one press.
    let of_class = !wanted.class.is_empty();
    let registered = people.iter().map(|person| rows::person(person, String::new()));
    let mut people: Vec<PersonRow> =
        registered.chain(students.iter().map(|of| rows::student(of, String::new(), of_class))).collect();
    let more = people.len() > MOST_PEOPLE;
    people.truncate(MOST_PEOPLE);
    let has_new = !students.is_empty();
    let command = to_hex(&who.app.vault.random::<16>().map_err(PageError::fault)?);
    let said: Vec<_> = refusals.iter().map(|refused| refused.on(&page)).collect();
    let subjects = rows::subjects(&page, &plan);
    let (colleges, classes) = groups(who, &wanted).await?;
    let page = match entered(who, &page, &wanted).filter(|_| said.is_empty()) {
        Some(notice) => page.noting(notice),
        None => page,
    };
    let page = page.refusing(said.clone(), Typed::default());
    refused_html(
        &said,
        None,
        &GroupView {
            page,
            menu,
            asked: wanted,
            colleges,
            classes,
            subjects,
            subject,
            people,
            has_new,
            more,
            command,
        },
    )
}

/// How many the last form entered, with the way on to paying for them.
fn entered(who: &StaffMember, page: &Page, wanted: &Wanted) -> Option<Notice> {
    flash::get(who).filter(|word| *word == ENTERED)?;
    let n = flash::ids(who).first().copied().unwrap_or(0).to_string();
    let notice = Notice::new(
        Tone::Ok,
        page.f("collective-group-did", &[("n", &n)]),
        page.m("collective-group-did-text"),
    );
    let href = format!("/staff/collective-payments/new?look=1&{}", query(wanted));
    Some(notice.linked(href, page.m("collective-group-pay")))
}

/// What the form sent: the subject, who is ticked and the command id.
struct Sent {
    subject: Subject,
    whom: Vec<Whom>,
    command: Option<String>,
}

pub(super) async fn enter(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    let school = who.scope.school().ok_or(PageError::NotFound)?;
    let plan = who.sitting().await?;
    let field = |name: &'static str| form.one(name).map(|text| text.trim().to_owned());
    let (college, class, subject) = (field("college")?, field("class")?, field("subject")?);
    let wanted = Wanted { college, class, subject, ticked: None };
    let subject = match filter(&plan, &wanted).map(|filter| filter.subject) {
        Ok(Some(code)) => plan.subject(code).cloned(),
        Ok(None) | Err(_) => None,
    };
    let Some(subject) = subject else {
        return show(&who, wanted, &[CollectiveRefusal::SubjectUnknown]).await;
    };
    let registered = form.many("registration").filter_map(RegistrationId::parse).map(Whom::Registration);
    let students = form.many("student").filter_map(RecordId::parse).map(Whom::Student);
    let mut whom: Vec<Whom> = registered.chain(students).collect();
    whom.sort_unstable();
    whom.dedup();
    if whom.is_empty() || whom.len() > MOST_PEOPLE {
        return show(&who, wanted, &[CollectiveRefusal::NothingChosen]).await;
    }
    let command = form.one("command")?;
    let plain = (1..=64).contains(&command.len()) && command.bytes().all(|b| b.is_ascii_alphanumeric());
    let sent = Sent { subject, whom, command: plain.then(|| command.to_owned()) };
    let lines = enter_all(&who, school, &sent).await?;
    let back = query(&wanted);
    if lines.iter().all(|line| line.became.is_ok()) {
        let n = i64::try_from(lines.len()).unwrap_or(i64::MAX);
        return Ok(flash::set_of(&who, see_other(&format!("{PATH}?{back}")), ENTERED, &[n]));
    }
    let of = Outcome { sitting: plan.code.clone(), place: Place::Class, back, gone: 0, lines };
    outcome::answer(&who, (school, sent.command), &of).await
}

fn query(wanted: &Wanted) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["college", "class", "subject"] {
        query.append_pair(name, wanted.get(name));
    }
    query.finish()
}

/// Enters one after the other: a refusal does not affect others.
async fn enter_all(who: &StaffMember, school: SchoolCode, sent: &Sent) -> Result<Vec<Line>, PageError> {
    let sitting = who.sitting().await?.code.clone();
    let mut all = Vec::with_capacity(sent.whom.len());
    for whom in &sent.whom {
        let cmd = GroupCommand {
            school,
            scope: who.scope.clone(),
            sitting: sitting.clone(),
            whom: *whom,
            subject: sent.subject.clone(),
            command: sent.command.clone(),
            by: who.name.clone(),
            address: who.from(),
        };
        let catalogue = who.app.catalogue.get();
        let entered =
            who.app.db.write_again(async move |tx: &mut Tx<'_>| enter_one(tx, &catalogue, &cmd).await).await;
        let became = refusal(entered)?;
        let became = became.map_err(|refusals| refusals.iter().map(EntryRefusal::code).collect());
        all.push(Line { subject: sent.subject.code, whom: *whom, became });
    }
    Ok(all)
}
