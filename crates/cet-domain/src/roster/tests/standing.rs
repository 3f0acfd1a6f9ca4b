//! The current row of a document, according to every statement.

use crate::fragments::roster::stands;
use proptest::prelude::*;
use proptest::strategy::ValueTree;
use proptest::test_runner::TestRunner;

use crate::on_both;
use crate::params;
use crate::roster::{DocumentKey, store};
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};

/// When each of three imports was published, if it was; and the import and document of each row.
fn rosters() -> impl Strategy<Value = ([Option<i64>; 3], Vec<(usize, u8)>)> {
    let published = prop::option::weighted(0.8, 1_i64..3);
    (prop::array::uniform3(published), prop::collection::vec((0_usize..3, 0_u8..3), 0..9))
}

async fn fill(
    tx: &mut Tx<'_>,
    (imports, rows): &([Option<i64>; 3], Vec<(usize, u8)>),
) -> Result<(), DbError> {
    tx.execute("DELETE FROM student_record", &[]).await?;
    tx.execute("DELETE FROM import", &[]).await?;
    for (id, at) in (1_i64..).zip(imports) {
        let state = if at.is_some() { "published" } else { "staging" };
        tx.execute(
            "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at)
             VALUES ($1, 'roster', '2017-2', '', '', 1, $2, 0, $3)",
            params![id, state, at],
        )
        .await?;
    }
    for (id, (import, document)) in (1_i64..).zip(rows) {
        tx.execute(
            "INSERT INTO student_record
                    (school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed,
                     document_key, education, duration, entry_year, grade, college, major, class, student_number,
                     remark, listed_subjects, barred_subjects)
             VALUES ('99301', $1, '2017-2', $2, '993010', 'x', 'x', '', 'macau-id', $3, $3, '', '', '', '', '', '', '',
                     $4, '', '', '')",
            params![id, i64::try_from(*import).unwrap_or(0) + 1, vec![*document; 16], id.to_string()],
        )
        .await?;
    }
    Ok(())
}

/// The id of the current row of each document, computed from the order of publication.
fn by_hand((imports, rows): &([Option<i64>; 3], Vec<(usize, u8)>)) -> Vec<Option<i64>> {
    let of = |wanted: u8| {
        let published = (1_i64..).zip(rows).filter_map(|(id, (import, document))| {
            (*document == wanted).then_some((imports[*import]?, *import, id))
        });
        published.max().map(|(_, _, id)| id)
    };
    (0..3).map(of).collect()
}

on_both! {
    async fn the_row_that_was_published_last_counts_by_every_statement(t: TestDb) {
        let mut runner = TestRunner::deterministic();
        let (sitting, school) = (SittingCode::parse("2017-2").unwrap(), SchoolCode::parse("99301").unwrap());
        for _ in 0..60 {
            let world = rosters().new_tree(&mut runner).unwrap().current();
            let (given, sitting) = (world.clone(), sitting.clone());
            let found: Result<_, DbError> = t.db.write(async move |tx: &mut Tx<'_>| {
                fill(tx, &given).await?;
                let mut standing = Vec::new();
                for document in 0..3_u8 {
                    let row: Option<(i64,)> = tx.query_opt(
                        concat!(
                            "SELECT r.id FROM student_record r JOIN import i ON i.id = r.import_id
                              WHERE i.state = 'published' AND r.document_key = $1 AND ", stands!()
                        ),
                        params![vec![document; 16]],
                    ).await?;
                    let found = store::find(tx, &sitting, DocumentKey::from_bytes([document; 16])).await?;
                    standing.push((row.map(|(id,)| id), found.map(|record| record.id.0)));
                }
                let listed = store::listed(tx, &sitting, school).await?;
                Ok((standing, listed.into_iter().map(|one| one.student_number).collect::<Vec<_>>()))
            }).await;
            let (standing, listed) = found.unwrap();
            let expected = by_hand(&world);
            assert_eq!(standing, expected.iter().map(|id| (*id, *id)).collect::<Vec<_>>(), "{world:?}");
            let mut numbers: Vec<String> = expected.iter().flatten().map(i64::to_string).collect();
            numbers.sort();
            assert_eq!(listed, numbers, "{world:?}");
        }
    }
}
