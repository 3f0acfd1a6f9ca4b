//! `POST /staff/students/{key}`: corrects any column of one student's record (S2).

use std::sync::Arc;

use axum::extract::Path;
use axum::response::Response;

use super::PATH;
use super::one::{Found, detail, find, typed_again};
use crate::roster::{FIELDS, refusals, with_odd};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::Refused;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::RecordId;
use cet_base::words::subject_list::join_codes;
use cet_domain::roster::corrected::{self, Row, RowCorrected};
use cet_domain::roster::file::COLUMNS;
use cet_domain::roster::{StudentRecord, staff_queries};
use cet_domain::staff::Permission;

/// The columns that keep their values where a form does not have them.
const KEPT: [&str; 7] = ["name", "sex", "document_kind", "education", "duration", "entry_year", "listed"];

/// What the columns of a file say of a record.
fn stored(who: &StaffMember, of: &StudentRecord) -> Result<[String; 17], PageError> {
    Ok([
        of.name.clone(),
        of.sex.clone(),
        of.document_kind.clone(),
        of.number(&who.app.vault).map_err(PageError::fault)?,
        String::new(),
        of.campus.to_string(),
        of.education.clone(),
        of.duration.clone(),
        of.entry_year.clone(),
        of.grade.clone(),
        of.college.clone(),
        of.major.clone(),
        of.class.clone(),
        of.student_number.clone(),
        of.remark.clone(),
        join_codes(&of.listed.0),
        join_codes(&of.barred.0),
    ])
}

/// The columns as they are to be, and which of them differ. The school follows from the campus; an empty number keeps the
/// document.
fn sent(
    who: &StaffMember,
    of: &StudentRecord,
    form: &FormData,
) -> Result<([String; 17], Vec<&'static str>), PageError> {
    let mut values = stored(who, of)?;
    let mut changed = Vec::new();
    for ((value, field), column) in values.iter_mut().zip(FIELDS).zip(COLUMNS) {
        let is_sent = form.many(field).next().is_some();
        if field == "school" || KEPT.contains(&field) && !is_sent {
            continue;
        }
        let new = match field {
            "listed" | "barred" => {
                let codes: Vec<&str> =
                    form.many(field).map(str::trim).filter(|code| !code.is_empty()).collect();
                codes.join(";")
            }
            _ => form.one(field)?.trim().to_owned(),
        };
        if field == "document_number" && new.is_empty() || new == *value {
            continue;
        }
        changed.push(column);
        *value = new;
    }
    Ok((values, changed))
}

/// Corrects the record, unless a candidate has saved it (R6).
pub(in crate::staff::pages) async fn correct(
    who: StaffMember,
    Path(path): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    let found = match find(&who, &path).await {
        Err(PageError::NotFound) => return again(&who, &path, &form).await,
        found => found?,
    };
    who.sitting().await?;
    let of = &found.record;
    let (values, changed) = sent(&who, of, &form)?;
    let read = corrected::read(&who.app.db, Arc::clone(&who.app.vault), of, values, &who.scope).await;
    let mut row = match refusal(read)? {
        Ok(row) if row.campus().school() == of.school => row,
        Ok(_) => return wrong(&who, &found, &form, other_school(&who)).await,
        Err(why) => return wrong(&who, &found, &form, refusals(&who, &why)).await,
    };
    let mut odd = std::mem::take(&mut row.odd);
    odd.retain(|column| changed.contains(column));
    let (scope, actor, from) = (who.scope.clone(), who.actor(), who.from());
    let (record, shown) = (of.clone(), read_seen(&who.app.vault, &form)?);
    let done: Result<RowCorrected, DbError> = who
        .app
        .db
        .write_again(async move |tx: &mut Tx<'_>| {
            corrected::correct(tx, &scope, &record, &row, &shown, (&actor, &from)).await
        })
        .await;
    answer(&who, (&path, &found), &form, done?, &odd).await
}

fn other_school(who: &StaffMember) -> Vec<Refused> {
    let page = who.page();
    vec![Refused::new(page.t, "field-invalid").at("campus").saying(page.m("staff-student-other-school"))]
}

async fn wrong(
    who: &StaffMember,
    found: &Found,
    form: &FormData,
    said: Vec<Refused>,
) -> Result<Response, PageError> {
    detail(who, found, None, said, Some(typed_again(&found.record, form))).await
}

async fn answer(
    who: &StaffMember,
    (path, found): (&str, &Found),
    form: &FormData,
    done: RowCorrected,
    odd: &[&str],
) -> Result<Response, PageError> {
    let page = who.page();
    let taken = |words| Refused::new(page.t, "field-invalid").at("document_number").saying(page.m(words));
    let said = match done {
        RowCorrected::Done(id) => {
            let to = format!("{PATH}/{}-{id}", found.record.school);
            return Ok(with_odd(who, see_other(&to), odd));
        }
        RowCorrected::Saved => Refused::new(page.t, "student-bound").saying(page.m("staff-student-saved")),
        RowCorrected::Exists(id) => taken("roster-exists")
            .linked(format!("{PATH}/{}-{id}", found.record.school), page.m("roster-exists-link")),
        RowCorrected::Elsewhere => taken("staff-student-elsewhere"),
        RowCorrected::Meanwhile => {
            let now = find(who, path).await?;
            let said = Refused::new(page.t, "changed-meanwhile").saying(page.m("staff-seen-student"));
            return wrong(who, &now, form, vec![said]).await;
        }
    };
    wrong(who, found, form, vec![said]).await
}

/// The form of a row that it took out itself, because its document was another, sent twice: leads to the corrected row.
async fn again(who: &StaffMember, path: &str, form: &FormData) -> Result<Response, PageError> {
    who.needs(Permission::Students)?;
    let (school, id) = SchoolCode::parse_row(path).ok_or(PageError::NotFound)?;
    let plan = who.sitting().await?;
    let scope = who.scope.clone();
    let past: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            staff_queries::past(tx, &scope, &plan.code, school, RecordId(id)).await
        })
        .await;
    let of = past?.ok_or(PageError::NotFound)?;
    let (values, _) = sent(who, &of, form)?;
    let read = corrected::read(&who.app.db, Arc::clone(&who.app.vault), &of, values, &who.scope).await;
    let row: Row = refusal(read)?.map_err(|_| PageError::NotFound)?;
    let scope = who.scope.clone();
    let made: Result<_, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| corrected::made_of(tx, &scope, &of, &row).await).await;
    let id = made?.ok_or(PageError::NotFound)?;
    Ok(flash::already(who, see_other(&format!("{PATH}/{school}-{id}"))))
}
