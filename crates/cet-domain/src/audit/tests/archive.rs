//! Archiving the log: what the file proves, what is cut, and what a kill leaves.

use std::path::PathBuf;

use super::*;
use crate::audit::{link_some, verify};
use crate::on_both;
use crate::params;
use crate::store::testing::TestDb;
use crate::testing::vault;

fn event(school: &'static str, object: &'static str) -> Event<'static> {
    Event {
        school: SchoolCode::parse(school).unwrap(),
        actor: Actor::Staff("auditor".to_owned()),
        action: "entry-entered",
        object_kind: if school == "99301" { "entry" } else { "passport" },
        object,
        address: "",
        detail: "",
        changes: Changes::NONE,
    }
}

fn days(n: i64) -> SignedDuration {
    SignedDuration::from_hours(n * 24)
}

/// `many` lines of each of two schools, a year later as many again; all linked. Returns a time between both.
async fn two_years(t: &TestDb, many: usize) -> Time {
    let begun = t.clock.process_now();
    for year in 0..2 {
        t.clock.set(begun.plus(days(366 * year)));
        for school in ["99301", "00000"] {
            t.db.write(async move |tx: &mut Tx<'_>| {
                for n in 0..many {
                    record(tx, &event(school, ["1", "2", "3"][n % 3])).await?;
                }
                Ok::<_, DbError>(())
            })
            .await
            .unwrap();
        }
        while link_some(&t.db).await.unwrap() > 0 {}
    }
    begun.plus(days(30))
}

