//! When a seat that is held has to be paid for: orders, pages and messages say the same (Y4).

use jiff::SignedDuration;

use crate::words::time::Time;

/// How long before the end of its entries' hold an order stops accepting money (facts 4.2).
pub const BEFORE_HOLD_ENDS: SignedDuration = SignedDuration::from_mins(10);

/// The deadline of an order that is opened in good time, which is what messages say long before.
#[must_use]
pub fn usual_deadline(hold_ends: Time) -> Time {
    hold_ends.minus(BEFORE_HOLD_ENDS)
}
