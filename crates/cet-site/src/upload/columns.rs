//! The page on which somebody says what the columns of a file are (design 31).

use axum::extract::Path;
use axum::response::Response;

use super::pages::{self, found};
use super::views::{ColumnRow, ColumnsView, FixedField};
use super::{path, title};
use crate::passport::views::document_kind_name;
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::known;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::Tx;
use cet_base::words::document::DocumentKind;
use cet_domain::roster::file::EDUCATIONS;
use cet_domain::sheet::Chosen;
use cet_domain::sheet::look::Looked;
use cet_domain::upload::Kind;
use cet_domain::upload::rules::{self, Act, State};
use cet_domain::upload::store::Upload;
use cet_domain::upload::verbs::{self, UploadRefusal};

/// Sample rows that are shown below the header.
const SAMPLES: usize = 3;
/// The columns whose value may be one for the whole file.
const FIXED: [&str; 3] = ["证件类型", "校区代码", "学历"];
/// Their fields.
const FIXED_FIELDS: [&str; 3] = ["fixed.kind", "fixed.campus", "fixed.education"];

/// The first rows of the file that were kept for the choice.
pub(super) fn looked(of: &Upload) -> Vec<Looked> {
    serde_json::from_str(&of.looked).unwrap_or_default()
}

/// The sheet and the line of the header that are shown: as asked for, else as guessed.
fn shown<'l>(all: &'l [Looked], sheet: &str, header: u64) -> Option<(&'l Looked, u64)> {
    let named = all.iter().find(|looked| !sheet.is_empty() && looked.sheet == sheet);
    let best = || {
        all.iter()
            .filter(|looked| !looked.hidden)
            .max_by_key(|looked| looked.guessed.iter().filter(|name| !name.is_empty()).count())
    };
    let of = named.or_else(best).or(all.first())?;
    let line = if of.rows.iter().any(|(line, _)| *line == header) { header } else { of.header };
    Some((of, line))
}

/// The view of the choice; `None` if the file has no rows to choose from.
pub(super) fn view(
    who: &StaffMember,
    of: &Upload,
    kind: Kind,
    (page, menu): (Page, crate::staff::Menu),
    sent: Option<&FormData>,
) -> Option<ColumnsView> {
    let all = looked(of);
    let asked = |name: &'static str| {
        sent.map_or_else(|| who.query(name).unwrap_or_default(), |form| form.first(name).to_owned())
    };
    let header = asked("header").trim().parse().unwrap_or(0);
    let (sheet, line) = shown(&all, &asked("sheet"), header)?;
    let names = sheet.rows.iter().find(|(at, _)| *at == line).map(|(_, cells)| cells.clone())?;
    let below: Vec<&Vec<String>> =
        sheet.rows.iter().filter(|(at, _)| *at > line).map(|(_, cells)| cells).take(SAMPLES).collect();
    let table = cet_domain::upload::table_of(kind);
    let is_guess = line == sheet.header;
    let rows = names.iter().enumerate().map(|(at, name)| {
        let guessed =
            if is_guess { sheet.guessed.get(at).cloned().unwrap_or_default() } else { String::new() };
        let field = format!("column.{at}");
        let value = sent.map_or_else(|| guessed.clone(), |form| form.first(&field).to_owned());
        ColumnRow {
            letter: letter(at),
            name: name.clone(),
            exact: *name == guessed,
            guessed: !guessed.is_empty(),
            samples: (0..SAMPLES)
                .map(|sample| below.get(sample).and_then(|cells| cells.get(at)).cloned().unwrap_or_default())
                .collect(),
            field,
            value,
        }
    });
    let choice = |text: &str| Choice { value: text.to_owned(), text: known::column(page.lang(), text) };
    let sheet_choice = |text: &str| Choice { value: text.to_owned(), text: text.to_owned() };
    let sheets = all.iter().filter(|looked| !looked.sheet.is_empty());
    let sheets = sheets.map(|looked| sheet_choice(&looked.sheet));
    let required = table.columns.iter().filter(|column| !table.optional.contains(column));
    let required = required.map(|column| known::column(page.lang(), column));
    Some(ColumnsView {
        href: format!("{}/{}", path(kind), of.id),
        id: of.id,
        file_name: of.file_name.clone(),
        failure: pages::failure_of(&page, of),
        sheets: sheets.collect(),
        sheet: sheet.sheet.clone(),
        header: line,
        samples: below.len(),
        rows: rows.collect(),
        names: table.columns.iter().map(|column| choice(column)).collect(),
        required: required.collect::<Vec<_>>().join(page.m("arrangement-and")),
        fixed: if kind == Kind::Roster { fixed(who, of, sent) } else { Vec::new() },
        page,
        menu,
    })
}

