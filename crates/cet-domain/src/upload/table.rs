//! Tables: rosters and scores, whose rows are staged under an import.

use std::path::Path;
use std::sync::Arc;

use super::store::{self, Claim, Finding, Finished, Upload};
use super::work::both;
use super::{Kind, State, Summary};
use crate::audit::Actor;
use crate::import::{self, Examined, Findings, ImportError, Watch};
use crate::roster::file::{COLUMNS as ROSTER_COLUMNS, OPTIONAL, RosterFile, Settings};
use crate::roster::{preview, removal};
use crate::score;
use crate::score::file::{COLUMNS as SCORE_COLUMNS, ScoreFile};
use crate::setup::campuses;
use crate::sheet::look::{self, Looked};
use crate::sheet::words::Say;
use crate::sheet::{Chosen, Limits, Note, RowFault, SheetError, Table};
use crate::store::{Db, DbError, Stop, Tx};
use crate::texts::{Lang, texts};
use crate::vault::Vault;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};

/// The table that a kind of file should hold.
#[must_use]
pub fn table_of(kind: Kind) -> Table {
    match kind {
        Kind::Scores => Table::of(&SCORE_COLUMNS),
        Kind::Roster => Table { columns: &ROSTER_COLUMNS, optional: &OPTIONAL, ..Table::default() },
        Kind::Campuses | Kind::Photos => Table::of(&campuses::COLUMNS),
    }
}

/// Whether a choice of columns names every column that the table needs, and none twice.
pub(super) fn is_complete(kind: Kind, of: &Upload, chosen: &Chosen) -> bool {
    let table = table_of(kind);
    table.columns.iter().all(|column| {
        let named = chosen.columns.iter().filter(|name| name == column).count();
        let fixed = chosen.fixed.contains_key(*column) || (*column == "校区代码" && !of.campus.is_empty());
        named == 1 || named == 0 && (fixed || table.optional.contains(column))
    })
}

