//! A sitting's file in the database.

use crate::change::rules::TwoPeople;
use crate::on_both;
use crate::params;
use crate::setup::file::{FileFault, SittingFile, parse};
use crate::setup::import;
use crate::sitting::{CatalogueCell, SittingState, TextKind};
use crate::store::{Db, DbError, Stop};
use crate::words::codes::{CampusCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;

const GOOD: &str = crate::setup::file::SAMPLE;

fn read(text: &str, agreement: &str) -> SittingFile {
    let agreement = agreement.to_owned();
    parse(text, move |_| Ok(agreement.clone())).unwrap()
}

async fn take(db: &Db, file: SittingFile) -> Result<import::Imported, Stop<Vec<FileFault>>> {
    db.write(async move |tx| import::import(tx, &file, true).await).await
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
        assert_eq!(done, import::Imported { subjects: 2, settings: 6, pools: 2, new_texts: 1, state: SittingState::Published, alone: [TwoPeople::Publication].into() });
        let made = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert_eq!(made.len(), 1);
        for told in ["State: (none) → published", "Capacity 993010 1: (none) → 2", "Fee F: (none) → 0.01 yuan"] {
            assert!(made[0].contains(told), "{told} in {made:?}");
        }
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

    /// R21: an operator needs no second person, which the answer and the log say.
    async fn what_staff_would_need_a_second_person_for_is_named_where_an_operator_imports_it(t: TestDb) {
        take(&t.db, read(GOOD, "one")).await.unwrap();
        assert!(take(&t.db, read(GOOD, "one")).await.unwrap().alone.is_empty(), "nothing changed");
        let again = take(&t.db, read(&GOOD.replace("0.01", "0.02"), "two")).await.unwrap();
        assert_eq!(again.alone, [TwoPeople::Fee, TwoPeople::Agreement].into());
        let told = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert!(told.last().unwrap().contains("alone=fee,agreement"), "{told:?}");
        let more = take(&t.db, read(&GOOD.replace("0.01", "0.02").replace("capacity = 2", "capacity = 3"), "two")).await.unwrap();
        assert!(more.alone.is_empty(), "a capacity needs nobody else");
        let told = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert!(!told.last().unwrap().contains("alone"), "{told:?}");
    }

    /// R15.
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
        let text = text.replace("school = \"99301\"", "school = \"11001\"");
        let text = text.replace("elsewhere = \"99101\"", "elsewhere = \"9931\"");
        let Err(Stop::Refused(faults)) = take(&t.db, read(&text, "one")).await else { panic!("it was stored") };
        let told: Vec<String> = faults.iter().map(|fault| fault.text.clone()).collect();
        assert_eq!(told.len(), 4, "{told:?}");
        assert!(told[0].starts_with("pool.campus = 110010: expected a campus"), "{told:?}");
        assert!(told[1].starts_with("oral.school = 11001: expected a school"), "{told:?}");
        assert!(told[2].starts_with("oral.elsewhere = 9931: expected the beginning"), "{told:?}");
        assert!(told[3].starts_with("arrangement.campus = 110010"), "{told:?}");
    }

    /// season.md 1: which campuses are allowed is for provinces, schools and campuses to say.
    async fn an_oral_setting_of_the_nation_is_refused(t: TestDb) {
        let text = GOOD.replace("[[oral]]\nschool = \"99301\"\n", "[[oral]]\n");
        assert_ne!(text, GOOD);
        let Err(Stop::Refused(faults)) = take(&t.db, read(&text, "one")).await else { panic!("it was stored") };
        assert!(faults.iter().any(|fault| fault.text.contains("expected a known place")), "{faults:?}");
    }

    async fn a_new_sitting_is_a_draft_that_candidates_do_not_see_until_it_is_published(t: TestDb) {
        let draft = async |text: &str| {
            let file = read(text, "one");
            t.db.write(async move |tx| import::import(tx, &file, false).await).await
        };
        assert_eq!(draft(GOOD).await.unwrap().state, SittingState::Draft);
        let cell = CatalogueCell::open(&t.db).await.unwrap();
        assert!(cell.get().current().is_none() && cell.get().sittings().is_empty());
        let code = read(GOOD, "one").code;
        assert!(cell.get().sitting(&code).is_some(), "rosters and photos can come");
        assert_eq!(draft(GOOD).await.unwrap().state, SittingState::Draft, "again, it stays one");
        assert_eq!(take(&t.db, read(GOOD, "one")).await.unwrap().state, SittingState::Published);
        cell.refresh(&t.db).await.unwrap();
        assert_eq!(cell.get().current().unwrap().code, code);
        let later = GOOD.replace("2017-2", "2018-1").replace("year = 2017", "year = 2018");
        draft(&later).await.unwrap();
        assert_eq!(draft(GOOD).await.unwrap().state, SittingState::Published, "without the word it stays published");
        cell.refresh(&t.db).await.unwrap();
        assert_eq!(cell.get().current().unwrap().code, code, "a later draft is not the current one");
        assert_eq!(cell.get().sittings().len(), 1);
    }

    async fn publishing_names_all_that_is_missing_and_stores_nothing(t: TestDb) {
        let bare = "code = \"2018-1\"\nname = \"x\"\nyear = 2018\nhalf = 1\n";
        let Err(Stop::Refused(faults)) = take(&t.db, read(bare, "")).await else { panic!("it was published") };
        let told = faults.iter().map(|fault| fault.text.as_str()).collect::<Vec<_>>().join("\n");
        for what in ["exam date and a [[fee]]", "[[window]]", "[[pool]]", "agreement"] {
            assert!(told.contains(what), "{what} in {told}");
        }
        assert_eq!(faults.len(), 4);
        assert!(CatalogueCell::open(&t.db).await.unwrap().get().sitting(&read(bare, "").code).is_none());
    }

    async fn a_file_that_makes_nonsense_of_what_is_there_is_refused(t: TestDb) {
        take(&t.db, read(GOOD, "one")).await.unwrap();
        let windows = GOOD.find("[[window]]").unwrap();
        let fees = GOOD.find("[[fee]]").unwrap();
        let without_window = format!("{}{}", &GOOD[..windows], &GOOD[fees..]);
        let earlier = without_window.replace("2017-12-16", "2017-10-01");
        let Err(Stop::Refused(faults)) = take(&t.db, read(&earlier, "one")).await else { panic!("it was stored") };
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].text.contains("the written window of \"99\", from an earlier import"), "{faults:?}");
    }

    async fn all_faults_of_a_file_are_told_at_once_also_those_that_only_the_database_shows(t: TestDb) {
        let folder = tempfile::tempdir().unwrap();
        std::fs::write(folder.path().join("agreement.zh.md"), "one").unwrap();
        let text = GOOD.replace("half = 2", "half = 3").replace("campus = \"993010\"\nsubjects", "campus = \"110010\"\nsubjects");
        let path = folder.path().join("sitting.toml");
        std::fs::write(&path, text).unwrap();
        let told = crate::setup::files::sitting(&t.db, &path, false).await.unwrap_err().to_string();
        assert!(told.contains("half = 3: expected 1 or 2") && told.contains("pool.campus = 110010"), "{told}");
    }
}
