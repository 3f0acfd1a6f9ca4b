//! Who did what, on whom, when and from where: written in the transaction that it records (S7).
//!
//! Each row carries a hash of its content. No name, document, address of mail or token stands in it: persons appear by
//! ids, and `detail` holds codes only.

use ring::digest;

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::PassportId;
use crate::words::time::Time;

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
    let hash = content_hash(event, kind, &actor, id, at);
    tx.execute(
        "INSERT INTO audit_log
            (school, id, at, actor_kind, actor, action, object_kind, object, address, detail, hash)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)",
        params![
            event.school,
            id,
            at,
            kind,
            actor,
            event.action,
            event.object_kind,
            event.object,
            event.address,
            event.detail,
            hash,
        ],
    )
    .await?;
    Ok(())
}

/// The hash of a line's content: each part with its length before it, so that borders can't be moved.
fn content_hash(event: &Event<'_>, kind: &str, actor: &str, id: i64, at: Time) -> Vec<u8> {
    let mut context = digest::Context::new(&digest::SHA256);
    let numbers = [id.to_string(), at.micros().to_string()];
    let parts = [
        event.school.as_str(),
        &numbers[0],
        &numbers[1],
        kind,
        actor,
        event.action,
        event.object_kind,
        event.object,
        event.address,
        event.detail,
    ];
    for part in parts {
        context.update(&u64::try_from(part.len()).unwrap_or(u64::MAX).to_be_bytes());
        context.update(part.as_bytes());
    }
    context.finish().as_ref().to_vec()
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
            action: "tried",
            object_kind: "test",
            object,
            address: "",
            detail: "",
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
    }

    #[test]
    fn the_hash_sees_where_one_part_ends_and_the_next_begins() {
        let one = Event { address: "a", detail: "b", ..event("x") };
        let two = Event { address: "ab", detail: "", ..event("x") };
        let at = Time::from_micros(1);
        assert_ne!(content_hash(&one, "job", "", 1, at), content_hash(&two, "job", "", 1, at));
    }
}
