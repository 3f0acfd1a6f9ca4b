//! Power cuts: the process is killed under load, and nothing that was answered is lost.

use std::collections::VecDeque;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};

use tokio::sync::{Mutex, Notify};

use super::client::Client;
use super::demo::{Demo, Student};
use super::marks;

/// Rounds in a run of all tests; `scripts/bench kill` asks for more.
const ROUNDS: usize = 2;
/// People at work at the same time.
const PEOPLE: usize = 8;

#[tokio::test(flavor = "multi_thread")]
async fn what_was_answered_is_there_after_kill_9_on_sqlite() {
    let mut demo = Demo::start(None);
    // The manual's people come first; the made-up ones have a roster line that allows something.
    let students = demo.students().split_off(10);
    let queue: Arc<Mutex<VecDeque<Student>>> = Arc::new(Mutex::new(students.into()));
    let mut kept: Vec<Entered> = Vec::new();
    for round in 0..rounds() {
        // Differs from round to round, so that the cut falls into different work.
        let acknowledged = 5 + (round * 7) % 23;
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
        for person in work {
            kept.extend(person.await.unwrap());
        }
        assert!(kept.len() >= acknowledged);
        demo.verify();
        for entered in &mut kept {
            entered.client.url.clone_from(&demo.url);
            let there: Vec<String> =
                entered.client.entries().await.into_iter().map(|entry| entry.subject).collect();
            assert!(
                there.contains(&entered.subject),
                "{}: {there:?} lacks {}",
                entered.email,
                entered.subject
            );
        }
    }
}

#[derive(Clone)]
struct Load {
    queue: Arc<Mutex<VecDeque<Student>>>,
    answered: Arc<AtomicUsize>,
    enough: Arc<Notify>,
    acknowledged: usize,
}

/// An entry whose 303 arrived.
struct Entered {
    client: Client,
    email: String,
    subject: String,
}

/// One journey after another until the server is gone; what was answered by then.
async fn people(load: Load, url: String, round: usize, person: usize) -> Vec<Entered> {
    let mut entered = Vec::new();
    for number in 0.. {
        let Some(student) = load.queue.lock().await.pop_front() else { break };
        let email = format!("r{round}p{person}n{number}@example.cn");
        match journey(&url, &email, &student).await {
            Some(Ok(done)) => entered.push(done),
            Some(Err(())) => break,
            None => continue,
        }
        if load.answered.fetch_add(1, Ordering::SeqCst) + 1 == load.acknowledged {
            load.enough.notify_one();
        }
    }
    entered
}

/// Nothing: this student has no subject to enter. An error: the server is gone.
async fn journey(url: &str, email: &str, student: &Student) -> Option<Result<Entered, ()>> {
    let mut client = Client::new(url);
    let subject = match enter(&mut client, email, student).await {
        Ok(subject) => subject?,
        Err(_gone) => return Some(Err(())),
    };
    Some(Ok(Entered { client, email: email.to_owned(), subject }))
}

async fn enter(
    client: &mut Client,
    email: &str,
    student: &Student,
) -> Result<Option<String>, reqwest::Error> {
    let password = super::client::PASSWORD;
    client
        .try_post("/register", &[("email", email), ("password", password), ("password_again", password)])
        .await?;
    client.try_post("/login", &[("email", email), ("password", password)]).await?;
    let agreement = client.try_get("/agreement").await?;
    let version = marks::post_forms(&agreement.text)
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
    client.try_post("/qualification/record", &[("checked", "yes")]).await?;
    let offers = client.try_get("/registration/written").await?;
    let Some(subject) = marks::open_offers(&offers.text).into_iter().next() else { return Ok(None) };
    let answer = client.try_post("/registration/written", &[("subject", &subject)]).await?;
    Ok((answer.status == 303 && answer.location == "/registration").then_some(subject))
}

#[expect(clippy::disallowed_methods, reason = "how long to test is not a setting of the program")]
fn rounds() -> usize {
    std::env::var("CET_TEST_KILL_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}
