//! How an order stands, as its payer reads it in the history of payments.

use super::OrderState;
use crate::words::fen::FenSum;

/// What has become of an order and of its money.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Outcome {
    /// Waits for payment.
    Waiting,
    /// Takes no money any more, and its gateway is asked what became of it.
    Asking,
    /// Paid, at least in part: what went back of it stands beside.
    Paid,
    /// Closed without money.
    Closed,
    /// All that came is on its way back.
    GoingBack,
    /// All that came is back.
    Back,
}

/// The money of an order: what came, what is owed back, what the gateway took back.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flow {
    /// What arrived.
    pub received: FenSum,
    /// What is on its way back.
    pub due: FenSum,
    /// What is back.
    pub done: FenSum,
}

impl Flow {
    /// What goes back in all.
    #[must_use]
    pub fn back(self) -> FenSum {
        self.due.plus(self.done)
    }

    /// What stays of what arrived.
    #[must_use]
    pub fn kept(self) -> FenSum {
        FenSum::new(self.received.get().saturating_sub(self.back().get())).unwrap_or_default()
    }
}

/// Money counts above the state: a closed order whose money came late and went back is not told as closed.
#[must_use]
pub fn outcome(order: OrderState, past_deadline: bool, flow: Flow) -> Outcome {
    if !flow.received.is_zero() && flow.back() == flow.received {
        return if flow.due.is_zero() { Outcome::Back } else { Outcome::GoingBack };
    }
    match order {
        OrderState::Open if past_deadline => Outcome::Asking,
        OrderState::Open => Outcome::Waiting,
        OrderState::Paid => Outcome::Paid,
        OrderState::Closed(_) if flow.received.is_zero() => Outcome::Closed,
        OrderState::Closed(_) => Outcome::Paid,
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
        for (state, past, money, told) in [
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
            assert_eq!(outcome(state, past, money), told, "{state:?} {past} {money:?}");
        }
    }
}
