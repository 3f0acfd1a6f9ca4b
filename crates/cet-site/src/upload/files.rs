//! The files that go back to staff: rows with errors, and templates.

use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use http::{HeaderValue, StatusCode, header};
use rust_xlsxwriter::{DataValidation, Format, Workbook, XlsxError};

use super::pages;
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Form, Sheet, download};
use crate::web::answer::PageError;
use crate::web::page::{Page, Refused};
use cet_base::store::{DbError, Tx};
use cet_base::words::document::DocumentKind;
use cet_domain::sheet::inert;
use cet_domain::upload::store;
use cet_domain::upload::{ErrorFile, Kind, WithoutPhoto, error_file, without_photo};

/// Rows of the template that are formatted as text.
const ROWS: u32 = 20_000;
/// The columns of campuses, as Chinese files name them.
const CAMPUSES: [&str; 2] = ["校区代码", "校区名称"];
/// A template that shows its columns alone.
const NO_ROWS: &[[&str; 0]] = &[];
/// The headings of the students without a photo.
const MISSING: [&str; 6] = [
    "staff-col-school",
    "staff-col-campus",
    "staff-col-number",
    "staff-col-name",
    "staff-college",
    "staff-class",
];
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// `GET /{id}/errors.xlsx`: the rows as they were, with a column 原因.
pub(super) async fn errors(
    who: StaffMember,
    Path(id): Path<String>,
    kind: Kind,
) -> Result<Response, PageError> {
    let of = pages::found(&who, kind, &id).await?;
    let (page, begun) = (who.page(), Download::of(&who)?);
    let Some(file) = error_file(&who.app.db, &of, page.lang()).await? else {
        return pages::again(&who, kind, &of, gone(&page)).await;
    };
    let name = match kind {
        Kind::Roster => "roster-errors",
        Kind::Scores => "score-errors",
        Kind::Photos => "photo-errors",
        Kind::Campuses => "campus-errors",
    };
    if kind == Kind::Photos {
        return download(&who, name, Form::Xlsx, (begun, pictures(&page, file))).await;
    }
    let width = file.rows.iter().map(|(_, cells, _)| cells.len()).max().unwrap_or(0).max(file.header.len());
    let padded = |mut cells: Vec<String>| {
        cells.resize(width, String::new());
        cells
    };
    let reason = page.m("upload-col-reason").to_owned();
    let place = page.m("upload-col-line").to_owned();
    let headings = padded(file.header).into_iter().chain([reason, place]).collect();
    let rows = file
        .rows
        .into_iter()
        .map(|(place, cells, reason)| padded(cells).into_iter().chain([reason, place]).collect())
        .collect();
    download(&who, name, Form::Xlsx, (begun, Sheet { headings, rows })).await
}

/// The pictures with errors: files of a ZIP have no header and no lines.
fn pictures(page: &Page, file: ErrorFile) -> Sheet {
    let headings = [page.m("upload-template-picture"), page.m("upload-col-reason")].map(str::to_owned);
    let row = |(_, cells, reason): (String, Vec<String>, String)| cells.into_iter().chain([reason]).collect();
    Sheet { headings: headings.to_vec(), rows: file.rows.into_iter().map(row).collect() }
}

/// `GET /staff/photos/{id}/missing.csv`: all students without a photo, of the schools that the file is of.
pub(super) async fn missing(
    who: StaffMember,
    Path(id): Path<String>,
    form: Form,
) -> Result<Response, PageError> {
    let of = pages::found(&who, Kind::Photos, &id).await?;
    let (page, begun) = (who.page(), Download::of(&who)?);
    if !pages::tells_without(&of)? {
        return Err(PageError::NotFound);
    }
    let found = without_photo(&who.app.db, &who.app.vault, &of, &who.scope).await?;
    let headings = MISSING.map(|words| page.m(words).to_owned()).to_vec();
    let row = |(school, of): WithoutPhoto| {
        let place = [school.to_string(), of.campus.to_string()];
        place.into_iter().chain([of.student_number, of.name, of.college, of.class]).collect()
    };
    let rows = found.into_iter().map(row).collect();
    download(&who, "missing", form, (begun, Sheet { headings, rows })).await
}

