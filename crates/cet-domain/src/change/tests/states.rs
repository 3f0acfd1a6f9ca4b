//! The states of a sitting, over all pairs of them (season.md 1.5).

use super::*;
use crate::setup::file::FileFault;
use crate::setup::import::Imported;

/// The steps that there are; every other one is refused.
const STEPS: [(S, S); 4] =
    [(S::Draft, S::Published), (S::Published, S::Draft), (S::Published, S::Closed), (S::Closed, S::Archived)];

fn pairs() -> impl Iterator<Item = (S, S)> {
    S::ALL.into_iter().flat_map(|from| S::ALL.map(|to| (from, to))).filter(|(from, to)| from != to)
}

/// Puts the sitting where nothing but its state decides: the last exam is over.
async fn put(db: &Db, state: S) {
    let sql = "UPDATE sitting SET state = $1 WHERE code = '2017-2'";
    db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![state]).await).await.unwrap();
}

fn to(state: S) -> Vec<Wanted> {
    vec![(Key::State, Some(SettingValue::State(state)))]
}

async fn publish(db: &Db, fee: &str) -> Result<Imported, Stop<Vec<FileFault>>> {
    let file = parse(&SAMPLE.replace("0.01", fee), |_| Ok("# 协议".to_owned())).unwrap();
    db.write(async move |tx| import(tx, &file, true).await).await
}

/// R23.
#[test]
fn states_only_go_forward_but_for_a_publication_that_is_taken_back() {
    for (from, to) in pairs() {
        assert_eq!(rules::may_become(from, to), STEPS.contains(&(from, to)), "{from:?} to {to:?}");
        let line = |before| Line { key: Key::State, before, after: Some(SettingValue::State(from)) };
        let back = rules::state_goes_back(&[line(Some(SettingValue::State(to)))]);
        assert_eq!(back, STEPS.contains(&(from, to)), "{from:?} back to {to:?}");
        assert!(!rules::state_goes_back(&[line(None)]), "{from:?}");
    }
    assert!(rules::state_goes_back(&[]));
}

on_both! {
    /// R23.
    async fn no_form_and_no_undo_takes_a_sitting_back_to_a_state_that_is_over(t: TestDb) {
        world(&t.db, true).await;
        t.clock.set(at("2017-12-31 00:00"));
        for (from, next) in pairs() {
            put(&t.db, from).await;
            let done = change(&t.db, nation(), to(next)).await;
            if !STEPS.contains(&(from, next)) {
                assert_eq!(done, Err(vec![ChangeRefusal::State(from)]), "{from:?} to {next:?}");
                assert_eq!(done.unwrap_err()[0].code(), "sitting-state");
                assert_eq!(plan(&t.db).await.state, from);
                continue;
            }
            let waits = [from, next].contains(&S::Draft);
            let id = match done.unwrap() {
                Made::Asked(id) if waits => {
                    decide(&t.db, by("zhao", "p5", Role::National, ""), id).await.unwrap();
                    id
                }
                Made::Done(id) if !waits => id,
                other => panic!("{from:?} to {next:?}: {other:?}"),
            };
            assert_eq!(plan(&t.db).await.state, next);
            let undone = take_back(&t.db, nation(), id).await;
            if waits {
                assert!(matches!(undone, Ok(Made::Asked(_))), "{from:?} to {next:?}: {undone:?}");
            } else {
                assert_eq!(undone, Err(vec![ChangeRefusal::State(next)]), "{from:?} to {next:?}");
                assert_eq!(plan(&t.db).await.state, next);
            }
        }
    }

    /// R23.
    async fn a_file_publishes_a_draft_and_nothing_that_is_over(t: TestDb) {
        world(&t.db, true).await;
        for state in S::ALL {
            // What the file says stands already, or it says something else.
            for fee in ["0.01", "0.02"] {
                put(&t.db, state).await;
                let done = publish(&t.db, fee).await;
                if matches!(state, S::Draft | S::Published) {
                    assert_eq!(done.unwrap().state, S::Published, "{state:?} {fee}");
                    publish(&t.db, "0.01").await.unwrap();
                    continue;
                }
                let Err(Stop::Refused(faults)) = done else { panic!("{state:?} {fee}: it was published") };
                assert!(faults[0].text.contains(state.wire()), "{state:?} {fee}: {faults:?}");
                assert_eq!(plan(&t.db).await.state, state);
            }
        }
    }
}
