//! Shared parts of staff lists: filters and the cursor `after=` in the query, paging, export of the same rows as a
//! file, and the trait that a list implements ([`List`]).

mod frame;
mod groups;
mod limited;
mod rows;

use axum::response::{IntoResponse, Response};
use http::{HeaderValue, header};

pub(crate) use self::frame::{List, csv, page, sheet, show, ticks, xlsx};
pub use self::groups::KeptGroups;
pub(crate) use self::groups::{Groups, LARGE};
pub(crate) use self::limited::{Limited, unknown};
pub use self::rows::Sheet;
use super::downloads::Download;
use super::file_names;
use super::member::StaffMember;
use crate::web::answer::PageError;
use crate::web::page::Choice;
use cet_base::store::DbError;
use cet_base::words::codes::SchoolCode;
use cet_base::words::time::Time;
use cet_domain::audit::{self, Changes, Event};
pub use cet_domain::staff::exports::FILE_ROWS;

/// Rows per page.
pub const PAGE: i64 = 50;

/// The query of a list: each filter by its name, and the cursor of the page.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    filters: Vec<(&'static str, String)>,
    /// The key of the last row of the previous page; empty for the first page.
    pub after: String,
    /// The key where the page's search ends, however few rows it has found; empty if it goes on to the last row.
    pub until: String,
}

impl Asked {
    /// Reads the filters with these names and `after` from the request.
    #[must_use]
    pub fn read(member: &StaffMember, names: &[&'static str]) -> Self {
        let value = |name: &str| member.query(name).map(|text| text.trim().to_owned()).unwrap_or_default();
        Self {
            filters: names.iter().map(|name| (*name, value(name))).collect(),
            after: value("after"),
            until: String::new(),
        }
    }

    /// Reads the filters with these names from a stored query.
    #[must_use]
    pub fn of_query(query: &str, names: &[&'static str]) -> Self {
        let pairs: Vec<(String, String)> = form_urlencoded::parse(query.as_bytes()).into_owned().collect();
        let value = |name: &str| {
            pairs
                .iter()
                .find(|(known, _)| known == name)
                .map(|(_, value)| value.replace('\0', "").trim().to_owned())
                .unwrap_or_default()
        };
        Self {
            filters: names.iter().map(|name| (*name, value(name))).collect(),
            after: String::new(),
            until: String::new(),
        }
    }

    /// A filter's value; empty if it is not set.
    #[must_use]
    pub fn get(&self, name: &str) -> &str {
        self.filters.iter().find(|(known, _)| *known == name).map_or("", |(_, value)| value)
    }

    /// Leaves a filter out.
    fn leave_out(&mut self, name: &str) {
        self.filters.retain(|(known, _)| *known != name);
    }

    /// The value of a filter that is none of its choices: it is shown as it was asked for.
    #[must_use]
    pub fn unlisted<'a>(&'a self, name: &str, choices: &[Choice]) -> Option<&'a str> {
        unlisted(self.get(name), choices)
    }

    /// The filters as a query string, with `after` if it is not empty.
    #[must_use]
    pub fn query(&self, after: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        for (name, value) in self.filters.iter().filter(|(_, value)| !value.is_empty()) {
            query.append_pair(name, value);
        }
        if !after.is_empty() {
            query.append_pair("after", after);
        }
        query.finish()
    }
}

/// What was asked for, if it is something and none of the choices.
pub(crate) fn unlisted<'a>(value: &'a str, choices: &[Choice]) -> Option<&'a str> {
    Some(value).filter(|value| !value.is_empty() && choices.iter().all(|choice| choice.value != *value))
}

/// The links under a list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Pager {
    /// To the first page, unless this is it.
    pub first: Option<String>,
    /// To the next page, if there is one.
    pub next: Option<String>,
    /// Whether the search stopped before the page was full: the next page goes on.
    pub is_part: bool,
    /// The same rows as CSV.
    pub csv: String,
    /// The same rows as XLSX.
    pub xlsx: String,
}

impl Pager {
    /// Truncates `rows`, of which one more than a page was read, and creates the links of the list at `path`.
    pub fn cut<T>(path: &str, asked: &Asked, rows: &mut Vec<T>, key: impl Fn(&T) -> String) -> Self {
        let page = usize::try_from(PAGE).unwrap_or(usize::MAX);
        let more = rows.len() > page;
        rows.truncate(page);
        let link = |ending: &str, after: &str| {
            let query = asked.query(after);
            if query.is_empty() { format!("{path}{ending}") } else { format!("{path}{ending}?{query}") }
        };
        let is_part = !more && !asked.until.is_empty();
        let next = rows.last().filter(|_| more).map(|last| link("", &key(last)));
        Self {
            first: (!asked.after.is_empty()).then(|| link("", "")),
            next: if is_part { Some(link("", &asked.until)) } else { next },
            is_part,
            csv: link(".csv", ""),
            xlsx: link(".xlsx", ""),
        }
    }
}

impl Pager {
    /// The files of a short list at `path`, which has one page and no filters.
    #[must_use]
    pub fn files(path: &str) -> Self {
        Self { csv: format!("{path}.csv"), xlsx: format!("{path}.xlsx"), ..Self::default() }
    }
}

