//! One student's record: masked, and editable until the candidate has saved it (R6, S2).

use axum::extract::Path;
use axum::response::Response;

use super::history::Past;
use super::{names, row};
use crate::passport::views::{document_kind_name, document_kinds};
use crate::staff::StaffMember;
use crate::staff::pages::refused;
use crate::staff::reveal::{self, Holder};
use crate::staff::views::{StudentPanel, StudentRow, StudentShown, StudentView};
use crate::web::answer::PageError;
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::known;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Texts;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::RecordId;
use cet_domain::registration::store::live_of_student;
use cet_domain::roster::StudentRecord;
use cet_domain::roster::file::EDUCATIONS;
use cet_domain::roster::staff_queries;
use cet_domain::sitting::Subject;
use cet_domain::staff::Permission;

/// Rows of a student's history that are shown.
const HISTORY: i64 = 30;

pub(super) struct Found {
    pub(super) record: StudentRecord,
    history: Past,
    /// The id of the live registration that was created from it.
    saved: Option<i64>,
}

pub(super) async fn find(who: &StaffMember, path: &str) -> Result<Found, PageError> {
    who.needs(Permission::Students)?;
    let (school, id) = SchoolCode::parse_row(path).ok_or(PageError::NotFound)?;
    let plan = who.shown_sitting().await?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(record) = staff_queries::one(tx, &scope, &plan.code, school, RecordId(id)).await? else {
                return Ok(None);
            };
            let document = record.document_key.bytes();
            let saved = live_of_student(tx, record.school, &plan.code, &document).await?;
            let history = Past::read(tx, &record, HISTORY).await?;
            Ok(Some(Found { record, history, saved: saved.map(|id| id.0) }))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

/// The page of a student with a refusal.
pub(crate) async fn with_refusal(
    who: &StaffMember,
    path: &str,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    let found = find(who, path).await?;
    detail(who, &found, None, said, None).await
}

pub(in crate::staff::pages) async fn show(
    who: StaffMember,
    Path(path): Path<String>,
) -> Result<Response, PageError> {
    let found = find(&who, &path).await?;
    detail(&who, &found, None, Vec::new(), None).await
}

/// Shows the full document number once, after the reason was recorded in the audit log.
pub(in crate::staff::pages) async fn document(
    who: StaffMember,
    Path(path): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::ShowDocument)?;
    let found = find(&who, &path).await?;
    let of = &found.record;
    match reveal::recorded(&who, of.school, (Holder::Student, of.id.0), form.one("reason")?).await? {
        Ok(()) => {
            let number = of.number(&who.app.vault).map_err(PageError::fault)?;
            detail(&who, &found, Some(number), Vec::new(), None).await
        }
        Err(refusal) => detail(&who, &found, None, vec![refusal], None).await,
    }
}

/// What the form shows of a record; its document only masked, above the form.
fn typed_of(of: &StudentRecord) -> Typed {
    let typed = Typed::default()
        .with("name", of.name.clone())
        .with("sex", of.sex.clone())
        .with("document_kind", of.document_kind.clone())
        .with("campus", of.campus.as_str())
        .with("education", of.education.clone())
        .with("duration", of.duration.clone())
        .with("entry_year", of.entry_year.clone())
        .with("grade", of.grade.clone())
        .with("college", of.college.clone())
        .with("major", of.major.clone())
        .with("class", of.class.clone())
        .with("student_number", of.student_number.clone())
        .with("remark", of.remark.clone());
    let typed = of.listed.0.iter().fold(typed, |typed, code| typed.with("listed", code.as_str()));
    of.barred.0.iter().fold(typed, |typed, code| typed.with("barred", code.as_str()))
}

/// What was sent, and of fields that were not sent what the form shows.
pub(super) fn typed_again(of: &StudentRecord, form: &FormData) -> Typed {
    let sent = |field: &str| form.many(field).next().is_some();
    let shown = typed_of(of);
    let kept = crate::roster::FIELDS.into_iter().filter(|field| !sent(field) && *field != "barred");
    kept.fold(form.all_typed(), |typed, field| {
        shown.all(field).fold(typed, |typed, value| typed.with(field, value))
    })
}

