//! I16: the log's rows are unchanged, in unbroken chains, and linked within a minute by a running node.

use jiff::SignedDuration;

use super::chain::Mark;
use super::line::{Line, link_hash};
use super::store::archive::{self as archives, Anchor};
use super::todo;
use crate::invariant::{Finding, LISTED};
use crate::params;
use crate::store::{Db, DbError, Tx};
use crate::vault::Vault;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// How long a row may be unlinked (S7).
const UNLINKED: SignedDuration = SignedDuration::from_mins(1);
/// Links per query.
const PAGE: i64 = 1_000;

/// Runs all checks.
pub async fn run(db: &Db) -> Result<Vec<Finding>, DbError> {
    let mut findings = vec![chains(db).await?];
    findings.extend(unlinked(db).await?);
    Ok(findings)
}

/// Each row is linked, or has been queued for less than a minute of linking time. Without a running node nothing is
/// linked, which is no violation ([`notes`]).
async fn unlinked(db: &Db) -> Result<Vec<Finding>, DbError> {
    let lost = db
        .read_long(async |tx: &mut Tx<'_>| todo::lost(tx, Time::from_micros(i64::MIN), LISTED).await)
        .await?;
    let late: Vec<(SchoolCode, i64)> = db
        .read_long(async |tx: &mut Tx<'_>| {
            let mark = todo::mark(tx).await?;
            if !is_behind(mark) {
                return Ok(Vec::new());
            }
            todo::waiting_since(tx, mark.alive_at.minus(UNLINKED), LISTED).await
        })
        .await?;
    Ok(vec![
        Finding {
            invariant: "I16",
            says: "each row of the log is in a chain or waits for its place there",
            violations: lost.iter().map(|row| format!("school {}, row {}", row.school, row.id)).collect(),
        },
        Finding {
            invariant: "I16",
            says: "no row of the log waits for over a minute while a node links",
            violations: late.iter().map(|(school, id)| format!("school {school}, row {id}")).collect(),
        },
    ])
}

/// Whether linking has run for over a minute without ever reaching the end of the queue: then older rows were left.
fn is_behind(mark: Mark) -> bool {
    mark.alive_at.since(mark.clean_at) > UNLINKED && mark.alive_at.since(mark.alive_since) > UNLINKED
}

/// Notes about linking that are no violation.
pub async fn notes(db: &Db) -> Result<Vec<String>, DbError> {
    let (now, mark, waiting) = db
        .read_long(async |tx: &mut Tx<'_>| {
            let now = tx.now().await?;
            let mark = todo::mark(tx).await?;
            let waiting = todo::waiting_since(tx, now.minus(UNLINKED), LISTED).await?;
            Ok::<_, DbError>((now, mark, waiting.len()))
        })
        .await?;
    let unfinished = db.read_long(async |tx: &mut Tx<'_>| archives::unfinished(tx).await).await?;
    let mut notes: Vec<String> = unfinished
        .map(|of| {
            format!(
                "the {} lines of {} are still being cut: run `cet audit archive` again",
                of.line_count, of.file
            )
        })
        .into_iter()
        .collect();
    if waiting == 0 || now.since(mark.alive_at) <= UNLINKED {
        return Ok(notes);
    }
    let more = if i64::try_from(waiting).unwrap_or(LISTED) < LISTED { "" } else { " or more" };
    let since = if mark.alive_at.micros() > 0 { mark.alive_at.page() } else { "ever".to_owned() };
    notes.push(format!(
        "{waiting}{more} rows of the log wait to be linked: no node has been at work since {since}; the next one does it"
    ));
    Ok(notes)
}

/// One link and the row it refers to.
type Link = (SchoolCode, i64, i64, Vec<u8>);

async fn chains(db: &Db) -> Result<Finding, DbError> {
    let mut violations = Vec::new();
    let mut at = (String::new(), 0_i64);
    let mut before: (Option<SchoolCode>, i64, Vec<u8>) = (None, 0, Vec::new());
    let mut anchors = db.read_long(async |tx: &mut Tx<'_>| archives::anchors(tx).await).await?;
    let mut cutting: Option<Anchor> = None;
    loop {
        let from = at.clone();
        let page = db.read_long(async move |tx: &mut Tx<'_>| page_after(tx, &from).await).await?;
        let Some(((school, place, ..), _)) = page.last() else { break };
        at = (school.to_string(), *place);
        for (link, line) in &page {
            if before.0 != Some(link.0) {
                // What is archived is proved by its file; the rest follows from the last link of it.
                cutting = anchors.remove(&link.0);
                before = match &cutting {
                    Some(anchor) => (Some(link.0), anchor.place, anchor.hash.clone()),
                    None => (Some(link.0), 0, Vec::new()),
                };
            }
            if cutting.as_ref().is_some_and(|anchor| link.1 <= anchor.place) {
                continue;
            }
            if let Some(what) = broken(link, line.as_ref(), before.1, &before.2) {
                violations.push(format!("school {}, link {}: {what}", link.0, link.1));
            }
            before = (Some(link.0), link.1, link.3.clone());
        }
        if i64::try_from(violations.len()).unwrap_or(LISTED) >= LISTED {
            break;
        }
    }
    // Archiving leaves the last link of each chain.
    violations
        .extend(anchors.into_keys().map(|school| format!("school {school}: all after its archive is gone")));
    Ok(Finding {
        invariant: "I16",
        says: "each row of the log is as it was written, and each chain is unbroken",
        violations,
    })
}

/// Each link that a chain goes on from after an archive was put there by somebody with the installation's key.
pub async fn anchors(db: &Db, vault: &Vault) -> Result<Finding, DbError> {
    let anchors = db.read_long(async |tx: &mut Tx<'_>| archives::anchors(tx).await).await?;
    let made_up = anchors.values().filter(|anchor| {
        super::archive::proof(vault, anchor.school, anchor.place, &anchor.hash) != anchor.proof
    });
    Ok(Finding {
        invariant: "I16",
        says: "what was cut from the log stands in an archive of this installation",
        violations: made_up
            .map(|anchor| format!("school {}, link {}", anchor.school, anchor.place))
            .collect(),
    })
}

fn broken(link: &Link, line: Option<&Line>, place: i64, before: &[u8]) -> Option<&'static str> {
    let Some(line) = line else { return Some("its row is gone") };
    if link.1 != place.saturating_add(1) {
        Some("a link before it is gone")
    } else if line.content_hash() != line.hash {
        Some("its row was changed")
    } else if link_hash(before, link.0, link.1, link.2, &line.hash) != link.3 {
        Some("it does not follow from the link before it")
    } else {
        None
    }
}

async fn page_after(tx: &mut Tx<'_>, after: &(String, i64)) -> Result<Vec<(Link, Option<Line>)>, DbError> {
    let links: Vec<Link> = tx
        .query(
            "SELECT school, place, audit_id, hash
               FROM audit_chain
              WHERE school > $1 OR (school = $1 AND place > $2)
              ORDER BY school, place
              LIMIT $3",
            params![after.0, after.1, PAGE],
        )
        .await?;
    let mut found = Vec::with_capacity(links.len());
    for link in links {
        let line = super::search::one(tx, link.0, link.2).await?;
        found.push((link, line));
    }
    Ok(found)
}
