//! 谁看过我的信息 (A11): the lines of the log in which staff looked at, changed or took out data of this person.
//!
//! Lines are found by whom they are about ([`Subject`]): by the passport; by the student as long as a registration is live, so
//! that whoever binds a student by mistake or malice learns no more once it is gone; and by place, for files that hold everybody
//! of it. A file's line does not name whom it holds: it is told with its number of rows as one that may hold the person.

use crate::audit::Line;
use crate::audit::subject::{self, Subject};
use crate::passport::BoundTo;
use crate::registration;
use crate::staff;
use crate::store::{DbError, Tx};
use crate::words::ids::PassportId;
use crate::words::staff::{Role, Scope};
use crate::words::time::Time;

/// One line, with what its actor was at that time.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The line.
    pub line: Line,
    /// Role and place of the account; `None` for one that is not known.
    pub by: Option<(Role, Scope)>,
}

impl Seen {
    /// Whether the line can be about somebody at all: a list without rows held nobody.
    #[must_use]
    pub fn may_be_about_somebody(&self) -> bool {
        let empty = || self.line.read_detail().about.split(' ').any(|part| part == "rows=0");
        self.line.action != "list-exported" || !empty()
    }
}

/// The lines about a person, the newest first, older than `before`; `most` of them at the most.
pub async fn of_person(
    tx: &mut Tx<'_>,
    passport: PassportId,
    bound: Option<&BoundTo>,
    before: i64,
    most: usize,
) -> Result<Vec<Seen>, DbError> {
    let count = i64::try_from(most).unwrap_or(i64::MAX);
    let ever = Time::from_micros(0);
    let mut lines = subject::lines(tx, &Subject::Passport(passport), (ever, before), count).await?;
    if let Some(bound) = bound {
        if let Some(snapshot) = registration::store::snapshot(tx, bound.school, bound.id).await? {
            let student = Subject::Student(snapshot.document_key.clone());
            lines.extend(subject::lines(tx, &student, (ever, before), count).await?);
        }
        if let Some(since) = super::store::in_roster_since(tx, bound.school, bound.record).await? {
            for place in Subject::places(bound.campus) {
                lines.extend(subject::lines(tx, &place, (since, before), count).await?);
            }
        }
    }
    // A line about a registration is about both its passport and its student.
    lines.sort_by_key(|line| std::cmp::Reverse(line.id));
    lines.dedup_by_key(|line| line.id);
    lines.truncate(most);
    let mut seen = Vec::with_capacity(lines.len());
    for line in lines {
        let by = staff::store::grant_at(tx, &line.actor, line.at).await?;
        seen.push(Seen { line, by });
    }
    Ok(seen)
}
