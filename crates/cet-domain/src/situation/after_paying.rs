//! From the last payment to the last exam.

use super::{Facts, Situation};
use crate::entry::Entry;
use crate::registration::RegistrationRefusal;
use crate::registration::rules::may_bind;
use crate::sitting::Plan;
use crate::ticket::rules::may_print;
use crate::ticket::verbs::print_facts;
use crate::words::time::Time;

/// All that is live is paid.
pub(super) fn after_paying(facts: &Facts, paid: &[&Entry], plan: &Plan, now: Time) -> Situation {
    let exam = |entry: &Entry| {
        let subject = plan.subject(entry.subject)?;
        subject.exam_from.zip(subject.exam_to)
    };
    let is_over = |entry: &Entry| exam(entry).is_some_and(|(_, ends)| ends <= now);
    if paid.iter().all(|entry| is_over(entry)) {
        return Situation::Over;
    }
    let ahead = || paid.iter().filter(|entry| !is_over(entry));
    let next = ahead().filter_map(|entry| exam(entry)).map(|(begins, _)| begins).min();
    let is_seated = |entry: &Entry| facts.seated.contains(&entry.id);
    let printable =
        |entry: &Entry| facts.prints && may_print(&print_facts(plan, entry, is_seated(entry)), now).is_ok();
    if let Some(begins) = next.filter(|begins| begins.page_date() == now.page_date())
        && ahead().any(|entry| printable(entry))
    {
        return Situation::ExamDay(begins);
    }
    if ahead().any(|entry| printable(entry)) {
        return Situation::PrintNow(next);
    }
    if ahead().any(|entry| is_seated(entry)) {
        let prints = ahead().filter_map(|entry| plan.subject(entry.subject)?.printing_from).min();
        return Situation::Seated(prints);
    }
    match may_bind(&facts.windows, now) {
        Err(RegistrationRefusal::WindowClosed(_)) => Situation::Arranging,
        Ok(()) | Err(_) => Situation::Paid,
    }
}
