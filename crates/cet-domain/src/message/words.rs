//! The words of a message, for its mail and for the page: facts and a language in, title, paragraphs and links out.

mod disputes;
mod refunds;

use super::facts::{Decided, Facts, Line, PaidBy, Rescheduled, Seat, deadline_words, page, sum};
use crate::texts::{Lang, Texts};
use crate::words::fen::FenSum;
use refunds::{refund, refund_due};

/// A message in one language.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Composed {
    /// What it is about; the subject of its mail.
    pub title: String,
    /// What it says.
    pub paragraphs: Vec<String>,
    /// Where it goes on.
    pub links: Vec<Href>,
}

/// A page of the site.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Href {
    /// What it is.
    pub what: &'static str,
    /// Its path.
    pub path: &'static str,
}

/// The words of `facts`, with those that somebody wrote for the candidate.
#[must_use]
pub fn compose(facts: &Facts, written: Option<&str>, t: &'static Texts) -> Composed {
    match facts {
        Facts::Saved { school, campus, until, entered } => saved(t, (school, campus), &page(*until), entered),
        Facts::Entered { lines, until, by_school } => {
            entered(t, lines, (&page(*until), &deadline_words(*until)), *by_school)
        }
        Facts::Paid { lines, by, unpaid, late } => paid(t, (lines, unpaid), by, *late),
        Facts::Reminder { lines, until } => reminder(t, lines, (&page(*until), &deadline_words(*until))),
        Facts::Expired { lines, at, released } => expired(t, lines, &page(*at), *released),
        Facts::Cancelled { lines } => cancelled(t, lines),
        Facts::Released { school, campus, saved } => released(t, (school, campus), &page(*saved)),
        Facts::ReviewDecided { decision } => review(t, *decision, written),
        Facts::ReportAnswered { field, corrected } => report(t, field, *corrected, written),
        Facts::DisputeOpened { school, campus, at } => disputes::opened(t, (school, campus), &page(*at)),
        Facts::DisputeReceived { school, campus, at } => disputes::received(t, (school, campus), &page(*at)),
        Facts::DisputeEnded { end, lines, until } => disputes::ended(t, *end, (lines, *until), written),
        Facts::Seated { seats } => seated(t, seats, ("message-seated-title", "message-seated")),
        Facts::SeatChanged { seats } => {
            seated(t, seats, ("message-seat-changed-title", "message-seat-changed"))
        }
        Facts::SettingChanged { what, lines } => setting_changed(t, what, lines),
        Facts::StandbyGiven { lines, until } => standby_given(t, lines, &deadline_words(*until)),
        Facts::StandbyEnded { zh, en, campuses, why } => standby_ended(t, name(t, zh, en), campuses, why),
        Facts::FromStaff { from } => from_staff(t, from, written.unwrap_or_default()),
        Facts::RefundDue { number, amount, reason, lines, ended } => {
            refund_due(t, (number, &yuan(*amount)), reason, (lines, ended.as_deref()))
        }
        Facts::RefundDone { number, amount, gateway: by, lines } => {
            let by_hand = by == super::facts::BY_HAND;
            let said = if by_hand { "message-refund-by-hand" } else { "message-refund-done" };
            let first = of_gateway(t, said, number, (*amount, by));
            let when = t.m("message-refund-done-when").to_owned();
            refund(t, "message-refund-done-title", lines, (first, vec![when]))
        }
        Facts::RefundRefused { number, amount, gateway: by, unknown, lines } => {
            let said = if *unknown { "message-refund-unknown" } else { "message-refund-refused" };
            let first = of_gateway(t, said, number, (*amount, by));
            let next = t.m("message-refund-refused-next").to_owned();
            refund(t, "message-refund-refused-title", lines, (first, vec![next]))
        }
    }
}

/// What staff wrote. It is told beside who wrote it, so that nobody takes it for the system's own words.
fn from_staff(t: &'static Texts, from: &str, written: &str) -> Composed {
    let from = if from.is_empty() { t.m("message-from-staff-nation") } else { from };
    let mut lines = written.lines().map(str::trim).filter(|line| !line.is_empty());
    let title = lines.next().unwrap_or_default();
    let mut paragraphs: Vec<String> = lines.map(str::to_owned).collect();
    paragraphs.push(t.f("message-from-staff-note", &[("from", from)]));
    Composed {
        title: t.f("message-from-staff-title", &[("from", from), ("title", title)]),
        paragraphs,
        links: vec![information(t)],
    }
}

