//! The SQL of payment: orders with their lines, receipts, refunds.

mod address;
mod asking;
pub mod dossier;
pub mod figures;
pub mod find;
pub mod history;
pub mod lapsed_requests;
mod money;
mod orders;
pub mod refund_requests;
mod refundable;
pub mod scoped;
pub mod settling;
pub mod suspense;

pub(crate) use address::{address_of, set_address, way_of};
pub use asking::{came_back, claim, due, wake};
pub(crate) use asking::{is_asked_no_more, is_paying_again, note_answer, wake_holding};
#[cfg(test)]
pub(crate) use money::claim_refunds;
pub use money::{DueRefund, NewReceipt, RefundShown};
pub(crate) use money::{
    claim_refund, due_refunds, insert_receipt, insert_receipt_line, insert_refund, is_refunded,
    order_of_trade, other_numbers, refund_done, refund_later, refund_stopped, refunds_of, refunds_of_order,
    sent_back, wake_refund,
};
pub use orders::open_of;
pub use orders::{
    Line, NewOrder, Order, by_id, by_number, insert, lines_of, move_to, newest_of, of_passport,
};
pub(crate) use orders::{give_to_passport, insert_line, is_paid_again, page_of, set_ask};
