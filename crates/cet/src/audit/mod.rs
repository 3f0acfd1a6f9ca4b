//! Who did what, on whom, when and from where: written in the transaction that it records (S7).
//!
//! Each row carries a hash of its content. No name, document, address of mail or token stands in it: persons appear by
//! ids, and `detail` holds codes only. A job links committed rows into one chain a school ([`Linker`]), so that no hot
//! row stands in a candidate's way; `cet verify` recomputes content and chain.

mod chain;
pub mod codes;
mod line;
pub mod search;
mod todo;
pub mod verify;

pub use chain::{Linker, link_some};
pub use line::Line;

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;

/// Who acted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Actor {
    /// A candidate.
    Passport(PassportId),
    /// Somebody who is not signed in.
    Visitor,
    /// A member of staff, by account name.
    Staff(String),
    /// A payment gateway, by its name.
    Gateway(&'static str),
    /// A job of the system, by its name.
    Job(&'static str),
    /// A command of an operator.
    Command(&'static str),
}

/// One line of the log.
#[derive(Clone, Debug)]
pub struct Event<'a> {
    /// The school whose log it belongs to; [`SchoolCode::NONE`] for what has none.
    pub school: SchoolCode,
    /// Who acted.
    pub actor: Actor,
    /// What was done, as `entry-entered`.
    pub action: &'static str,
    /// What it was done to, as `entry`.
    pub object_kind: &'static str,
    /// Its id.
    pub object: &'a str,
    /// The network address it came from; empty for jobs.
    pub address: &'a str,
    /// Codes that matter for it, as `subject=1 campus=993010`.
    pub detail: &'a str,
}

/// Appends a line, in the transaction of what it records.
///
/// # Errors
/// [`DbError`]: the use case ends with it, so that nothing happens unrecorded.
pub async fn record(tx: &mut Tx<'_>, event: &Event<'_>) -> Result<(), DbError> {
    debug_assert!(codes::is_known(codes::ACTIONS, event.action), "{} has no words", event.action);
    debug_assert!(codes::is_known(codes::OBJECTS, event.object_kind), "{} has no words", event.object_kind);
    let at = tx.now().await?;
    let id = tx.new_id();
    let (kind, actor) = match &event.actor {
        Actor::Passport(id) => ("passport", id.to_string()),
        Actor::Visitor => ("visitor", String::new()),
        Actor::Staff(name) => ("staff", name.clone()),
        Actor::Gateway(name) => ("gateway", (*name).to_owned()),
        Actor::Job(name) => ("job", (*name).to_owned()),
        Actor::Command(name) => ("command", (*name).to_owned()),
    };
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
        detail: event.detail.to_owned(),
        hash: Vec::new(),
    };
    line.hash = line.content_hash();
    tx.execute_soon(
        "INSERT INTO audit_log
            (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            line.school,
            line.id,
            line.at,
            line.actor_kind,
            line.actor,
            line.action,
            line.object_kind,
            line.object,
            line.address,
            line.detail,
            line.hash,
        ],
    )
    .await?
    .ignore();
    todo::put(tx, line.school, line.id, &line.hash).await
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
        }
    }

    on_both! {
        /// S7.
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
    }
}
