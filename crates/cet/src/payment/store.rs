//! The SQL of payment: orders with their lines, receipts, refunds.

mod money;
mod orders;
pub mod scoped;

pub use money::{
    DueRefund, NewReceipt, RefundShown, claim_refunds, insert_receipt, insert_receipt_line, insert_refund,
    order_of_trade, refund_done, refund_later, refunds_of,
};
pub use orders::{
    Line, NewOrder, Order, by_id, by_number, claim_due, give_to_passport, insert, insert_line, lines_of,
    move_to, newest_of, open_of, set_ask, wake, wake_holding,
};