/// The details of a student; `None` for whom is not in the scope, or is no longer in the roster.
pub(super) async fn panel(
    who: &StaffMember,
    page: &Page,
    key: &str,
) -> Result<Option<StudentPanel>, PageError> {
    match find(who, key).await {
        Ok(found) => {
            let row = row(who, &found.record)?;
            let shown = shown(who, page, (&found, &row), None);
            Ok(Some(StudentPanel { row, shown, reasons: reveal::reasons(page) }))
        }
        Err(PageError::NotFound) => Ok(None),
        Err(fault) => Err(fault),
    }
}

fn shown(
    who: &StaffMember,
    page: &Page,
    (found, row): (&Found, &StudentRow),
    number: Option<String>,
) -> StudentShown {
    let of = &found.record;
    StudentShown {
        whole: number.is_some(),
        document: number.unwrap_or_else(|| row.document.clone()),
        kind: document_kind_name(page.t, &of.document_kind).to_owned(),
        study: format!("{} {} {}", known::education(page.lang(), &of.education), of.duration, of.entry_year),
        listed: if of.listed.0.is_empty() {
            page.m("staff-by-rules").to_owned()
        } else {
            names(who, &of.listed.0)
        },
        registration: found.saved.map(|id| format!("/staff/registrations/{}/{id}", of.school)),
        may_show: who.may(Permission::ShowDocument),
    }
}

pub(super) async fn detail(
    who: &StaffMember,
    found: &Found,
    number: Option<String>,
    said: Vec<Refused>,
    typed: Option<Typed>,
) -> Result<Response, PageError> {
    let of = &found.record;
    let row = row(who, of)?;
    let (page, menu) = who.frame_at(&row.href, "staff-student").await?;
    // A form that is shown again because of another error keeps its mark, i.e. the values that it was made from.
    let told = said.iter().any(|refused| refused.code == "changed-meanwhile");
    let before = typed.as_ref().map(|typed| typed.get(SEEN).to_owned()).filter(|_| !told);
    let fresh = || seen(&who.app.vault, "student", of.values());
    let page = crate::roster::noting_odd(who, page).marked(SEEN, before.unwrap_or_else(fresh));
    let catalogue = who.app.catalogue.get();
    let campuses = catalogue.campuses_of(of.school).filter(|(code, _)| who.scope.holds(code.as_str()));
    let campuses = campuses
        .map(|(code, name)| Choice { value: code.to_string(), text: format!("({code}){name}") })
        .collect();
    let (listed, subjects) = subjects(who, &page, of);
    let shown = shown(who, &page, (found, &row), number);
    let page_texts = page.t;
    let view = StudentView {
        history: found.history.told(&page),
        reasons: reveal::reasons(&page),
        page: page.refusing(said.clone(), typed.unwrap_or_else(|| typed_of(of))),
        menu,
        row,
        shown,
        kinds: document_kinds(page_texts),
        educations: educations(of),
        sexes: sexes(page_texts),
        campuses,
        listed,
        subjects,
    };
    Ok(flash::clear(who, refused(&said, &[], &view)?))
}

/// The subjects that the record may list, and those that it may be barred from.
fn subjects(who: &StaffMember, page: &Page, of: &StudentRecord) -> (Vec<Choice>, Vec<Choice>) {
    let Some(plan) = who.list_sitting() else { return (Vec::new(), Vec::new()) };
    let choice = |subject: &Subject, text: String| Choice { value: subject.code.to_string(), text };
    let name = |subject: &Subject| subject.name_in(page.lang().code()).to_owned();
    // R4: 资格科目 overrides 限制科目; who bars such a subject is told that it does nothing.
    let barred = |subject: &Subject| {
        if of.listed.0.contains(&subject.code) {
            page.f("staff-student-barred-listed", &[("subject", &name(subject))])
        } else {
            name(subject)
        }
    };
    let all = plan.subjects();
    (
        all.iter().map(|subject| choice(subject, name(subject))).collect(),
        all.iter().map(|subject| choice(subject, barred(subject))).collect(),
    )
}

fn sexes(t: &'static Texts) -> Vec<Choice> {
    [("男", "registration-male"), ("女", "registration-female")]
        .map(|(value, key)| Choice { value: value.to_owned(), text: t.m(key).to_owned() })
        .to_vec()
}

/// What the template offers, and what the record says besides.
fn educations(of: &StudentRecord) -> Vec<Choice> {
    let own = Some(of.education.as_str()).filter(|own| !own.is_empty() && !EDUCATIONS.contains(own));
    EDUCATIONS
        .into_iter()
        .chain(own)
        .map(|text| Choice { value: text.to_owned(), text: text.to_owned() })
        .collect()
}