fn saved(t: &'static Texts, (school, campus): (&str, &str), until: &str, entered: &[Line]) -> Composed {
    if !entered.is_empty() {
        let mut paragraphs = vec![t.f("message-saved", &[("school", school), ("campus", campus)])];
        paragraphs.push(t.m("message-saved-by-school").to_owned());
        paragraphs.extend(entered.iter().map(|line| line_text(t, line)));
        return Composed {
            title: t.m("message-saved-title").to_owned(),
            paragraphs,
            links: vec![information(t)],
        };
    }
    Composed {
        title: t.m("message-saved-title").to_owned(),
        paragraphs: vec![
            t.f("message-saved", &[("school", school), ("campus", campus)]),
            t.f("message-saved-next", &[("time", until)]),
        ],
        links: vec![Href { what: t.m("message-to-written"), path: "/registration/written" }],
    }
}

fn entered(t: &'static Texts, lines: &[Line], (ends, until): (&str, &str), by_school: bool) -> Composed {
    let time = [("time", until)];
    let first = if by_school { "message-entered-by-school" } else { "message-entered" };
    Composed {
        title: t.f("message-entered-title", &time),
        // The seat is kept for a while after the last moment to pay.
        paragraphs: listed(t, t.f(first, &[("time", ends)]), lines, vec![t.f("message-entered-next", &time)]),
        links: vec![information(t)],
    }
}

fn paid(t: &'static Texts, (lines, unpaid): (&[Line], &[Line]), by: &PaidBy, late: bool) -> Composed {
    let mut after = vec![match by {
        PaidBy::Order { number, gateway: by } => {
            t.f("message-paid-order", &[("number", number), ("gateway", gateway(t, by))])
        }
        PaidBy::School => t.m("message-paid-by-school").to_owned(),
    }];
    if late {
        after.push(t.m("message-paid-late").to_owned());
    }
    if unpaid.is_empty() {
        after.push(t.m("message-paid-complete").to_owned());
    } else {
        after.push(t.m("message-paid-rest").to_owned());
        after.extend(unpaid.iter().map(|line| line_text(t, line)));
    }
    let title = if late { "message-paid-late-title" } else { "message-paid-title" };
    Composed {
        title: t.f(title, &[("amount", &sum(lines).to_string())]),
        paragraphs: listed(t, t.m("message-paid").to_owned(), lines, after),
        links: vec![information(t)],
    }
}

fn reminder(t: &'static Texts, lines: &[Line], (ends, until): (&str, &str)) -> Composed {
    let time = [("time", until)];
    let after = vec![t.f("message-reminder-next", &time), t.m("message-reminder-twice").to_owned()];
    Composed {
        title: t.f("message-reminder-title", &time),
        paragraphs: listed(t, t.f("message-reminder", &[("time", ends)]), lines, after),
        links: vec![information(t)],
    }
}

fn expired(t: &'static Texts, lines: &[Line], at: &str, released: bool) -> Composed {
    let (next, link) = if released {
        ("message-expired-released", start(t))
    } else {
        ("message-expired-next", information(t))
    };
    let mut paragraphs = vec![t.f("message-expired", &[("time", at)])];
    paragraphs.extend(lines.iter().map(|line| line_text(t, line)));
    paragraphs.extend([t.m(next).to_owned(), t.m("message-expired-money").to_owned()]);
    Composed { title: t.m("message-expired-title").to_owned(), paragraphs, links: vec![link] }
}

fn cancelled(t: &'static Texts, lines: &[Line]) -> Composed {
    let mut paragraphs = vec![t.m("message-cancelled").to_owned()];
    paragraphs.extend(lines.iter().map(|line| line_text(t, line)));
    paragraphs.push(t.m("message-cancelled-next").to_owned());
    Composed { title: t.m("message-cancelled-title").to_owned(), paragraphs, links: vec![information(t)] }
}

fn released(t: &'static Texts, (school, campus): (&str, &str), saved: &str) -> Composed {
    Composed {
        title: t.m("message-released-title").to_owned(),
        paragraphs: vec![
            t.f("message-released", &[("time", saved), ("school", school), ("campus", campus)]),
            t.m("message-released-next").to_owned(),
        ],
        links: vec![start(t)],
    }
}

