//! One student's record: masked, and editable until the candidate has saved it (R6, S2).

use axum::extract::Path;
use axum::response::Response;

use super::{PATH, names, row};
use crate::passport::views::document_kind_name;
use crate::staff::StaffMember;
use crate::staff::pages::refused;
use crate::staff::reveal::{self, Holder};
use crate::staff::views::{StudentPanel, StudentRow, StudentShown, StudentView};
use crate::web::answer::{PageError, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::known;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::CampusCode;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::RecordId;
use cet_base::words::text::half_width;
use cet_domain::registration::SubjectList;
use cet_domain::registration::store::live_of_student;
use cet_domain::roster::StudentRecord;
use cet_domain::roster::preview;
use cet_domain::roster::staff_queries::{self, Change};
use cet_domain::roster::verbs::{self, Corrected};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// Rows of a student's history that are shown.
const HISTORY: i64 = 30;
/// The maximum length of a column (the same as in roster files).
const LONGEST: usize = 100;
const TEXTS: [&str; 6] = ["grade", "college", "major", "class", "student_number", "remark"];

struct Found {
    record: StudentRecord,
    history: Vec<preview::Origin>,
    /// The id of the live registration that was created from it.
    saved: Option<i64>,
}

async fn find(who: &StaffMember, path: &str) -> Result<Found, PageError> {
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
            let of = (record.school, &plan.code);
            let history = preview::history(tx, of, record.document_key, HISTORY).await?;
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

/// Where a record came from, in words.
fn origins(page: &Page, history: &[preview::Origin]) -> Vec<(String, String)> {
    history
        .iter()
        .map(|of| {
            let line = of.line.to_string();
            let what = if of.file_name.is_empty() {
                page.m("roster-history-hand").to_owned()
            } else {
                page.f("roster-history-file", &[("file", &of.file_name), ("line", &line)])
            };
            let withdrawn = if of.state == "withdrawn" { page.m("roster-history-withdrawn") } else { "" };
            let at = of.published_at.map(|at| at.local("%Y-%m-%d %H:%M")).unwrap_or_default();
            (at, format!("{what} {withdrawn}").trim().to_owned())
        })
        .collect()
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

fn typed_of(of: &StudentRecord) -> Typed {
    let typed = Typed::default()
        .with("campus", of.campus.as_str())
        .with("grade", of.grade.clone())
        .with("college", of.college.clone())
        .with("major", of.major.clone())
        .with("class", of.class.clone())
        .with("student_number", of.student_number.clone())
        .with("remark", of.remark.clone());
    of.barred.0.iter().fold(typed, |typed, code| typed.with("barred", code.as_str()))
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

async fn detail(
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
    let subjects = who.list_sitting().map(|plan| {
        // R4: 资格科目 overrides 限制科目; who bars such a subject is told that it does nothing.
        let text = |subject: &cet_domain::sitting::Subject| {
            if of.listed.0.contains(&subject.code) {
                page.f("staff-student-barred-listed", &[("subject", subject.name_in(page.lang().code()))])
            } else {
                subject.name_in(page.lang().code()).to_owned()
            }
        };
        let choice = |subject: &cet_domain::sitting::Subject| Choice {
            value: subject.code.to_string(),
            text: text(subject),
        };
        plan.subjects().iter().map(choice).collect()
    });
    let shown = shown(who, &page, (found, &row), number);
    let view = StudentView {
        history: origins(&page, &found.history),
        reasons: reveal::reasons(&page),
        page: page.refusing(said.clone(), typed.unwrap_or_else(|| typed_of(of))),
        menu,
        row,
        shown,
        campuses,
        subjects: subjects.unwrap_or_default(),
    };
    Ok(flash::clear(who, refused(&said, &[], &view)?))
}

/// The submitted change, or the invalid fields.
fn change(
    who: &StaffMember,
    (of, plan): (&StudentRecord, &Plan),
    form: &FormData,
) -> Result<Result<Change, Vec<&'static str>>, PageError> {
    let mut wrong = Vec::new();
    let mut texts = Vec::new();
    for name in TEXTS {
        let text = form.one(name)?.trim();
        if text.chars().count() > LONGEST || text.chars().any(char::is_control) {
            wrong.push(name);
        }
        texts.push(text.to_owned());
    }
    let catalogue = who.app.catalogue.get();
    let campus = CampusCode::parse(form.one("campus")?.trim()).ok().filter(|code| {
        code.school() == of.school && who.scope.holds(code.as_str()) && catalogue.campus_name(*code).is_some()
    });
    let sent: Vec<&str> = form.many("barred").collect();
    let barred: Vec<_> = plan
        .subjects()
        .iter()
        .map(|subject| subject.code)
        .filter(|code| sent.contains(&code.as_str()))
        .collect();
    if campus.is_none() {
        wrong.push("campus");
    }
    if barred.len() != sent.len() {
        wrong.push("barred");
    }
    let (Some(campus), true) = (campus, wrong.is_empty()) else { return Ok(Err(wrong)) };
    let Ok([grade, college, major, class, student_number, remark]) = <[String; 6]>::try_from(texts) else {
        return Ok(Err(TEXTS.to_vec()));
    };
    Ok(Ok(Change {
        campus,
        grade,
        college,
        major,
        class,
        student_number: half_width(&student_number).into_owned(),
        remark,
        barred: SubjectList(barred),
    }))
}

/// Corrects the record, unless a candidate has saved it (R6).
pub(in crate::staff::pages) async fn correct(
    who: StaffMember,
    Path(path): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = find(&who, &path).await?;
    let plan = who.sitting().await?;
    let mut typed = form.typed(&TEXTS).with("campus", form.one("campus")?).with(SEEN, form.one(SEEN)?);
    for code in form.many("barred") {
        typed = typed.with("barred", code);
    }
    let change = match change(&who, (&found.record, &plan), &form)? {
        Ok(change) => change,
        Err(wrong) => {
            let page = who.page();
            let at = |name: &&'static str| {
                Refused::new(page.t, "field-invalid").at(*name).saying(page.m("staff-student-wrong"))
            };
            let said = wrong.iter().map(at).collect();
            return detail(&who, &found, None, said, Some(typed)).await;
        }
    };
    let (scope, of, actor, from) = (who.scope.clone(), found.record.clone(), who.actor(), who.from());
    let shown = read_seen(&who.app.vault, &form)?;
    let done: Result<Corrected, DbError> = who
        .app
        .db
        .write_again(async move |tx| verbs::correct(tx, &scope, &of, &change, &shown, (&actor, &from)).await)
        .await;
    let page = who.page();
    let said = match done? {
        Corrected::Done => return Ok(see_other(&format!("{PATH}/{path}"))),
        Corrected::Saved => Refused::new(page.t, "student-bound").saying(page.m("staff-student-saved")),
        Corrected::Meanwhile => {
            let found = find(&who, &path).await?;
            let said = Refused::new(page.t, "changed-meanwhile").saying(page.m("staff-seen-student"));
            return detail(&who, &found, None, vec![said], Some(typed)).await;
        }
    };
    detail(&who, &found, None, vec![said], Some(typed)).await
}
