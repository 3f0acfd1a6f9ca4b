//! One seed, one season of money: candidates, their school, finance, the clock and three gateways that misbehave act in any
//! order on the real store and rules. After every step what each page tells is compared with the books, the books with
//! what the gateways really took and gave back, and the invariants are asked.
//!
//! `CET_SIMULATION_SEED=N` plays one seed again, `CET_SIMULATION_SEEDS=N` so many from `CET_SIMULATION_FROM`
//! (`docs/money.md`).

mod finance;
mod gateways;
mod oracle;
mod steps;

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};

use super::pages_tell::assert_pages_tell;
use super::world::*;
use crate::entry::testing::minutes;
use crate::payment::context::{PaymentContext, Without};
use crate::payment::store::Order;
use crate::store::testing::{Kind, TestDb, block_on};
use crate::store::{DbError, Tx};
use crate::words::ids::OrderId;

/// How many seeds run where nothing else is asked for; the whole CI runs 2,000.
const SEEDS: u64 = 60;
/// In how many of them a guard that was taken away must be missed.
const MISSED_WITHIN: u64 = 2_000;
/// Steps of one seed.
const STEPS: usize = 30;
const CANDIDATES: i64 = 3;

/// A guard that is taken away to see that its absence is found.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Missing {
    Nothing,
    /// Nobody but the gateway can sign a notification (TH33).
    Signature,
    /// One that stands in the code.
    Guard(Without),
    /// One receipt a trade, whatever is sent how often (I11).
    Idempotency,
    /// What became of a line is told in the transaction that decides it (I3).
    BookedEvent,
    /// Refunds are taken as done when the gateway has confirmed them.
    RefundState,
}

impl Missing {
    const ALL: [Self; 8] = [
        Self::Signature,
        Self::Guard(Without::Amount),
        Self::Guard(Without::OrderState),
        Self::Guard(Without::SeatCheck),
        Self::Guard(Without::AskBeforeResend),
        Self::Idempotency,
        Self::BookedEvent,
        Self::RefundState,
    ];

    /// What the database is told besides.
    fn sql(self) -> Option<&'static str> {
        match self {
            // The database has the same guard a second time.
            Self::Guard(Without::SeatCheck) => Some("PRAGMA ignore_check_constraints = ON"),
            Self::Nothing | Self::Signature | Self::Guard(_) => None,
            Self::Idempotency => Some("DROP INDEX receipt_trade"),
            Self::BookedEvent => Some(
                "CREATE TRIGGER lost AFTER INSERT ON payment_event WHEN NEW.kind = 'booked'
                 BEGIN DELETE FROM payment_event WHERE id = NEW.id; END",
            ),
            Self::RefundState => Some(
                "CREATE TRIGGER early AFTER INSERT ON refund
                 BEGIN UPDATE refund SET state = 'done', done_at = due_at, try_at = NULL WHERE id = NEW.id; END",
            ),
        }
    }
}

/// Numbers from a seed (splitmix64).
struct Dice(u64);

impl Dice {
    fn below(&mut self, n: u64) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (z ^ (z >> 31)) % n
    }

    fn of<T: Copy>(&mut self, some: &[T]) -> T {
        some[usize::try_from(self.below(some.len() as u64)).unwrap()]
    }
}

/// A season that is being played.
struct Season {
    m: PaymentWorld,
    dice: Dice,
    /// The orders that were opened, each once.
    orders: Vec<Order>,
    /// What a gateway really took, by the number of its trade: for which order, and how much.
    came: BTreeMap<String, (OrderId, i64)>,
    /// Takes what a forger signs; only where that guard is missing.
    credulous: Option<PaymentContext>,
    /// Requests for refunds that wait for a second person.
    asked: Vec<i64>,
    /// Whether it begins with money that comes after its seat went to somebody else.
    is_of_a_lost_seat: bool,
}

impl Season {
    async fn open(t: TestDb, seed: u64, missing: Missing) -> Self {
        // Mostly one seat a subject, so that late money finds it taken.
        let mut m = PaymentWorld::open(t, if seed.is_multiple_of(3) { 2 } else { 1 }).await;
        m.finance(&["one", "two"]).await;
        for n in 1..=CANDIDATES {
            m.world.passport(n, if n == 1 { "en" } else { "zh" }).await;
        }
        if let Some(sql) = missing.sql() {
            m.world.sql(sql).await;
        }
        if let Missing::Guard(without) = missing {
            m.payments.without = without;
        }
        let credulous = (missing == Missing::Signature).then(|| m.credulous_shop());
        let (dice, orders, came, asked) = (Dice(seed), Vec::new(), BTreeMap::new(), Vec::new());
        Self { m, dice, orders, came, credulous, asked, is_of_a_lost_seat: seed % 8 == 1 }
    }

