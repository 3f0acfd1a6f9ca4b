//! What became of one student's record: the files that named it, and what staff changed in it (S2).

use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::time::Time;
use cet_domain::audit::{Line, codes, subject, wording};
use cet_domain::roster::{StudentRecord, preview};

/// What staff did besides: told by the row that it made.
const ENTERED: &str = "record-added";

/// What a row was against the one before it, with the text keys.
const FATES: [(&str, &str); 4] = [
    ("new", "roster-history-new"),
    ("changed", "roster-history-changed"),
    ("unchanged", "roster-history-unchanged"),
    ("transfer", "roster-history-transfer"),
];

/// The rows of a student at a school, and the lines of the log about them.
pub(super) struct Past {
    rows: Vec<preview::Origin>,
    lines: Vec<Line>,
}

/// One event of a record's history.
pub(crate) struct Told {
    /// When.
    pub(crate) at: String,
    /// What happened.
    pub(crate) what: String,
    /// The account.
    pub(crate) who: String,
    /// Each changed column, as the log tells it: no personal value.
    pub(crate) changes: Vec<String>,
}

impl Past {
    /// Reads so many of each, the newest first.
    pub(super) async fn read(tx: &mut Tx<'_>, of: &StudentRecord, most: i64) -> Result<Self, DbError> {
        let rows = preview::history(tx, (of.school, &of.sitting), of.document_key, most).await?;
        let mut lines = subject::of_record(tx, of.school, &of.document_key.bytes(), most).await?;
        let sitting = format!("sitting={}", of.sitting);
        lines.retain(|line| line.read_detail().about.split(' ').any(|code| code == sitting));
        Ok(Self { rows, lines })
    }

    /// In words, the newest first.
    pub(super) fn told(&self, page: &Page) -> Vec<Told> {
        let rows = self.rows.iter().map(|row| (row.published_at, self.row(page, row)));
        let lines = self.lines.iter().filter(|line| line.action != ENTERED);
        // Of one moment the row came first: it is what was changed.
        let lines = lines.map(|line| (Some(line.at), told_line(page, line)));
        let mut all: Vec<(Option<Time>, Told)> = lines.chain(rows).collect();
        all.sort_by(|(one, _), (other, _)| other.cmp(one));
        all.into_iter().map(|(_, told)| told).collect()
    }

    fn row(&self, page: &Page, of: &preview::Origin) -> Told {
        let id = of.id.to_string();
        let (what, who) = if of.file_name.is_empty() {
            let entered = self.lines.iter().find(|line| line.action == ENTERED && line.object == id);
            let who = entered.map(|line| line.actor.clone()).unwrap_or_default();
            (page.m("roster-history-hand").to_owned(), who)
        } else {
            let line = of.line.to_string();
            (page.f("roster-history-file", &[("file", &of.file_name), ("line", &line)]), of.account.clone())
        };
        let fate = FATES.iter().find(|(known, _)| *known == of.fate && !of.file_name.is_empty());
        let fate = fate.map_or("", |(_, key)| page.m(key));
        let withdrawn = if of.state == "withdrawn" { page.m("roster-history-withdrawn") } else { "" };
        let parts: Vec<&str> =
            [what.as_str(), fate, withdrawn].into_iter().filter(|part| !part.is_empty()).collect();
        Told {
            at: of.published_at.map(|at| at.local("%Y-%m-%d %H:%M")).unwrap_or_default(),
            what: parts.join(page.m("setting-comma")),
            who,
            changes: Vec::new(),
        }
    }
}

fn told_line(page: &Page, line: &Line) -> Told {
    Told {
        at: line.at.local("%Y-%m-%d %H:%M"),
        what: codes::words(page.t, codes::ACTIONS, &line.action).to_owned(),
        who: line.actor.clone(),
        changes: wording::told(page.t, line).changes,
    }
}
