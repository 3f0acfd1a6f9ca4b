//! Power failures: the process is killed under load, and nothing that was confirmed by the site or by a gateway is
//! lost.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use cet_base::store::testing::{Kind, TestDb, fresh};
use tokio::sync::{Mutex, Notify};

use super::client::Client;
use super::demo::{Demo, Student};
use super::gateway::{self, PayBy};
use super::page_markup;
use super::wait::until;

/// Rounds in a normal test run, on each database; `scripts/bench kill` uses more.
const ROUNDS: usize = 1;
/// For this many rounds on SQLite, one is done on PostgreSQL too, whose own server keeps running.
const SQLITE_FOR_ONE: usize = 4;
/// The number of concurrent people.
const PEOPLE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_kill_9_on_sqlite() {
    power_cuts(None, rounds()).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_kill_9_on_postgresql() {
    // The demo uses the database; only its URL is needed here.
    let TestDb { url, .. } = fresh(Kind::Postgres).await;
    power_cuts(Some(url), rounds().div_ceil(SQLITE_FOR_ONE)).await;
}

async fn power_cuts(database: Option<String>, rounds: usize) {
    let place = if database.is_some() { "PostgreSQL" } else { "SQLite" };
    let mut demo = Demo::start(database);
    // The manual's people come first; the made-up students have a roster record with eligible subjects.
    let students = demo.students().split_off(10);
    let queue: Arc<Mutex<VecDeque<Student>>> = Arc::new(Mutex::new(students.into()));
    let mut kept: Vec<Answered> = Vec::new();
    for round in 0..rounds {
        // Differs between rounds, so that the kill hits different work.
        let acknowledged = 8 + (round * 7) % 23;
        // Each person of a round takes some students; without any, nobody is told anything and the round never ends.
        let left = queue.lock().await.len();
        assert!(left > 2 * acknowledged, "{left} students are left after {round} rounds: name fewer rounds");
        let load = Load {
            queue: Arc::clone(&queue),
            answered: Arc::default(),
            enough: Arc::default(),
            acknowledged,
        };
        let work: Vec<_> = (0..PEOPLE)
            .map(|person| tokio::spawn(people(load.clone(), demo.url.clone(), round, person)))
            .collect();
        load.enough.notified().await;
        demo.crash_and_restart();
        let mut fresh = Vec::new();
        for person in work {
            fresh.extend(person.await.unwrap());
        }
        assert!(fresh.len() >= acknowledged);
        demo.verify();
        let told = tally(&fresh);
        for answered in &mut fresh {
            is_there(answered, &demo.url).await;
        }
        kept.append(&mut fresh);
        println!("kill -9 on {place}, round {}: {told}; all there, no violation", round + 1);
    }
    // What was confirmed in an earlier round must survive all later kills.
    for answered in &mut kept {
        is_there(answered, &demo.url).await;
    }
    demo.verify();
}

#[derive(Clone)]
struct Load {
    queue: Arc<Mutex<VecDeque<Student>>>,
    answered: Arc<AtomicUsize>,
    enough: Arc<Notify>,
    acknowledged: usize,
}

/// What a person was told before the kill.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Acknowledged {
    /// The registration was saved (资格信息确认).
    Saved,
    /// The subject was entered.
    Entered(String),
    /// The subject was entered and cancelled again.
    Cancelled(String),
    /// The gateway took the payment for the subject.
    Paid(String),
}

struct Answered {
    client: Client,
    email: String,
    told: Acknowledged,
}

fn tally(all: &[Answered]) -> String {
    let count = |is: fn(&Acknowledged) -> bool| all.iter().filter(|answered| is(&answered.told)).count();
    format!(
        "{} saved, {} entered, {} cancelled, {} paid",
        count(|told| matches!(told, Acknowledged::Saved)),
        count(|told| matches!(told, Acknowledged::Entered(_))),
        count(|told| matches!(told, Acknowledged::Cancelled(_))),
        count(|told| matches!(told, Acknowledged::Paid(_)))
    )
}

/// Fails unless the site still has what it or the gateway confirmed.
async fn is_there(answered: &mut Answered, url: &str) {
    let Answered { client, email, told } = answered;
    client.url = url.to_owned();
    let page = client.page("/registration").await;
    let entries = page_markup::entries(&page);
    let payment = |subject: &String| {
        let found = entries.iter().find(|entry| entry.subject == *subject);
        found.map(|entry| entry.payment.as_str())
    };
    match told {
        Acknowledged::Saved => {}
        Acknowledged::Entered(subject) => {
            assert!(payment(subject).is_some(), "{email} lacks {subject}: {entries:?}");
        }
        Acknowledged::Cancelled(subject) => {
            assert!(payment(subject).is_none(), "{email} has {subject} again");
        }
        Acknowledged::Paid(subject) => {
            assert!(payment(subject).is_some(), "{email} lacks {subject}: {entries:?}");
            paid(client, email, subject).await;
        }
    }
}

