//! The keys that gateways sign with: asked for when an answer or a notification names one that is not known.

use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Instant;

use gateway::{GatewayCode, WireError};
use jiff::SignedDuration;

use super::calls::{Call, Outcome};
use super::gateways::{Gateways, NoAnswer};
use crate::words::time::Time;

/// How often this node asks for keys at most: anybody can send a notification that names a key of chance.
const ONCE_IN: SignedDuration = SignedDuration::from_mins(1);

/// When this node asked for keys last.
#[derive(Debug)]
pub struct KeysAsked(AtomicI64);

impl Default for KeysAsked {
    fn default() -> Self {
        Self(AtomicI64::new(i64::MIN))
    }
}

impl KeysAsked {
    /// Whether keys may be asked for now; then they are asked for.
    fn may_ask(&self, now: Time) -> bool {
        let last = self.0.load(Ordering::Relaxed);
        let is_due = now.micros() >= Time::from_micros(last).plus(ONCE_IN).micros() || now.micros() < last;
        is_due && self.0.compare_exchange(last, now.micros(), Ordering::Relaxed, Ordering::Relaxed).is_ok()
    }
}

impl Gateways {
    /// Asks a gateway for its keys, if it hands them out and what it sent names one that is not known. Returns whether it
    /// answered, so that what it sent can be judged again.
    pub(super) async fn knows_more_keys(&self, code: GatewayCode, why: &WireError, now: Time) -> bool {
        let (WireError::UnknownKey(_), Some(gateway)) = (why, self.gateway(code)) else { return false };
        let request = match gateway.keys_request(now.timestamp()) {
            Ok(None) => return false,
            Ok(Some(request)) => Ok(request),
            Err(error) => Err(NoAnswer::Build(error)),
        };
        if !self.keys.may_ask(now) {
            return false;
        }
        let asked = Instant::now();
        let heard = match request {
            Ok(request) => self.wire.send(request).await.map_err(NoAnswer::NoReply),
            Err(why) => Err(why),
        };
        let taken =
            heard.and_then(|reply| gateway.take_keys(reply.parts(now.timestamp())).map_err(NoAnswer::Wire));
        let outcome = taken.as_ref().map_or_else(NoAnswer::outcome, |()| Outcome::Answered);
        self.calls.note(code, Call::Keys, outcome, asked.elapsed());
        match &taken {
            Ok(()) => {
                tracing::info!(
                    gateway = code.as_str(),
                    "a gateway signs with other keys: they are known now"
                );
            }
            Err(why) => tracing::warn!(gateway = code.as_str(), %why, "a gateway gave no keys"),
        }
        taken.is_ok()
    }
}
