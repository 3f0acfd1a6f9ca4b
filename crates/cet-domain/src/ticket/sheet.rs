//! The texts of a ticket. Tickets are in Chinese, which invigilators read; where the page's language is English, the
//! English stands beside it.

use ticket_pdf::{Content, English, SigningKey, Slot, Ticket, TicketError};

use super::verbs::Printable;
use crate::arrangement::verbs::Placed;
use crate::entry::Entry;
use crate::printing::coverage::with_codes;
use crate::sitting::hours::{exam_time, exam_time_in_english, hours};
use crate::sitting::{Catalogue, Plan};
use crate::texts::{Lang, Texts, texts};
use crate::words::codes::SubjectCode;
use crate::words::document::DocumentKind;
use crate::words::subject::Mode;
use crate::words::time::Time;

/// The tickets of a candidate, in the order of the entries. `document_number` is the decrypted one.
///
/// # Errors
/// [`TicketError::ContentTooLong`] when the signed content does not fit into a QR code.
pub fn tickets(
    catalogue: &Catalogue,
    plan: &Plan,
    of: &Printable,
    document_number: &str,
    key: &SigningKey,
    lang: Lang,
) -> Result<Vec<Ticket>, TicketError> {
    let one = |seated| {
        let mut ticket = ticket(catalogue, plan, of, seated, document_number, key)?;
        if lang == Lang::En {
            beside(&mut ticket, plan, seated);
        }
        Ok(ticket)
    };
    of.seated.iter().map(one).collect()
}

/// Puts the English beside the Chinese.
fn beside(ticket: &mut Ticket, plan: &Plan, (entry, placed): &(Entry, Placed)) {
    let t = texts(Lang::En);
    let subject = plan.subject(entry.subject);
    let name = subject.map_or("", |subject| subject.name_in(Lang::En.code()));
    let (from, to) = hours(subject, placed.begins);
    let room = format!("{:03}", placed.seat.room);
    for (slot, label) in ticket.slots.iter_mut().rev().zip(["ticket-seat", "ticket-room", "ticket-batch"]) {
        slot.label = format!("{} {}", slot.label, t.m(label));
    }
    ticket.english = Some(English {
        under: format!("{} · {name}", plan.name_en),
        subject: name.to_owned(),
        exam_time: exam_time_in_english(from, to),
        address: address(t, &room, placed),
        rules: rules(entry.subject, Lang::En),
    });
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
        name: with_codes(&content.name),
        sex: of.snapshot.sex.clone(),
        document_kind: DocumentKind::from_wire(&of.snapshot.document_kind)
            .map_or("", DocumentKind::chinese)
            .to_owned(),
        document_number: content.document_number,
        ticket_number: content.ticket_number,
        exam_time: exam_time(from, to),
        school: format!("({}){school_name}", campus.school()),
        campus: format!("({campus}){campus_name}"),
        address: address(t, &room, placed),
        slots,
        photo: of.photo.clone(),
        rules: rules(entry.subject, Lang::Zh),
        printed_at: of.now.page(),
        english: None,
    })
}

/// 考试地点: where the room is, if its school says so.
fn address(t: &'static Texts, room: &str, placed: &Placed) -> String {
    match placed.room_name.as_str() {
        "" => t.f("ticket-address", &[("room", room)]),
        name => t.f("ticket-address-named", &[("room", room), ("name", name)]),
    }
}

/// 考生须知. The bar code and the order of answering apply to English 4 and 6 only, as on the portal.
fn rules(subject: SubjectCode, lang: Lang) -> Vec<String> {
    let t = texts(lang);
    let mut rules = vec![t.m("ticket-rule-1"), t.m("ticket-rule-2"), t.m("ticket-rule-3")];
    if subject == SubjectCode::CET4 || subject == SubjectCode::CET6 {
        rules.push(t.m("ticket-rule-bar-code"));
    }
    rules.push(t.m("ticket-rule-last"));
    rules.into_iter().map(str::to_owned).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_rule_of_bar_codes_stands_only_with_english_written() {
        let count = |code: &str| rules(SubjectCode::parse(code).unwrap(), Lang::Zh).len();
        assert_eq!((count("1"), count("2"), count("3"), count("F")), (5, 5, 4, 4));
    }
}
