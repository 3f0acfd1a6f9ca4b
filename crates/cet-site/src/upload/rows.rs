//! The rows of an import on its page: what is new, changed, unchanged, gone, or held by another school.

use super::views::{RowView, RowsView, Tab};
use crate::staff::StaffMember;
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SittingCode};
use cet_base::words::document::DocumentNumber;
use cet_domain::roster::{preview, removal};
use cet_domain::upload::Summary;
use cet_domain::upload::store::Upload;

/// Rows per page.
const PAGE: i64 = 50;
/// The sorts of rows, in the order of their tabs.
const SORTS: [(&str, &str); 5] = [
    ("changed", "upload-tab-changed"),
    ("new", "upload-tab-new"),
    ("transfer", "upload-tab-transfer"),
    ("gone", "upload-tab-gone"),
    ("unchanged", "upload-tab-unchanged"),
];

fn count(of: &Summary, sort: &str) -> u64 {
    match sort {
        "changed" => of.changed,
        "new" => of.new,
        "transfer" => of.transfers,
        "gone" => of.gone,
        _ => of.unchanged,
    }
}

/// The rows of the tab that `?rows=` names, else of the first that has any.
pub(super) async fn rows(
    who: &StaffMember,
    page: &Page,
    of: &Upload,
    href: &str,
) -> Result<Option<RowsView>, PageError> {
    let Some(import) = of.import_id else { return Ok(None) };
    let summary = of.summary();
    let asked = who.query("rows").unwrap_or_default();
    let known = SORTS.into_iter().find(|(sort, _)| *sort == asked);
    let first = || SORTS.into_iter().find(|(sort, _)| count(&summary, sort) > 0);
    let Some((sort, _)) = known.or_else(first) else { return Ok(None) };
    let after = who.query("after").unwrap_or_default();
    let (line, id) = after.split_once('-').unwrap_or((after.as_str(), "0"));
    let after = (line.parse().unwrap_or(0), id.parse().unwrap_or(0));
    let mut found = read(who, of, (import, sort), after).await?;
    let more = i64::try_from(found.len()).unwrap_or(0) > PAGE;
    found.truncate(usize::try_from(PAGE).unwrap_or(usize::MAX));
    let next = found
        .last()
        .filter(|_| more)
        .map(|(row, _)| format!("{href}?rows={sort}&after={}-{}", row.line, row.id));
    let tab = |(name, words): (&'static str, &'static str)| Tab {
        href: format!("{href}?rows={name}"),
        words: page.m(words),
        count: count(&summary, name),
        current: name == sort,
    };
    let rows: Result<Vec<RowView>, PageError> =
        found.iter().map(|(row, before)| view(who, page, row, before.as_ref())).collect();
    Ok(Some(RowsView {
        tabs: SORTS
            .into_iter()
            .filter(|(name, _)| count(&summary, name) > 0 || *name == sort)
            .map(tab)
            .collect(),
        rows: rows?,
        next: next.unwrap_or_default(),
    }))
}

type Found = Vec<(preview::Row, Option<preview::Row>)>;

async fn read(
    who: &StaffMember,
    of: &Upload,
    (import, sort): (i64, &'static str),
    after: (i64, i64),
) -> Result<Found, PageError> {
    let sitting =
        SittingCode::parse(&of.sitting).map_err(|_| PageError::fault("the sitting of an upload"))?;
    let school = SchoolCode::parse(&of.summary().school).ok();
    let sought = removal::Sought {
        within: of.place.clone(),
        import,
        published_at: of.published_at,
        sitting,
        school,
        sort,
        after,
    };
    let found: Result<Found, DbError> = who
        .app
        .db
        .read_long(async move |tx: &mut Tx<'_>| removal::rows(tx, &sought, PAGE.saturating_add(1)).await)
        .await;
    Ok(found?)
}

fn view(
    who: &StaffMember,
    page: &Page,
    row: &preview::Row,
    before: Option<&preview::Row>,
) -> Result<RowView, PageError> {
    let number = row.number(&who.app.vault).map_err(PageError::fault)?;
    Ok(RowView {
        line: if row.sheet.is_empty() { row.line.to_string() } else { format!("{} {}", row.sheet, row.line) },
        name: row.name.clone(),
        student_number: row.student_number.clone(),
        document: DocumentNumber::parse(&number).map_or_else(|_| "***".to_owned(), |number| number.masked()),
        campus: row.campus.to_string(),
        differs: before.map(|before| row.differs(before)).unwrap_or_default(),
        registration: match (row.saved, row.paid) {
            (0, _) => page.m("upload-not-registered"),
            (_, 0) => page.m("upload-registered"),
            _ => page.m("upload-paid"),
        },
    })
}
