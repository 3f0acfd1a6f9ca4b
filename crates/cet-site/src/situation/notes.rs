//! The notes of a page, after its lead.

use super::lead::refused_text;
use super::wording::{Wording, of_refund};
use crate::record_report;
use crate::web::page::{Notice, Tone};
use cet_base::words::codes::SubjectCode;
use cet_domain::review::ReviewState;
use cet_domain::situation::{Note, ReviewStands, Waits};

/// The notes in words.
#[must_use]
pub fn notices(told: &Wording<'_>, notes: &[Note]) -> Vec<Notice> {
    notes.iter().filter_map(|note| notice(told, note)).collect()
}

fn notice(told: &Wording<'_>, note: &Note) -> Option<Notice> {
    let page = told.page;
    let order = |order| format!("/payment/{order}");
    Some(match note {
        Note::Refund(back) => {
            let (key, tone) = match (back.done_at, back.is_by_staff) {
                (Some(_), _) => ("situation-refunded", Tone::Info),
                (None, true) => ("situation-refund-staff", Tone::Warn),
                (None, false) => ("situation-refunding", Tone::Warn),
            };
            let title = page.f(key, &[("sum", &back.sum.to_string())]);
            Notice::new(tone, title, of_refund(told, back))
                .linked(order(back.order), page.m("entry-order-look"))
        }
        Note::Locked(until) => {
            let text = match until {
                Some(until) => page.f("situation-locked-text", &[("time", &until.page())]),
                None => page.m("entry-locked-hint").to_owned(),
            };
            Notice::new(Tone::Info, page.m("situation-locked"), text)
        }
        Note::Expired(lost) => {
            let title = page.f("situation-expired", &[("subjects", &told.subjects(&lost.subjects))]);
            let key =
                if lost.may_enter_again { "situation-expired-text" } else { "situation-expired-closed-text" };
            Notice::new(Tone::Warn, title, page.f(key, &[("time", &lost.at.page())]))
        }
        Note::OpenOrder(id) => {
            let open = told.order(*id)?;
            let (number, sum, until) =
                (open.number.to_string(), open.amount.to_string(), open.deadline_at.page());
            let facts = [("number", number.as_str()), ("sum", &sum), ("time", &until)];
            Notice::new(
                Tone::Info,
                page.m("entry-order-open-title"),
                page.f("situation-open-order-text", &facts),
            )
            .linked(order(*id), page.m("entry-order-go-on"))
        }
        Note::Waits(waits) => in_line(told, waits),
        Note::Review(review) => return of_review(told, *review),
        Note::RefusedReview => {
            let text = with_reason(told, page.m("situation-review-over-text"));
            Notice::new(Tone::Warn, page.m("situation-review-refused"), text)
                .linked("/review", page.m("entry-info-review"))
        }
        Note::Report(of) => record_report::views::note(page, of, told.written.answer.as_deref()),
        // What to do about it is the lead's.
        Note::Released => {
            Notice::new(Tone::Info, page.m("situation-released"), page.m("situation-released-text"))
        }
        Note::EnterBy(by) => {
            let key = if by.is_closing { "situation-enter-by-text" } else { "situation-released-at-text" };
            let text = page.f(key, &[("time", &by.at.page())]);
            Notice::new(Tone::Warn, page.m("entry-empty-title"), text)
                .linked("/registration/written", page.m("entry-info-written"))
        }
    })
}

/// An application for CET6 while something can be done about it.
fn of_review(told: &Wording<'_>, review: ReviewStands) -> Option<Notice> {
    let page = told.page;
    let (tone, title, text) = match review.state {
        ReviewState::Pending => (Tone::Info, "situation-review-pending", "situation-review-pending-text"),
        ReviewState::Refused => (Tone::Warn, "situation-review-refused", refused_text(review.is_closed)),
        ReviewState::Approved => (Tone::Ok, "situation-review-approved", "situation-review-approved-text"),
        ReviewState::Withdrawn => return None,
    };
    let text = page.m(text);
    let text = if review.state == ReviewState::Refused { with_reason(told, text) } else { text.to_owned() };
    Some(Notice::new(tone, page.m(title), text).linked("/review", page.m("entry-info-review")))
}

/// A text, and what the school wrote.
fn with_reason(told: &Wording<'_>, text: &str) -> String {
    match told.reason() {
        Some(why) => format!("{text}{}{why}", told.page.m("situation-space")),
        None => text.to_owned(),
    }
}

/// The places in lines for full pools.
fn in_line(told: &Wording<'_>, waits: &Waits) -> Notice {
    let page = told.page;
    let of = |(code, place): &(SubjectCode, i64)| {
        let subject = told.subjects(&[*code]);
        page.f("situation-waits-place", &[("subject", &subject), ("place", &place.to_string())])
    };
    let all: Vec<String> = waits.subjects.iter().map(of).collect();
    let title = page.f("situation-waits", &[("places", &all.join(page.m("situation-and")))]);
    let text = page.f("situation-waits-text", &[("time", &waits.until.page())]);
    Notice::new(Tone::Info, title, text).linked("/registration/waiting-list", page.m("situation-waits-look"))
}
