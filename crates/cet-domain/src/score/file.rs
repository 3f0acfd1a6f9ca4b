//! The file of scores: the content of its columns (interface section 6).

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;

use super::Ticket;
use crate::import::fields::Fields;
use crate::import::{self, Findings, Identity, ImportError, Kind, Report, Stamp, Watch};
use crate::roster::cells::{document, name, upper};
use crate::sheet::words::Expected;
use crate::sheet::{Cell, Chosen, Place, Table};
use crate::store::{Db, DbError, Param};
use crate::vault::Vault;
use crate::words::codes::SubjectCode;
use crate::words::document_key::DocumentKey;
use crate::words::text::half_width;

/// The columns, in any order.
pub const COLUMNS: [&str; 7] = ["准考证号", "姓名", "证件类型", "证件号码", "科目", "成绩", "考次"];

/// The highest score. Source: facts 1.6.
const HIGHEST: i64 = 710;

/// Scores that are being imported.
pub struct ScoreFile {
    vault: Arc<Vault>,
    chosen: Option<Chosen>,
    uploaded: bool,
    names: BTreeMap<String, Option<SubjectCode>>,
}

impl ScoreFile {
    /// Scores of an uploaded file, with a choice of columns.
    ///
    /// # Errors
    /// [`DbError`].
    pub async fn uploaded(db: &Db, vault: Arc<Vault>, chosen: Option<Chosen>) -> Result<Self, DbError> {
        Ok(Self { vault, chosen, uploaded: true, names: names(db).await? })
    }
}

/// The subjects of all sittings by their names; `None`: a name that several have.
async fn names(db: &Db) -> Result<BTreeMap<String, Option<SubjectCode>>, DbError> {
    let catalogue = db.read_long(async |tx| crate::sitting::store::load(tx).await).await?;
    let mut names: BTreeMap<String, Option<SubjectCode>> = BTreeMap::new();
    for subject in catalogue.all().into_iter().flat_map(|plan| plan.subjects()) {
        for name in [&subject.name, &subject.name_en].into_iter().filter(|name| !name.is_empty()) {
            let code = names.entry(upper(name)).or_insert(Some(subject.code));
            *code = code.filter(|code| *code == subject.code);
        }
    }
    Ok(names)
}

/// Imports a file of scores; with `dry_run` it is only checked.
///
/// # Errors
/// [`ImportError`]; no row of the file is published then.
pub async fn import(
    db: &Db,
    vault: Arc<Vault>,
    path: &Path,
    dry_run: bool,
    watch: Arc<Watch>,
) -> Result<Report, ImportError> {
    let names = names(db).await?;
    let kind = ScoreFile { vault, chosen: None, uploaded: false, names };
    import::run(db, Arc::new(kind), path, dry_run, watch).await
}

/// A row that is ready for the database.
pub struct ScoreRow {
    ticket: Ticket,
    name: String,
    name_key: String,
    document_key: DocumentKey,
    subject: SubjectCode,
    points: i64,
    sitting: String,
}

impl Kind for ScoreFile {
    type Row = ScoreRow;
    const NAME: &'static str = import::store::SCORES;
    const COLUMNS: &'static [&'static str] = &COLUMNS;
    const IDENTITY: &'static str = "准考证号";
    const INSERT: &'static str = "INSERT INTO score
        (ticket, import_id, name, name_key, document_key, subject, points, sitting) VALUES";
    const WIDTH: usize = 8;
    const MOST_ROWS: u64 = 12_000_000;
    const ALLOWS_SAME_KEY: bool = true;

    fn sitting(&self) -> &'static str {
        ""
    }

    fn table(&self) -> Table {
        Table { chosen: self.chosen.clone(), ..Table::of(&COLUMNS) }
    }

    fn is_beside_pages(&self) -> bool {
        self.uploaded
    }

    fn read(&self, place: &Place, cells: &[Cell], findings: &mut Findings) -> Option<ScoreRow> {
        let mut fields = Fields::new(place, cells, &COLUMNS, findings);
        let ticket = ticket(&mut fields);
        let name = name(&mut fields, None);
        let document = document(&mut fields);
        let subject = self.subject(&mut fields, ticket);
        let points = points(&mut fields);
        let sitting = fields.line::<32>("考次")?;
        let (ticket, name, document) = (ticket?, name?, document?);
        let named = if sitting.is_empty() { ticket.sitting() } else { Some(sitting) };
        Some(ScoreRow {
            ticket,
            name_key: name.key().as_str().to_owned(),
            name: name.as_str().to_owned(),
            document_key: DocumentKey::of(&self.vault, &document),
            subject: subject?,
            points: points?,
            sitting: named.unwrap_or_default(),
        })
    }

    fn identity(row: &ScoreRow) -> Identity {
        let mut key = [0; 16];
        key.iter_mut().zip(row.ticket.as_str().bytes()).for_each(|(place, byte)| *place = byte);
        let mut rest = [0; 5];
        rest.iter_mut().zip(row.document_key.bytes()).for_each(|(place, byte)| *place = byte);
        Identity { key, rest }
    }

    fn values<'r>(row: &'r ScoreRow, stamp: &'r Stamp) -> Vec<&'r dyn Param> {
        vec![
            &row.ticket,
            &stamp.import,
            &row.name,
            &row.name_key,
            &row.document_key,
            &row.subject,
            &row.points,
            &row.sitting,
        ]
    }
}

fn ticket(fields: &mut Fields<'_>) -> Option<Ticket> {
    let text = fields.exact("准考证号")?;
    let ticket = Ticket::parse(&half_width(&text));
    if ticket.is_none() {
        fields.expected("准考证号", "sheet-expect-ticket", &text);
    }
    ticket
}

impl ScoreFile {
    /// The subject by its code or name, which must match the one in the ticket number.
    fn subject(&self, fields: &mut Fields<'_>, ticket: Option<Ticket>) -> Option<SubjectCode> {
        let known = |text: &str| {
            let code = SubjectCode::parse(text).ok();
            code.or_else(|| self.names.get(&upper(text)).copied().flatten())
        };
        let subject = fields.code("科目", "sheet-expect-one-subject", known)?;
        match ticket.and_then(|ticket| ticket.subject()) {
            Some(named) if named != subject => {
                let expected = Expected { key: "sheet-expect-subject-of-ticket", value: named.to_string() };
                fields.expected_value("科目", expected, subject.as_str());
                None
            }
            Some(_) | None => Some(subject),
        }
    }
}

fn points(fields: &mut Fields<'_>) -> Option<i64> {
    let whole = |text: &str| text.parse::<i64>().ok().filter(|points| (0..=HIGHEST).contains(points));
    fields.code("成绩", "sheet-expect-points", whole)
}
