//! From facts to the texts of a ticket. Tickets are Chinese, whoever prints them.

use ticket_pdf::{Content, SigningKey, Slot, Ticket, TicketError};

use super::verbs::Printable;
use crate::arrangement::settings::SESSION_MINUTES;
use crate::arrangement::verbs::Placed;
use crate::entry::Entry;
use crate::sitting::subject::Subject;
use crate::sitting::{Catalogue, Plan};
use crate::texts::{Lang, texts};
use crate::words::codes::SubjectCode;
use crate::words::document::DocumentKind;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The tickets of a candidate, in the order of the entries. `document_number` is the opened one.
///
/// # Errors
/// [`TicketError::ContentTooLong`] when a QR code could not hold what is signed.
pub fn tickets(
    catalogue: &Catalogue,
    plan: &Plan,
    of: &Printable,
    document_number: &str,
    key: &SigningKey,
) -> Result<Vec<Ticket>, TicketError> {
    of.seated.iter().map(|seated| ticket(catalogue, plan, of, seated, document_number, key)).collect()
}

fn ticket(
    catalogue: &Catalogue,
    plan: &Plan,
    of: &Printable,
    (entry, placed): &(Entry, Placed),
    document_number: &str,
    key: &SigningKey,
) -> Result<Ticket, TicketError> {
    let t = texts(Lang::Zh);
    let subject = plan.subject(entry.subject);
    let name = subject.map_or("", |subject| subject.name.as_str());
    let (from, to) = hours(subject, placed.begins);
    let campus = placed.campus;
    let (campus_name, school_name) = if campus == entry.campus {
        (entry.campus_name.as_str(), entry.school_name.as_str())
    } else {
        let school = catalogue.school_name(campus.school()).unwrap_or_default();
        (catalogue.campus_name(campus).unwrap_or_default(), school)
    };
    let room = format!("{:03}", placed.seat.room);
    let seat = format!("{:02}", placed.seat.seat);
    let content = Content {
        ticket_number: placed.seat.ticket.clone(),
        name: of.snapshot.name.clone(),
        document_number: document_number.to_owned(),
        sitting: plan.name.clone(),
        subject: name.to_owned(),
        starts_at: from.map(Time::page).unwrap_or_default(),
        campus: campus.to_string(),
        room: room.clone(),
        seat: seat.clone(),
    };
    let slot = |label: &'static str, value: String| Slot { label: t.m(label).to_owned(), value };
    let mut slots = vec![slot("ticket-room", room.clone()), slot("ticket-seat", seat)];
    if entry.mode == Mode::Oral {
        slots.insert(0, slot("ticket-batch", placed.seat.session.to_string()));
    }
    Ok(Ticket {
        qr_text: key.sign(&content)?,
        sitting: content.sitting,
        subject: content.subject,
        subject_with_code: format!("({}) {name}", entry.subject),
        name: content.name,
        sex: of.snapshot.sex.clone(),
        document_kind: DocumentKind::from_wire(&of.snapshot.document_kind)
            .map_or("", DocumentKind::chinese)
            .to_owned(),
        document_number: content.document_number,
        ticket_number: content.ticket_number,
        exam_time: exam_time(from, to),
        school: format!("({}){school_name}", campus.school()),
        campus: format!("({campus}){campus_name}"),
        address: t.f("ticket-address", &[("room", room.as_str())]),
        slots,
        photo: of.photo.clone(),
        rules: rules(entry.subject),
        printed_at: of.now.page(),
    })
}

/// 考生须知. The bar code and the order of answering concern English 4 and 6 only, as the portal says.
fn rules(subject: SubjectCode) -> Vec<String> {
    let t = texts(Lang::Zh);
    let mut rules = vec![t.m("ticket-rule-1"), t.m("ticket-rule-2"), t.m("ticket-rule-3")];
    if subject == SubjectCode::CET4 || subject == SubjectCode::CET6 {
        rules.push(t.m("ticket-rule-bar-code"));
    }
    rules.push(t.m("ticket-rule-last"));
    rules.into_iter().map(str::to_owned).collect()
}

/// When the candidate is examined: the subject's hours, or those of the oral batch on the subject's day.
#[must_use]
pub fn hours(subject: Option<&Subject>, begins: Option<i64>) -> (Option<Time>, Option<Time>) {
    let Some(subject) = subject else { return (None, None) };
    let Some(minutes) = begins else { return (subject.exam_from, subject.exam_to) };
    let clock = |minutes: i64| {
        let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
        subject
            .exam_from
            .and_then(|day| Time::parse_local(&format!("{} {hour:02}:{minute:02}", day.page_date())).ok())
    };
    (clock(minutes), clock(minutes.saturating_add(SESSION_MINUTES)))
}

/// `2017年6月17日（周六）上午 9:00 – 11:20`; empty where the time is not set.
#[must_use]
pub fn exam_time(from: Option<Time>, to: Option<Time>) -> String {
    let Some(from) = from else { return String::new() };
    let day = match from.local("%w").as_str() {
        "0" => "日",
        "1" => "一",
        "2" => "二",
        "3" => "三",
        "4" => "四",
        "5" => "五",
        _ => "六",
    };
    let half = if from.local("%H").as_str() < "12" { "上午" } else { "下午" };
    let until = to.map(|to| format!(" – {}", to.local("%-H:%M"))).unwrap_or_default();
    format!("{}（周{day}）{half} {}{until}", from.local("%Y年%-m月%-d日"), from.local("%-H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_exam_is_written_as_people_say_it() {
        let at = |text: &str| Time::parse_local(text).ok();
        let written = exam_time(at("2017-06-17 09:00"), at("2017-06-17 11:20"));
        assert_eq!(written, "2017年6月17日（周六）上午 9:00 – 11:20");
        assert_eq!(exam_time(at("2017-06-18 15:00"), None), "2017年6月18日（周日）下午 15:00");
        assert_eq!(exam_time(None, None), "");
    }

    #[test]
    fn the_rule_of_bar_codes_stands_only_with_english_written() {
        let count = |code: &str| rules(SubjectCode::parse(code).unwrap()).len();
        assert_eq!((count("1"), count("2"), count("3"), count("F")), (5, 5, 4, 4));
    }
}
