//! Measures the HTTP performance of the site: the portal, a candidate's pages, 100,000 sessions, admission tickets.
//!
//! `scripts/bench http [SECONDS [CONNECTIONS [PART]]]`; PART is `pages`, `sessions` or `tickets`, or all if omitted.
//! The server is the release binary `cet serve` next to this program, on the durable database that `cet demo` creates
//! in its own folder. The load comes from one thread of this program over keep-alive connections without pipelining,
//! and shares the machine with the server; the server's own CPU time is printed next to the rate.

mod candidates;
mod load;
mod server;
mod sessions;
mod tickets;
mod wire;

use std::sync::Arc;
use std::time::Duration;

use candidates::Candidate;
use load::{Load, Pace};
use server::{Fault, Folder, Server};

/// Candidates who register, log in, bind and enter through the site's forms.
const CANDIDATES: usize = 200;

struct Plan {
    seconds: u64,
    connections: usize,
    part: Option<String>,
}

impl Plan {
    fn has(&self, part: &str) -> bool {
        self.part.as_deref().is_none_or(|only| only == part)
    }

    fn load(&self, requests: Vec<Arc<[u8]>>, expect: u16) -> Load {
        Load {
            requests,
            connections: self.connections,
            time: Duration::from_secs(self.seconds),
            pace: Pace::AsFastAsAnswered,
            expect,
        }
    }
}

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default: u64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let plan = Plan {
        seconds: number(0, 8)?.max(1),
        connections: usize::try_from(number(1, 64)?)?.max(1),
        part: arguments.get(2).cloned(),
    };
    // One thread: the server has the rest of the machine.
    tokio::runtime::Builder::new_current_thread().enable_all().build()?.block_on(run(&plan))
}

async fn run(plan: &Plan) -> Result<(), Fault> {
    let folder = Folder::new()?;
    let demo = Server::demo(&folder)?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("cet demo at its first start: {}", demo.memory()?);
    demo.stop()?;
    let demo = Server::demo(&folder)?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("cet demo at a later start: {}", demo.memory()?);
    demo.stop()?;
    let server = Server::serve(&folder)?;
    tokio::time::sleep(Duration::from_secs(2)).await;
    println!("cet serve at rest: {}", server.memory()?);
    let candidates = candidates::sign_up(&server, &folder, CANDIDATES).await?;
    println!(
        "cet serve after {CANDIDATES} candidates had registered, logged in, bound and entered by its forms: {}",
        server.memory()?
    );
    if plan.has("pages") {
        pages(plan, &server, &candidates).await?;
    }
    if plan.has("sessions") {
        sessions::run(plan, &server, &folder).await?;
    }
    if plan.has("tickets") {
        tickets::one_core()?;
        tickets::at_once(plan, &server, &folder, candidates).await?;
    }
    server.stop()
}

async fn pages(plan: &Plan, server: &Server, candidates: &[Candidate]) -> Result<(), Fault> {
    println!("{} connections, {} s each:", plan.connections, plan.seconds);
    let portal = |headers: &str| vec![wire::get(server.address(), "/", headers)];
    for (name, headers) in [
        ("portal, as it is", String::new()),
        ("portal, gzip", "accept-encoding: gzip\r\n".to_owned()),
        ("portal, brotli", "accept-encoding: gzip, deflate, br\r\n".to_owned()),
    ] {
        let done = load::run(server, &plan.load(portal(&headers), 200)).await?;
        println!("{name:<34}{done}");
    }
    let tag = wire::Wire::open(server.address()).await?.header_of("/", "etag").await?;
    let known = format!("accept-encoding: gzip, deflate, br\r\nif-none-match: {tag}\r\n");
    let done = load::run(server, &plan.load(portal(&known), 304)).await?;
    println!("{:<34}{done}", "portal, 304");
    for (name, path) in [
        ("information page", "/registration"),
        ("written page", "/registration/written"),
        ("candidate's front page", "/home"),
    ] {
        let requests = candidates.iter().map(|candidate| candidate.get(server.address(), path)).collect();
        let done = load::run(server, &plan.load(requests, 200)).await?;
        println!("{name:<34}{done}");
    }
    println!("cet serve after that: {}", server.memory()?);
    Ok(())
}
