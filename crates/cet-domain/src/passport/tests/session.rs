//! Sessions on both databases.

use super::*;
use crate::on_both;
use crate::store::Db;
use crate::store::testing::NOON;

const LIFE: Life = Life { idle: SignedDuration::from_mins(30), absolute: SignedDuration::from_hours(8) };
const TOKEN: &str = "token";
const PASSPORT: PassportId = PassportId(7);

async fn signed_in(db: &Db) {
    let done: Result<(), DbError> = db
        .write(async move |tx| {
            tx.execute(
                "INSERT INTO passport (id, public_id, email, password_hash, name, created_at, credential_changed_at)
                 VALUES ($1, 'A', 'a@b.cn', '', '', $2, $2)",
                params![PASSPORT, NOON],
            )
            .await?;
            begin(tx, PASSPORT, TOKEN, &Device::default()).await.map(drop)
        })
        .await;
    done.unwrap();
}

async fn found(db: &Db) -> Option<Session> {
    let sitting = SittingCode::parse("2017-2").unwrap();
    let found: Result<_, DbError> =
        db.read(async move |tx| find(tx, TOKEN, LIFE, Some(&sitting)).await).await;
    found.unwrap()
}

async fn write<F>(db: &Db, deed: F)
where
    F: AsyncFn(&mut Tx<'_>) -> Result<(), DbError> + Send + 'static,
{
    db.write(deed).await.unwrap();
}

fn after(minutes: i64) -> Time {
    NOON.plus(SignedDuration::from_mins(minutes))
}

on_both! {
    /// A8.
    async fn a_session_ends_when_nobody_used_it_for_the_idle_time(t: TestDb) {
        signed_in(&t.db).await;
        t.clock.set(after(29));
        assert_eq!(found(&t.db).await.unwrap().passport, PASSPORT);
        t.clock.set(after(30));
        assert!(found(&t.db).await.is_none());
    }

    /// A8.
    async fn a_used_session_lives_on_and_ends_at_its_absolute_limit(t: TestDb) {
        signed_in(&t.db).await;
        for minutes in (20..480).step_by(20) {
            t.clock.set(after(minutes));
            assert!(found(&t.db).await.unwrap().due, "{minutes}");
            write(&t.db, async |tx| seen(tx, &token_hash(TOKEN)).await).await;
            assert!(!found(&t.db).await.unwrap().due);
        }
        t.clock.set(after(480));
        assert!(found(&t.db).await.is_none());
    }

    /// I14.
    async fn a_session_older_than_the_password_is_none(t: TestDb) {
        signed_in(&t.db).await;
        write(&t.db, async |tx| {
            tx.execute("UPDATE passport SET credential_changed_at = $1", params![after(1)]).await?;
            Ok(())
        })
        .await;
        assert!(found(&t.db).await.is_none());
    }

    async fn the_looked_up_record_stays_until_another_is_looked_up(t: TestDb) {
        signed_in(&t.db).await;
        let school = SchoolCode::parse("99301").unwrap();
        write(&t.db, async move |tx| remember_lookup(tx, &token_hash(TOKEN), school, RecordId(5)).await).await;
        assert_eq!(found(&t.db).await.unwrap().looked_up, Some((school, RecordId(5))));
        write(&t.db, async move |tx| remember_lookup(tx, &token_hash(TOKEN), school, RecordId(6)).await).await;
        assert_eq!(found(&t.db).await.unwrap().looked_up, Some((school, RecordId(6))));
    }

    async fn an_ended_session_is_gone_and_so_are_all_of_a_passport(t: TestDb) {
        signed_in(&t.db).await;
        write(&t.db, async |tx| end(tx, &token_hash("another")).await.map(drop)).await;
        assert!(found(&t.db).await.is_some());
        write(&t.db, async |tx| end(tx, &token_hash(TOKEN)).await.map(drop)).await;
        assert!(found(&t.db).await.is_none());
        write(&t.db, async |tx| begin(tx, PASSPORT, TOKEN, &Device::default()).await.map(drop)).await;
        write(&t.db, async |tx| end_all(tx, PASSPORT).await.map(|_| ())).await;
        assert!(found(&t.db).await.is_none());
    }

    async fn the_sweep_takes_only_what_has_ended(t: TestDb) {
        signed_in(&t.db).await;
        t.clock.set(after(29));
        assert_eq!(ended(LIFE).run(&t.db).await.unwrap(), 0);
        t.clock.set(after(30));
        assert_eq!(ended(LIFE).run(&t.db).await.unwrap(), 1);
    }
}
