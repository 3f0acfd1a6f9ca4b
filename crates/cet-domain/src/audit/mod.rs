//! The audit log: who did what, on which object, when and from where, with the values before and after. Written in the
//! transaction that it records (S7).
//!
//! Each row carries a hash of its content. It holds no name, document, e-mail address or token: persons appear by ids,
//! `detail` holds codes and the typed values of [`Changes`], and personal or secret values are recorded as withheld. A
//! job links committed rows into one chain per school ([`Linker`]), so that candidates do not contend for a hot row;
//! `cet verify` recomputes content and chain.

mod about;
pub mod archive;
mod chain;
mod change;
mod changing;
pub mod codes;
mod detail;
mod line;
mod store;
#[cfg(any(test, feature = "rehearsal"))]
#[doc(hidden)]
pub mod testing;
pub mod verify;
pub mod wording;

pub use chain::{Linker, link_some};
pub(crate) use change::differing;
pub use change::{Change, Changes, Value};
pub use detail::Detail;
pub use line::Line;
use store::todo;
pub use store::{search, subject};

use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;
use crate::words::time::Time;

/// The most lines of one statement; each number up to it has its own prepared statement.
const ROWS: usize = 8;

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A candidate.
    Passport(PassportId),
    /// Somebody who is not logged in.
    Visitor,
    /// A member of staff, by account name.
    Staff(String),
    /// A payment gateway, by its name.
    Gateway(&'static str),
    /// A background job, by its name.
    Job(&'static str),
    /// An operator's command.
    Command(&'static str),
}

impl Actor {
    /// The account, command or other name; empty for a visitor.
    #[must_use]
    pub fn name(&self) -> String {
        match self {
            Self::Passport(id) => id.to_string(),
            Self::Visitor => String::new(),
            Self::Staff(name) => name.clone(),
            Self::Gateway(name) | Self::Job(name) | Self::Command(name) => (*name).to_owned(),
        }
    }
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The school whose log it belongs to; [`SchoolCode::NONE`] for what has none.
    pub school: SchoolCode,
    /// Who acted.
    pub actor: Actor,
    /// The action, as `entry-entered`.
    pub action: &'static str,
    /// The kind of object, as `entry`.
    pub object_kind: &'static str,
    /// Its id.
    pub object: &'a str,
    /// The network address of the request; empty for jobs.
    pub address: &'a str,
    /// Relevant codes, as `subject=1 campus=993010`.
    pub detail: &'a str,
    /// The changed fields with their values; [`Changes::NONE`] if the action says it all.
    pub changes: Changes,
}

/// Appends a line, in the transaction that it records.
///
/// # Errors
/// [`DbError`]: the use case must fail with it, so that nothing happens unrecorded.
pub async fn record(tx: &mut Tx<'_>, event: &Event<'_>) -> Result<(), DbError> {
    let at = tx.now().await?;
    let line = line(tx.new_id(), at, event)?;
    store::insert(tx, &line).await?;
    if matches!(event.actor, Actor::Staff(_)) {
        subject::put(tx, &line).await?;
    }
    todo::put(tx, line.school, line.id, &line.hash).await
}

/// Appends several lines in their order, with the two statements that one line takes.
///
/// # Errors
/// As [`record`].
pub(crate) async fn record_all(tx: &mut Tx<'_>, events: &[Event<'_>]) -> Result<(), DbError> {
    let at = tx.now().await?;
    for some in events.chunks(ROWS) {
        let lines = some.iter().map(|event| line(tx.new_id(), at, event)).collect::<Result<Vec<_>, _>>()?;
        store::insert_all(tx, &lines).await?;
        for line in lines.iter().filter(|line| line.actor_kind == "staff") {
            subject::put(tx, line).await?;
        }
        todo::put_all(tx, &lines).await?;
    }
    Ok(())
}

/// The line of an event with its hash.
fn line(id: i64, at: Time, event: &Event<'_>) -> Result<Line, DbError> {
    check(event);
    let kind = match &event.actor {
        Actor::Passport(_) => "passport",
        Actor::Visitor => "visitor",
        Actor::Staff(_) => "staff",
        Actor::Gateway(_) => "gateway",
        Actor::Job(_) => "job",
        Actor::Command(_) => "command",
    };
    let actor = event.actor.name();
    let detail = Detail::write(event.detail, &event.changes);
    let mut line = Line {
        school: event.school,
        id,
        at,
        actor_kind: kind.to_owned(),
        actor,
        action: event.action.to_owned(),
        object_kind: event.object_kind.to_owned(),
        object: event.object.to_owned(),
        address: event.address.to_owned(),
        detail: detail.map_err(|error| DbError::Other(error.to_string()))?,
        hash: Vec::new(),
    };
    line.hash = line.content_hash();
    Ok(line)
}

/// Checks of every event in tests: its codes have texts, and an action that changes values lists the changes.
fn check(event: &Event<'_>) {
    let known = |list, code: &str| debug_assert!(codes::is_known(list, code), "{code} has no words");
    known(codes::ACTIONS, event.action);
    known(codes::OBJECTS, event.object_kind);
    for change in event.changes.list() {
        known(codes::FIELDS, &change.field);
        if codes::WORDED.contains(&&*change.field) {
            for code in [&change.before, &change.after].into_iter().flat_map(Value::all_codes) {
                known(codes::VALUES, code);
            }
        }
    }
    debug_assert!(
        !codes::CHANGING.contains(&event.action) || !event.changes.is_empty(),
        "{} does not say what was changed",
        event.action
    );
    debug_assert!(!event.detail.starts_with('{'), "codes that would be read as values");
    debug_assert!(about::unknown(event.detail).is_none(), "{:?} has no words", about::unknown(event.detail));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::on_both;
    use crate::store::Stop;

    fn event(object: &'static str) -> Event<'static> {
        Event {
            school: SchoolCode::NONE,
            actor: Actor::Job("expiry"),
            action: "entry-entered",
            object_kind: "entry",
            object,
            address: "",
            detail: "",
            changes: Changes::NONE,
        }
    }

    on_both! {
        async fn a_line_is_kept_only_with_what_it_records(t: TestDb) {
            t.db.write(async |tx: &mut Tx<'_>| record(tx, &event("kept")).await).await.unwrap();
            let undone: Result<(), Stop<()>> = t.db.write(async |tx: &mut Tx<'_>| {
                record(tx, &event("undone")).await?;
                Err(Stop::Refused(()))
            }).await;
            assert!(undone.is_err());
            let rows: Vec<(String,)> =
                t.db.read(async |tx: &mut Tx<'_>| tx.query("SELECT object FROM audit_log", &[]).await).await.unwrap();
            assert_eq!(rows, vec![("kept".to_owned(),)]);
        }

        async fn several_lines_go_in_together_and_are_linked_in_their_order(t: TestDb) {
            t.db.write(async |tx: &mut Tx<'_>| {
                let objects = ["a", "b", "c", "d", "e", "f", "g", "h", "i", "j"];
                record_all(tx, &objects.map(event)).await?;
                record_all(tx, &[]).await
            }).await.unwrap();
            assert_eq!(link_some(&t.db).await.unwrap(), 10);
            let rows: Vec<(String,)> = t.db.read(async |tx: &mut Tx<'_>| {
                tx.query(
                    "SELECT a.object FROM audit_log a JOIN audit_chain c ON c.school = a.school AND c.audit_id = a.id ORDER BY c.place",
                    &[],
                ).await
            }).await.unwrap();
            assert_eq!(rows.iter().map(|(object,)| object.as_str()).collect::<String>(), "abcdefghij");
            let findings = verify::run(&t.db).await.unwrap();
            assert!(findings.iter().all(|finding| finding.violations.is_empty()), "{findings:?}");
        }
    }
}
