//! Plans of what takes back or takes out a whole roster: one transaction, so that it has to cost its rows once.

use super::{client, explained, explained_by_sqlite, fresh, statements};
use crate::store::testing::Kind;

/// Season 5: 20,000 rows that were each looked for among all rows of their school stopped every writer for a minute.
#[tokio::test]
async fn a_roster_is_taken_back_by_the_documents_of_its_rows_on_sqlite_and_postgresql() {
    let looks = [
        ("SELECT r.id FROM student_record r WHERE r.import_id = $1", "", "student_record_document"),
        ("UPDATE student_record AS r SET import_id = $2", "", "student_record_document"),
        ("UPDATE student_record AS r SET from_import", "record_removal m", "record_removal_student"),
        ("UPDATE student_record AS r SET import_id = from_import", "cause = $1", "record_removal_cause"),
        (
            "UPDATE student_record AS r SET import_id = from_import",
            "cause + 0 = $1",
            "record_removal_student",
        ),
    ];
    let all = statements();
    let postgres = fresh(Kind::Postgres).await;
    let (client, _connection) = client(&postgres.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    let sqlite = fresh(Kind::Sqlite).await;
    for (begins, holds, index) in looks {
        let of: Vec<&String> =
            all.iter().filter(|sql| sql.starts_with(begins) && sql.contains(holds)).collect();
        let [sql] = of[..] else { panic!("{begins}: {of:#?}") };
        let plan = explained_by_sqlite(&sqlite.url, sql);
        let scans = plan.iter().any(|step| step.starts_with("SCAN"));
        assert!(plan.iter().any(|step| step.contains(index)) && !scans, "{sql}\n{plan:#?}");
        assert!(
            !plan.iter().any(|step| step.contains("SEARCH g") && !step.contains("registration_student")),
            "{sql}\n{plan:#?}"
        );
        // Of empty tables every index looks alike to PostgreSQL; the roster's own rows are always found by their import.
        let plan = explained(&client, sql).await;
        let leads = ["student_record_import", "student_record_document", "student_record_list"];
        assert!(leads.iter().any(|name| plan.contains(name)) && !plan.contains("Seq Scan"), "{sql}\n{plan}");
    }
}