/// The details that stand beside a list (`open=`), and the addresses that open and close them on the same page of it.
pub(crate) struct Beside {
    /// The key of the row that is open.
    pub(crate) key: Option<String>,
    /// The list's address, to which `open=` is added.
    pub(crate) open_at: String,
    /// The list's address without details.
    pub(crate) close_href: String,
}

/// Reads which row of the list at `path` is open.
pub(crate) fn beside(member: &StaffMember, path: &str, asked: &Asked) -> Beside {
    let query = asked.query(&asked.after);
    let and = if query.is_empty() { "" } else { "&" };
    Beside {
        key: member.query("open"),
        open_at: format!("{path}?{query}{and}"),
        close_href: if query.is_empty() { path.to_owned() } else { format!("{path}?{query}") },
    }
}

/// The format of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Form {
    /// RFC 4180, UTF-8 with BOM, so that spreadsheets detect the encoding.
    Csv,
    /// A workbook of text cells, and of numbers where they are sums of money.
    Xlsx,
}

/// Responds with a list as a file, after recording it in the audit log (TH27): who, what, how many rows, which filters.
/// The last row, in a workbook another sheet, says who downloaded it and when.
///
/// # Errors
/// [`PageError`].
pub async fn download(
    member: &StaffMember,
    what: &'static str,
    form: Form,
    (begun, sheet): (Download, Sheet),
) -> Result<Response, PageError> {
    download_noted(member, what, form, (begun, sheet), "").await
}

/// A list without rows as a file: its headings say what it would hold.
///
/// # Errors
/// As [`download`].
pub async fn download_empty(
    member: &StaffMember,
    what: &'static str,
    form: Form,
    headings: Vec<String>,
) -> Result<Response, PageError> {
    let begun = Download::of(member)?;
    download(member, what, form, (begun, Sheet { headings, rows: Vec::new() })).await
}

/// Like [`download`], with a note for the audit log, such as ` export=7 whole=true`.
///
/// # Errors
/// As [`download`].
pub async fn download_noted(
    member: &StaffMember,
    what: &'static str,
    form: Form,
    (begun, mut sheet): (Download, Sheet),
    note: &str,
) -> Result<Response, PageError> {
    let (actor, from) = (member.actor(), member.from());
    let school = member.scope.school().unwrap_or(SchoolCode::NONE);
    let object = what.to_owned();
    let detail = format!("rows={} scope={}{note}", sheet.rows.len(), member.scope.prefix());
    let written: Result<Time, DbError> = member
        .app
        .db
        .write(async move |tx| {
            let event = Event {
                school,
                actor: actor.clone(),
                action: "list-exported",
                object_kind: "list",
                object: &object,
                address: &from,
                detail: &detail,
                changes: Changes::NONE,
            };
            audit::record(tx, &event).await?;
            tx.now().await
        })
        .await;
    let now = written?;
    let page = member.page();
    let mark = format!("{} {} {now}", page.m("staff-exported-by"), member.name);
    if form == Form::Csv {
        sheet.rows.push(vec![mark.clone()]);
    }
    let (file, kind, ending) = match form {
        Form::Csv => {
            // Made twice, and never held: a connection that breaks off is noticed by the length.
            let length = sheet.csv_length().map_err(PageError::fault)?;
            (begun.parts(length, sheet.csv()), "text/csv; charset=utf-8", "csv")
        }
        Form::Xlsx => (
            begun.body(sheet.xlsx((page.m("staff-file-mark"), &mark)).map_err(PageError::fault)?),
            "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
            "xlsx",
        ),
    };
    let at = now.local("%Y%m%d-%H%M");
    let name = file_names::disposition(&page, what, (&at, ending)).map_err(PageError::fault)?;
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, name),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, file).into_response())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_pager_keeps_the_filters() {
        let asked = Asked {
            filters: vec![("q", "颜".to_owned()), ("pay", String::new())],
            after: "7".to_owned(),
            until: String::new(),
        };
        let mut rows: Vec<i64> = (0..=PAGE).collect();
        let pager = Pager::cut("/staff/x", &asked, &mut rows, i64::to_string);
        assert_eq!(rows.len(), 50);
        assert_eq!(pager.next.unwrap(), "/staff/x?q=%E9%A2%9C&after=49");
        assert_eq!(pager.first.unwrap(), "/staff/x?q=%E9%A2%9C");
        assert_eq!(pager.csv, "/staff/x.csv?q=%E9%A2%9C");
        let mut few = vec![1_i64];
        assert_eq!(Pager::cut("/staff/x", &Asked::default(), &mut few, i64::to_string).next, None);
        // A page whose search ended early goes on behind the place where it ended.
        let part = Asked { until: "99".to_owned(), ..Asked::default() };
        let pager = Pager::cut("/staff/x", &part, &mut few, i64::to_string);
        assert_eq!((pager.is_part, pager.next.as_deref()), (true, Some("/staff/x?after=99")));
        let mut full: Vec<i64> = (0..=PAGE).collect();
        let pager = Pager::cut("/staff/x", &part, &mut full, i64::to_string);
        assert_eq!((pager.is_part, pager.next.as_deref()), (false, Some("/staff/x?after=49")));
    }
}
