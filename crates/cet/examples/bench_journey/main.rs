//! Measures complete journeys over HTTP: how many candidates per second a node serves from the agreement to the page
//! that leads to the gateway, and the cost of each.
//!
//! `scripts/bench journey [SECONDS [CONNECTIONS [DATABASE]]]`, by default 20 s with 64 connections; DATABASE is an
//! empty PostgreSQL database, without it SQLite is used. Each connection serves one candidate after another; each
//! candidate accepts, looks up the record, saves it, enters English 4 and goes to pay, through the forms of the pages
//! with their hidden fields. The candidates are signed in before the clock starts, since hashing passwords has a fixed
//! cost. The server is the program next to this one, or the one named by `CET_BENCH_SERVER`, so that an earlier version
//! can be measured with the same load. At the end it is measured idle, first before and then after the audit log of the
//! load is linked.

#[path = "../bench_import/people.rs"]
#[expect(dead_code, reason = "another benchmark uses the rest")]
mod people;
mod prepare;
#[path = "../bench_http/server.rs"]
#[expect(dead_code, reason = "another benchmark uses the rest")]
mod server;
mod walk;
#[path = "../bench_http/wire.rs"]
#[expect(dead_code, reason = "another benchmark uses the rest")]
mod wire;

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use server::{Fault, Folder, Server};
use walk::Walk;

/// Candidates prepared per second: more than a node can serve.
const A_SECOND: usize = 2_000;
/// How long the idle server is watched.
const IDLE: Duration = Duration::from_secs(10);

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default: u64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let (seconds, connections) = (number(0, 20)?.max(1), usize::try_from(number(1, 64)?)?.max(1));
    let folder = Folder::with_database(arguments.get(2).cloned())?;
    // One thread: the server has the rest of the machine.
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    runtime.block_on(run(&folder, Duration::from_secs(seconds), connections))
}

async fn run(folder: &Folder, time: Duration, connections: usize) -> Result<(), Fault> {
    let begun = Instant::now();
    let count = usize::try_from(time.as_secs())?.saturating_mul(A_SECOND);
    let tokens = Arc::new(prepare::candidates(folder, count).await?);
    println!("{count} candidates prepared in {:.1?}", begun.elapsed());
    let server = Server::serve(folder)?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("before the load, nobody asks: {}", idle(&server).await?);
    let next = Arc::new(AtomicUsize::new(0));
    let (before, begun) = (server.processor()?, Instant::now());
    let mut all = JoinSet::new();
    for _ in 0..connections {
        let (tokens, next, address) = (Arc::clone(&tokens), Arc::clone(&next), server.address());
        all.spawn(async move {
            let mut times = Vec::new();
            let mut walk = Walk::open(address).await.map_err(|fault| fault.to_string())?;
            while begun.elapsed() < time {
                let n = next.fetch_add(1, Ordering::Relaxed);
                let Some(token) = tokens.get(n) else { return Err("more candidates are needed".to_owned()) };
                let from = Instant::now();
                walk.whole(n, token).await.map_err(|fault| format!("candidate {n}: {fault}"))?;
                times.push(from.elapsed());
            }
            Ok(times)
        });
    }
    let mut times = Vec::new();
    while let Some(own) = all.join_next().await {
        times.extend(own??);
    }
    let (took, processor) = (begun.elapsed(), server.processor()?.saturating_sub(before));
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    let done = u128::try_from(times.len())?.max(1);
    println!(
        "{connections} connections: {done} candidates of {} requests in {took:.1?} = {}/s, p50 {:.1?}, p99 {:.1?}, \
         server {processor:.1?} = {} us a candidate",
        walk::REQUESTS,
        done * 1_000_000 / took.as_micros().max(1),
        at(50),
        at(99),
        processor.as_micros() / done,
    );
    let begun = Instant::now();
    let waited = prepare::until_linked(folder, Duration::from_mins(2)).await?;
    println!("the log was linked {:.1?} later ({waited})", begun.elapsed());
    println!("after the load, nobody asks: {}", idle(&server).await?);
    server.stop()?;
    server::command(folder, &["verify"])?;
    println!("cet verify: no violation");
    Ok(())
}

/// The CPU usage of the idle server.
async fn idle(server: &Server) -> Result<String, Fault> {
    let before = server.processor()?;
    tokio::time::sleep(IDLE).await;
    let took = server.processor()?.saturating_sub(before);
    Ok(format!("{took:.2?} of processor time in {IDLE:.0?}"))
}
