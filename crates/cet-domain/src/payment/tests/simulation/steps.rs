//! What candidates, their school and the clock do.

use super::{CANDIDATES, Season, finance};
use crate::entry::testing::{HOME, bound, minutes, sitting};
use crate::entry::verbs::entries_of;
use crate::payment::verbs::{came_back, end_open, refresh};
use crate::store::Tx;
use crate::words::ids::{EntryId, PassportId};

impl Season {
    /// One step of somebody; what it was, for the message of a failure.
    pub(super) async fn step(&mut self, n: usize) -> String {
        let who = PassportId(i64::try_from(self.dice.below(CANDIDATES.unsigned_abs())).unwrap() + 1);
        // A season begins with somebody who enters and goes to pay.
        let kind = match n {
            0 | 1 => 0,
            2 => 3,
            _ => self.dice.below(22),
        };
        match kind {
            0..=2 => self.enters(who).await,
            3..=5 => self.pays(who).await,
            6..=8 => self.at_the_bank().await,
            9..=11 => self.told().await,
            12 => {
                came_back(&self.m.payments, who, None).await.unwrap();
                format!("{who:?} comes back")
            }
            13 => {
                format!("{who:?} has the gateway asked: {:?}", refresh(&self.m.payments, who).await.unwrap())
            }
            14 => self.cancels(who).await,
            15 => self.school().await,
            16..=17 => {
                let by = self.dice.of(&[1, 30, 600, 1500]);
                self.m.world.advance(minutes(by));
                if by == 1500 {
                    self.m.run_jobs().await;
                }
                format!("{by} minutes pass")
            }
            18..=19 => format!("finance: {}", finance::step(self).await),
            _ => {
                self.m.run_jobs().await;
                "jobs".to_owned()
            }
        }
    }

    /// Somebody pays for one subject and lets the hold of another end; the money for that comes when its seat is taken.
    pub(super) async fn loses_a_seat(&mut self) -> String {
        let one = self.m.world.candidate(1).await;
        self.m.world.enter(one, "1").await.unwrap();
        let first = self.m.opened(one, "alipay").await;
        self.orders.push(first.clone());
        self.pays_and_tells(&first).await;
        self.m.world.enter(one, "2").await.unwrap();
        let late = self.m.opened(one, "payease").await;
        self.orders.push(late.clone());
        self.m.world.advance(minutes(25 * 60));
        self.m.run_jobs().await;
        let two = self.m.world.candidate(2).await;
        let taken = self.m.world.enter(two, "2").await.is_ok();
        format!("the seat is somebody else's: {taken}, {}", self.pays_and_tells(&late).await)
    }

    async fn enters(&mut self, who: PassportId) -> String {
        let world = &self.m.world;
        if world.registration(who).await.is_none() {
            let _may_have_to_wait = bound(&world.t.db, &world.catalogue, who.0, who.0).await;
        }
        if self.dice.below(6) == 0 {
            return format!("{who:?} enters the oral F: {:?}", world.enter_oral(who, "F", HOME).await);
        }
        let subjects = self.dice.of(&["1", "2", "1;2", "3"]);
        format!("{who:?} enters {subjects}: {:?}", world.enter(who, subjects).await)
    }

    async fn pays(&mut self, who: PassportId) -> String {
        if self.m.world.registration(who).await.is_none() {
            return self.enters(who).await;
        }
        let gateway = self.dice.of(&["alipay", "payease", "payease", "wechat"]);
        let some: Vec<EntryId> = match self.dice.below(3) {
            0 => self.first_entry(who).await.into_iter().collect(),
            _ => Vec::new(),
        };
        match self.m.pay(who, &some, gateway).await {
            Ok(id) => {
                if !self.orders.iter().any(|order| order.id == id) {
                    self.orders.push(self.m.order(id).await);
                }
                format!("{who:?} goes to {gateway} with {id:?}")
            }
            Err(why) => format!("{who:?} does not get to {gateway}: {why:?}"),
        }
    }

    async fn cancels(&mut self, who: PassportId) -> String {
        let ended = end_open(&self.m.payments, who, sitting()).await.is_ok();
        if let Some(entry) = self.first_entry(who).await.filter(|_| ended) {
            return format!("{who:?} cancels {entry:?}: {:?}", self.m.world.cancel(who, entry).await);
        }
        format!("{who:?} has nothing to cancel")
    }

    async fn first_entry(&self, who: PassportId) -> Option<EntryId> {
        let of = self.m.world.registration(who).await?;
        let read = self.m.world.t.db.read(async move |tx: &mut Tx<'_>| entries_of(tx, &of).await);
        read.await.unwrap().first().map(|entry| entry.id)
    }

    /// The school locks what is free for a payment of its own, and releases it.
    async fn school(&mut self) -> String {
        let locks = self.dice.below(2) == 0;
        self.m
            .world
            .sql(if locks {
                "UPDATE entry SET locked_by = 7 WHERE state = 'held' AND order_id IS NULL"
            } else {
                "UPDATE entry SET locked_by = NULL WHERE state = 'held'"
            })
            .await;
        format!("the school locks: {locks}")
    }
}
