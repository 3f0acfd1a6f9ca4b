//! Sealing anew, while others write.

use super::store::{Key, KeyForm};
use super::*;
use crate::key_check::{Unfit, fits, settle};
use crate::on_both;
use crate::params;
use crate::store::Stop;
use crate::testing::vault as another;

/// A file with the old key first, one with the new key first, and one without the old key.
fn files() -> [Arc<Vault>; 3] {
    let (old, new) = (Vault::new_key_file().unwrap(), Vault::new_key_file().unwrap());
    let newer = new.lines().find(|line| line.starts_with("seal")).unwrap().replace("seal 1", "seal 2");
    let lookup = old.lines().find(|line| line.starts_with("lookup")).unwrap();
    [old.clone(), format!("{newer}\n{old}"), format!("{newer}\n{lookup}\n")]
        .map(|file| Arc::new(Vault::parse(&file).unwrap()))
}

/// Values in tables of each form of key, as a node with this file writes them.
async fn write(db: &Db, vault: &Arc<Vault>, n: i64) {
    let vault = Arc::clone(vault);
    let made: Result<(), DbError> = db
        .write(async move |tx: &mut Tx<'_>| {
            let sealed = |text: &str| vault.seal(&format!("{text} {n}")).unwrap();
            let phone = Sealed::<Telephone>::new(&vault, TelephoneOf::Passport(PassportId(n)), &format!("phone {n}"));
            let seed = Sealed::<SecondFactor>::new(&vault, &format!("account-{n}"), &format!("secret {n}"));
            tx.execute(
                "INSERT INTO passport (id, public_id, email, password_hash, phone_sealed, name, created_at, credential_changed_at)
                 VALUES ($1, $2, $2, '', $3, '', 0, 0)",
                params![n, format!("p{n}"), phone.unwrap()],
            )
            .await?;
            tx.execute(
                "INSERT INTO outbox (school, id, kind, event, lang, sealed, created_at, tries) VALUES ('00000', $1, 'x', $2, 'zh', $3, 0, 0)",
                params![n, n.to_string(), sealed("mail")],
            )
            .await?;
            tx.execute(
                "INSERT INTO staff_account
                    (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed, created_at)
                 VALUES ($1, $1, 'auditor', '', '', 0, FALSE, $2, 0)",
                params![format!("account-{n}"), seed.unwrap()],
            )
            .await?;
            tx.execute(
                "INSERT INTO message (passport_id, kind, event, id, at, facts, words_sealed)
                 VALUES ($1, 'from-staff', $2, $1, 0, '{}', $3)",
                params![n, format!("e{n}"), sealed("words")],
            )
            .await?;
            Ok(())
        })
        .await;
    made.unwrap();
}

/// What the four columns hold, opened with this file.
async fn opened(db: &Db, vault: &Vault) -> Vec<Option<String>> {
    type Texts = Vec<(Vec<u8>,)>;
    type Phones = Vec<(PassportId, Sealed<Telephone>)>;
    type Seeds = Vec<(String, Sealed<SecondFactor>)>;
    let rows: Result<(Texts, Phones, Seeds), DbError> = db
        .read(async move |tx: &mut Tx<'_>| {
            let sql = "SELECT sealed FROM outbox UNION ALL SELECT words_sealed FROM message";
            Ok((
                tx.query(sql, &[]).await?,
                tx.query("SELECT id, phone_sealed FROM passport", &[]).await?,
                tx.query("SELECT name, totp_sealed FROM staff_account", &[]).await?,
            ))
        })
        .await;
    let (rows, phones, seeds) = rows.unwrap();
    let rows = rows.iter().map(|(sealed,)| vault.open(sealed).ok());
    let phones = phones.iter().map(|(id, sealed)| sealed.open(vault, TelephoneOf::Passport(*id)).ok());
    let seeds = seeds.iter().map(|(name, sealed)| sealed.open(vault, name).ok());
    rows.chain(phones).chain(seeds).collect()
}

fn sum(run: &Run, part: fn(&Outcome) -> i64) -> i64 {
    run.all.iter().map(part).sum()
}

/// A run that found nothing to do, as this file's.
fn nothing_to_do(vault: &Vault) -> Run {
    Run { key: vault.sealing_key(), all: vec![Outcome::default()] }
}

