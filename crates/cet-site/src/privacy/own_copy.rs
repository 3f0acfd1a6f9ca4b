//! `/account/copy.json` and `/account/copy.pdf` (A11).

use axum::response::Response;
use http::HeaderValue;
use serde_json::{Map, Value};
use ticket_pdf::Fonts;

use super::sheet::{Section, sections};
use crate::passport::Candidate;
use crate::ticket::pages::{file, unprinted, warn_of_boxes};
use crate::web::answer::PageError;
use crate::web::page::Page;
use cet_base::store::{DbError, Stop, Tx};
use cet_domain::passport::session::Life;
use cet_domain::privacy::copy::{self, OwnData};

pub(super) async fn json(who: Candidate) -> Result<Response, PageError> {
    let of = taken(&who, "json").await?;
    let mut all = Map::new();
    all.insert("taken_at".to_owned(), of.now.to_string().into());
    for section in sections(&who, &of)? {
        let rows: Vec<Value> = section
            .rows
            .iter()
            .map(|row| {
                let named = section.columns.iter().zip(row);
                Value::Object(named.map(|((name, _), cell)| ((*name).to_owned(), cell.json())).collect())
            })
            .collect();
        all.insert(section.name.to_owned(), Value::Array(rows));
    }
    let body = serde_json::to_vec_pretty(&Value::Object(all)).map_err(PageError::fault)?;
    let kind = HeaderValue::from_static("application/json");
    Ok(file(kind, "attachment; filename=\"cet-copy.json\"", body))
}

pub(super) async fn pdf(who: Candidate) -> Result<Response, PageError> {
    let slot = who.app.printer.slot().await.map_err(unprinted)?;
    let of = taken(&who, "pdf").await?;
    let sheet = printed(&who.page(), &of, &sections(&who, &of)?);
    let draw = move |fonts: &Fonts| ticket_pdf::receipt(fonts, &sheet);
    let printed = who.app.printer.print(slot, draw).await.map_err(unprinted)?;
    warn_of_boxes(&printed.missing);
    let kind = HeaderValue::from_static("application/pdf");
    Ok(file(kind, "attachment; filename=\"cet-copy.pdf\"", printed.pdf))
}

/// Counted and written down first, then read.
async fn taken(who: &Candidate, form: &'static str) -> Result<OwnData, PageError> {
    let (id, form, address) = (who.session.passport, form.to_owned(), who.address.to_string());
    let noted =
        who.app.db.write(async move |tx: &mut Tx<'_>| copy::note(tx, id, &form, &address).await).await;
    match noted {
        Ok(()) => {}
        Err(Stop::Refused(wait)) => return Err(PageError::TooMany(wait.seconds)),
        Err(Stop::Fault(fault)) => return Err(fault.into()),
    }
    let (bound, life) = (who.session.registration.clone(), Life::from(&who.app.config.session));
    let read: Result<Option<OwnData>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| copy::read(tx, id, bound.clone(), life).await).await;
    read?.ok_or(PageError::NotFound)
}

/// Account and registration stand first, as labels and values; the rest are tables.
fn printed(page: &Page, of: &OwnData, sections: &[Section]) -> ticket_pdf::Receipt {
    let t = page.t;
    let (single, many): (Vec<&Section>, Vec<&Section>) =
        sections.iter().partition(|section| ["account", "registration"].contains(&section.name));
    let fields = |section: &&Section| -> Vec<(String, String)> {
        let row = section.rows.first().map(Vec::as_slice).unwrap_or_default();
        let named = section.columns.iter().zip(row);
        named.map(|((_, key), cell)| (t.m(key).to_owned(), cell.printed(t))).collect()
    };
    let table = |section: &&Section| ticket_pdf::Table {
        heading: t.m(section.heading).to_owned(),
        columns: section
            .columns
            .iter()
            .zip(shares(section.name))
            .map(|((_, key), share)| (t.m(key).to_owned(), *share))
            .collect(),
        rows: section.rows.iter().map(|row| row.iter().map(|cell| cell.printed(t)).collect()).collect(),
        totals: Vec::new(),
    };
    ticket_pdf::Receipt {
        lang: page.lang().html(),
        title: t.m("privacy-copy-document").to_owned(),
        under: t.m("layout-site").to_owned(),
        facts: single.iter().flat_map(fields).collect(),
        tables: many.iter().filter(|section| !section.rows.is_empty()).map(table).collect(),
        notes: vec![t.m("privacy-copy-note").to_owned()],
        foot: page.f("privacy-copy-printed", &[("time", &of.now.page())]),
    }
}

/// The widths of a table's columns.
fn shares(section: &str) -> &'static [f32] {
    match section {
        "disputes" => &[0.16, 0.15, 0.14, 0.27, 0.11, 0.17],
        "consents" => &[0.36, 0.24, 0.14, 0.26],
        "messages" => &[0.28, 0.50, 0.22],
        "sessions" => &[0.32, 0.22, 0.23, 0.23],
        "access" => &[0.22, 0.14, 0.20, 0.24, 0.20],
        "refunds" => &[0.28, 0.24, 0.18, 0.18, 0.12],
        _ => &[0.28, 0.24, 0.14, 0.20, 0.14],
    }
}
