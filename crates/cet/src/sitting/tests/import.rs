//! A sitting's file in the database.

use crate::on_both;
use crate::params;
use crate::sitting::file::{FileFault, SittingFile, parse};
use crate::sitting::{CatalogueCell, TextKind, import};
use crate::store::{Db, DbError, Stop};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;

const GOOD: &str = crate::sitting::file::SAMPLE;

fn read(text: &str, agreement: &str) -> SittingFile {
    let agreement = agreement.to_owned();
    parse(text, move |_| Ok(agreement.clone())).unwrap()
}

async fn take(db: &Db, file: SittingFile) -> Result<import::Imported, Stop<Vec<FileFault>>> {
    db.write(async move |tx| import::import(tx, &file).await).await
}

async fn take_seats(db: &Db, taken: i64) {
    db.write(async move |tx| {
        tx.execute("UPDATE seat_pool SET taken = $1 WHERE subject = '1'", params![taken]).await
    })
    .await
    .unwrap();
}

on_both! {
    async fn what_the_file_says_stands_in_the_catalogue(t: TestDb) {
        let done = take(&t.db, read(GOOD, "# 协议")).await.unwrap();
        assert_eq!(done, import::Imported { subjects: 2, settings: 6, pools: 2, new_texts: 1 });
        let catalogue = CatalogueCell::open(&t.db).await.unwrap().get();
        let plan = catalogue.current().unwrap();
        let campus = CampusCode::parse("993010").unwrap();
        assert_eq!(plan.offered(campus).map(|s| s.name.as_str()).collect::<Vec<_>>(), ["英语四级笔试", "英语四级口试"]);
        assert_eq!(plan.fee(campus, SubjectCode::CET4), Fen::new(1).ok());
        assert_eq!(plan.window(campus, Mode::Written).unwrap().opens().page(), "2017-09-20 12:00");
        assert_eq!(plan.text(TextKind::Agreement, "zh").unwrap().body, "# 协议");
        assert!(plan.oral_allowed(campus, CampusCode::parse("991010").unwrap()));
    }

    async fn importing_again_updates_and_only_a_changed_text_gets_a_new_version(t: TestDb) {
        take(&t.db, read(GOOD, "one")).await.unwrap();
        let cell = CatalogueCell::open(&t.db).await.unwrap();
        let again = take(&t.db, read(&GOOD.replace("0.01", "0.02"), "one")).await.unwrap();
        assert_eq!(again.new_texts, 0);
        assert!(cell.refresh(&t.db).await.unwrap());
        let campus = CampusCode::parse("993010").unwrap();
        assert_eq!(cell.get().current().unwrap().fee(campus, SubjectCode::CET4), Fen::new(2).ok());
        assert_eq!(take(&t.db, read(GOOD, "two")).await.unwrap().new_texts, 1);
        cell.refresh(&t.db).await.unwrap();
        assert_eq!(cell.get().current().unwrap().text(TextKind::Agreement, "zh").unwrap().version, 2);
    }

    async fn a_capacity_below_what_is_taken_is_refused_with_the_number_and_nothing_is_stored(t: TestDb) {
        take(&t.db, read(GOOD, "one")).await.unwrap();
        take_seats(&t.db, 2).await;
        let lower = GOOD.replace("capacity = 2", "capacity = 1").replace("0.01", "0.05");
        let Err(Stop::Refused(faults)) = take(&t.db, read(&lower, "one")).await else { panic!("it was stored") };
        assert_eq!(faults.len(), 1, "only subject 1 has taken seats");
        assert!(faults[0].text.contains("expected at least 2"), "{}", faults[0].text);
        let rows: Vec<(i64, Fen)> = t.db.read(async |tx| {
            tx.query("SELECT p.capacity, f.amount FROM seat_pool p JOIN fee f ON f.subject = p.subject", &[]).await
        }).await.unwrap_or_else(|error: DbError| panic!("{error}"));
        assert!(rows.iter().all(|row| *row == (2, Fen::new(1).unwrap())), "{rows:?}");
        take_seats(&t.db, 1).await;
        take(&t.db, read(&lower, "one")).await.unwrap();
    }

    async fn a_pool_of_an_unknown_campus_is_refused_with_its_line(t: TestDb) {
        let text = GOOD.replace("campus = \"993010\"", "campus = \"110010\"");
        let Err(Stop::Refused(faults)) = take(&t.db, read(&text, "one")).await else { panic!("it was stored") };
        assert_eq!(faults.len(), 2);
        assert!(faults[0].text.contains("110010"));
    }
}
