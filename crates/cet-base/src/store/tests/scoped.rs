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
