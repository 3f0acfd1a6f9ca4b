//! Refusals that take the same time whether or not somebody was found (TH7, TH8): a document of somebody costs some more
//! statements than one of nobody.

use std::time::Duration;

use tokio::time::{Instant, sleep};

/// More than a look-up takes, and less than anybody notices who typed something wrong.
const LEAST: Duration = Duration::from_millis(20);

/// When a look-up began.
pub(crate) struct EvenTime(Instant);

impl EvenTime {
    pub(crate) fn begin() -> Self {
        Self(Instant::now())
    }

    /// Waits for what is left of the least time of a refusal. Nothing is held meanwhile.
    pub(crate) async fn pass(self) {
        sleep(LEAST.saturating_sub(self.0.elapsed())).await;
    }
}