/// `A`, `B`, … `AA`: as spreadsheets name columns.
fn letter(at: usize) -> String {
    let mut rest = at;
    let mut letters = Vec::new();
    loop {
        letters.push(char::from(b'A'.saturating_add(u8::try_from(rest % 26).unwrap_or(0))));
        if rest < 26 {
            return letters.iter().rev().collect();
        }
        rest = (rest / 26).saturating_sub(1);
    }
}

fn fixed(who: &StaffMember, of: &Upload, sent: Option<&FormData>) -> Vec<FixedField> {
    let catalogue = who.app.catalogue.get();
    // The value is what the file would say, in Chinese as its columns are.
    let choice = |value: &str, text: String| Choice { value: value.to_owned(), text };
    let kind =
        |of: DocumentKind| choice(of.chinese(), document_kind_name(who.page().t, of.wire()).to_owned());
    let kinds = DocumentKind::ALL.into_iter().map(kind).collect();
    let educations = EDUCATIONS.map(|of| choice(of, known::education(who.lang, of))).to_vec();
    let campuses = catalogue
        .campuses()
        .filter(|(code, _)| who.scope.holds(code.as_str()) && who.scope.school().is_some())
        .map(|(code, name)| Choice { value: code.to_string(), text: format!("({code}){name}") })
        .collect();
    let before = |name: &'static str| if name == "校区代码" { of.campus.clone() } else { String::new() };
    FIXED
        .into_iter()
        .zip([kinds, campuses, educations])
        .zip(FIXED_FIELDS)
        .map(|((column, choices), field)| FixedField {
            column: known::column(who.lang, column),
            field,
            value: sent.map_or_else(|| before(column), |form| form.first(field).to_owned()),
            choices,
        })
        .collect()
}

/// Whether the same choice was made before: then its form was sent twice.
fn was_chosen(of: &Upload, form: &FormData) -> bool {
    let Ok(chosen) = serde_json::from_str::<Chosen>(&of.chosen) else { return false };
    let sent = |at: usize| form.first(&format!("column.{at}")).trim().to_owned();
    let columns = chosen.columns.iter().enumerate().all(|(at, name)| *name == sent(at));
    let fixed = FIXED.into_iter().zip(FIXED_FIELDS).all(|(column, field)| {
        chosen.fixed.get(column).is_none_or(|value| value == form.first(field).trim())
    });
    let no_more = sent(chosen.columns.len()).is_empty();
    columns && fixed && no_more
}

