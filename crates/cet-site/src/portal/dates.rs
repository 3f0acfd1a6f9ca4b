//! A sitting's dates, formatted for the portal.

use std::collections::BTreeMap;

use super::views::{ExamRow, SittingDates};
use cet_base::texts::{Lang, Texts};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::sitting::plan::Plan;
use cet_domain::sitting::subject::Subject;

/// The dates of one sitting (P2).
pub(super) fn of(plan: &Plan, t: &'static Texts) -> SittingDates {
    let registration = plan
        .registration_span()
        .map_or_else(String::new, |(from, to)| format!("{} – {}", day(from, t), day(to, t)));
    SittingDates {
        name: plan.name_in(t.lang().code()).to_owned(),
        registration,
        written: days(plan, Mode::Written, t),
        oral: days(plan, Mode::Oral, t),
        printing: plan
            .subjects()
            .iter()
            .filter_map(|subject| subject.printing_from)
            .min()
            .map_or_else(String::new, Time::page_date),
        exams: exams(plan, t),
    }
}

/// The distinct days of all written or all oral exams.
fn days(plan: &Plan, mode: Mode, t: &'static Texts) -> String {
    let mut starts: Vec<Time> = plan
        .subjects()
        .iter()
        .filter(|subject| subject.mode == mode)
        .filter_map(|subject| subject.exam_from)
        .collect();
    starts.sort();
    let mut days: Vec<String> = starts.into_iter().map(|start| day(start, t)).collect();
    days.dedup();
    days.join(if t.lang() == Lang::En { ", " } else { "、" })
}

/// `6月17日` or `17 Jun`: short enough not to wrap on a phone; the year is in the sitting's name.
fn day(at: Time, t: &'static Texts) -> String {
    at.local(if t.lang() == Lang::En { "%-d %b" } else { "%-m月%-d日" })
}

fn weekday(at: Time, t: &'static Texts) -> String {
    if t.lang() == Lang::En {
        return at.local("%a");
    }
    let name = match at.local("%u").as_str() {
        "1" => "周一",
        "2" => "周二",
        "3" => "周三",
        "4" => "周四",
        "5" => "周五",
        "6" => "周六",
        _ => "周日",
    };
    name.to_owned()
}

/// One row for all subjects that begin at the same time, earliest first.
fn exams(plan: &Plan, t: &'static Texts) -> Vec<ExamRow> {
    let mut by_start: BTreeMap<(Time, Time), Vec<&Subject>> = BTreeMap::new();
    for subject in plan.subjects() {
        if let (Some(from), Some(to)) = (subject.exam_from, subject.exam_to) {
            by_start.entry((from, to)).or_default().push(subject);
        }
    }
    let separator = t.m("layout-subjects-and");
    by_start
        .into_iter()
        .map(|((from, to), subjects)| {
            let names: Vec<&str> = subjects.iter().map(|subject| subject.name_in(t.lang().code())).collect();
            let mode = match subjects.first().map(|subject| subject.mode) {
                Some(Mode::Oral) => "portal-oral",
                Some(Mode::Written) | None => "portal-written",
            };
            ExamRow {
                exam: t.m(mode).to_owned(),
                date: format!("{} {}", from.page_date(), weekday(from, t)),
                session: format!("{}–{}", from.local("%H:%M"), to.local("%H:%M")),
                subjects: names.join(separator),
            }
        })
        .collect()
}
