//! Measures what the pages of a signed-in candidate read, and what knowing the candidate's situation costs them (R18).
//!
//! `cargo run --release -p cet --example bench_pages -- URL [REGISTRATIONS [PAGES]]`, where URL is `sqlite:PATH` (a new
//! file) or `postgres://…/DATABASE` (an empty database). Each registration has a passport, a paid subject, a paid order with
//! its receipt, and three messages; one in ten has a refund. A page is of a random candidate and is one read. "Before" is what
//! home and information page read when they did not know the situation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cet_base::store::{Clock, Db, DbError, Settings, Tx};
use cet_base::texts::{Lang, texts};
use cet_base::words::ids::PassportId;
use cet_domain::payment::verbs::{history, money_of, with_money};
use cet_domain::sitting::Plan;
use cet_domain::sitting::catalogue::CatalogueCell;
use cet_domain::situation::{decide, verbs::Read, verbs::read};
use cet_domain::{entry, message, passport, registration, review, ticket};
use cet_site::situation::{Lead, On, Wording, Written, notices};
use cet_site::web::page::Page;

#[path = "bench_pages/seed.rs"]
mod seed;

use self::seed::seed;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = arguments.first().cloned().ok_or("expected sqlite:PATH or postgres://…")?;
    let number = |n: usize, default: i64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let (registrations, pages) = (number(1, 1_000_000)?, number(2, 20_000)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(run(url, registrations, pages))
}

async fn run(url: String, registrations: i64, pages: i64) -> Result<(), Fault> {
    let clock = Clock::Real { rehearsal: false };
    let db = Db::open(Settings { url, pool: 8, durable: false, clock, node: 1 }).await?;
    db.migrate().await?;
    let begin = Instant::now();
    seed(&db, registrations).await?;
    println!("{}: {registrations} registrations seeded in {:.1?}", db.kind(), begin.elapsed());
    let catalogue = CatalogueCell::open(&db).await?.get();
    let plan = Arc::clone(catalogue.current().ok_or("no sitting")?);
    let who = |n: i64| PassportId(1 + (n * 7_919_777) % registrations);
    for name in
        ["home before", "home", "information before", "information", "front page", "messages", "payments"]
    {
        let mut times = Vec::new();
        // As many again before the clock runs: the first ones read the file.
        for n in -pages..pages {
            let begin = Instant::now();
            shown(&db, &plan, name, who(n.abs())).await?;
            times.extend((n >= 0).then(|| begin.elapsed()));
        }
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        let all: Duration = times.iter().sum();
        println!(
            "{name:<20} p50 {:>8.1?}  p99 {:>8.1?}  mean {:>8.1?}",
            at(50),
            at(99),
            all / u32::try_from(times.len())?
        );
    }
    Ok(())
}

/// What a page reads, and the words of its situation.
async fn shown(db: &Db, plan: &Arc<Plan>, name: &'static str, who: PassportId) -> Result<(), Fault> {
    let of = Arc::clone(plan);
    let known: Option<Read> = db
        .read(async move |tx: &mut Tx<'_>| match name {
            "home before" | "information before" => {
                before(tx, &of, who, name == "information before").await?;
                Ok(None)
            }
            "messages" => {
                passport::store::wants_optional_mails(tx, who).await?;
                message::store::of_passport(tx, who, None, 21).await?;
                Ok(None)
            }
            "payments" => {
                history(tx, who, None, 20).await?;
                Ok(None)
            }
            _ => {
                let known = read(tx, &of, who, (None, true)).await?;
                if let ("information", Some(of)) = (name, &known.facts.registration) {
                    registration::store::snapshot(tx, of.school, of.id).await?;
                    with_money(tx, who, &known.money).await?;
                }
                Ok::<_, DbError>(Some(known))
            }
        })
        .await?;
    if let Some(known) = known {
        let standpoint = decide(&known.facts, plan, known.now);
        let page = Page::new(texts(Lang::Zh), Arc::default(), "/home");
        let told =
            Wording { page: &page, plan, money: &known.money, written: &Written::default(), now: known.now };
        let said = (Lead::of(&told, &standpoint.situation, On::Home), notices(&told, &standpoint.notes));
        if said.0.title.is_empty() {
            return Err("a situation without words".into());
        }
    }
    Ok(())
}

async fn before(tx: &mut Tx<'_>, plan: &Plan, who: PassportId, information: bool) -> Result<(), DbError> {
    if information {
        money_of(tx, who).await?;
    }
    let Some(of) = registration::verbs::of_passport(tx, who, &plan.code).await? else {
        return Err(DbError::Decode("registration"));
    };
    let entries = entry::verbs::entries_of(tx, &of).await?;
    ticket::verbs::seats_of(tx, &of, &entries).await?;
    if information {
        registration::store::snapshot(tx, of.school, of.id).await?;
        review::verbs::shows_state(tx, who, &plan.code).await?;
    }
    Ok(())
}