async fn count(t: &TestDb, sql: &'static str) -> i64 {
    t.db.read(async move |tx: &mut Tx<'_>| tx.query_one::<(i64,)>(sql, &[]).await).await.unwrap().0
}

async fn violations(t: &TestDb) -> Vec<String> {
    let mut findings = verify::run(&t.db).await.unwrap();
    findings.push(verify::anchors(&t.db, &vault()).await.unwrap());
    findings.into_iter().flat_map(|finding| finding.violations).collect()
}

const LINES: &str = "SELECT COUNT(*) FROM audit_log";
const LINKS: &str = "SELECT COUNT(*) FROM audit_chain";
const SUBJECTS: &str = "SELECT COUNT(*) FROM audit_subject";

/// The only file in the folder.
fn only(folder: &Path) -> PathBuf {
    let found: Vec<PathBuf> = std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    let [path] = &found[..] else { panic!("{found:?}") };
    path.clone()
}

#[test]
fn the_log_stays_for_six_months() {
    let now = Time::from_micros(0).plus(days(400));
    assert!(!may_leave(now, now) && !may_leave(now.minus(days(182)), now));
    assert!(may_leave(now.minus(days(183)), now));
}

on_both! {
    /// S7, I16: in the file with the chain and whom it is about, then cut, and the rest still follows.
    async fn what_is_old_goes_to_a_signed_file_and_is_cut_and_the_rest_follows_from_it(t: TestDb) {
        use std::os::unix::fs::PermissionsExt as _;
        let (folder, until) = (tempfile::tempdir().unwrap(), two_years(&t, 303).await);
        let done = archive(&t.db, &vault(), until, folder.path()).await.unwrap().unwrap();
        assert_eq!((done.contents.lines, done.contents.chains.len()), (606, 2));
        let file = only(folder.path());
        assert_eq!(std::fs::metadata(&file).unwrap().permissions().mode() & 0o777, 0o600);
        assert_eq!(check(&file, &vault()).unwrap(), done.contents);
        assert!(std::fs::read_to_string(&file).unwrap().contains("\"about\":[\"passport:2\"]"));
        // The line about it is not linked yet.
        assert_eq!((count(&t, LINES).await, count(&t, LINKS).await, count(&t, SUBJECTS).await), (607, 606, 303));
        assert_eq!(violations(&t).await, Vec::<String>::new());
        while link_some(&t.db).await.unwrap() > 0 {}
        // The next one goes on where this one ended.
        t.clock.set(t.clock.process_now().plus(days(200)));
        let next = archive(&t.db, &vault(), t.clock.process_now().minus(days(190)), folder.path()).await.unwrap().unwrap();
        // Of the school without number the line about the archive is the last one, and stays; of the other one the last stays too.
        assert_eq!((next.contents.lines, next.contents.chains[0].from), (303 + 302, 303));
        while link_some(&t.db).await.unwrap() > 0 {}
        assert_eq!(violations(&t).await, Vec::<String>::new());
        // The line about the first archive is not the last one any more.
        let until = t.clock.process_now().minus(days(190));
        let last = archive(&t.db, &vault(), until, folder.path()).await.unwrap().unwrap();
        assert_eq!((last.contents.lines, last.contents.chains.len()), (1, 1));
        while link_some(&t.db).await.unwrap() > 0 {}
        assert_eq!(archive(&t.db, &vault(), until, folder.path()).await.unwrap(), None);
        assert_eq!(violations(&t).await, Vec::<String>::new());
    }

    /// S7: nothing is cut by a file that cannot be read back.
    async fn a_damaged_file_is_found_whatever_was_damaged_and_nothing_is_cut(t: TestDb) {
        let (folder, until) = (tempfile::tempdir().unwrap(), two_years(&t, 4).await);
        let path = write(&t.db, &vault(), until, folder.path()).await.unwrap().unwrap();
        let whole = std::fs::read_to_string(&path).unwrap();
        let lines: Vec<&str> = whole.lines().collect();
        let without = |gone: usize| -> String {
            lines.iter().enumerate().filter(|(n, _)| *n != gone).map(|(_, line)| format!("{line}\n")).collect()
        };
        let damaged = [
            whole.replacen("entry-entered", "entry-expired", 1),
            whole.replacen("passport:2", "passport:3", 1),
            whole.replacen("99301", "99302", 1),
            without(2),
            without(lines.len() - 1),
            without(lines.len() - 2),
            whole.trim_end().to_owned(),
            format!("{whole}{}\n", lines[2]),
            String::new(),
        ];
        for (n, text) in damaged.iter().enumerate() {
            std::fs::write(&path, text).unwrap();
            assert!(check(&path, &vault()).is_err(), "{n}: {text}");
        }
        std::fs::write(&path, &whole).unwrap();
        let other = Vault::parse(&Vault::new_key_file().unwrap()).unwrap();
        assert!(matches!(check(&path, &other), Err(FileError::Signature)), "another installation's key");
        assert!(check(&path, &vault()).is_ok());
        assert_eq!((count(&t, LINES).await, violations(&t).await.len()), (16, 0));
    }

    /// S7: killed between writing and anchoring, between anchoring and cutting, and while cutting.
    async fn a_kill_at_any_moment_loses_no_line_and_the_next_run_goes_on(t: TestDb) {
        let (folder, until) = (tempfile::tempdir().unwrap(), two_years(&t, 303).await);
        let vault = vault();
        let path = write(&t.db, &vault, until, folder.path()).await.unwrap().unwrap();
        assert_eq!((count(&t, LINES).await, violations(&t).await.len()), (1_212, 0), "written only: all in both");
        assert_eq!(finish(&t.db, &vault, folder.path()).await.unwrap(), None);
        let contents = check(&path, &vault).unwrap();
        anchor(&t.db, &vault, &path, &contents).await.unwrap();
        assert_eq!((count(&t, LINES).await, violations(&t).await.len()), (1_213, 0), "anchored");
        assert_eq!(verify::notes(&t.db).await.unwrap().len(), 1);
        let part = contents.chains[0].clone();
        let cut_some = async move |tx: &mut Tx<'_>| store::cut(tx, part.school, part.to, 100).await;
        assert_eq!(t.db.write(cut_some).await.unwrap(), 100);
        assert_eq!((count(&t, LINES).await, violations(&t).await.len()), (1_113, 0), "cut in part");
        // Nothing more is cut without the file, or by another one.
        let whole = std::fs::read(&path).unwrap();
        std::fs::remove_file(&path).unwrap();
        assert!(matches!(finish(&t.db, &vault, folder.path()).await, Err(ArchiveError::File(..))));
        std::fs::write(&path, &whole[..whole.len() - 9]).unwrap();
        assert!(finish(&t.db, &vault, folder.path()).await.is_err());
        assert!(matches!(anchor(&t.db, &vault, &path, &contents).await, Err(ArchiveError::Meanwhile)));
        assert_eq!(count(&t, LINES).await, 1_113);
        std::fs::write(&path, &whole).unwrap();
        let done = finish(&t.db, &vault, folder.path()).await.unwrap().unwrap();
        assert_eq!((done.contents, count(&t, LINES).await, violations(&t).await.len()), (contents, 607, 0));
        assert_eq!(finish(&t.db, &vault, folder.path()).await.unwrap(), None);
        assert_eq!(count(&t, "SELECT CAST(SUM(seats) AS BIGINT) FROM audit_anchor").await, 303, "I22 counts them");
    }

    /// S7, I16, TH62: the database lets go of nothing but what an anchor covers, and an anchor without the key is found.
    async fn th62_nothing_else_can_be_cut_and_a_made_up_anchor_is_found(t: TestDb) {
        let (folder, until) = (tempfile::tempdir().unwrap(), two_years(&t, 3).await);
        archive(&t.db, &vault(), until, folder.path()).await.unwrap().unwrap();
        for sql in ["DELETE FROM audit_log", "DELETE FROM audit_chain", "UPDATE audit_chain SET place = place + 1"] {
            let done = t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
            assert!(done.is_err_and(|error| error.to_string().contains("only grows")), "{sql}");
        }
        assert_eq!(violations(&t).await.len(), 0);
        let forged: Result<u64, DbError> = t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE audit_anchor SET place = 5, hash = (SELECT c.hash FROM audit_chain c WHERE c.school = '99301' AND c.place = 5)
                         WHERE school = '99301'", params![]).await?;
            tx.execute("DELETE FROM audit_log WHERE school = '99301' AND id IN (SELECT audit_id FROM audit_chain WHERE place <= 5)", params![]).await?;
            tx.execute("DELETE FROM audit_chain WHERE school = '99301' AND place <= 5", params![]).await
        }).await;
        assert_eq!(forged.unwrap(), 2);
        assert_eq!(violations(&t).await, ["school 99301, link 5"]);
    }

    /// S7.
    async fn a_broken_chain_and_what_is_too_recent_are_not_archived(t: TestDb) {
        let (folder, until) = (tempfile::tempdir().unwrap(), two_years(&t, 3).await);
        let now = t.clock.process_now();
        assert!(matches!(archive(&t.db, &vault(), now.minus(days(100)), folder.path()).await, Err(ArchiveError::TooRecent)));
        t.let_the_log_be_changed().await;
        t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE audit_log SET detail = 'nothing' WHERE school = '99301' AND object = '2'", &[]).await
        }).await.unwrap();
        let refused = archive(&t.db, &vault(), until, folder.path()).await;
        assert!(matches!(refused, Err(ArchiveError::Broken(_, 2))), "{refused:?}");
        assert_eq!(count(&t, LINES).await, 12);
    }
}
