use std::fmt;
use std::future::Future;
use std::pin::Pin;

use jiff::Timestamp;

use crate::Behaviour;

/// A boxed future, so that [`Host`] can be a trait object.
pub type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The environment of the sandbox, which has neither a clock nor a stored behaviour of its own.
pub trait Host: Send + Sync + 'static {
    /// The rehearsal's time, shifted or not.
    fn now(&self) -> BoxFuture<'_, Result<Timestamp, HostError>>;

    /// The behaviour for the next payments, notifications and calls.
    fn behaviour(&self) -> BoxFuture<'_, Result<Behaviour, HostError>>;
}

/// The host failed; pages and calls then respond with 503.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HostError(pub String);

impl fmt::Display for HostError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the sandbox's host failed: {}", self.0)
    }
}

impl std::error::Error for HostError {}