/// `GET /staff/photos/{id}/pictures/{number}`: a face, for nobody but whoever may see the upload.
pub(super) async fn picture(
    who: StaffMember,
    Path((id, number)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let of = pages::found(&who, Kind::Photos, &id).await?;
    let number: i64 = number.parse().map_err(|_| PageError::NotFound)?;
    let read = async move |tx: &mut Tx<'_>| store::picture(tx, of.id, number).await;
    let found: Result<Option<Vec<u8>>, DbError> = who.app.db.read(read).await;
    let jpeg = found?.ok_or(PageError::NotFound)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("image/jpeg")),
        (header::CACHE_CONTROL, HeaderValue::from_static("private, no-store")),
    ];
    Ok((StatusCode::OK, headers, jpeg).into_response())
}

/// `GET template.xlsx`: text columns; of a roster with drop-downs, the own campuses, and one example row. Of photos it shows how
/// the pictures in the ZIP are named.
pub(super) fn template(who: &StaffMember, kind: Kind) -> Result<Response, PageError> {
    who.needs(super::needs(kind))?;
    let (bytes, name) = match kind {
        Kind::Scores => (
            text_sheet(who, cet_domain::upload::table_of(kind).columns, NO_ROWS),
            "attachment; filename=\"scores-template.xlsx\"",
        ),
        Kind::Campuses => {
            (text_sheet(who, &CAMPUSES, NO_ROWS), "attachment; filename=\"campuses-template.xlsx\"")
        }
        Kind::Photos => (names_of_pictures(who), "attachment; filename=\"photos-template.xlsx\""),
        Kind::Roster => (workbook(who), "attachment; filename=\"roster-template.xlsx\""),
    };
    let bytes = bytes.map_err(PageError::fault)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(XLSX)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_static(name)),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers, bytes).into_response())
}

/// How a picture is named, by example: of the student number, or of the document number.
fn names_of_pictures(who: &StaffMember) -> Result<Vec<u8>, XlsxError> {
    let page = who.page();
    let of = |column: &str| example(column, "");
    let (student, document) = (of("学号"), of("证件号码"));
    let (by_student, by_document) = (format!("{student}.jpg"), format!("{document}.jpg"));
    let columns = [page.m("upload-template-picture"), page.m("upload-template-named-by"), "学号", "证件号码"];
    let rows = [
        [&by_student, page.m("upload-template-by-student"), &student, &document],
        [&by_document, page.m("upload-template-by-document"), &student, &document],
    ];
    text_sheet(who, &columns, &rows)
}

/// A sheet of text columns with their names, and rows below them.
fn text_sheet<const N: usize>(
    who: &StaffMember,
    columns: &[&str],
    rows: &[[&str; N]],
) -> Result<Vec<u8>, XlsxError> {
    let mut book = Workbook::new();
    let (text, bold) = (Format::new().set_num_format("@"), Format::new().set_bold().set_num_format("@"));
    let list = book.add_worksheet().set_name(who.page().m("upload-template-list"))?;
    for (column, name) in (0_u16..).zip(columns) {
        list.set_column_format(column, &text)?;
        list.set_column_width(column, 18)?;
        list.write_string_with_format(0, column, *name, &bold)?;
    }
    for (row, cells) in (1_u32..).zip(rows) {
        for (column, cell) in (0_u16..).zip(cells) {
            list.write_string_with_format(row, column, *cell, &text)?;
        }
    }
    list.set_freeze_panes(1, 0)?;
    book.save_to_buffer()
}