/// Checks a roster or a file of scores.
pub(super) async fn check(
    db: &Db,
    vault: &Arc<Vault>,
    claim: &Claim,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<Finished, DbError> {
    let of = &claim.upload;
    let kind = of.kind()?;
    let (chosen, looked) = columns_of(db, of, kind, path).await?;
    let result = match kind {
        Kind::Roster => {
            let settings = Settings {
                within: Some(of.place.clone()),
                campus: CampusCode::parse(&of.campus).ok(),
                chosen,
                uploaded: true,
            };
            match RosterFile::of(db, Arc::clone(vault), &of.sitting, settings).await {
                Ok(file) => table(db, &Arc::new(file), path, watch).await,
                Err(error) => Err(error),
            }
        }
        Kind::Scores | Kind::Campuses | Kind::Photos => {
            let file = ScoreFile::uploaded(db, Arc::clone(vault), chosen).await?;
            table(db, &Arc::new(file), path, watch).await
        }
    };
    let mut finished = match result {
        Ok(finished) => finished,
        Err(ImportError::Fault(fault)) => return Err(fault),
        Err(error) => unreadable(&error, &looked)?,
    };
    if let (Kind::Roster, Some(import)) = (kind, finished.import) {
        against_roster(db, of, import, &mut finished.summary).await?;
    }
    if let (Kind::Scores, Some(import)) = (kind, finished.import) {
        let (new, unchanged) =
            db.read_long(async move |tx: &mut Tx<'_>| score::store::compared(tx, import).await).await?;
        let (new, unchanged) = (u64::try_from(new).unwrap_or(0), u64::try_from(unchanged).unwrap_or(0));
        let rest = finished.summary.good.saturating_sub(new).saturating_sub(unchanged);
        (finished.summary.new, finished.summary.changed, finished.summary.unchanged) = (new, rest, unchanged);
    }
    keep_looked(&mut finished, &looked)?;
    Ok(finished)
}

/// What somebody said about the columns of a file, or of an earlier one with the same header; and, unless it was of this
/// one, the rows to choose from.
pub(super) async fn columns_of(
    db: &Db,
    of: &Upload,
    kind: Kind,
    path: &Path,
) -> Result<(Option<Chosen>, Vec<Looked>), DbError> {
    if let Ok(chosen) = serde_json::from_str(&of.chosen) {
        return Ok((Some(chosen), Vec::new()));
    }
    let at = path.to_owned();
    let look = tokio::task::spawn_blocking(move || look::look(&at, &table_of(kind), Limits::upload()));
    let looked = look.await.map_err(DbError::from)?.unwrap_or_default();
    Ok((remembered(db, of, kind, &looked).await?, looked))
}

/// Keeps the rows to choose from where the columns may be what is wrong.
pub(super) fn keep_looked(finished: &mut Finished, looked: &[Looked]) -> Result<(), DbError> {
    if !looked.is_empty() && finished.looked.is_empty() && finished.state == State::Bad {
        finished.looked = json(&looked)?;
    }
    Ok(())
}

fn json(of: &impl serde::Serialize) -> Result<String, DbError> {
    serde_json::to_string(of).map_err(|error| DbError::Other(error.to_string()))
}

/// The header of the sheet that most resembles the table, as the key of a remembered choice.
#[must_use]
pub fn header_key(looked: &[Looked]) -> String {
    let best = looked.iter().max_by_key(|sheet| sheet.guessed.iter().filter(|name| !name.is_empty()).count());
    best.map(header_of).unwrap_or_default()
}

/// The names in the header of a sheet.
#[must_use]
fn header_of(sheet: &Looked) -> String {
    let row = sheet.rows.iter().find(|(line, _)| *line == sheet.header);
    row.map(|(_, cells)| cells.join("\u{1f}")).unwrap_or_default()
}

/// What the place chose for an earlier file with the same header.
async fn remembered(db: &Db, of: &Upload, kind: Kind, looked: &[Looked]) -> Result<Option<Chosen>, DbError> {
    let header = header_key(looked);
    if header.is_empty() {
        return Ok(None);
    }
    let place = of.place.clone();
    let found: Option<String> =
        db.read(async move |tx: &mut Tx<'_>| store::remembered(tx, &place, kind, &header).await).await?;
    let chosen: Option<Chosen> = found.and_then(|json| serde_json::from_str(&json).ok());
    // The header may be on another line, or in another sheet.
    Ok(chosen.map(|chosen| {
        let header = header_key(looked);
        let sheet = looked.iter().find(|sheet| header_of(sheet) == header);
        match sheet {
            Some(sheet) => Chosen { sheet: sheet.sheet.clone(), header: sheet.header, ..chosen },
            None => chosen,
        }
    }))
}

/// Whether somebody can mend it by saying what the columns are.
fn is_about_columns(error: &SheetError) -> bool {
    matches!(error, SheetError::Header { .. } | SheetError::NoHeader { .. } | SheetError::OtherSheet { .. })
}

pub(super) fn unreadable(error: &ImportError, looked: &[Looked]) -> Result<Finished, DbError> {
    let failure = both(|lang| match error {
        ImportError::Sheet(error) => error.say(texts(lang)),
        ImportError::NoSitting(code) => texts(lang).f("upload-no-sitting", &[("code", code)]),
        ImportError::Rows { .. } | ImportError::Overtaken | ImportError::Changed | ImportError::Fault(_) => {
            texts(lang).m("upload-failed-ours").to_owned()
        }
    });
    let columns = matches!(error, ImportError::Sheet(error) if is_about_columns(error)) && !looked.is_empty();
    let state = if columns { State::Columns } else { State::Bad };
    let mut finished = Finished::of(state, Summary::default());
    finished.failure = Some(failure);
    if columns {
        finished.looked = json(&looked)?;
    }
    Ok(finished)
}

/// Checks a table and stages its good rows.
async fn table<K: import::Kind>(
    db: &Db,
    kind: &Arc<K>,
    path: &Path,
    watch: &Arc<Watch>,
) -> Result<Finished, ImportError> {
    let examined = import::examine(db, Arc::clone(kind), path, watch).await?;
    let mut summary = summary(&examined);
    let mut finished = Finished::of(State::Ready, Summary::default());
    finished.turn = examined.compared;
    finished.findings = findings(&examined.findings, &examined.report.notes, examined.report.rows);
    if examined.findings.error_count > 0 {
        finished.state = State::Bad;
    }
    if !(K::NAME == import::store::SCORES && examined.stands) {
        let staged = import::stage(db, kind, &examined, path, watch).await?;
        (summary.good, summary.unknown) = (staged.rows, staged.unknown);
        finished.import = Some(staged.import);
    }
    finished.summary = summary;
    Ok(finished)
}

fn summary(of: &Examined) -> Summary {
    let compared = of.report.compared.clone().unwrap_or_default();
    let mut schools = of.schools.iter();
    let school = schools.next().cloned().filter(|_| schools.next().is_none()).unwrap_or_default();
    Summary {
        form: of.report.form.to_string(),
        rows: of.report.rows,
        new: compared.new,
        changed: compared.changed,
        unchanged: compared.unchanged,
        transfers: compared.transfers,
        errors: of.findings.error_rows,
        warnings: of.findings.told(),
        stands: of.stands,
        school,
        ..Summary::default()
    }
}

/// What the page shows of the findings, in both languages.
pub(super) fn findings(of: &Findings, notes: &[Note], rows: u64) -> Vec<Finding> {
    let mut all: Vec<Finding> = Vec::new();
    all.extend(of.errors.iter().map(|fault| row_finding("error", fault)));
    let (zh, en) = (of.headlines(texts(Lang::Zh), rows), of.headlines(texts(Lang::En), rows));
    all.extend(zh.into_iter().zip(en).map(|(zh, en)| whole("headline", zh, en)));
    all.extend(of.kinds.iter().map(|(kind, tally)| {
        let say = |lang: Lang| {
            let (count, t) = (tally.count.to_string(), texts(lang));
            let args = [("count", &*count), ("what", t.m(kind)), ("first", &*tally.first.say(t))];
            t.f("upload-tally", &args)
        };
        whole("note", say(Lang::Zh), say(Lang::En))
    }));
    all.extend(notes.iter().map(|note| whole("note", note.say(texts(Lang::Zh)), note.say(texts(Lang::En)))));
    all.extend(of.warnings.iter().map(|fault| row_finding("warning", fault)));
    all
}

pub(super) fn whole(level: &str, zh: String, en: String) -> Finding {
    Finding { level: level.to_owned(), sheet: String::new(), line: 0, subject: String::new(), zh, en }
}

fn row_finding(level: &str, fault: &RowFault) -> Finding {
    Finding {
        level: level.to_owned(),
        sheet: fault.place.sheet.as_ref().map(|sheet| sheet.name.to_string()).unwrap_or_default(),
        line: i64::try_from(fault.place.line).unwrap_or(i64::MAX),
        subject: fault.column.unwrap_or_default().to_owned(),
        zh: fault.wrong.say(texts(Lang::Zh)),
        en: fault.wrong.say(texts(Lang::En)),
    }
}

/// Adds what the roster and the registrations say about the staged rows.
async fn against_roster(db: &Db, of: &Upload, import: i64, summary: &mut Summary) -> Result<(), DbError> {
    let (sitting, place) = (of.sitting.clone(), of.place.clone());
    let school = SchoolCode::parse(&summary.school).ok();
    let (saved, paid, gone) = db
        .read_long(async move |tx: &mut Tx<'_>| {
            let (saved, paid) = preview::changed_saved(tx, import).await?;
            let gone = match school {
                Some(school) => removal::gone(tx, &place, school, &sitting, import).await?,
                None => removal::Gone::default(),
            };
            Ok::<_, DbError>((saved, paid, gone))
        })
        .await?;
    let number = |count: i64| u64::try_from(count).unwrap_or(0);
    (summary.saved, summary.paid) = (number(saved), number(paid));
    (summary.gone, summary.gone_saved) = (number(gone.students), number(gone.saved));
    Ok(())
}

/// Publishes the staged rows; if others were published in the meantime, the file is compared again. Whoever lost the lease
/// publishes nothing: the refusal ends the transaction.
pub(super) async fn publish(db: &Db, claim: &Claim) -> Result<(), DbError> {
    let of = claim.clone();
    let done = db.write(async move |tx: &mut Tx<'_>| publish_in(tx, &of).await).await;
    match done {
        Ok(()) => {
            db.analyze(&["student_record", "score", "import"]).await;
            Ok(())
        }
        Err(Stop::Refused(ImportError::Overtaken | ImportError::Changed)) => {
            let of = claim.clone();
            db.write(async move |tx: &mut Tx<'_>| {
                if !store::has_file(tx, of.upload.id).await? {
                    store::stays_withdrawn(tx, &of).await?;
                } else if store::compare_again(tx, &of).await?
                    && let Some(import) = of.upload.import_id
                {
                    import::store::abandon(tx, import).await?;
                }
                Ok::<_, DbError>(())
            })
            .await
        }
        Err(Stop::Refused(ImportError::Fault(fault)) | Stop::Fault(fault)) => Err(fault),
        Err(Stop::Refused(other)) => Err(DbError::Other(other.to_string())),
    }
}

async fn publish_in(tx: &mut Tx<'_>, claim: &Claim) -> Result<(), Stop<ImportError>> {
    let of = &claim.upload;
    let Some(import) = of.import_id else { return Err(Stop::Refused(ImportError::Changed)) };
    let actor = Actor::Staff(of.publisher.clone());
    let by = (&actor, "");
    let mut summary = of.summary();
    if of.kind()? == Kind::Scores {
        import::store::publish::<ScoreFile>(tx, &of.sitting, import, of.turn, by).await?;
    } else {
        import::store::publish::<RosterFile>(tx, &of.sitting, import, of.turn, by).await?;
        let school = SchoolCode::parse(&summary.school).ok().filter(|_| of.remove_gone);
        if let (Some(school), Ok(sitting)) = (school, SittingCode::parse(&of.sitting)) {
            removal::remove_gone(tx, &of.place, school, &sitting, import, by).await?;
        }
    }
    summary.again = false;
    if !store::published(tx, claim, &summary).await? {
        return Err(Stop::Refused(ImportError::Changed));
    }
    Ok(())
}