/// `POST /{id}/columns`.
pub(super) async fn choose(
    who: StaffMember,
    Path(id): Path<String>,
    kind: Kind,
    form: FormData,
) -> Result<Response, PageError> {
    let of = found(&who, kind, &id).await?;
    form.each_once(&[])?;
    let state = of.state()?;
    // The rows to choose from are gone in other states: that is no fault of the columns.
    if !rules::may(kind, state, of.summary().good, Act::Columns) {
        if state == State::Checking && was_chosen(&of, &form) {
            return Ok(flash::already(&who, see_other(&format!("{}/{}", path(kind), of.id))));
        }
        return pages::one(&who, kind, &of, vec![refused(&who, &UploadRefusal::State(state))], None).await;
    }
    let href = format!("{}/{}", path(kind), of.id);
    let all = looked(&of);
    let header = form.one("header")?.trim().parse().unwrap_or(0);
    let Some((sheet, line)) = shown(&all, form.one("sheet")?, header) else {
        return pages::one(&who, kind, &of, vec![refused(&who, &UploadRefusal::Columns)], None).await;
    };
    if form.one("act")? == "again" {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("sheet", form.one("sheet")?).append_pair("header", form.one("header")?);
        return Ok(see_other(&format!("{href}?{}", query.finish())));
    }
    let width = sheet.rows.iter().find(|(at, _)| *at == line).map_or(0, |(_, cells)| cells.len());
    let columns: Vec<String> =
        (0..width).map(|at| form.first(&format!("column.{at}")).trim().to_owned()).collect();
    let known = cet_domain::upload::table_of(kind).columns;
    if columns.iter().any(|name| !name.is_empty() && !known.contains(&name.as_str())) {
        return pages::one(&who, kind, &of, vec![refused(&who, &UploadRefusal::Columns)], Some(&form)).await;
    }
    let mut chosen = Chosen { sheet: sheet.sheet.clone(), header: line, columns, ..Chosen::default() };
    for (column, field) in FIXED.into_iter().zip(FIXED_FIELDS) {
        let value = form.first(field).trim();
        if !value.is_empty() && !chosen.columns.iter().any(|name| name == column) {
            chosen.fixed.insert(column.to_owned(), value.to_owned());
        }
    }
    let keep = form.one("keep")? == "yes";
    let key = cet_domain::upload::header_key(&all);
    let (actor, from, upload) = (who.actor(), who.from(), of.clone());
    let done = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            verbs::choose(tx, &upload, &chosen, (&key, keep), (&actor, &from)).await
        })
        .await;
    match refusal(done)? {
        Ok(()) => {
            who.app.wake_jobs();
            Ok(see_other(&href))
        }
        Err(why) => {
            let of = found(&who, kind, &id).await?;
            pages::one(&who, kind, &of, vec![refused(&who, &why)], Some(&form)).await
        }
    }
}

/// A refusal as the page tells it.
pub(super) fn refused(who: &StaffMember, why: &UploadRefusal) -> Refused {
    let page = who.page();
    match why {
        UploadRefusal::HasErrors(good) => {
            let words = if *good > 0 { "upload-refused-bad" } else { "upload-says-nothing-good" };
            Refused::new(page.t, "field-invalid").at("good_only").saying(page.m(words))
        }
        UploadRefusal::State(_) => {
            Refused::new(page.t, "changed-meanwhile").saying(page.m("upload-refused-state"))
        }
        UploadRefusal::Meanwhile => {
            Refused::new(page.t, "changed-meanwhile").saying(page.m("upload-refused-meanwhile"))
        }
        UploadRefusal::Columns => {
            Refused::new(page.t, "columns-unclear").saying(page.m("upload-refused-columns"))
        }
        UploadRefusal::FileGone => {
            Refused::new(page.t, "changed-meanwhile").saying(page.m("upload-refused-file-gone"))
        }
        UploadRefusal::NothingKept => {
            Refused::new(page.t, "undo-impossible").saying(page.m("upload-refused-nothing-kept"))
        }
        UploadRefusal::TooMany { waiting, kinds, seconds } => {
            let words = page.f("upload-refused-too-many", &[("n", &waiting.to_string())]);
            let mut refused = Refused::new(page.t, "too-many").at("file").saying(words).after(*seconds);
            let mut kinds = kinds.iter();
            if let Some(kind) = kinds.next() {
                refused = refused.linked(path(*kind), page.m(title(*kind)));
            }
            if let Some(kind) = kinds.next() {
                refused = refused.or(path(*kind), page.m(title(*kind)));
            }
            refused
        }
        UploadRefusal::TooMuch(seconds) => Refused::new(page.t, "too-many")
            .at("file")
            .saying(page.m("upload-refused-too-much"))
            .after(*seconds),
    }
}

/// What was typed, to show the form again.
pub(super) fn typed(form: Option<&FormData>) -> Typed {
    form.map(FormData::all_typed).unwrap_or_default()
}
