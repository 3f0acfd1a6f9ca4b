//! 集体报名: choose candidates and one subject; each is entered by the same rules as when entering alone. Students of the
//! roster who have no registration are registered by the school with it.

use axum::response::Response;

use super::new::{filter, fine, groups, plan, queried};
use super::rows;
use crate::collective_payment::views::{GroupDoneView, GroupView, PersonRow, Wanted};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, refused_html};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::vault::to_hex;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::{RecordId, RegistrationId};
use cet_domain::collective_payment::CollectiveRefusal;
use cet_domain::collective_payment::group::{GroupCommand, MOST_PEOPLE, Whom, enter_one};
use cet_domain::entry::EntryRefusal;
use cet_domain::entry::staff_queries;
use cet_domain::roster::staff_queries as roster_queries;
use cet_domain::sitting::Subject;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/group-entry";

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    let wanted = queried(&who);
    show(&who, wanted, &[]).await
}

async fn show(
    who: &StaffMember,
    wanted: Wanted,
    refusals: &[CollectiveRefusal],
) -> Result<Response, PageError> {
    let plan = plan(who)?;
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

/// What the form sent: the subject, who is ticked and the command id.
struct Sent {
    subject: Subject,
    whom: Vec<Whom>,
    command: Option<String>,
}

pub(super) async fn enter(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::EnterGroup)?;
    let school = who.scope.school().ok_or(PageError::NotFound)?;
    let plan = plan(&who)?;
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
    let (page, menu) = who.frame_at(PATH, "collective-group-done").await?;
    let (done, refused) = enter_all(&who, &page, school, &sent).await?;
    let subject = rows::subject(&page, Some(&plan), sent.subject.code);
    let back = back(&wanted);
    fine(&GroupDoneView { page, menu, subject, done, refused, back })
}

fn back(wanted: &Wanted) -> String {
    let mut query = form_urlencoded::Serializer::new(String::new());
    for name in ["college", "class", "subject"] {
        query.append_pair(name, wanted.get(name));
    }
    format!("{PATH}?{}", query.finish())
}

async fn enter_all(
    who: &StaffMember,
    page: &Page,
    school: SchoolCode,
    sent: &Sent,
) -> Result<(Vec<PersonRow>, Vec<PersonRow>), PageError> {
    let sitting = plan(who)?.code.clone();
    let (mut done, mut refused) = (Vec::new(), Vec::new());
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
        let why = refusal(entered)?.err().map(|refusals| words(page, &refusals));
        let row = named(who, school, *whom, why.clone().unwrap_or_default()).await?;
        if why.is_some() { refused.push(row) } else { done.push(row) }
    }
    Ok((done, refused))
}

/// The row of one candidate; names outside the scope are not shown.
async fn named(
    who: &StaffMember,
    school: SchoolCode,
    whom: Whom,
    why: String,
) -> Result<PersonRow, PageError> {
    let (scope, sitting) = (who.scope.clone(), plan(who)?.code.clone());
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

pub(super) fn words(page: &Page, refusals: &[EntryRefusal]) -> String {
    let texts: Vec<String> = refusals
        .iter()
        .map(|refused| match refused {
            EntryRefusal::HeldElsewhere => page.m("collective-held-elsewhere").to_owned(),
            refused => Refused::new(page.t, refused.code()).text,
        })
        .collect();
    texts.join(page.m("staff-list-and"))
}
