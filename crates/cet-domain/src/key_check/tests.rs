//! Keys of the right form that do not belong to the database.

use std::sync::Arc;

use super::*;
use crate::on_both;
use crate::words::codes::SchoolCode;

const DOCUMENT: &str = "993010";

fn fresh() -> (String, Arc<Vault>) {
    let file = Vault::new_key_file().unwrap();
    (file.clone(), Arc::new(Vault::parse(&file).unwrap()))
}

fn parsed(file: &str) -> Arc<Vault> {
    Arc::new(Vault::parse(file).unwrap())
}

fn line<'f>(file: &'f str, word: &str) -> &'f str {
    file.lines().find(|line| line.starts_with(word)).unwrap()
}

async fn look(db: &Db, vault: &Arc<Vault>) -> Result<(), Stop<Unfit>> {
    let vault = Arc::clone(vault);
    db.read(async move |tx: &mut Tx<'_>| fits(tx, &vault).await).await
}

async fn marks(db: &Db) -> i64 {
    let read: Result<(i64,), DbError> =
        db.read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM vault_check", &[]).await).await;
    read.unwrap().0
}

/// The content of a database of the previous version: sealed values, and no marks.
async fn student(db: &Db, vault: &Vault) {
    let document = Document::parse(DocumentKind::from_wire("macau-id").unwrap(), DOCUMENT).unwrap();
    let (sealed, key) = (vault.seal_as_before(DOCUMENT).unwrap(), DocumentKey::of(vault, &document));
    db.write(async move |tx: &mut Tx<'_>| {
        let school = SchoolCode::parse("99301").unwrap();
        tx.execute(
            "INSERT INTO student_record
                (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed,
                 document_key, education, duration, entry_year, grade, college, major, class, student_number, remark,
                 listed_subjects, barred_subjects)
             VALUES ($1, $2, '2017-2', 1, '993010', '颜', '颜', '', 'macau-id', $3, $4, '', '', '', '', '', '', '', '',
                 '', '', '')",
            params![school, tx.new_id(), sealed, key],
        )
        .await
    })
    .await
    .unwrap();
}

