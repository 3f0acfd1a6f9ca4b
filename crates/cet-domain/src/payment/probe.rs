//! Whether a gateway understands us: the question for an order that nobody has made.

use gateway::{Gateway, OrderRef, TradeState};

use super::calls::Call;
use super::gateways::Gateways;
use super::wire::Reply;
use crate::words::time::Time;

/// What a gateway said to the question for an order that there is not.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Probe {
    /// That it does not know it: both sides' keys and numbers fit.
    Understood,
    /// That it knows it.
    Odd,
    /// Nothing that can be believed, and why.
    Silence(String),
}

impl Gateways {
    /// Asks a gateway for an order of number 0, which is never given.
    pub async fn probe(&self, gateway: &dyn Gateway, now: Time) -> Probe {
        let made_at = now.timestamp();
        let number = match gateway::OrderNumber::new("00000", 0) {
            Ok(number) => number,
            Err(error) => return Probe::Silence(error.to_string()),
        };
        let nobodys = OrderRef { number, made_at };
        let request = gateway.query_request(&nobodys, made_at);
        let parse = |reply: &Reply| gateway.parse_query(&nobodys, reply.parts(made_at));
        match self.call((gateway.code(), Call::Query, now), request, parse).await {
            Ok(TradeState::NotExist) => Probe::Understood,
            Ok(_) => Probe::Odd,
            Err(why) => Probe::Silence(why.to_string()),
        }
    }
}