fn review(t: &'static Texts, decision: Decided, written: Option<&str>) -> Composed {
    let text = match decision {
        Decided::Approved => "review-mail-approved",
        Decided::Refused => "review-mail-refused",
        Decided::Closed => "review-mail-closed",
        Decided::Reopened => "review-mail-reopened",
    };
    let mut paragraphs = vec![t.m(text).to_owned()];
    paragraphs.extend(written.map(|words| t.f("message-review-reason", &[("text", words)])));
    Composed {
        title: t.m("review-mail-subject").to_owned(),
        paragraphs,
        links: vec![Href { what: t.m("review-mail-link"), path: "/review" }],
    }
}

fn report(t: &'static Texts, of: &str, corrected: bool, written: Option<&str>) -> Composed {
    let key = if corrected { "report-mail-corrected" } else { "report-mail-answered" };
    let mut paragraphs = vec![t.f(key, &[("field", report_field(t, of))])];
    paragraphs.extend(written.map(|words| t.f("report-mail-answer", &[("text", words)])));
    Composed {
        title: t.m("report-mail-subject").to_owned(),
        paragraphs,
        links: vec![Href { what: t.m("report-mail-link"), path: "/record-report" }],
    }
}

/// The name of what was reported, by its name in the database.
#[must_use]
pub fn report_field(t: &'static Texts, wire: &str) -> &'static str {
    match wire {
        "name" => t.m("passport-name"),
        "sex" => t.m("registration-sex"),
        "document" => t.m("report-field-document"),
        "campus" => t.m("registration-campus"),
        "education" => t.m("registration-education"),
        "duration" => t.m("registration-length"),
        "entry-year" => t.m("registration-entered"),
        "grade" => t.m("registration-grade"),
        "college" => t.m("registration-faculty"),
        "major" => t.m("registration-major"),
        "class" => t.m("registration-class"),
        "student-number" => t.m("registration-student-number"),
        "remark" => t.m("registration-note"),
        _ => t.m("report-field-other"),
    }
}

/// What stands behind a room's number where its school says where it is.
#[must_use]
pub fn room_where(t: &'static Texts, name: &str) -> String {
    if name.is_empty() { String::new() } else { t.f("arrangement-room-where", &[("name", name)]) }
}

fn seated(t: &'static Texts, seats: &[Seat], (title, first): (&'static str, &'static str)) -> Composed {
    let mut paragraphs = vec![t.m(first).to_owned()];
    paragraphs.extend(seats.iter().map(|seat| seat_text(t, seat)));
    paragraphs.push(match seats.iter().filter_map(|seat| seat.prints).min() {
        Some(from) => t.f("message-prints", &[("time", &page(from))]),
        None => t.m("message-prints-unset").to_owned(),
    });
    Composed { title: t.m(title).to_owned(), paragraphs, links: vec![information(t)] }
}

/// Of seats that were changed before exams that have begun since: there is nothing to print any more.
pub(super) fn seat_was_changed(t: &'static Texts, seats: &[Seat]) -> Composed {
    let mut paragraphs = vec![t.m("message-seat-was-changed").to_owned()];
    paragraphs.extend(seats.iter().map(|seat| seat_text(t, seat)));
    Composed { title: t.m("message-seat-changed-title").to_owned(), paragraphs, links: vec![information(t)] }
}

fn seat_text(t: &'static Texts, seat: &Seat) -> String {
    let (room, number, session) = (seat.room.to_string(), seat.seat.to_string(), seat.session.to_string());
    let begins = seat.begins.map_or_else(|| t.m("entry-not-set").to_owned(), page);
    let facts = [
        ("subject", name(t, &seat.zh, &seat.en)),
        ("campus", seat.campus.as_str()),
        ("session", &session),
        ("room", &room),
        ("where", &room_where(t, &seat.room_name)),
        ("seat", &number),
        ("time", &begins),
    ];
    t.f(if seat.session == 0 { "message-seat" } else { "message-seat-oral" }, &facts)
}

fn setting_changed(t: &'static Texts, what: &[String], lines: &[Rescheduled]) -> Composed {
    let mut paragraphs = vec![t.m("message-setting").to_owned()];
    paragraphs.extend(what.iter().filter_map(|what| match what.as_str() {
        "closing" => Some(t.m("message-setting-closing").to_owned()),
        "exam" => Some(t.m("message-setting-exam").to_owned()),
        "fee" => Some(t.m("message-setting-fee").to_owned()),
        _ => None,
    }));
    paragraphs.push(t.m("message-setting-now").to_owned());
    paragraphs.extend(lines.iter().map(|line| rescheduled_text(t, line)));
    Composed { title: t.m("message-setting-title").to_owned(), paragraphs, links: vec![information(t)] }
}

/// Of settings that were changed before exams that have begun since.
pub(super) fn setting_was_changed(t: &'static Texts, lines: &[Rescheduled]) -> Composed {
    let mut paragraphs = vec![t.m("message-setting-was-changed").to_owned()];
    paragraphs.extend(lines.iter().map(|line| rescheduled_text(t, line)));
    Composed { title: t.m("message-setting-title").to_owned(), paragraphs, links: vec![information(t)] }
}

fn rescheduled_text(t: &'static Texts, line: &Rescheduled) -> String {
    let time = |at: Option<i64>| at.map_or_else(|| t.m("entry-not-set").to_owned(), page);
    let (begins, closes, fee) = (time(line.begins), time(line.closes), yuan(line.fee));
    let facts = [
        ("subject", name(t, &line.zh, &line.en)),
        ("campus", line.campus.as_str()),
        ("exam", &begins),
        ("closes", &closes),
        ("fee", &fee),
    ];
    t.f("message-setting-line", &facts)
}

/// Of a seat from the waiting list whose time to pay is over.
pub(super) fn standby_missed(t: &'static Texts, lines: &[Line], until: i64) -> Composed {
    let first = t.f("message-standby-missed", &[("time", &deadline_words(until))]);
    Composed {
        title: t.m("message-standby-missed-title").to_owned(),
        paragraphs: listed(t, first, lines, vec![t.m("message-standby-missed-next").to_owned()]),
        links: vec![information(t)],
    }
}

fn standby_given(t: &'static Texts, lines: &[Line], until: &str) -> Composed {
    let time = [("time", until)];
    let after = vec![t.f("message-standby-given-next", &time)];
    Composed {
        title: t.f("message-standby-given-title", &time),
        paragraphs: listed(t, t.m("message-standby-given").to_owned(), lines, after),
        links: vec![information(t)],
    }
}

fn standby_ended(t: &'static Texts, subject: &str, campuses: &[String], why: &str) -> Composed {
    let campuses = campuses.join(t.m("message-standby-and"));
    let facts = [("subject", subject), ("campuses", campuses.as_str())];
    let next = match why {
        "closed" => "message-standby-ended-closed",
        _ => "message-standby-ended-refused",
    };
    Composed {
        title: t.m("message-standby-ended-title").to_owned(),
        paragraphs: vec![t.f("message-standby-ended", &facts), t.m(next).to_owned()],
        links: vec![information(t)],
    }
}

/// What leads in, the lines with their sum, and what follows.
fn listed(t: &'static Texts, first: String, lines: &[Line], after: Vec<String>) -> Vec<String> {
    let mut all = vec![first];
    all.extend(lines.iter().map(|line| line_text(t, line)));
    all.push(t.f("message-sum", &[("amount", &sum(lines).to_string())]));
    all.extend(after);
    all
}

fn line_text(t: &'static Texts, line: &Line) -> String {
    let facts = [
        ("subject", name(t, &line.zh, &line.en)),
        ("campus", line.campus.as_str()),
        ("fee", &yuan(line.fee)),
    ];
    t.f("message-line", &facts)
}

const fn name<'n>(t: &Texts, zh: &'n str, en: &'n str) -> &'n str {
    match t.lang() {
        Lang::Zh => zh,
        Lang::En => en,
    }
}

fn gateway(t: &'static Texts, code: &str) -> &'static str {
    gateway::GatewayCode::parse(code).map_or("", |gateway| t.m(gateway.profile().name))
}

/// What a message says of a refund and its gateway.
fn of_gateway(t: &'static Texts, key: &'static str, number: &str, (amount, code): (i64, &str)) -> String {
    t.f(key, &[("number", number), ("amount", &yuan(amount)), ("gateway", gateway(t, code))])
}

fn yuan(fen: i64) -> String {
    FenSum::new(fen).unwrap_or_default().to_string()
}

fn information(t: &'static Texts) -> Href {
    Href { what: t.m("payment-mail-information"), path: "/registration" }
}

fn start(t: &'static Texts) -> Href {
    Href { what: t.m("message-to-start"), path: "/home" }
}
