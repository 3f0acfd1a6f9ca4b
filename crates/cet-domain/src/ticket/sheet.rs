//! The texts of a ticket. Tickets are in Chinese, whatever the page's language.

use ticket_pdf::{Content, SigningKey, Slot, Ticket, TicketError};

use super::verbs::Printable;
use crate::arrangement::verbs::Placed;
use crate::entry::Entry;
use crate::sitting::hours::{exam_time, hours};
use crate::sitting::{Catalogue, Plan};
use crate::texts::{Lang, texts};
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

/// 考生须知. The bar code and the order of answering apply to English 4 and 6 only, as on the portal.
fn rules(subject: SubjectCode) -> Vec<String> {
    let t = texts(Lang::Zh);
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
        let count = |code: &str| rules(SubjectCode::parse(code).unwrap()).len();
        assert_eq!((count("1"), count("2"), count("3"), count("F")), (5, 5, 4, 4));
    }
}
