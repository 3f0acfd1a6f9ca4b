//! The use cases of payment. Those that take a `Tx` are one transaction; those that take a
//! [`PaymentContext`](super::context::PaymentContext) call a gateway between two. Locks: the registration first, then
//! entries, seat pools, the order (store rule 3).

mod address;
mod ask;
mod booked;
mod console;
mod dossier;
mod give_up;
mod hand_back;
mod heard;
mod history;
mod open;
mod receive;
mod refund;
mod refund_carry;
mod refund_lapse;
mod refund_request;
mod settle;
mod settling;
mod show;
mod truth;

pub use address::{Prepare, Prepared, code_of, prepare, ways_of};
pub(crate) use ask::end_order;
pub use ask::{CameFrom, Refreshed, ask_one, came_back, refresh};
pub use dossier::{AskRefusal, Dossier, ask_for_staff, dossier};
pub use give_up::end_open;
pub use hand_back::Asked;
pub(crate) use hand_back::{hand_back, paid_for};
pub use history::{History, OrderMoney, PastOrder, Receipt, history, receipt, with_money};
pub use open::{Opening, Pay, open_order, pay};
pub use receive::{NotHeard, receive};
pub(crate) use refund::{claim_refund, refund_one};
pub use refund_carry::{Carried, carry_out};
pub(crate) use refund_lapse::lapse_request;
pub use refund_request::{approve, ask, propose, refuse};
#[cfg(test)]
pub(crate) use settle::WHOEVER_PAYS;
pub use settle::{Proof, ProofBy, Settled, settle};
pub use settling::{SettleRefusal, SettledAs, Settlement, refund_by_hand, retry_refund, settle_suspense};
pub use show::{
    ConfirmRow, Confirmation, OrderFacts, OrderLook, PassportMoney, confirm, ends_of, money_of, order_page,
};
pub use truth::{Fate, LineFate, OrderTruth, truths};
