//! The queue for password hashing: a bounded number at once, separate shares for staff and candidates, and round-robin
//! over networks within a share (TH57), so that guessing does not keep others from logging in.

use std::collections::VecDeque;
use std::net::IpAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::oneshot;

use crate::limit;

/// The most waiters of one share.
pub(super) const QUEUE: usize = 64;

/// Which users share a queue.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Share {
    /// Candidates, and whoever registers or recovers a password. They may use every turn.
    Candidates,
    /// Staff: at most half of the turns, and at least one.
    Staff,
}

/// Who requests a hash.
#[derive(Clone, Debug)]
pub struct Asker {
    share: Share,
    network: String,
}

impl Asker {
    /// A candidate, or somebody who is not logged in.
    #[must_use]
    pub fn candidate(address: IpAddr) -> Self {
        Self { share: Share::Candidates, network: limit::network(address) }
    }

    /// A member of staff, or somebody at the staff login.
    #[must_use]
    pub fn staff(address: IpAddr) -> Self {
        Self { share: Share::Staff, network: limit::network(address) }
    }
}

/// The turns of a node.
#[derive(Debug)]
pub(super) struct Turns(Mutex<State>);

#[derive(Debug)]
struct State {
    free: usize,
    staff_running: usize,
    staff_most: usize,
    /// The share served last, so that they alternate when both wait.
    last: Share,
    candidates: Queue,
    staff: Queue,
    next_id: u64,
}

/// The waiters of a share by network, the next to be served at the front.
#[derive(Debug, Default)]
struct Queue {
    networks: VecDeque<Network>,
    length: usize,
}

#[derive(Debug)]
struct Network {
    name: String,
    waiting: VecDeque<Waiter>,
}

#[derive(Debug)]
struct Waiter {
    id: u64,
    grant: oneshot::Sender<()>,
}

impl Queue {
    /// Adds a waiter; a full queue evicts the newest waiter of the network that has most, unless that is the
    /// requester's own.
    fn push(&mut self, name: &str, waiter: Waiter) -> bool {
        let own = self.networks.iter().find(|network| network.name == name).map_or(0, |n| n.waiting.len());
        if self.length >= QUEUE {
            let longest = self.networks.iter_mut().max_by_key(|network| network.waiting.len());
            let Some(longest) = longest.filter(|network| network.waiting.len() > own.saturating_add(1))
            else {
                return false;
            };
            // Dropping its sender notifies the waiter.
            longest.waiting.pop_back();
            self.length = self.length.saturating_sub(1);
        }
        self.length = self.length.saturating_add(1);
        match self.networks.iter_mut().find(|network| network.name == name) {
            Some(network) => network.waiting.push_back(waiter),
            None => {
                self.networks.push_back(Network { name: name.to_owned(), waiting: VecDeque::from([waiter]) });
            }
        }
        true
    }

    /// The first waiter of the network whose turn it is.
    fn pop(&mut self) -> Option<Waiter> {
        let mut network = self.networks.pop_front()?;
        let waiter = network.waiting.pop_front();
        if waiter.is_some() {
            self.length = self.length.saturating_sub(1);
        }
        if !network.waiting.is_empty() {
            self.networks.push_back(network);
        }
        waiter
    }

    /// Removes a cancelled waiter; returns whether it was still queued.
    fn remove(&mut self, id: u64) -> bool {
        let before = self.length;
        for network in &mut self.networks {
            network.waiting.retain(|waiter| waiter.id != id);
        }
        self.networks.retain(|network| !network.waiting.is_empty());
        self.length = self.networks.iter().map(|network| network.waiting.len()).sum();
        self.length < before
    }
}

impl State {
    const fn queue(&mut self, share: Share) -> &mut Queue {
        match share {
            Share::Candidates => &mut self.candidates,
            Share::Staff => &mut self.staff,
        }
    }

    const fn may_run(&self, share: Share) -> bool {
        self.free > 0 && (matches!(share, Share::Candidates) || self.staff_running < self.staff_most)
    }

    const fn take(&mut self, share: Share) {
        self.free = self.free.saturating_sub(1);
        if matches!(share, Share::Staff) {
            self.staff_running = self.staff_running.saturating_add(1);
        }
        self.last = share;
    }

    fn give_back(&mut self, share: Share) {
        self.free = self.free.saturating_add(1);
        if share == Share::Staff {
            self.staff_running = self.staff_running.saturating_sub(1);
        }
        while self.serve_one() {}
    }

    /// Gives a free turn to the next waiter; returns whether a waiter took it or was gone.
    fn serve_one(&mut self) -> bool {
        let order = match self.last {
            Share::Candidates => [Share::Staff, Share::Candidates],
            Share::Staff => [Share::Candidates, Share::Staff],
        };
        for share in order {
            if !self.may_run(share) {
                continue;
            }
            let Some(waiter) = self.queue(share).pop() else { continue };
            if waiter.grant.send(()).is_ok() {
                self.take(share);
            }
            return true;
        }
        false
    }
}

impl Turns {
    pub(super) fn new(turns: usize) -> Self {
        Self(Mutex::new(State {
            free: turns.max(1),
            staff_running: 0,
            staff_most: turns.checked_div(2).unwrap_or(1).max(1),
            last: Share::Staff,
            candidates: Queue::default(),
            staff: Queue::default(),
            next_id: 0,
        }))
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Waits for a turn; `None` when too many wait already, when it was evicted in favour of another network, or on
    /// timeout.
    pub(super) async fn turn(self: &Arc<Self>, asker: &Asker, limit: Duration) -> Option<Turn> {
        let mut ticket = {
            let mut state = self.lock();
            if state.may_run(asker.share) && state.queue(asker.share).length == 0 {
                state.take(asker.share);
                return Some(Turn { turns: Arc::clone(self), share: asker.share });
            }
            let id = state.next_id;
            state.next_id = state.next_id.wrapping_add(1);
            let (grant, granted) = oneshot::channel();
            if !state.queue(asker.share).push(&asker.network, Waiter { id, grant }) {
                return None;
            }
            Ticket { turns: Arc::clone(self), share: asker.share, id, granted, taken: false }
        };
        match tokio::time::timeout(limit, &mut ticket.granted).await {
            Ok(Ok(())) => {
                ticket.taken = true;
                Some(Turn { turns: Arc::clone(self), share: asker.share })
            }
            Ok(Err(_)) | Err(_) => None,
        }
    }

    /// How many wait, over both shares.
    #[must_use]
    pub(super) fn waiting(&self) -> usize {
        let state = self.lock();
        state.candidates.length.saturating_add(state.staff.length)
    }
}

/// A place in the queue; on drop it is given back, and the turn too if it was granted at that moment.
struct Ticket {
    turns: Arc<Turns>,
    share: Share,
    id: u64,
    granted: oneshot::Receiver<()>,
    taken: bool,
}

impl Drop for Ticket {
    fn drop(&mut self) {
        if self.taken {
            return;
        }
        let mut state = self.turns.lock();
        let share = self.share;
        if !state.queue(share).remove(self.id) && self.granted.try_recv().is_ok() {
            state.give_back(share);
        }
    }
}

/// The right to hash one password; when it is dropped, the next waiter is served.
#[derive(Debug)]
pub(super) struct Turn {
    turns: Arc<Turns>,
    share: Share,
}

impl Drop for Turn {
    fn drop(&mut self) {
        self.turns.lock().give_back(self.share);
    }
}

#[cfg(test)]
#[path = "tests/turns.rs"]
mod tests;