on_both! {
    /// ASVS 11.2.2.
    async fn after_it_everything_opens_with_the_new_key_alone_and_the_old_one_may_go(t: TestDb) {
        let [old, both, new] = files();
        settle(&t.db, &old).await.unwrap();
        // More than one page of a column.
        for n in 1..=3 {
            write(&t.db, &old, n).await;
        }
        settle(&t.db, &both).await.unwrap();
        let all = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&all, |of| of.values), sum(&all, |of| of.anew)), (12, 12), "{all:?}");
        assert_eq!((sum(&all, |of| of.unreadable), sum(&all, |of| of.left)), (0, 0));
        let held = opened(&t.db, &new).await;
        assert!(held.len() == 12 && held.iter().all(Option::is_some), "{held:?}");
        assert!(held.contains(&Some("words 2".to_owned())));
        let look = async |vault: &Arc<Vault>| {
            let vault = Arc::clone(vault);
            t.db.read(async move |tx: &mut Tx<'_>| fits(tx, &vault).await).await
        };
        assert_eq!(look(&new).await, Err(Stop::Refused(Unfit::MissingSeal(1))), "nobody has said so yet");
        let again = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&again, |of| of.values), sum(&again, |of| of.anew)), (12, 0));
        assert_eq!(retire(&t.db, &both, &again).await, Ok(vec![1]));
        assert_eq!((look(&new).await, look(&both).await), (Ok(()), Ok(())));
        settle(&t.db, &new).await.unwrap();
        let lines: Result<(i64,), DbError> = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'vault-resealed'", &[]).await
        }).await;
        assert_eq!(lines.unwrap().0, 1, "the run that found nothing has no line");
        // The old file seals with the retired key again: then it is needed again.
        settle(&t.db, &both).await.unwrap();
        assert_eq!(look(&new).await, Ok(()));
        let order = Arc::clone(&old);
        assert_eq!(look(&order).await, Err(Stop::Refused(Unfit::MissingSeal(2))));
    }

    /// ASVS 11.2.2: what opens with no key, what changed under way, what was only just sealed anew, each keeps the old key.
    async fn a_key_that_may_still_be_needed_is_not_retired(t: TestDb) {
        let [old, both, new] = files();
        settle(&t.db, &old).await.unwrap();
        write(&t.db, &old, 1).await;
        settle(&t.db, &both).await.unwrap();
        let refused = async |run: &Run| retire(&t.db, &both, run).await;
        let first = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((first.finished(), refused(&first).await), (Ok(()), Err(Stop::Refused(NotYet::SealedAnew(4)))));
        write(&t.db, &another(), 2).await;
        let second = run(&t.db, &both, |_| {}).await.unwrap();
        let why = NotYet::Unreadable(4);
        assert_eq!((second.finished(), refused(&second).await), (Err(why), Err(Stop::Refused(why))));
        let left = Run { all: vec![Outcome { left: 3, ..Outcome::default() }], ..nothing_to_do(&both) };
        let why = NotYet::Left(3);
        assert_eq!((left.finished(), refused(&left).await), (Err(why), Err(Stop::Refused(why))));
        let others = refused(&nothing_to_do(&old)).await;
        assert_eq!(others, Err(Stop::Refused(NotYet::AnotherKey)));
        let vault = Arc::clone(&new);
        let looked = t.db.read(async move |tx: &mut Tx<'_>| fits(tx, &vault).await).await;
        assert_eq!(looked, Err(Stop::Refused(Unfit::MissingSeal(1))), "none of them has noted anything");
    }

    async fn a_key_that_seals_again_is_not_retired_any_more(t: TestDb) {
        let [_, both, new] = files();
        settle(&t.db, &both).await.unwrap();
        assert_eq!(retire(&t.db, &both, &nothing_to_do(&both)).await, Ok(vec![1]));
        let first = Arc::clone(&new);
        assert_eq!(t.db.read(async move |tx: &mut Tx<'_>| fits(tx, &first).await).await, Ok(()));
        // As if `seal 2` had been retired.
        t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE vault_check SET name = 'retired 2' WHERE name = 'retired 1'", &[]).await
        }).await.unwrap();
        settle(&t.db, &both).await.unwrap();
        let left: Result<(i64,), DbError> = t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM vault_check WHERE name LIKE 'retired %'", &[]).await
        }).await;
        assert_eq!(left.unwrap().0, 0);
    }

    /// A node with the new file goes on writing; nothing of it is lost, and nothing stays behind.
    async fn while_a_node_writes_everything_is_sealed_anew_and_nothing_is_lost(t: TestDb) {
        let [old, both, new] = files();
        for n in 1..=20 {
            write(&t.db, &old, n).await;
        }
        let (run, ()) = tokio::join!(run(&t.db, &both, |_| {}), async {
            for n in 21..=40 {
                write(&t.db, &both, n).await;
            }
        });
        assert_eq!(sum(&run.unwrap(), |of| of.anew), 80);
        let held = opened(&t.db, &new).await;
        assert!(held.len() == 160 && held.iter().all(Option::is_some), "{held:?}");
    }

    async fn what_somebody_wrote_meanwhile_is_not_overwritten(t: TestDb) {
        let [old, both, _] = files();
        write(&t.db, &old, 1).await;
        let column = COLUMNS.iter().find(|column| column.name == "passport.phone_sealed").unwrap();
        let held = t.db.read(async |tx: &mut Tx<'_>| column.page(tx, &KeyForm::Number.first(), 5).await).await.unwrap();
        let anew = sealed_anew(column, &both, &held, &mut Outcome::default()).unwrap();
        assert_eq!((anew.len(), &anew[0].key), (1, &Key::Number(1)));
        let changed = old.seal_as_before("changed").unwrap();
        t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE passport SET phone_sealed = $1", params![changed]).await
        }).await.unwrap();
        let done = t.db.write(async move |tx: &mut Tx<'_>| column.replace(tx, &anew).await).await.unwrap();
        assert_eq!(done, 0);
        assert!(opened(&t.db, &old).await.contains(&Some("changed".to_owned())));
        let all = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&all, |of| of.anew), sum(&all, |of| of.left)), (4, 0));
    }

    /// TH61: as before values were bound, with the key that is still the first.
    async fn what_was_not_bound_to_its_place_is_bound_once_and_a_copy_is_left_unreadable(t: TestDb) {
        let [_, both, _] = files();
        for n in 1..=2 {
            write(&t.db, &both, n).await;
        }
        let old = ["phone 1", "secret 1", "mail 1"].map(|text| both.seal_as_before(text).unwrap());
        t.db.write(async move |tx: &mut Tx<'_>| {
            let [phone, seed, mail] = &old;
            tx.execute("UPDATE outbox SET sealed = $1 WHERE id = 1", params![mail]).await?;
            tx.execute("UPDATE passport SET phone_sealed = $1 WHERE id = 1", params![phone]).await?;
            tx.execute("UPDATE staff_account SET totp_sealed = $1 WHERE name = 'account-1'", params![seed]).await
        }).await.unwrap();
        let first = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&first, |of| of.values), sum(&first, |of| of.anew)), (8, 3), "{first:?}");
        let again = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&again, |of| of.anew), sum(&again, |of| of.unreadable)), (0, 0));
        assert!(opened(&t.db, &both).await.iter().all(Option::is_some));
        t.db.write(async |tx: &mut Tx<'_>| {
            let sql = "UPDATE staff_account SET totp_sealed =
                         (SELECT s.totp_sealed FROM staff_account s WHERE s.name = 'account-2') WHERE name = 'account-1'";
            tx.execute(sql, &[]).await
        }).await.unwrap();
        let copied = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&copied, |of| of.anew), sum(&copied, |of| of.unreadable)), (0, 1));
        assert_eq!(opened(&t.db, &both).await.iter().filter(|value| value.is_none()).count(), 1);
    }

    async fn what_no_key_opens_is_counted_and_left_alone(t: TestDb) {
        let [_, both, _] = files();
        write(&t.db, &another(), 1).await;
        let all = run(&t.db, &both, |_| {}).await.unwrap();
        assert_eq!((sum(&all, |of| of.unreadable), sum(&all, |of| of.anew)), (4, 0));
    }

    async fn every_sealed_column_of_the_schema_is_in_the_list(t: TestDb) {
        let sql = if t.db.kind() == "sqlite" {
            "SELECT m.name || '.' || c.name FROM sqlite_master m JOIN pragma_table_info(m.name) c ON 1 = 1
              WHERE m.type = 'table' AND (c.name = 'sealed' OR c.name LIKE '%\\_sealed' ESCAPE '\\')"
        } else {
            "SELECT CAST(table_name || '.' || column_name AS TEXT) FROM information_schema.columns
              WHERE table_schema = current_schema() AND (column_name = 'sealed' OR column_name LIKE '%\\_sealed' ESCAPE '\\')"
        };
        let rows: Result<Vec<(String,)>, DbError> = t.db.read(async move |tx: &mut Tx<'_>| tx.query(sql, &[]).await).await;
        let mut schema: Vec<String> = rows.unwrap().into_iter().map(|(name,)| name).collect();
        let mut list: Vec<String> = COLUMNS.iter().map(|column| column.name.to_owned()).collect();
        schema.sort();
        list.sort();
        assert_eq!(schema, list);
    }
}
