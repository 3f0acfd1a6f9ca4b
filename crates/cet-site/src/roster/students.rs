//! `/staff/students/new` and `/staff/students/{key}/removal`: one student by hand.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::views::{Column, StudentNewView};
use crate::passport::views::document_kinds;
use crate::staff::StaffMember;
use crate::web::answer::{PageError, html, refusal, refused_status, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::known;
use crate::web::page::{Choice, Notice, Page, Refused, Tone, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::texts::Texts;
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::RecordId;
use cet_domain::roster::added::{self, AddRefusal, Added};
use cet_domain::roster::file::{EDUCATIONS, OPTIONAL};
use cet_domain::roster::removal::{self, RemovalRefusal, Student};
use cet_domain::roster::staff_queries;
use cet_domain::sheet::words::Say as _;
use cet_domain::staff::Permission;

const PATH: &str = "/staff/students/new";
/// Where students whom another school holds wait for it.
const WAITING: &str = "/staff/transfers?state=open";
/// What was just added has columns that look wrong.
const ODD: &str = "record-odd";

/// The name of a column's field: ASCII, so that every client sends it alike.
pub(crate) const FIELDS: [&str; 17] = [
    "name",
    "sex",
    "document_kind",
    "document_number",
    "school",
    "campus",
    "education",
    "duration",
    "entry_year",
    "grade",
    "college",
    "major",
    "class",
    "student_number",
    "remark",
    "listed",
    "barred",
];

/// What a field is called in the language of `t`; a column of a file has its Chinese name in both.
fn label(t: &'static Texts, field: &str) -> Option<&'static str> {
    let key = match field {
        "name" => "passport-name",
        "sex" => "registration-sex",
        "document_kind" => "passport-document-kind",
        "document_number" => "passport-document-number",
        "campus" => "staff-col-campus",
        "education" => "registration-education",
        "duration" => "registration-length",
        "entry_year" => "registration-entered",
        "grade" => "registration-grade",
        "college" => "registration-faculty",
        "major" => "registration-major",
        "class" => "registration-class",
        "student_number" => "registration-student-number",
        "remark" => "registration-note",
        "listed" => "staff-col-listed",
        "barred" => "staff-col-barred",
        _ => return None,
    };
    Some(t.m(key))
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    who.sitting().await?;
    let first = who
        .app
        .catalogue
        .get()
        .campuses()
        .find(|(code, _)| who.scope.holds(code.as_str()))
        .map(|(code, _)| code);
    let typed = first.map_or_else(Typed::default, |code| Typed::default().with("campus", code.as_str()));
    page(&who, Vec::new(), typed).await
}

async fn page(who: &StaffMember, said: Vec<Refused>, typed: Typed) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at(PATH, "roster-new").await?;
    let columns = columns(who, &page, &typed);
    let status = refused_status(&said);
    html(status, &StudentNewView { columns, page: page.refusing(said, typed), menu })
}

/// The fields with what they choose from, and what was typed.
fn columns(who: &StaffMember, page: &Page, typed: &Typed) -> Vec<Column> {
    let catalogue = who.app.catalogue.get();
    added::columns()
        .into_iter()
        .zip(FIELDS)
        .filter(|(_, field)| *field != "school")
        .map(|(name, field)| Column {
            name: label(page.t, field).unwrap_or(name),
            field: field.to_owned(),
            required: !OPTIONAL.contains(&name),
            choices: match field {
                "sex" => {
                    [("", ""), ("男", page.m("registration-male")), ("女", page.m("registration-female"))]
                        .map(|(value, text)| Choice { value: value.to_owned(), text: text.to_owned() })
                        .to_vec()
                }
                "document_kind" => document_kinds(page.t),
                "education" => {
                    let text = |value: &str| known::education(page.lang(), value);
                    EDUCATIONS.map(|of| Choice { value: of.to_owned(), text: text(of) }).to_vec()
                }
                "campus" => catalogue
                    .campuses()
                    .filter(|(code, _)| who.scope.holds(code.as_str()))
                    .map(|(code, name)| Choice { value: code.to_string(), text: format!("({code}){name}") })
                    .collect(),
                _ => Vec::new(),
            },
            value: typed.get(field).to_owned(),
        })
        .collect()
}

pub(super) async fn add(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    let plan = who.sitting().await?;
    let mut values: [String; 17] = Default::default();
    for (value, field) in values.iter_mut().zip(FIELDS) {
        // The school follows from the campus.
        if field != "school" {
            form.one(field)?.trim().clone_into(value);
        }
    }
    let (actor, from) = (who.actor(), who.from());
    let vault = Arc::clone(&who.app.vault);
    let done = added::add(&who.app.db, vault, &plan.code, values, &who.scope, (&actor, &from)).await;
    match refusal(done)? {
        Ok((Added::Record(school, id), odd)) => {
            Ok(with_odd(&who, see_other(&format!("/staff/students/{school}-{id}")), &odd))
        }
        Ok((Added::Already(school, id), _)) => {
            Ok(flash::already(&who, see_other(&format!("/staff/students/{school}-{id}"))))
        }
        Ok((Added::Transfer, _)) => Ok(see_other(WAITING)),
        Ok((Added::Waiting, _)) => Ok(flash::already(&who, see_other(WAITING))),
        Err(why) => {
            let said = refusals(&who, &why);
            page(&who, said, form.all_typed()).await
        }
    }
}

/// Takes along which columns look wrong.
pub(crate) fn with_odd(who: &StaffMember, to: Response, odd: &[&str]) -> Response {
    let at = odd.iter().filter_map(|column| added::columns().iter().position(|name| name == column));
    let at: Vec<i64> = at.filter_map(|at| i64::try_from(at).ok()).collect();
    if at.is_empty() { to } else { flash::set_of(who, to, ODD, &at) }
}

/// Says of a student who was just added which columns look wrong, as the check of a file would.
pub(crate) fn noting_odd(who: &StaffMember, page: Page) -> Page {
    if flash::get(who) != Some(ODD) {
        return page;
    }
    let fields = flash::ids(who).into_iter().filter_map(|at| FIELDS.get(usize::try_from(at).ok()?));
    let names: Vec<&str> = fields.filter_map(|field| label(page.t, field)).collect();
    let names = names.join(page.m("arrangement-and"));
    let title = page.f("roster-odd", &[("columns", &names)]);
    page.noting(Notice::new(Tone::Warn, title, ""))
}

/// What is wrong with the columns, each beside its field.
pub(crate) fn refusals(who: &StaffMember, why: &AddRefusal) -> Vec<Refused> {
    let page = who.page();
    match why {
        AddRefusal::Wrong(faults) => faults
            .iter()
            .map(|fault| {
                let column = fault.column.unwrap_or_default();
                let at = added::columns().iter().position(|name| *name == column);
                let field = at.and_then(|at| FIELDS.get(at)).copied().unwrap_or("name");
                let field = if field == "school" { "campus" } else { field };
                Refused::new(page.t, "field-invalid").at(field).saying(format!(
                    "{}: {}",
                    label(page.t, field).unwrap_or(column),
                    fault.wrong.say(page.t)
                ))
            })
            .collect(),
        AddRefusal::Exists(school, id) => vec![
            Refused::new(page.t, "field-invalid")
                .at("document_number")
                .saying(page.m("roster-exists"))
                .linked(format!("/staff/students/{school}-{id}"), page.m("roster-exists-link")),
        ],
        AddRefusal::NoSitting => {
            vec![Refused::new(page.t, "sitting-state").saying(page.m("upload-sitting-unknown"))]
        }
    }
}

/// Takes a student out of the roster: with a reason if somebody has saved a registration.
pub(super) async fn remove(
    who: StaffMember,
    Path(key): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    let (school, id) = SchoolCode::parse_row(&key).ok_or(PageError::NotFound)?;
    let plan = who.sitting().await?;
    let (scope, code) = (who.scope.clone(), plan.code.clone());
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| staff_queries::one(tx, &scope, &code, school, RecordId(id)).await)
        .await;
    let reason = form.one("reason")?.trim().to_owned();
    let Some(record) = found? else { return removed(&who, (school, RecordId(id)), reason).await };
    let shown = who.page();
    let wrong = |words| vec![Refused::new(shown.t, "field-invalid").at("reason").saying(shown.m(words))];
    if reason.chars().count() > 200 || reason.chars().any(char::is_control) {
        return crate::staff::student_page(&who, &key, wrong("roster-reason-wrong")).await;
    }
    let of =
        Student { school, sitting: plan.code.clone(), document_key: record.document_key, record: record.id };
    let (actor, from) = (who.actor(), who.from());
    let done = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| removal::remove(tx, &of, &reason, (&actor, &from)).await)
        .await;
    match refusal(done)? {
        Ok(()) | Err(RemovalRefusal::Gone) => Ok(see_other("/staff/students")),
        Err(RemovalRefusal::ReasonRequired) => {
            crate::staff::student_page(&who, &key, wrong("roster-reason-needed")).await
        }
    }
}

/// The form of a row that it took out itself, sent twice.
async fn removed(
    who: &StaffMember,
    row: (SchoolCode, RecordId),
    reason: String,
) -> Result<Response, PageError> {
    let (scope, account) = (who.scope.clone(), who.name.clone());
    let same: Result<bool, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| removal::was_removed(tx, &scope, row, (&account, &reason)).await)
        .await;
    if same? { Ok(flash::already(who, see_other("/staff/students"))) } else { Err(PageError::NotFound) }
}
