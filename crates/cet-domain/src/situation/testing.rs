//! The table of situations (R18): what each offers first, and which message told of it.

use super::{Action, Asked, Back, Due, Lost, Situation};
use crate::message::Kind;
use crate::registration::rules::EnterBy;
use crate::words::codes::SubjectCode;
use crate::words::fen::FenSum;
use crate::words::ids::OrderId;
use crate::words::time::Time;

/// Every situation, in each of its forms.
#[must_use]
pub fn table(at: Time, sum: FenSum) -> Vec<(Situation, Action, Option<Kind>)> {
    use Action as Do;
    use Situation as S;
    let order = OrderId(7);
    let due = || Due { sum, until: at };
    let asked = |past_hold| Asked { order, past_hold, again_until: Some(at) };
    let back =
        |done_at| Back { order, sum, reason: "no-seat".to_owned(), done_at, is_by_staff: false, ended: None };
    let subjects = || vec![SubjectCode::CET6];
    let lost = |may_enter_again| Lost { subjects: subjects(), at, may_enter_again, is_bound: true };
    let opens = |opens, is_bound| S::WindowNotOpen { opens, is_bound };
    vec![
        (S::NotBound, Do::Start, None),
        (S::NoEntry(EnterBy { at, is_closing: false }), Do::Enter, Some(Kind::Saved)),
        (S::NoEntry(EnterBy { at, is_closing: true }), Do::Enter, Some(Kind::Saved)),
        (S::Unpaid(due()), Do::Pay, Some(Kind::Entered)),
        (S::Asking(asked(false)), Do::LookAtOrder(order), None),
        (S::Asking(asked(true)), Do::LookAtOrder(order), None),
        (S::BankRefused(due()), Do::Pay, None),
        (S::GatewaySilent(asked(false)), Do::Refresh, None),
        (S::GatewaySilent(asked(true)), Do::Refresh, None),
        (S::PartPaid(due()), Do::Pay, Some(Kind::Paid)),
        (S::Paid, Do::SeeInformation, Some(Kind::Paid)),
        (S::Expired(lost(true)), Do::EnterAgain, Some(Kind::Expired)),
        (S::Expired(lost(false)), Do::SeeDates, Some(Kind::Expired)),
        (S::Refunding(back(None)), Do::LookAtOrder(order), Some(Kind::RefundDue)),
        (S::Refunded(back(Some(at))), Do::LookAtOrder(order), Some(Kind::RefundDone)),
        (S::Locked(Some(at)), Do::SeeInformation, None),
        (S::Locked(None), Do::SeeInformation, None),
        (S::ReviewPending, Do::LookAtReview, None),
        (S::ReviewRefused { is_closed: false }, Do::LookAtReview, Some(Kind::ReviewDecided)),
        (S::ReviewRefused { is_closed: true }, Do::LookAtReview, Some(Kind::ReviewDecided)),
        (S::Arranging, Do::SeeInformation, None),
        (S::Seated(Some(at)), Do::SeeInformation, Some(Kind::Seated)),
        (S::Seated(None), Do::SeeInformation, Some(Kind::Seated)),
        (S::PrintNow(Some(at)), Do::Print, Some(Kind::Seated)),
        (S::PrintNow(None), Do::Print, Some(Kind::Seated)),
        (S::ExamDay(at), Do::Print, Some(Kind::Seated)),
        (S::Over, Do::SeeInformation, None),
        (opens(Some(at), false), Do::Start, None),
        (opens(None, false), Do::Start, None),
        (opens(Some(at), true), Do::SeeInformation, None),
        (S::WindowClosed(at), Do::SeeDates, None),
    ]
}
