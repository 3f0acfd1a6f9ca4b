//! `/staff/accounts/file`: many accounts from one table, with a preview.

use axum::response::Response;
use http::StatusCode;

use super::{PATH, first, granter, place, words};
use crate::staff::StaffMember;
use crate::staff::file_texts;
use crate::staff::pages::refused;
use crate::staff::views::{BulkFormView, BulkMadeView, BulkRow, BulkView};
use crate::web::answer::{PageError, html, refusal};
use crate::web::page::OnPage as _;
use crate::web::page::{Page, Refused, Typed};
use crate::web::upload::Upload;
use cet_base::store::{DbError, Stop};
use cet_base::words::email::Email;
use cet_domain::sheet::{self, SheetError, SmallRow};
use cet_domain::staff::Permission;
use cet_domain::staff::accounts::{AccountRefusal, Wanted};
use cet_domain::staff::bulk::{self, COLUMNS, Checked, Row, RowRefusal};

pub(in crate::staff::pages) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    page(&who, Vec::new()).await
}

async fn page(who: &StaffMember, said: Vec<Refused>) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at("/staff/accounts/file", "staff-bulk").await?;
    let (columns, most) = (COLUMNS.join(page.m("arrangement-and")), bulk::MOST.to_string());
    let page = page.refusing(said.clone(), Typed::default());
    refused(&said, &[], &BulkFormView { page, menu, columns, most })
}

/// A preview of a file, or of the rows that a preview repeats; with `confirm`, the accounts.
pub(in crate::staff::pages) async fn submit(who: StaffMember, upload: Upload) -> Result<Response, PageError> {
    who.needs(Permission::Accounts)?;
    who.made_for(&upload.form)?;
    let rows = match &upload.file {
        Some(file) => match uploaded(&who, file.to_vec()).await? {
            Ok(rows) => rows,
            Err(said) => return page(&who, vec![said]).await,
        },
        None if upload.is_empty => {
            return page(&who, vec![file_texts::refused(&who.page(), &SheetError::Empty)]).await;
        }
        None => repeated(upload.form.one("rows")?),
    };
    if rows.is_empty() || rows.len() > bulk::MOST {
        let shown = who.page();
        let most = shown.f("staff-bulk-most", &[("n", &bulk::MOST.to_string())]);
        return page(&who, vec![Refused::new(shown.t, "file-unreadable").at("file").saying(&most)]).await;
    }
    let by = granter(&who);
    let checked: Result<Checked, DbError> =
        who.app.db.read_long(async move |tx| bulk::check(tx, &by, rows.clone()).await).await;
    let checked = checked?;
    if upload.form.one("confirm")? == "yes" && checked.bad.is_empty() {
        return make(&who, checked.good).await;
    }
    preview(&who, &checked).await
}

async fn uploaded(who: &StaffMember, content: Vec<u8>) -> Result<Result<Vec<Row>, Refused>, PageError> {
    let most = u64::try_from(bulk::MOST).unwrap_or(u64::MAX);
    let read = tokio::task::spawn_blocking(move || sheet::small(&content, &COLUMNS, most));
    let rows = match read.await.map_err(PageError::fault)? {
        Ok((rows, _)) => rows,
        Err(error) => return Ok(Err(file_texts::refused(&who.page(), &error))),
    };
    let row = |row: SmallRow| Row {
        line: row.place.line,
        cells: match row.cells {
            Ok(cells) => <[String; 5]>::try_from(cells).map_err(|_| ""),
            Err(fault) => Err(fault.column.unwrap_or_default()),
        },
    };
    Ok(Ok(rows.into_iter().map(row).collect()))
}

/// The rows of a preview: one a line, cells between tabs.
fn repeated(text: &str) -> Vec<Row> {
    let row = |(line, text): (u64, &str)| {
        let cells: Vec<String> = text.split('\t').map(str::to_owned).collect();
        Row { line, cells: <[String; 5]>::try_from(cells).map_err(|_| "") }
    };
    (1..).zip(text.lines().filter(|line| !line.trim().is_empty())).map(row).collect()
}

fn address(of: &Wanted) -> String {
    of.email.as_ref().map(Email::address).unwrap_or_default()
}

fn line_of(of: &Wanted) -> String {
    [&of.name, of.role.wire(), of.scope.prefix(), &of.person, &address(of)].join("\t")
}

fn row(who: &StaffMember, page: &Page, of: &Wanted) -> BulkRow {
    let scope = place(who, page, of.scope.prefix());
    let cells = vec![of.name.clone(), words(page, of.role), scope, of.person.clone(), address(of)];
    BulkRow { line: String::new(), cells, reason: String::new() }
}

fn reason(page: &Page, why: RowRefusal) -> String {
    match why {
        RowRefusal::Cell("") => page.m("staff-bulk-row").to_owned(),
        RowRefusal::Cell(column) => page.f("staff-bulk-cell", &[("column", column)]),
        RowRefusal::Doubled => page.m("staff-bulk-doubled").to_owned(),
        RowRefusal::Account(why) => why.on(page).text,
    }
}

async fn preview(who: &StaffMember, checked: &Checked) -> Result<Response, PageError> {
    let (page, menu) = who.frame_at("/staff/accounts/file", "staff-bulk").await?;
    let bad = checked.bad.iter().map(|(row, why)| BulkRow {
        line: row.line.to_string(),
        cells: row.cells.as_ref().map(|cells| cells.to_vec()).unwrap_or_default(),
        reason: reason(&page, *why),
    });
    let view = BulkView {
        bad: bad.collect(),
        good: checked.good.iter().map(|of| row(who, &page, of)).collect(),
        rows: checked.good.iter().map(line_of).collect::<Vec<_>>().join("\n"),
        columns: COLUMNS.to_vec(),
        page,
        menu,
    };
    html(StatusCode::OK, &view)
}

async fn make(who: &StaffMember, wanted: Vec<Wanted>) -> Result<Response, PageError> {
    let (mut new, mut made) = (Vec::new(), Vec::new());
    for of in &wanted {
        let (password, hash) = first::random(who).await?;
        new.push(of.account(&who.app.vault, hash).map_err(PageError::fault)?);
        made.push((of.name.clone(), password));
    }
    let by = granter(who);
    let done: Result<(), Stop<AccountRefusal>> =
        who.app.db.write(async move |tx| bulk::make(tx, &by, &new).await).await;
    match refusal(done)? {
        Ok(()) => {
            let (page, menu) = who.frame_at(PATH, "staff-bulk-made").await?;
            html(StatusCode::OK, &BulkMadeView { page, menu, made })
        }
        // Another member made one of them at the same moment: none was made.
        Err(why) => {
            let said = vec![why.on(&who.page())];
            page(who, said).await
        }
    }
}
