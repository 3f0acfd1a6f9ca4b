//! Puts a server under load: a number of connections, each sending its next request after the response, or at a fixed
//! rate.

use std::fmt;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;

use super::server::{Fault, Server};
use super::wire::Wire;

/// The requests and how they are sent.
pub(crate) struct Load {
    /// The requests; each connection starts at a different one and cycles through all of them.
    pub(crate) requests: Vec<Arc<[u8]>>,
    pub(crate) connections: usize,
    pub(crate) time: Duration,
    pub(crate) pace: Pace,
    /// The status that every response must have.
    pub(crate) expect: u16,
}

/// When a connection sends its next request.
#[derive(Clone, Copy)]
pub(crate) enum Pace {
    /// Immediately: measures what the server can do.
    AsFastAsAnswered,
    /// This long after the previous request: measures what people experience.
    Every(Duration),
}

/// The result.
pub(crate) struct Done {
    times: Vec<Duration>,
    wrong: usize,
    took: Duration,
    processor: Duration,
}

impl Done {
    /// The response time at this percentile.
    pub(crate) fn percentile(&self, percent: usize) -> Duration {
        let at = self.times.len().saturating_mul(percent).checked_div(100).unwrap_or(0);
        self.times.get(at).copied().unwrap_or_default()
    }

    pub(crate) fn rate(&self) -> u128 {
        let count = u128::try_from(self.times.len()).unwrap_or(0);
        count.saturating_mul(1_000_000).checked_div(self.took.as_micros()).unwrap_or(0)
    }
}

impl fmt::Display for Done {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let each = self.processor.as_micros().checked_div(u128::try_from(self.times.len()).unwrap_or(0));
        write!(
            f,
            "{:>7}/s   p50 {:>8.2?}   p99 {:>8.2?}   server {:>5.2?} = {:>3} µs each",
            self.rate(),
            self.percentile(50),
            self.percentile(99),
            self.processor,
            each.unwrap_or(0),
        )?;
        if self.wrong > 0 { write!(f, "   WRONG ANSWERS: {}", self.wrong) } else { Ok(()) }
    }
}

/// Runs the load to completion.
pub(crate) async fn run(server: &Server, load: &Load) -> Result<Done, Fault> {
    let mut connections = JoinSet::new();
    let before = server.processor()?;
    let begun = Instant::now();
    let end = begun.checked_add(load.time).ok_or("too long")?;
    for n in 0..load.connections {
        let mut requests = load.requests.clone();
        let first = n.checked_rem(requests.len()).ok_or("nothing to ask")?;
        requests.rotate_left(first);
        connections.spawn(one(server.address(), requests, end, load.pace, load.expect));
    }
    let (mut times, mut wrong) = (Vec::new(), 0_usize);
    while let Some(done) = connections.join_next().await {
        let (own, bad) = done??;
        times.extend(own);
        wrong = wrong.saturating_add(bad);
    }
    let (took, processor) = (begun.elapsed(), server.processor()?.saturating_sub(before));
    times.sort_unstable();
    Ok(Done { times, wrong, took, processor })
}

async fn one(
    address: SocketAddr,
    requests: Vec<Arc<[u8]>>,
    end: Instant,
    pace: Pace,
    expect: u16,
) -> std::io::Result<(Vec<Duration>, usize)> {
    let mut wire = Wire::open(address).await?;
    let (mut times, mut wrong) = (Vec::new(), 0_usize);
    for request in requests.iter().cycle() {
        let asked = Instant::now();
        if asked >= end {
            break;
        }
        let status = wire.ask(request).await?;
        times.push(asked.elapsed());
        wrong = wrong.saturating_add(usize::from(status != expect));
        if let Pace::Every(period) = pace {
            tokio::time::sleep(period.saturating_sub(asked.elapsed())).await;
        }
    }
    Ok((times, wrong))
}
