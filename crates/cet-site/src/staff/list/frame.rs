//! The common behaviour of lists with files. Permission, filters, paging, files, their row limit and refusals are the
//! same for every list and implemented here once; a list only says what it reads and how a row is shown.

use axum::response::Response;

use super::limited::{Limited, unknown};
use super::{Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, download};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::web::answer::PageError;
use crate::web::page::{OnPage as _, Page, Refused, Typed};
use cet_domain::staff::Permission;
use cet_domain::staff::exports::What;
use cet_domain::staff::refusal::StaffRefusal;

/// The parts that differ between lists.
pub(crate) trait List {
    /// A row as read from the database.
    type Row;

    /// The name in paths and file names, as `orders` of `/staff/orders`.
    const NAME: &'static str;
    /// The permission to see it.
    const NEEDS: Permission;
    /// The list's kind in a request for a longer file; a list without one can only be narrowed by filters.
    const EXPORT: Option<What> = None;
    /// The names of its filters.
    const FILTERS: &'static [&'static str];
    /// The headings of its files, as text keys.
    const HEADINGS: &'static [&'static str];

    /// The headings of its files.
    fn headings(page: &Page) -> Vec<String> {
        Self::HEADINGS.iter().map(|key| page.m(key).to_owned()).collect()
    }

    /// Reads the rows in scope that match the filters, after the cursor `asked.after`.
    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError>;

    /// The cursor of the page after this row.
    fn key(row: &Self::Row) -> String;

    /// A row of a file, with one cell per heading; `whole` shows full document numbers, only if a reason was given.
    fn cells(who: &StaffMember, page: &Page, row: &Self::Row, whole: bool) -> Result<Vec<String>, PageError>;

    /// A page of the list, with the refusals and what was typed.
    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<Self::Row>,
        said: (Vec<Refused>, Typed),
    ) -> Result<Response, PageError>;

    /// How many rows a file would have, counted up to `most`.
    async fn count(who: &StaffMember, asked: &Asked, most: i64) -> Result<i64, PageError> {
        Ok(i64::try_from(Self::read(who, asked, most).await?.len()).unwrap_or(i64::MAX))
    }

    /// Where a page's search ends, as a cursor, if the filters could make it read a whole nation; files read on.
    async fn reach(_who: &StaffMember, _asked: &Asked) -> Result<String, PageError> {
        Ok(String::new())
    }

    /// The filters that may hold only some values: any other value is told, and that filter left out.
    fn limited(_who: &StaffMember) -> Vec<Limited> {
        Vec::new()
    }

    /// Errors in the filters; if there are any, nothing is read.
    fn wrong(_who: &StaffMember, _asked: &Asked) -> Vec<Refused> {
        Vec::new()
    }
}

/// `GET /staff/{list}`.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn show<L: List>(who: StaffMember) -> Result<Response, PageError> {
    who.needs(L::NEEDS)?;
    page::<L>(&who, Vec::new(), Typed::default()).await
}

/// A page of the list, for any query.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn page<L: List>(
    who: &StaffMember,
    mut said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let mut asked = Asked::read(who, L::FILTERS);
    said.extend(unknown(&who.page(), &mut asked, &L::limited(who)));
    let wrong = L::wrong(who, &asked);
    if wrong.is_empty() {
        asked.until = L::reach(who, &asked).await?;
    }
    let most = PAGE.saturating_add(1);
    let mut rows = if wrong.is_empty() { L::read(who, &asked, most).await? } else { Vec::new() };
    // Behind the last row there is no page: the first one is shown, and says so.
    let is_beyond = wrong.is_empty() && rows.is_empty() && !asked.after.is_empty() && asked.until.is_empty();
    let noting = is_beyond.then(|| who.noting("staff-list-beyond"));
    let who = noting.as_ref().unwrap_or(who);
    if is_beyond {
        asked.after.clear();
        rows = L::read(who, &asked, most).await?;
    }
    said.extend(wrong);
    let pager = Pager::cut(&format!("/staff/{}", L::NAME), &asked, &mut rows, L::key);
    L::view(who, asked, pager, rows, (said, typed)).await
}

/// `GET /staff/{list}.csv`.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn csv<L: List>(who: StaffMember) -> Result<Response, PageError> {
    file::<L>(&who, Form::Csv).await
}

/// `GET /staff/{list}.xlsx`.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn xlsx<L: List>(who: StaffMember) -> Result<Response, PageError> {
    file::<L>(&who, Form::Xlsx).await
}

async fn file<L: List>(who: &StaffMember, form: Form) -> Result<Response, PageError> {
    who.needs(L::NEEDS)?;
    let mut asked = Asked::read(who, L::FILTERS);
    // A file of everything must not come for a filter that was mistyped.
    if !unknown(&who.page(), &mut asked, &L::limited(who)).is_empty() || !L::wrong(who, &asked).is_empty() {
        return page::<L>(who, Vec::new(), Typed::default()).await;
    }
    let begun = Download::of(who)?;
    let sheet = sheet::<L>(who, &asked, FILE_ROWS.saturating_add(1), false).await?;
    if i64::try_from(sheet.rows.len()).unwrap_or(i64::MAX) > FILE_ROWS {
        return page::<L>(who, vec![too_long::<L>(who, &asked)], Typed::default()).await;
    }
    download(who, L::NAME, form, (begun, sheet)).await
}

/// The refusal of a file with more rows than can be downloaded directly.
fn too_long<L: List>(who: &StaffMember, asked: &Asked) -> Refused {
    let page = who.page();
    let Some(what) = L::EXPORT else {
        return Refused::new(page.t, "field-invalid").saying(page.m("staff-too-many-narrow"));
    };
    let mut query = form_urlencoded::Serializer::new(String::new());
    query.append_pair("what", what.wire());
    let (query, filters) = (query.finish(), asked.query(""));
    let and = if filters.is_empty() { "" } else { "&" };
    let href = format!("/staff/exports/new?{query}{and}{filters}");
    StaffRefusal::TooManyRows.on(&page).linked(href, page.m("staff-export-ask"))
}

/// The rows of a file.
///
/// # Errors
/// [`PageError`].
pub(crate) async fn sheet<L: List>(
    who: &StaffMember,
    asked: &Asked,
    limit: i64,
    whole: bool,
) -> Result<Sheet, PageError> {
    let (rows, page) = (L::read(who, asked, limit).await?, who.page());
    let cells = rows.iter().map(|row| L::cells(who, &page, row, whole));
    Ok(Sheet { headings: L::headings(&page), rows: cells.collect::<Result<_, _>>()? })
}

/// Whether the page's rows are all ticked, and the address where it is the other way round: ticks work without script.
pub(crate) fn ticks(who: &StaffMember, path: &str, asked: &Asked) -> (bool, String) {
    let ticked = who.query("ticks").is_some();
    let query = asked.query(&asked.after);
    let ticks = match (ticked, query.is_empty()) {
        (true, _) => "",
        (false, true) => "ticks=page",
        (false, false) => "&ticks=page",
    };
    (ticked, format!("{path}?{query}{ticks}"))
}
