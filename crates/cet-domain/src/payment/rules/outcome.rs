//! The state of an order as the history of payments shows it to the payer.

use super::OrderState;
use crate::words::fen::FenSum;

/// What has become of an order and of its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Waits for payment.
    Waiting,
    /// Its gateway is asked for the result: past its deadline, or after its candidate came back (Y3).
    Asking,
    /// Paid, at least in part; refunds are listed separately.
    Paid,
    /// Closed without money.
    Closed,
    /// All money is being refunded.
    GoingBack,
    /// All money is refunded.
    Back,
}

/// How far a refund has come: one word for every page, mail and file.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Course {
    /// A job goes on with it.
    OnItsWay,
    /// Its gateway refused it or does not explain it: finance staff see to it.
    WithStaff,
    /// The gateway has done it.
    Back,
    /// Finance staff paid it outside the system.
    ByHand,
}

impl Course {
    /// By the state of a refund, and whether it is done.
    #[must_use]
    pub fn of(state: &str, is_done: bool) -> Self {
        match (state, is_done) {
            ("by-hand", _) => Self::ByHand,
            (_, true) => Self::Back,
            ("refused" | "unknown", false) => Self::WithStaff,
            (_, false) => Self::OnItsWay,
        }
    }
}

/// The refunds of an order by how far they have come.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Courses {
    /// What a job goes on with.
    pub on_its_way: FenSum,
    /// What finance staff see to.
    pub with_staff: FenSum,
    /// What is back, also outside the system.
    pub back: FenSum,
}

impl Courses {
    /// The same with so much more.
    #[must_use]
    pub fn plus(self, course: Course, sum: FenSum) -> Self {
        match course {
            Course::OnItsWay => Self { on_its_way: self.on_its_way.plus(sum), ..self },
            Course::WithStaff => Self { with_staff: self.with_staff.plus(sum), ..self },
            Course::Back | Course::ByHand => Self { back: self.back.plus(sum), ..self },
        }
    }

    /// What is left without a part of it.
    #[must_use]
    pub fn without(self, part: Self) -> Self {
        let less =
            |all: FenSum, part: FenSum| FenSum::new(all.get().saturating_sub(part.get())).unwrap_or_default();
        Self {
            on_its_way: less(self.on_its_way, part.on_its_way),
            with_staff: less(self.with_staff, part.with_staff),
            back: less(self.back, part.back),
        }
    }

    /// What is to be said first: what waits for staff, then what is under way, then what is back.
    #[must_use]
    pub fn first(self) -> Option<(Course, FenSum)> {
        [(Course::WithStaff, self.with_staff), (Course::OnItsWay, self.on_its_way), (Course::Back, self.back)]
            .into_iter()
            .find(|(_, sum)| !sum.is_zero())
    }
}

/// The money of an order: what came, what is owed back, what the gateway took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// What arrived.
    pub received: FenSum,
    /// Refunds that are due.
    pub due: FenSum,
    /// Refunds that the gateway has confirmed.
    pub done: FenSum,
}

impl Flow {
    /// All refunds.
    #[must_use]
    pub fn back(self) -> FenSum {
        self.due.plus(self.done)
    }

    /// What is left after refunds.
    #[must_use]
    pub fn kept(self) -> FenSum {
        FenSum::new(self.received.get().saturating_sub(self.back().get())).unwrap_or_default()
    }
}

/// Money takes precedence over the state: a closed order whose late money was refunded is shown as refunded, not as closed.
#[must_use]
pub fn outcome(order: OrderState, is_asked: bool, flow: Flow) -> Outcome {
    if !flow.received.is_zero() && flow.back() == flow.received {
        return if flow.due.is_zero() { Outcome::Back } else { Outcome::GoingBack };
    }
    match order {
        OrderState::Open if is_asked => Outcome::Asking,
        OrderState::Open => Outcome::Waiting,
        OrderState::Closed(_) if flow.received.is_zero() => Outcome::Closed,
        OrderState::Paid | OrderState::Closed(_) => Outcome::Paid,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::payment::rules::ClosedFor;

    fn flow(received: i64, due: i64, done: i64) -> Flow {
        let sum = |fen| FenSum::new(fen).unwrap();
        Flow { received: sum(received), due: sum(due), done: sum(done) }
    }

    #[test]
    fn an_order_is_told_by_its_state_until_all_of_its_money_goes_back() {
        let late = OrderState::Closed(ClosedFor::Deadline);
        for (state, is_asked, money, told) in [
            (OrderState::Open, false, flow(0, 0, 0), Outcome::Waiting),
            (OrderState::Open, true, flow(0, 0, 0), Outcome::Asking),
            (OrderState::Paid, true, flow(3, 0, 0), Outcome::Paid),
            (OrderState::Paid, true, flow(3, 1, 0), Outcome::Paid),
            (OrderState::Paid, true, flow(3, 0, 1), Outcome::Paid),
            (OrderState::Paid, true, flow(3, 1, 2), Outcome::GoingBack),
            (OrderState::Paid, true, flow(3, 0, 3), Outcome::Back),
            // Paid twice: the second money went back, the first one stands.
            (OrderState::Paid, true, flow(6, 0, 3), Outcome::Paid),
            (late, true, flow(0, 0, 0), Outcome::Closed),
            (late, true, flow(3, 3, 0), Outcome::GoingBack),
            (late, true, flow(3, 0, 3), Outcome::Back),
        ] {
            assert_eq!(outcome(state, is_asked, money), told, "{state:?} {is_asked} {money:?}");
        }
    }
}