on_both! {
    async fn the_first_keys_leave_their_marks_and_others_are_refused_by_name(t: TestDb) {
        let (file, vault) = fresh();
        settle(&t.db, &vault).await.unwrap();
        settle(&t.db, &vault).await.unwrap();
        assert_eq!((look(&t.db, &vault).await, marks(&t.db).await), (Ok(()), 2));
        let (other, stranger) = fresh();
        assert!(matches!(look(&t.db, &stranger).await, Err(Stop::Refused(_))));
        assert!(settle(&t.db, &stranger).await.is_err());
        let other_lookup = format!("{}\n{}\n", line(&file, "seal"), line(&other, "lookup"));
        assert_eq!(look(&t.db, &parsed(&other_lookup)).await, Err(Stop::Refused(Unfit::Lookup)));
        let other_seal = format!("{}\n{}\n", line(&other, "seal"), line(&file, "lookup"));
        assert_eq!(look(&t.db, &parsed(&other_seal)).await, Err(Stop::Refused(Unfit::Seal(1))));
        assert_eq!(marks(&t.db).await, 2, "who is refused leaves nothing");
    }

    async fn a_new_key_is_put_first_and_the_one_before_must_stay(t: TestDb) {
        let (file, vault) = fresh();
        settle(&t.db, &vault).await.unwrap();
        let newer = line(&fresh().0, "seal").replace("seal 1", "seal 2");
        let both = parsed(&format!("{newer}\n{file}"));
        settle(&t.db, &both).await.unwrap();
        assert_eq!((look(&t.db, &both).await, marks(&t.db).await), (Ok(()), 3));
        let only_newer = parsed(&format!("{newer}\n{}\n", line(&file, "lookup")));
        assert_eq!(look(&t.db, &only_newer).await, Err(Stop::Refused(Unfit::MissingSeal(1))));
        assert_eq!(look(&t.db, &vault).await, Err(Stop::Refused(Unfit::MissingSeal(2))), "a node with the old file");
        let order = parsed(&format!("{file}{newer}\n"));
        assert_eq!(look(&t.db, &order).await, Ok(()), "whichever seals, all open");
    }

    async fn a_database_without_marks_takes_only_keys_that_open_what_it_holds(t: TestDb) {
        let (file, vault) = fresh();
        student(&t.db, &vault).await;
        let (other, stranger) = fresh();
        assert_eq!(settle(&t.db, &stranger).await, Err(Stop::Refused(Unfit::Seal(1))));
        let other_lookup = parsed(&format!("{}\n{}\n", line(&file, "seal"), line(&other, "lookup")));
        assert_eq!(settle(&t.db, &other_lookup).await, Err(Stop::Refused(Unfit::Lookup)));
        let renumbered = parsed(&file.replace("seal 1", "seal 7"));
        assert_eq!(settle(&t.db, &renumbered).await, Err(Stop::Refused(Unfit::MissingSeal(1))));
        assert_eq!(marks(&t.db).await, 0);
        settle(&t.db, &vault).await.unwrap();
        assert_eq!(marks(&t.db).await, 2);
    }

    async fn one_damaged_value_does_not_lock_the_right_keys_out(t: TestDb) {
        let (_, vault) = fresh();
        student(&t.db, &vault).await;
        t.db.write(async |tx: &mut Tx<'_>| {
            let rows: Vec<(i64, Vec<u8>)> = tx.query("SELECT id, document_sealed FROM student_record", &[]).await?;
            let (id, mut sealed) = rows.into_iter().next().unwrap();
            sealed[20] ^= 1;
            tx.execute("UPDATE student_record SET document_sealed = $1 WHERE id = $2", params![sealed, id]).await
        })
        .await
        .unwrap();
        assert!(settle(&t.db, &vault).await.is_err(), "nothing opens");
        student(&t.db, &vault).await;
        settle(&t.db, &vault).await.unwrap();
    }

    async fn of_two_who_come_first_at_once_one_stays(t: TestDb) {
        let (one, two) = (fresh().1, fresh().1);
        let (left, right) = tokio::join!(settle(&t.db, &one), settle(&t.db, &two));
        assert!(left.is_ok() != right.is_ok(), "{left:?} {right:?}");
        assert_eq!(marks(&t.db).await, 2);
    }
}

#[test]
fn a_refusal_says_what_to_do() {
    for unfit in [Unfit::Lookup, Unfit::Seal(1), Unfit::MissingSeal(1)] {
        let text = unfit.to_string();
        assert!(text.contains("database.url") && text.contains("back"), "{text}");
    }
}

#[tokio::test]
async fn a_copy_that_the_keys_do_not_open_is_not_put_back() {
    use crate::store::backup::{BackupError, restore};
    use crate::store::testing::{Kind, fresh as database};

    let vault = || Arc::new(Vault::parse(&Vault::new_key_file().unwrap()).unwrap());
    let t = database(Kind::Sqlite).await;
    let (own, other) = (vault(), vault());
    settle(&t.db, &own).await.unwrap();
    let folder = tempfile::tempdir().unwrap();
    let (copy, new) = (folder.path().join("copy.sqlite"), folder.path().join("new.sqlite"));
    t.db.back_up(&copy).await.unwrap();
    let url = format!("sqlite:{}", new.display());
    let with = |vault: &Arc<Vault>| {
        let vault = Arc::clone(vault);
        restore(&copy, &url, &async move |tx: &mut Tx<'_>, marked: bool| {
            assert!(marked);
            fits(tx, &vault).await.map_err(|stop| format!("{stop:?}"))
        })
    };
    assert!(matches!(with(&other), Err(BackupError::Keys(_))));
    assert!(!new.exists());
    with(&own).unwrap();
}
