//! The use cases of payment. Those that take a `Tx` are one transaction; those that take a
//! [`PaymentContext`](super::desk::PaymentContext) call a gateway between two. Locks: the registration first, then
//! entries, seat pools, the order (store rule 3).

mod ask;
mod booked;
mod give_up;
mod history;
mod open;
mod receive;
mod refund;
mod settle;
mod show;
mod truth;

pub use ask::{Refreshed, ask_one, came_back, end_order, refresh};
pub use give_up::end_open;
pub use history::{History, OrderMoney, PastOrder, Receipt, history, receipt, with_money};
pub use open::{Opening, Pay, open_order, pay};
pub use receive::receive;
pub use refund::refund_one;
pub use settle::{Proof, ProofBy, Settled, apply_gateway_answer, settle};
pub use show::{
    ConfirmRow, Confirmation, OrderFacts, OrderLook, PassportMoney, confirm, money_of, order_page,
};
pub use truth::{Fate, LineFate, OrderTruth, truths};
