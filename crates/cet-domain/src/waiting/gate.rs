//! Who is let pass, and what a person in the line is told: pure rules.

use super::SETTLES;
use super::estimate::Estimate;
use super::place::Place;
use super::rate::FINDS;
use super::room::Shown;
use super::store::Entrance;
use super::ticket::{Secret, Standing, Ticket, grace};
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// The opening of a sitting: the first of its windows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opening {
    /// The sitting.
    pub sitting: SittingCode,
    /// When its first window opens, in seconds since 1970.
    pub opens: i64,
    /// When its last one closes.
    pub closes: i64,
    /// The secret of its draw.
    pub secret: Secret,
}

impl Opening {
    /// The secret, once everybody may know it.
    #[must_use]
    pub fn published(&self, now: i64) -> Option<&Secret> {
        (now >= self.opens).then_some(&self.secret)
    }
}

/// What happens to a request in front of a line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Gate {
    /// It passes.
    Pass,
    /// It passes, and its ticket notes that the admission is used from now on.
    Uses(Ticket),
    /// It has a ticket, and waits.
    Waits,
    /// It needs a ticket first.
    Joins,
}

/// A request in front of a line.
#[derive(Clone, Copy, Debug)]
pub struct Asked<'t> {
    /// Which line.
    pub way: Entrance,
    /// The ticket that it brings.
    pub ticket: Option<&'t Ticket>,
    /// Who is signed in, as far as known.
    pub passport: Option<PassportId>,
    /// Whose browser it is, as in tickets.
    pub browser: Option<u64>,
    /// When who is signed in was last seen before this request, in seconds since 1970.
    pub seen: Option<i64>,
    /// Whether it sends a form, which ends a step.
    pub sends_form: bool,
    /// In seconds since 1970.
    pub now: i64,
}

/// The ticket, if it is one of this time that the room is on.
#[must_use]
pub fn of_now<'t>(shown: &Shown, ticket: Option<&'t Ticket>) -> Option<&'t Ticket> {
    let (opening, since) = (shown.opening.as_ref()?, shown.on_since()?);
    ticket.filter(|ticket| ticket.sitting == opening.sitting && ticket.second >= since)
}

/// Decides about a request in front of a line.
#[must_use]
pub fn decide(shown: &Shown, asked: Asked<'_>) -> Gate {
    let queue = match asked.way {
        Entrance::Desk => &shown.desk,
        Entrance::Door => &shown.door,
    };
    let (Some(opening), Some(since)) = (&shown.opening, queue.on_since) else { return Gate::Pass };
    let ticket = of_now(shown, asked.ticket).filter(|ticket| is_holder(ticket, asked));
    let finishes = ticket.is_some_and(|ticket| ticket.finishes.is_some_and(|until| asked.now < until));
    if asked.sends_form && finishes {
        return Gate::Pass;
    }
    let Some(ticket) = ticket else {
        // Who has filled in a form while the room turned on is in the middle of a step; who was seen since then was not.
        let turned_on_now = asked.now < since.saturating_add(grace(true)) && since >= opening.opens;
        let was_inside = asked.passport.is_some() && asked.seen.is_some_and(|seen| seen < since);
        return if turned_on_now && asked.sends_form && was_inside { Gate::Pass } else { Gate::Joins };
    };
    let place = place(ticket, asked.way, &opening.secret);
    match ticket.standing(place, queue.line.frontier(), asked.now, grace(asked.sends_form)) {
        Standing::Waits => Gate::Waits,
        Standing::Next => Gate::Uses(Ticket { used: Some(asked.now), ..ticket.clone() }),
        Standing::Admitted(_) => Gate::Pass,
        Standing::Over => Gate::Joins,
    }
}

/// A ticket of another person is no ticket; at the door nobody is known yet, and it is its browser's (TH45).
fn is_holder(ticket: &Ticket, asked: Asked<'_>) -> bool {
    match asked.way {
        Entrance::Door => ticket.browser.is_some() && ticket.browser == asked.browser,
        Entrance::Desk => asked.passport.is_some_and(|passport| ticket.is_of(passport)),
    }
}

fn place(ticket: &Ticket, way: Entrance, secret: &Secret) -> Place {
    match way {
        Entrance::Desk => ticket.place(secret),
        Entrance::Door => ticket.door_place(secret),
    }
}

/// What the holder of a ticket is told.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Progress {
    /// The draw comes at the opening.
    Before {
        /// Seconds until it opens.
        seconds: i64,
        /// How many came so far, counted up to the last second.
        came: u64,
    },
    /// In the line.
    Line {
        /// How many are before; `None` while that second is being counted.
        position: Option<u64>,
        /// Seconds until it is probably one's turn.
        wait: Option<u64>,
        /// The same in honest steps; unknown while the rate of the desk is being found.
        estimate: Estimate,
    },
    /// It is one's turn.
    Admitted,
}

/// What the holder of a ticket is told at `now`.
#[must_use]
pub fn tell(shown: &Shown, ticket: &Ticket, way: Entrance, now: i64) -> Progress {
    let queue = match way {
        Entrance::Desk => &shown.desk,
        Entrance::Door => &shown.door,
    };
    let Some(opening) = shown.opening.as_ref().filter(|_| queue.on_since.is_some()) else {
        return Progress::Admitted;
    };
    let place = place(ticket, way, &opening.secret);
    if queue.line.frontier().admits(place) {
        return Progress::Admitted;
    }
    let seconds = opening.opens.saturating_sub(now);
    if way == Entrance::Desk && seconds > 0 {
        return Progress::Before { seconds, came: shown.drawn };
    }
    // The counts of all who came before the opening are complete some seconds after it.
    let settled = way == Entrance::Door || now >= opening.opens.saturating_add(SETTLES);
    let position = queue.line.position(place).filter(|_| settled);
    let wait = position.and_then(|position| position.checked_div(queue.rate));
    // While the desk's rate is being found it is far too low, and grows every second.
    let found = way == Entrance::Door || now >= opening.opens.saturating_add(SETTLES).saturating_add(FINDS);
    let known = position.filter(|_| found);
    let estimate = known.map_or(Estimate::Unknown, |position| Estimate::of(position, queue.rate));
    Progress::Line { position, wait, estimate }
}