/// The gateway's notification may have been sent while the site was down: 更新 queries the gateway.
async fn paid(client: &mut Client, email: &str, subject: &str) {
    let paid = until(async || {
        let entries = client.entries().await;
        if entries.iter().any(|entry| entry.subject == subject && entry.payment == "paid") {
            return Some(());
        }
        client.post("/registration/refresh", &[]).await.leads_to("/registration");
        None
    });
    assert!(paid.await.is_some(), "{email}: the gateway has the money for {subject}, the site does not know");
}

/// One journey after another until the server is down; returns what was confirmed by then.
async fn people(load: Load, url: String, round: usize, person: usize) -> Vec<Answered> {
    let mut all = Vec::new();
    for number in 0.. {
        let Some(student) = load.queue.lock().await.pop_front() else { break };
        let email = format!("r{round}p{person}n{number}@example.cn");
        let mut client = Client::new(&url);
        let mut told = None;
        // In turns, so that every kind of work runs concurrently.
        let gone = journey(&mut client, &email, &student, person + number, &mut told).await.is_err();
        if let Some(told) = told {
            all.push(Answered { client, email, told });
            if load.answered.fetch_add(1, Ordering::SeqCst) + 1 == load.acknowledged {
                load.enough.notify_one();
            }
        }
        if gone {
            break;
        }
    }
    all
}

/// Returns an error when the server is down; `told` is the last confirmation before that.
async fn journey(
    client: &mut Client,
    email: &str,
    student: &Student,
    turn: usize,
    told: &mut Option<Acknowledged>,
) -> Result<(), reqwest::Error> {
    let offers = bind(client, email, student, told).await?;
    let Some(subject) = page_markup::open_offers(&offers).into_iter().next() else { return Ok(()) };
    let answer = client.try_post("/registration/written", &[("subject", &subject)]).await?;
    if answer.status != 303 || answer.location != "/registration" {
        return Ok(());
    }
    *told = Some(Acknowledged::Entered(subject.clone()));
    match turn % 4 {
        0 => cancel(client, subject, told).await,
        1 => pay(client, PayBy::Alipay, subject, told).await,
        2 => pay(client, PayBy::PayEase, subject, told).await,
        _ => Ok(()),
    }
}

async fn cancel(
    client: &mut Client,
    subject: String,
    told: &mut Option<Acknowledged>,
) -> Result<(), reqwest::Error> {
    let page = client.try_get("/registration").await?;
    let Some(entry) = page_markup::entries(&page.text).into_iter().next() else {
        panic!("{subject} was entered and is not there: {}", page.text)
    };
    // From here on the outcome is unknown until the response arrives.
    *told = Some(Acknowledged::Saved);
    let answer = client.try_post(&format!("/registration/entries/{}/cancellation", entry.id), &[]).await?;
    answer.leads_to("/registration");
    *told = Some(Acknowledged::Cancelled(subject));
    Ok(())
}

async fn pay(
    client: &mut Client,
    way: PayBy,
    subject: String,
    told: &mut Option<Acknowledged>,
) -> Result<(), reqwest::Error> {
    gateway::go(client, way, "pay").await?;
    *told = Some(Acknowledged::Paid(subject));
    Ok(())
}

/// From registering to the 笔试报考 page, which is returned.
async fn bind(
    client: &mut Client,
    email: &str,
    student: &Student,
    told: &mut Option<Acknowledged>,
) -> Result<String, reqwest::Error> {
    let password = super::client::PASSWORD;
    client
        .try_post("/register", &[("email", email), ("password", password), ("password_again", password)])
        .await?;
    client.try_post("/login", &[("email", email), ("password", password)]).await?;
    let agreement = client.try_get("/agreement").await?;
    let version = page_markup::post_forms(&agreement.text)
        .into_iter()
        .find(|form| form.action == "/agreement")
        .and_then(|form| form.fields.into_iter().find(|(name, _)| name == "version"))
        .map_or_else(String::new, |(_, version)| version);
    client.try_post("/agreement", &[("accept", "yes"), ("version", &version)]).await?;
    let fields = [
        ("document_kind", student.document_kind),
        ("document_number", student.document_number.as_str()),
        ("name", student.name.as_str()),
    ];
    client.try_post("/qualification", &fields).await?;
    let saved = client.try_post("/qualification/record", &[("checked", "yes")]).await?;
    if saved.status == 303 && saved.location == "/registration/written" {
        *told = Some(Acknowledged::Saved);
    }
    Ok(client.try_get("/registration/written").await?.text)
}

#[expect(clippy::disallowed_methods, reason = "how long to test is not a setting of the program")]
fn rounds() -> usize {
    std::env::var("CET_TEST_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}
