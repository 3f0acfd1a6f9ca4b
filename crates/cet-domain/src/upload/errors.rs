//! The rows with errors as a file: as they were, with a column for the reason.

use std::collections::{BTreeMap, BTreeSet};

use super::store::{self, Upload};
use super::{Kind, table_of, work};
use crate::sheet::look::{self, Raw};
use crate::sheet::{Chosen, Limits, Table};
use crate::store::{Db, DbError, Tx};
use crate::texts::Lang;

/// The most errors in it: as many as are kept.
const MOST: i64 = 1_000;

/// A file of errors.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ErrorFile {
    /// The header of the file.
    pub header: Vec<String>,
    /// The rows as they were, each with its place and reasons.
    pub rows: Vec<(String, Vec<String>, String)>,
}

/// The rows of a table with errors; `None` if the file is no longer there.
///
/// # Errors
/// [`DbError`].
pub async fn error_file(db: &Db, of: &Upload, lang: Lang) -> Result<Option<ErrorFile>, DbError> {
    let kind = of.kind()?;
    let id = of.id;
    let found: Result<_, DbError> = db
        .read_long(async move |tx: &mut Tx<'_>| {
            let there = store::has_file(tx, id).await?;
            Ok((there, store::findings(tx, id, "error", MOST).await?))
        })
        .await;
    let (there, findings) = found?;
    let said = |finding: &store::Finding| {
        let text = if lang == Lang::Zh { &finding.zh } else { &finding.en };
        if finding.subject.is_empty() { text.clone() } else { format!("{}: {text}", finding.subject) }
    };
    if kind == Kind::Photos {
        let rows = findings.iter().map(|finding| {
            let text = if lang == Lang::Zh { &finding.zh } else { &finding.en };
            (String::new(), vec![finding.subject.clone()], text.clone())
        });
        return Ok(Some(ErrorFile { header: Vec::new(), rows: rows.collect() }));
    }
    if !there {
        return Ok(None);
    }
    let mut reasons: BTreeMap<(String, u64), Vec<String>> = BTreeMap::new();
    for finding in &findings {
        let line = u64::try_from(finding.line).unwrap_or(0);
        reasons.entry((finding.sheet.clone(), line)).or_default().push(said(finding));
    }
    let raw = raw(db, of, kind, reasons.keys().cloned().collect()).await?;
    let rows = raw.rows.into_iter().map(|(sheet, line, cells)| {
        let place = if sheet.is_empty() { line.to_string() } else { format!("{sheet} {line}") };
        let reason = reasons.get(&(sheet, line)).map(|all| all.join("; ")).unwrap_or_default();
        (place, cells, reason)
    });
    Ok(Some(ErrorFile { rows: rows.collect(), header: raw.header }))
}

async fn raw(db: &Db, of: &Upload, kind: Kind, wanted: BTreeSet<(String, u64)>) -> Result<Raw, DbError> {
    let file = work::TempFile::of(db, of).await?;
    let chosen: Option<Chosen> = serde_json::from_str(&of.chosen).ok();
    let table = Table { chosen, ..table_of(kind) };
    let read = tokio::task::spawn_blocking(move || {
        let raw = look::raw(&file.path, &table, Limits::upload(), &wanted);
        drop(file);
        raw
    });
    Ok(read.await.map_err(DbError::from)?.unwrap_or_default())
}
