//! TH4, TH6, TH7 and TH8: responses do not reveal whether there is an account, a registration or a student, neither by
//! content, length and headers nor by timing.
//!
//! If timing reveals nothing, an attacker who guesses from one response time whether an address is known is right in
//! half of the cases. The success rate of the better guess is the area under the curve (AUC) of the ranks (Mann and
//! Whitney); 0.55 is allowed.

use std::sync::Arc;
use std::time::{Duration, Instant};

use http::HeaderMap;

use crate::passport::mail_tests::PASSWORD;
use crate::registration::pages::tests::accept;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;
use cet_base::store::testing::TestDb;
use cet_domain::passport::turns::Asker;
use cet_domain::roster;
use cet_domain::testing::{File, HEAD};

/// Pairs of one known and one unknown address or document.
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
        assert!(text.starts_with("cet-email=") || text.starts_with("cet-kept="), "{text}");
        *kept = text.len().into();
    }
    (answer.status.as_u16(), headers, answer.bytes.len())
}

/// Requests each pair by `ask`, in alternating order and from its own network; returns the times of the known and the
/// unknown.
async fn times(
    app: &TestApp,
    round: usize,
    ask: &impl AsyncFn(&mut Browser<'_>, bool, usize) -> Answer,
) -> [Vec<Duration>; 2] {
    let mut times = [Vec::new(), Vec::new()];
    let mut first: Option<(u16, HeaderMap, usize)> = None;
    for n in 0..PAIRS {
        for turn in 0..2 {
            let known = (n + turn) % 2 == 0;
            let mut browser = app.browser();
            let [.., a, b, c] = u32::try_from(round * 2 * PAIRS + n * 2 + turn).unwrap().to_be_bytes();
            browser.address = ([10, a, b, c], 40_000).into();
            let began = Instant::now();
            let answer = ask(&mut browser, known, n).await;
            times[usize::from(known)].push(began.elapsed());
            let shape = shape(&answer);
            assert_eq!(*first.get_or_insert_with(|| shape.clone()), shape, "{known} {n}");
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
async fn say_nothing(app: &TestApp, what: &str, ask: impl AsyncFn(&mut Browser<'_>, bool, usize) -> Answer) {
    let first = guessed(&times(app, 0, &ask).await);
    println!("{what}: the times tell {first:.3}");
    if first > SAME {
        let second = guessed(&times(app, 1, &ask).await);
        assert!(second <= SAME, "{what}: the times tell {first:.3}, and again {second:.3}");
    }
}

/// The same for a form with an address of mail.
async fn say_nothing_of_accounts(app: &TestApp, path: &str) {
    say_nothing(app, path, async |browser, known, n| {
        let email = address(known, n);
        browser.post(path, &[("email", &email), ("password", "wrong-password")]).await
    })
    .await;
}

/// Both kinds of document number have the same length.
fn number(known: bool, n: usize) -> String {
    format!("{}{n:04}", if known { "9930100" } else { "9930199" })
}

/// A form that asks for a student under a wrong name.
async fn ask_for(browser: &mut Browser<'_>, path: &str, known: bool, n: usize) -> Answer {
    let number = number(known, n);
    let fields = [
        ("document_kind", "macau-id"),
        ("document_number", &*number),
        ("name", "无名氏"),
        ("student_number", ""),
    ];
    browser.post(path, &fields).await
}

/// A node whose roster holds the known students.
async fn students(t: TestDb, settings: &[(&str, &str)]) -> TestApp {
    let app = TestApp::with(t, settings).await;
    let line = |n| {
        format!(
            "学生{n},女,澳门身份证,{},99301,993010,本科,4,16,2,化学学院,化学,1,2016{n:04},,1;F,\n",
            number(true, n)
        )
    };
    let file = File::of(format!("{HEAD}\n{}", (0..PAIRS).map(line).collect::<String>()));
    let vault = Arc::clone(&app.app.vault);
    roster::file::import(&app.app.db, vault, &file.path(), "2017-2", false, Arc::new(|_, _, _| {}))
        .await
        .unwrap();
    app
}

/// All known students have registered.
async fn registered(app: &TestApp) {
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async |tx| {
            tx.execute(
                "INSERT INTO registration
                    (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus, school_name,
                     campus_name, name, name_key, sex, document_kind, document_sealed, document_key, education, duration,
                     entry_year, grade, college, major, class, student_number, remark, subjects, listed_subjects,
                     barred_subjects, snapshot_hash)
                 SELECT school, id, sitting, id, id, 'live', 0, NULL, 1, campus, '', '', name, name_key, sex, document_kind,
                        document_sealed, document_key, education, duration, entry_year, grade, college, major, class,
                        student_number, remark, '1;F', listed_subjects, barred_subjects, ''
                   FROM student_record",
                params![],
            )
            .await
        })
        .await;
    assert_eq!(done.unwrap(), u64::try_from(PAIRS).unwrap());
}

on_both! {
    async fn th4_a_thousand_known_and_unknown_accounts_can_not_be_told_apart_at_logging_in(t: TestDb) {
        let app = TestApp::on(t).await;
        accounts(&app).await;
        say_nothing_of_accounts(&app, "/login").await;
        // Never a shortcut: one hash is computed for each request, known or not.
        let (right, wrong) = app.app.passwords.tally();
        assert!(right == 0 && wrong >= 2 * u64::try_from(PAIRS).unwrap() && wrong % 2 == 0, "{wrong}");
    }

    async fn th6_a_thousand_known_and_unknown_accounts_can_not_be_told_apart_at_recovering(t: TestDb) {
        let app = TestApp::on(t).await;
        accounts(&app).await;
        say_nothing_of_accounts(&app, "/recover").await;
    }

    async fn th7_a_thousand_registered_and_unknown_documents_can_not_be_told_apart_at_retrieving(t: TestDb) {
        let app = students(t, &[]).await;
        registered(&app).await;
        say_nothing(&app, "/retrieve", async |browser, known, n| ask_for(browser, "/retrieve", known, n).await).await;
    }

    async fn th8_a_thousand_known_and_unknown_documents_can_not_be_told_apart_at_looking_up(t: TestDb) {
        let app = students(t, &[("CET_LIMITS__DOCUMENTS", "1000")]).await;
        // Each passport asks for few, as in life; both kinds of a pair are asked for by one.
        let mut askers = Vec::new();
        for n in 0..100 {
            let mut browser = app.signed_in(n + 1).await;
            accept(&mut browser).await;
            askers.push(browser.cookies);
        }
        say_nothing(&app, "/qualification", async |browser, known, n| {
            browser.cookies.clone_from(&askers[n % askers.len()]);
            ask_for(browser, "/qualification", known, n).await
        })
        .await;
    }
}

#[test]
fn times_that_differ_are_told_apart() {
    let at = |ms: u64| (0..100).map(move |n| Duration::from_micros(ms * 1_000 + n)).collect::<Vec<_>>();
    assert!(guessed(&[at(5), at(6)]) > 0.99);
    assert!(guessed(&[at(5), at(5)]) < 0.51);
}
