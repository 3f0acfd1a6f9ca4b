//! What a node keeps of the waiting room in memory: what it has counted, and the lines as of the last second.

use std::collections::BTreeMap;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError, RwLock};

use super::SAVES;
use super::counts::{Line, Tally};
use super::gate::Opening;
use super::place::Place;
use super::rate::{Bounds, Pace};
use super::served::{Served, Service};
use super::store::{Entrance, NodeRow};
use super::ticket::{Holder, Ticket};
use crate::config::{Waiting, WaitingMode};
use crate::vault::{Vault, VaultError, to_hex};
use crate::words::ids::PassportId;

/// One line as of the last second.
#[derive(Clone, Debug, Default)]
pub struct Queue {
    /// Since when people queue; `None` while they do not.
    pub on_since: Option<i64>,
    /// The line.
    pub line: Line,
    /// How many are admitted in a second.
    pub rate: u64,
    /// How many have been admitted since the line's first use.
    pub admitted: u64,
}

/// The waiting room as of the last second, for pages.
#[derive(Clone, Debug, Default)]
pub struct Shown {
    /// When it was read, in seconds since 1970.
    pub at: i64,
    /// The opening that is waited for; `None` before the first round of the job.
    pub opening: Option<Opening>,
    /// Before the forms of those who are signed in.
    pub desk: Queue,
    /// Before log-in and registering.
    pub door: Queue,
    /// How many came before the opening.
    pub drawn: u64,
    /// Whether no campus has a seat left.
    pub full: bool,
    /// The live nodes.
    pub nodes: Vec<NodeRow>,
}

impl Shown {
    /// Since when people queue anywhere: tickets of before are of an earlier time that the room was on, and worth
    /// nothing.
    #[must_use]
    pub fn on_since(&self) -> Option<i64> {
        let both = [self.desk.on_since, self.door.on_since];
        both.into_iter().flatten().min()
    }
}

/// The waiting room on one node.
#[derive(Debug)]
pub struct Room {
    /// The node since its start.
    pub(super) node: String,
    pub(super) mark: String,
    pub(super) mode: WaitingMode,
    pub(super) rehearsal: bool,
    pub(super) before_opening: i64,
    shown: RwLock<Arc<Shown>>,
    pending: Mutex<BTreeMap<i64, Pending>>,
    pub(super) paces: Mutex<Paces>,
    came: Came,
    served: Served,
}

/// How many came in since the last round of the job, by line.
#[derive(Debug, Default)]
struct Came {
    desk: AtomicU64,
    door: AtomicU64,
}

/// What this node measures.
#[derive(Debug)]
pub(super) struct Paces {
    pub(super) desk: Pace,
    pub(super) door: Pace,
}

/// What this node has counted of a second, and whether that is saved.
#[derive(Clone, Debug, Default)]
struct Pending {
    strangers: Tally,
    signed_in: Tally,
    changed: bool,
}

impl Room {
    /// The room of a node that starts.
    ///
    /// # Errors
    /// [`VaultError`] if the system gives no random bytes.
    pub fn new(
        settings: &Waiting,
        (node, mark): (u16, &str),
        rehearsal: bool,
        vault: &Vault,
    ) -> Result<Self, VaultError> {
        let start: [u8; 4] = vault.random()?;
        let bounds = Bounds { least: settings.least, most: settings.most };
        Ok(Self {
            node: format!("{node}-{}", to_hex(&start)),
            mark: mark.to_owned(),
            mode: settings.mode,
            rehearsal,
            before_opening: settings.before_opening,
            shown: RwLock::default(),
            pending: Mutex::default(),
            paces: Mutex::new(Paces { desk: Pace::new(bounds), door: Pace::new(bounds) }),
            came: Came::default(),
            served: Served::default(),
        })
    }

    /// The room as of the last second.
    #[must_use]
    pub fn shown(&self) -> Arc<Shown> {
        Arc::clone(&self.shown.read().unwrap_or_else(PoisonError::into_inner))
    }

    /// Shows the room as it is now.
    pub fn show(&self, shown: Shown) {
        *self.shown.write().unwrap_or_else(PoisonError::into_inner) = Arc::new(shown);
    }

    fn came_of(&self, way: Entrance) -> &AtomicU64 {
        match way {
            Entrance::Desk => &self.came.desk,
            Entrance::Door => &self.came.door,
        }
    }

    /// Counts somebody who comes in, whose turn it is.
    pub fn comes_in(&self, way: Entrance) {
        self.came_of(way).fetch_add(1, Ordering::Relaxed);
    }

    /// How many came in since this was asked last.
    pub(super) fn came(&self, way: Entrance) -> u64 {
        self.came_of(way).swap(0, Ordering::Relaxed)
    }

    /// Counts the ticket of a stranger who brings it back, once and while its second is not complete: a browser that keeps no
    /// cookies would be somebody new with every request.
    pub fn count_back(&self, ticket: &Ticket, place: Place, now: i64) {
        let since = self.shown().on_since();
        if now <= ticket.second.saturating_add(SAVES) && self.served.counts(since, ticket.holder) {
            self.count(ticket, place);
        }
    }

    /// Whether an admission at the door was used for this already.
    #[must_use]
    pub fn had(&self, ticket: &Ticket, service: Service) -> bool {
        self.served.had(self.shown().on_since(), ticket.holder, service)
    }

    /// Notes what an admission at the door was used for.
    pub fn note(&self, ticket: &Ticket, service: Service) {
        self.served.note(self.shown().on_since(), ticket.holder, service);
    }

    /// Whether a place at the door goes along with this passport: with the first that takes it, and with no other.
    #[must_use]
    pub fn goes_to(&self, ticket: &Ticket, passport: PassportId) -> bool {
        self.served.goes_to(self.shown().on_since(), ticket.holder, passport)
    }

    /// Counts a ticket that was given.
    pub fn count(&self, ticket: &Ticket, place: Place) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        let of = pending.entry(place.second).or_default();
        let tally = match ticket.holder {
            Holder::Passport(_) => &mut of.signed_in,
            Holder::Stranger(_) => &mut of.strangers,
        };
        tally.count(place.tie);
        of.changed = true;
    }

    /// What is to be saved of the seconds from `from` on; what is older was left too long, and is left out.
    pub(super) fn unsaved(&self, from: i64, keeps_drawn: bool) -> Vec<(i64, (Tally, Tally))> {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.retain(|second, _| *second >= from || *second == Place::DRAWN && keeps_drawn);
        let changed = pending.iter().filter(|(_, of)| of.changed);
        changed.map(|(second, of)| (*second, (of.strangers.clone(), of.signed_in.clone()))).collect()
    }

    /// Notes what was saved; what was counted meanwhile is saved in the next second.
    pub(super) fn saved(&self, saved: &[(i64, (Tally, Tally))]) {
        let mut pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        for (second, (strangers, signed_in)) in saved {
            if let Some(of) = pending.get_mut(second) {
                of.changed = of.strangers != *strangers || of.signed_in != *signed_in;
            }
        }
    }

    /// How many came to this node in a second.
    pub(super) fn arrivals(&self, second: i64) -> u64 {
        let pending = self.pending.lock().unwrap_or_else(PoisonError::into_inner);
        pending.get(&second).map_or(0, |of| of.strangers.sum().saturating_add(of.signed_in.sum()))
    }
}
