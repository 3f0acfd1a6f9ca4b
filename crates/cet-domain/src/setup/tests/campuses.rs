//! A file of campuses, with codes that have several names.

use super::*;
use crate::audit::testing::told_of;
use crate::on_both;
use crate::setup::files::campuses as import;
use crate::sitting::CatalogueCell;

fn file(text: &str) -> tempfile::NamedTempFile {
    let file = tempfile::NamedTempFile::new().unwrap();
    std::fs::write(file.path(), text).unwrap();
    file
}

const DOUBLED: &str =
    "code,name\n110010,北京大学\n110021,甲学院\n110010,北京大学\n110021,乙学院\n110021,甲学院\n";

on_both! {
    async fn a_code_with_several_names_is_reported_with_all_its_lines_and_nothing_is_stored(t: TestDb) {
        let done = import(&t.db, file(DOUBLED).path(), false).await.unwrap();
        assert!(done.stored.is_none());
        let lines: Vec<u64> = done.file.doubled.values().flatten().map(|(place, _)| place.line).collect();
        assert_eq!(lines, [3, 5, 6]);
        assert_eq!(CatalogueCell::open(&t.db).await.unwrap().get().campuses().count(), 0);
    }

    async fn the_other_campuses_are_stored_when_doubled_ones_are_skipped(t: TestDb) {
        let done = import(&t.db, file(DOUBLED).path(), true).await.unwrap();
        assert_eq!((done.stored.unwrap().campuses, done.file.doubled.len()), (1, 1));
        let catalogue = CatalogueCell::open(&t.db).await.unwrap().get();
        assert_eq!(catalogue.campus_name(CampusCode::parse("110010").unwrap()), Some("北京大学"));
        assert_eq!(catalogue.campuses().count(), 1);
    }

    async fn the_name_of_each_campus_that_is_new_or_renamed_stands_in_the_log(t: TestDb) {
        for text in ["code,name\n110010,甲\n110021,乙\n", "code,name\n110010,甲\n110021,丙\n", "code,name\n110021,丙\n"] {
            import(&t.db, file(text).path(), false).await.unwrap();
        }
        assert_eq!(told_of(&t.db, "campuses-imported").await.unwrap(), [
            "campuses=2; Name 110010: (none) → 甲; Name 110021: (none) → 乙",
            "campuses=1; Name 110021: 乙 → 丙",
        ]);
    }

    async fn a_wrong_row_stops_it_in_any_case(t: TestDb) {
        let done = import(&t.db, file("code,name\n11001,x\n110010,\n000001,x\n").path(), true).await.unwrap();
        assert!(done.stored.is_none());
        assert_eq!(done.file.findings.error_count, 3);
    }
}
