//! Plans of the lists of staff.

use super::{client, explained, explained_by_sqlite, fresh, statements};
use crate::store::connect::PLANNING;
use crate::store::testing::Kind;

/// In the order of the key from the cursor on, not by collecting the scope and sorting it.
#[tokio::test]
async fn a_page_of_registrations_or_students_begins_at_its_cursor_on_sqlite_and_postgresql() {
    let lists = [
        ("FROM registration", "(school, id) > ($13, $14)"),
        ("FROM student_record r", "(r.school, r.id) > ($6, $7)"),
    ];
    let (of_postgres, of_sqlite) = (fresh(Kind::Postgres).await, fresh(Kind::Sqlite).await);
    let (client, _connection) = client(&of_postgres.url).await.unwrap();
    let planning =
        format!("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off; SET {PLANNING}");
    client.batch_execute(&planning).await.unwrap();
    for (from, cursor) in lists {
        let one = |sql: &String| sql.contains(from) && sql.contains(cursor) && sql.contains("LIMIT");
        let all: Vec<String> = statements().into_iter().filter(one).collect();
        assert!(!all.is_empty(), "{from}");
        for sql in all {
            let plan = explained(&client, &sql).await;
            assert!(
                plan.contains("Index Cond") && plan.contains("ROW(") && !plan.contains("Sort"),
                "{sql}\n{plan}"
            );
            let plan = explained_by_sqlite(&of_sqlite.url, &sql);
            let key = |step: &String| step.contains("(school,id)>(?,?)");
            let sorted = plan.iter().any(|step| step.contains("B-TREE"));
            assert!(plan.iter().any(key) && !sorted, "{sql}\n{plan:#?}");
        }
    }
}

/// Both rows are of one school and the receipt is found by its whole key, so that a distributed database can answer it.
#[tokio::test]
async fn when_unmatched_money_was_booked_is_looked_up_by_the_key_of_its_school_on_sqlite_and_postgresql() {
    let one = |sql: &String| sql.contains("FROM suspense") && sql.contains("FROM receipt");
    let all: Vec<String> = statements().into_iter().filter(one).collect();
    assert_eq!(all.len(), 3, "{all:#?}");
    let (of_postgres, of_sqlite) = (fresh(Kind::Postgres).await, fresh(Kind::Sqlite).await);
    let (client, _connection) = client(&of_postgres.url).await.unwrap();
    client.batch_execute("SET plan_cache_mode = force_generic_plan; SET enable_seqscan = off").await.unwrap();
    for sql in all {
        assert!(sql.contains("FROM receipt r WHERE r.school = suspense.school AND "), "{sql}");
        let plan = explained(&client, &sql).await;
        let looks = |line: &str| {
            line.contains("Index Cond")
                && ["school", "trade_no"]
                    .iter()
                    .all(|name| line.contains(&format!("{name} = suspense.{name}")))
        };
        assert!(plan.contains("using receipt_trade") && plan.lines().any(looks), "{sql}\n{plan}");
        let plan = explained_by_sqlite(&of_sqlite.url, &sql);
        let key = "receipt_trade (school=? AND gateway=? AND trade_no=?)";
        assert!(plan.iter().any(|step| step.contains(key)), "{sql}\n{plan:#?}");
    }
}
