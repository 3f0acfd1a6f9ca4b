//! TH4 and TH6: responses do not reveal whether an account exists, neither by content, length and headers nor by
//! timing.
//!
//! If timing reveals nothing, an attacker who guesses from one response time whether an address is known is right in
//! half of the cases. The success rate of the better guess is the area under the curve (AUC) of the ranks (Mann and
//! Whitney); 0.55 is allowed.

use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::passport::mail_tests::PASSWORD;
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_domain::passport::turns::Asker;

/// Pairs of one known and one unknown address.
const PAIRS: usize = 1_000;
/// The highest allowed success rate of the better guess.
const SAME: f64 = 0.55;

/// Creates the known accounts.
async fn accounts(app: &TestApp) {
    let hash = app
        .app
        .passwords
        .hash(&app.app.vault, PASSWORD, &Asker::candidate([127, 0, 0, 1].into()))
        .await
        .unwrap();
    let done: Result<(), DbError> = app
        .t
        .db
        .write(async move |tx| {
            for n in 0..PAIRS {
                let (id, email) = (i64::try_from(n).unwrap() + 1, address(true, n));
                tx.execute(
                    "INSERT INTO passport (id, public_id, email, password_hash, name, created_at, credential_changed_at)
                     VALUES ($1, $2, $3, $4, '', 0, 0)",
                    params![id, format!("{id:032X}"), email, hash],
                )
                .await?;
                tx.execute("INSERT INTO passport_email (email_key, passport_id) VALUES ($1, $2)", params![email, id])
                    .await?;
            }
            Ok(())
        })
        .await;
    done.unwrap();
}

/// Both kinds of address have the same length.
fn address(known: bool, n: usize) -> String {
    format!("{}{n:04}@163.com", if known { "known" } else { "other" })
}

/// The parts of a response that must not differ. The cookie with the typed address is sealed: its value is random, its
/// length must not differ.
fn shape(answer: &Answer) -> (u16, HeaderMap, usize) {
    let mut headers = answer.headers.clone();
    if let Some(kept) = headers.get_mut("set-cookie") {
        let text = kept.to_str().unwrap();
        assert!(text.starts_with("cet-email="), "{text}");
        *kept = text.len().into();
    }
    (answer.status.as_u16(), headers, answer.bytes.len())
}

/// Requests each pair, in alternating order and from its own network; returns the times of the known and the unknown
/// addresses.
async fn times(app: &TestApp, path: &str, round: usize) -> [Vec<Duration>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let mut first: Option<(u16, HeaderMap, usize)> = None;
    for n in 0..PAIRS {
        for turn in 0..2 {
            let known = (n + turn) % 2 == 0;
            let mut browser = app.browser();
            let [.., a, b, c] = u32::try_from(round * 2 * PAIRS + n * 2 + turn).unwrap().to_be_bytes();
            browser.address = ([10, a, b, c], 40_000).into();
            let email = address(known, n);
            let began = Instant::now();
            let answer = browser.post(path, &[("email", &email), ("password", "wrong-password")]).await;
            times[usize::from(known)].push(began.elapsed());
            let shape = shape(&answer);
            assert_eq!(*first.get_or_insert_with(|| shape.clone()), shape, "{email}");
        }
    }
    times
}

/// The success rate of the better of the two guesses by time.
#[expect(clippy::float_arithmetic, reason = "a share between 0 and 1")]
fn guessed([unknown, known]: &[Vec<Duration>; 2]) -> f64 {
    let mut all: Vec<(Duration, bool)> = unknown.iter().map(|time| (*time, false)).collect();
    all.extend(known.iter().map(|time| (*time, true)));
    all.sort_unstable();
    let ranks: f64 =
        all.iter().zip(1_u32..).filter(|((_, known), _)| *known).map(|(_, rank)| f64::from(rank)).sum();
    let n = f64::from(u32::try_from(known.len()).unwrap());
    let area = (ranks - n * (n + 1.0) / 2.0) / (n * n);
    area.max(1.0 - area)
}

/// Asserts that timing reveals nothing. Other load on the machine may disturb one run, so a second one with fresh
/// networks decides.
async fn say_nothing(app: &TestApp, path: &str) {
    let first = guessed(&times(app, path, 0).await);
    println!("{path}: the times tell {first:.3}");
    if first > SAME {
        let second = guessed(&times(app, path, 1).await);
        assert!(second <= SAME, "{path}: the times tell {first:.3}, and again {second:.3}");
    }
}

on_both! {
    async fn th4_a_thousand_known_and_unknown_accounts_can_not_be_told_apart_at_logging_in(t: TestDb) {
        let app = TestApp::on(t).await;
        accounts(&app).await;
        say_nothing(&app, "/login").await;
        // Never a shortcut: one hash is computed for each request, known or not.
        let (right, wrong) = app.app.passwords.tally();
        assert!(right == 0 && wrong >= 2 * u64::try_from(PAIRS).unwrap() && wrong % 2 == 0, "{wrong}");
    }

    async fn th6_a_thousand_known_and_unknown_accounts_can_not_be_told_apart_at_recovering(t: TestDb) {
        let app = TestApp::on(t).await;
        accounts(&app).await;
        say_nothing(&app, "/recover").await;
    }
}

#[test]
fn times_that_differ_are_told_apart() {
    let at = |ms: u64| (0..100).map(move |n| Duration::from_micros(ms * 1_000 + n)).collect::<Vec<_>>();
    assert!(guessed(&[at(5), at(6)]) > 0.99);
    assert!(guessed(&[at(5), at(5)]) < 0.51);
}
