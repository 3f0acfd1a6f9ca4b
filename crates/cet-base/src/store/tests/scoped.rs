//! The scope's conditions in SQL and in Rust select the same rows.

use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use super::*;
use crate::on_both;
use crate::params;

/// Codes of few digits, so that scopes and rows overlap.
fn campus() -> impl Strategy<Value = String> {
    prop::collection::vec(prop::sample::select(vec!['0', '1', '9']), 6)
        .prop_map(|code| code.into_iter().collect())
}

/// A scope; the school and the campus of a row, mostly one of that school; and the scope of a requester. Half of the
/// rows are near the scope.
fn case() -> impl Strategy<Value = (Scope, SchoolCode, CampusCode, Scope)> {
    let length = || prop::sample::select(vec![0_usize, 2, 5, 6]);
    (campus(), length(), campus(), campus(), length(), 0_usize..=6, 0..4).prop_map(
        |(scope, length, own, other, asked, shared, stray)| {
            let own = format!("{}{}", &scope[..shared], &own[shared..]);
            let school = if stray == 0 { &other } else { &own };
            let parsed = |text: &str| Scope::parse(text).unwrap();
            (
                parsed(&scope[..length]),
                SchoolCode::parse(&school[..5]).unwrap(),
                CampusCode::parse(&own).unwrap(),
                parsed(&own[..asked]),
            )
        },
    )
}

on_both! {
    async fn th22_statements_and_rules_agree_on_every_row(t: TestDb) {
        let mut runner = TestRunner::deterministic();
        let mut seen = [[0; 2]; 3];
        for _ in 0..500 {
            let (scope, school, campus, asked) = case().new_tree(&mut runner).unwrap().current();
            let of = scope.clone();
            let by = asked.clone();
            let found: Result<[bool; 3], DbError> = t.db.read(async move |tx: &mut Tx<'_>| {
                let row = scoped!(
                    "SELECT CAST(1 AS BIGINT) FROM (SELECT CAST($5 AS TEXT) AS school, CAST($6 AS TEXT) AS campus) r WHERE ",
                    in_scope!("r.school", "r.campus")
                );
                let row: Option<(i64,)> = of.query_opt(tx, row, params![school, campus]).await?;
                let school_row = scoped!(
                    "SELECT CAST(1 AS BIGINT) FROM (SELECT CAST($3 AS TEXT) AS school) r WHERE ",
                    school_in_scope!("r.school")
                );
                let school_row: Option<(i64,)> = of.query_opt(tx, school_row, params![school]).await?;
                let request = scoped!(
                    "SELECT CAST(1 AS BIGINT) FROM (SELECT CAST($3 AS TEXT) AS scope) r WHERE ",
                    asked_in_scope!("r.scope")
                );
                let request: Option<(i64,)> = of.query_opt(tx, request, params![by.prefix()]).await?;
                Ok([row.is_some(), school_row.is_some(), request.is_some()])
            }).await;
            let ruled = [scope.contains(school, campus), scope.reaches(school), scope.holds(asked.prefix())];
            assert_eq!(found.unwrap(), ruled, "{scope:?}: {school} {campus}, asked by {asked:?}");
            for (seen, ruled) in seen.iter_mut().zip(ruled) {
                seen[usize::from(ruled)] += 1;
            }
        }
        assert!(seen.iter().flatten().all(|times| *times > 50), "both answers were there: {seen:?}");
    }
}

#[test]
fn th22_a_text_that_names_no_scope_is_no_statement_for_staff() {
    for sql in [
        "SELECT name FROM registration WHERE sitting = $1",
        "SELECT 1 /*scope",
        "",
        "/*scope*/ /*scope of schools*/",
    ] {
        assert!(std::panic::catch_unwind(|| Scoped::new(sql)).is_err(), "{sql}");
    }
    let sql =
        concat!("SELECT name FROM registration WHERE ", in_scope!("school", "campus"), " AND sitting = $5");
    assert_eq!(Scoped::new(sql), Scoped { sql, of: Of::Campuses });
}

proptest! {
    /// The cursor of a list takes no row of the scope away, and begins and ends within the scope's schools.
    #[test]
    fn a_list_begins_and_ends_within_its_scope_and_leaves_out_no_row(
        (scope, school, row, other) in case(),
        ids in prop::array::uniform3(1_i64..4),
        open in any::<[bool; 2]>(),
    ) {
        let [id, after, last] = ids;
        let row = (row.school(), id);
        let cursor = open[0].then_some((school, after));
        let end = open[1].then(|| (SchoolCode::parse(&format!("{:9<5}", other.prefix())[..5]).unwrap(), last));
        let (from, from_id) = scope.behind(cursor, 0);
        let (to, to_id) = scope.until(end);
        let SqlRange { from: first, below } = scope.sql_range();
        prop_assert!(from >= first && to <= below);
        let found = (row.0.as_str(), row.1) > (&from, from_id) && (row.0.as_str(), row.1) <= (&to, to_id);
        let wanted = cursor.is_none_or(|cursor| row > cursor) && end.is_none_or(|end| row <= end);
        if scope.reaches(row.0) {
            prop_assert_eq!(found, wanted);
        }
    }
}