fn workbook(who: &StaffMember) -> Result<Vec<u8>, XlsxError> {
    let page = who.page();
    let catalogue = who.app.catalogue.get();
    let campuses: Vec<(String, String)> = catalogue
        .campuses()
        .filter(|(code, _)| who.scope.holds(code.as_str()))
        .take(1_000)
        .map(|(code, name)| (code.to_string(), name.to_owned()))
        .collect();
    let subjects: Vec<(String, String)> = catalogue
        .current()
        .or_else(|| catalogue.all().into_iter().next())
        .map(|plan| {
            plan.subjects().iter().map(|subject| (subject.code.to_string(), subject.name.clone())).collect()
        })
        .unwrap_or_default();
    let mut book = Workbook::new();
    let (text, bold) = (Format::new().set_num_format("@"), Format::new().set_bold().set_num_format("@"));
    let columns = cet_domain::roster::file::COLUMNS;
    let table = cet_domain::upload::table_of(Kind::Roster);
    let first = campuses.first().map(|(code, _)| code.clone()).unwrap_or_default();
    let list = book.add_worksheet().set_name(page.m("upload-template-list"))?;
    for (column, name) in (0_u16..).zip(columns) {
        let mark = if table.optional.contains(&name) { "" } else { "*" };
        list.set_column_format(column, &text)?;
        list.set_column_width(column, 14)?;
        list.write_string_with_format(0, column, format!("{name}{mark}"), &bold)?;
        list.write_string_with_format(1, column, example(name, &first), &text)?;
    }
    list.set_freeze_panes(1, 0)?;
    drop_down(list, &columns, "证件类型", &DocumentKind::ALL.map(DocumentKind::chinese))?;
    drop_down(list, &columns, "性别", &["男", "女"])?;
    drop_down(list, &columns, "学历", &cet_domain::roster::file::EDUCATIONS)?;
    let codes: Vec<&str> = campuses.iter().map(|(code, _)| code.as_str()).collect();
    // A list in a cell's rule is at most 255 characters long; more codes are on the other sheet.
    if codes.join(",").len() <= 255 {
        drop_down(list, &columns, "校区代码", &codes)?;
    }
    for column in ["资格科目", "限制科目"] {
        let codes: Vec<&str> = subjects.iter().map(|(code, _)| code.as_str()).collect();
        loose_drop_down(list, &columns, column, &codes)?;
    }
    let notes = book.add_worksheet().set_name(page.m("upload-template-notes"))?;
    notes.set_column_width(0, 20)?.set_column_width(1, 60)?;
    let lines = ["upload-template-note-1", "upload-template-note-2", "upload-template-note-3"];
    let mut row = 0_u32;
    for line in lines {
        notes.write_string(row, 0, page.m(line))?;
        row = row.saturating_add(1);
    }
    for (code, name) in campuses.iter().chain(&subjects) {
        row = row.saturating_add(1);
        notes.write_string_with_format(row, 0, code, &text)?;
        notes.write_string(row, 1, inert(name))?;
    }
    book.save_to_buffer()
}

fn example(column: &str, campus: &str) -> String {
    match column {
        "姓名" => cet_domain::roster::file::EXAMPLE.to_owned(),
        "性别" => "女".to_owned(),
        "证件类型" => DocumentKind::ResidentId.chinese().to_owned(),
        "证件号码" => "110101200001010000".to_owned(),
        "学校代码" => campus.get(..5).unwrap_or_default().to_owned(),
        "校区代码" => campus.to_owned(),
        "学历" => "本科".to_owned(),
        "学制" => "4".to_owned(),
        "入学年份" | "年级" => "2017".to_owned(),
        "院系" => "外国语学院".to_owned(),
        "专业" => "英语".to_owned(),
        "班级" => "英语1班".to_owned(),
        "学号" => "2017000001".to_owned(),
        _ => String::new(),
    }
}

fn at(columns: &[&str], column: &str) -> Option<u16> {
    columns.iter().position(|name| *name == column).and_then(|at| u16::try_from(at).ok())
}

fn drop_down(
    sheet: &mut rust_xlsxwriter::Worksheet,
    columns: &[&str],
    column: &str,
    choices: &[&str],
) -> Result<(), XlsxError> {
    let Some(at) = at(columns, column).filter(|_| !choices.is_empty()) else { return Ok(()) };
    let rule = DataValidation::new().allow_list_strings(choices)?;
    sheet.add_data_validation(1, at, ROWS, at, &rule)?;
    Ok(())
}

/// Several codes may stand in one cell: the list only offers them.
fn loose_drop_down(
    sheet: &mut rust_xlsxwriter::Worksheet,
    columns: &[&str],
    column: &str,
    choices: &[&str],
) -> Result<(), XlsxError> {
    let Some(at) = at(columns, column).filter(|_| !choices.is_empty()) else { return Ok(()) };
    let rule = DataValidation::new()
        .allow_list_strings(choices)?
        .set_error_style(rust_xlsxwriter::DataValidationErrorStyle::Information);
    sheet.add_data_validation(1, at, ROWS, at, &rule)?;
    Ok(())
}

/// A page that says that a file is no longer there.
fn gone(page: &Page) -> Refused {
    Refused::new(page.t, "changed-meanwhile").saying(page.m("upload-file-gone"))
}