    fn any_order(&mut self) -> Option<Order> {
        let n = self.orders.len() as u64;
        (n > 0).then(|| self.orders[usize::try_from(self.dice.below(n)).unwrap()].clone())
    }

    async fn play(mut self) {
        if self.is_of_a_lost_seat {
            println!("before: {}", self.loses_a_seat().await);
            self.check().await;
        }
        for n in 0..STEPS {
            let what = self.step(n).await;
            // Shown when the test fails, with what was found.
            println!("{n}: {what}");
            self.check().await;
        }
        self.settle_down().await;
    }

    /// After every step.
    async fn check(&self) {
        assert_pages_tell(&self.m, 1..=CANDIDATES).await;
        oracle::check(self).await;
        let found: Result<_, DbError> =
            self.m.world.t.db.read(async |tx: &mut Tx<'_>| crate::verify::found_now(tx).await).await;
        let mut broken = found.unwrap();
        // While no job runs, a hold may last longer.
        broken.retain(|of| *of != "I9");
        assert_eq!(broken, Vec::<&str>::new());
    }

    /// In the end every fen that came is booked or before finance, and every fen that is due has gone back.
    async fn settle_down(&mut self) {
        self.m.bank.faults.lock().unwrap().clear();
        for _ in 0..4 {
            self.m.world.advance(minutes(7 * 60));
            self.m.run_jobs().await;
            println!("finance: {}", finance::settle(self).await);
            self.m.run_jobs().await;
        }
        self.m.world.advance(minutes(40 * 60));
        self.m.run_jobs().await;
        self.check().await;
        oracle::check_in_the_end(self).await;
        // And what is checked by more than a statement.
        assert_eq!(self.m.broken().await, Vec::<&str>::new());
    }
}

/// Plays a seed; returns whether all agreed.
fn agrees(seed: u64, missing: Missing) -> bool {
    std::panic::catch_unwind(|| {
        block_on(Kind::Sqlite, async |t| Season::open(t, seed, missing).await.play().await);
    })
    .is_ok()
}

#[expect(clippy::disallowed_methods, reason = "one seed is played again by the environment")]
fn setting(name: &str) -> Option<u64> {
    std::env::var(name).ok().map(|text| text.parse().unwrap())
}

/// Plays seeds on as many threads as asked for; those that failed.
fn failing(seeds: std::ops::Range<u64>) -> Vec<u64> {
    let next = AtomicU64::new(seeds.start);
    let threads = setting("CET_SIMULATION_THREADS").unwrap_or(2);
    let mut failed: Vec<u64> = std::thread::scope(|scope| {
        let players: Vec<_> = (0..threads)
            .map(|_| {
                scope.spawn(|| {
                    let mut failed = Vec::new();
                    loop {
                        let seed = next.fetch_add(1, Ordering::Relaxed);
                        if seed >= seeds.end {
                            return failed;
                        }
                        if !agrees(seed, Missing::Nothing) {
                            failed.push(seed);
                        }
                    }
                })
            })
            .collect();
        players.into_iter().flat_map(|player| player.join().unwrap()).collect()
    });
    failed.sort_unstable();
    failed
}

#[test]
fn whatever_candidates_schools_finance_the_clock_and_gateways_do_pages_tell_what_the_books_say() {
    if let Some(seed) = setting("CET_SIMULATION_SEED") {
        // Not caught: the first step that disagrees is shown with all before it.
        block_on(Kind::Sqlite, async |t| Season::open(t, seed, Missing::Nothing).await.play().await);
        return;
    }
    let from = setting("CET_SIMULATION_FROM").unwrap_or(0);
    let seeds = setting("CET_SIMULATION_SEEDS").unwrap_or(SEEDS);
    let failed = failing(from..from + seeds);
    assert!(failed.is_empty(), "play one again with CET_SIMULATION_SEED: {failed:?}");
}

#[test]
fn a_guard_that_is_taken_away_is_missed_by_the_simulation() {
    for missing in Missing::ALL {
        let mut seeds = 0..MISSED_WITHIN;
        let found = seeds.find(|seed| !agrees(*seed, missing) && agrees(*seed, Missing::Nothing));
        assert!(found.is_some(), "{missing:?} is not missed");
        println!("{missing:?} is missed by seed {}", found.unwrap());
    }
}
