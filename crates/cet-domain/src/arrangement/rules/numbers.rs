//! 准考证号: 15 digits for a written entry, 15 characters for an oral one (facts 1.10).

use std::fmt::Write as _;

use serde::{Deserialize, Serialize};

use super::ArrangeFault;
use crate::arrangement::Unit;

/// Length of a ticket number of either kind.
pub const LENGTH: usize = 15;

/// A written ticket: campus 6, year 2, half 1, subject 1, room 3, seat 2.
///
/// # Errors
/// [`ArrangeFault::SubjectNotADigit`]: a written ticket holds digits only.
pub fn written(unit: &Unit, room: i64, seat: i64) -> Result<String, ArrangeFault> {
    if !unit.subject.as_str().bytes().all(|byte| byte.is_ascii_digit()) {
        return Err(ArrangeFault::SubjectNotADigit);
    }
    let year = unit.year.rem_euclid(100);
    let ticket = format!("{}{year:02}{}{}{room:03}{seat:02}", unit.campus, unit.half, unit.subject);
    if ticket.len() == LENGTH { Ok(ticket) } else { Err(ArrangeFault::TicketLength) }
}

/// The format of oral ticket numbers: placeholders in braces, and plain letters and digits between them.
///
/// `{subject}` is 1 wide, `{year}` 2, `{half}` 1, `{campus}` 6, `{session}` 2, `{room}` 2, `{machine}` 2 and `{place}`
/// 3; `{place}` numbers the machines of all rooms.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(try_from = "String", into = "String")]
pub struct OralTicket {
    parts: Vec<Part>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Part {
    Letter(char),
    Subject,
    Year,
    Half,
    Campus,
    Session,
    Room,
    Machine,
    Place,
}

impl Part {
    const NAMED: [(&'static str, Self); 8] = [
        ("subject", Self::Subject),
        ("year", Self::Year),
        ("half", Self::Half),
        ("campus", Self::Campus),
        ("session", Self::Session),
        ("room", Self::Room),
        ("machine", Self::Machine),
        ("place", Self::Place),
    ];

    fn width(self) -> usize {
        match self {
            Self::Letter(_) | Self::Subject | Self::Half => 1,
            Self::Year | Self::Session | Self::Room | Self::Machine => 2,
            Self::Place => 3,
            Self::Campus => 6,
        }
    }
}

impl Default for OralTicket {
    /// As in F172 993010 01 005: subject, sitting, campus, batch and machine.
    fn default() -> Self {
        let parts = vec![Part::Subject, Part::Year, Part::Half, Part::Campus, Part::Session, Part::Place];
        Self { parts }
    }
}

impl OralTicket {
    /// Parses the format.
    ///
    /// # Errors
    /// A message: an unknown placeholder, another length than 15, or a placeholder is missing without which two
    /// candidates could have the same number.
    pub fn parse(text: &str) -> Result<Self, &'static str> {
        let mut parts = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            if let Some(after) = rest.strip_prefix('{') {
                let (name, after) = after.split_once('}').ok_or("a part without its closing brace")?;
                let known = Part::NAMED.iter().find(|(known, _)| *known == name);
                parts.push(known.ok_or("an unknown part")?.1);
                rest = after;
            } else if first.is_ascii_digit() || first.is_ascii_uppercase() {
                parts.push(Part::Letter(first));
                rest = rest.strip_prefix(first).unwrap_or("");
            } else {
                return Err("expected parts in braces, digits and upper-case letters");
            }
        }
        if parts.iter().map(|part| part.width()).sum::<usize>() != LENGTH {
            return Err("expected 15 characters in all");
        }
        let has = |part| parts.contains(&part);
        let unique =
            [Part::Subject, Part::Year, Part::Half, Part::Campus, Part::Session].into_iter().all(has)
                && (has(Part::Place) || (has(Part::Room) && has(Part::Machine)));
        if unique {
            Ok(Self { parts })
        } else {
            Err("expected subject, year, half, campus, session, and place or room and machine")
        }
    }

    /// The number of one candidate; `machines` is how many each room has.
    ///
    /// # Errors
    /// [`ArrangeFault::TicketLength`] when a number is too wide for its placeholder.
    pub fn number(
        &self,
        unit: &Unit,
        session: i64,
        room: i64,
        seat: i64,
        machines: usize,
    ) -> Result<String, ArrangeFault> {
        let machines = i64::try_from(machines).unwrap_or(i64::MAX);
        let place = room.saturating_sub(1).saturating_mul(machines).saturating_add(seat);
        let mut ticket = String::with_capacity(LENGTH);
        for part in &self.parts {
            let _infallible = match part {
                Part::Letter(letter) => write!(ticket, "{letter}"),
                Part::Subject => write!(ticket, "{}", unit.subject),
                Part::Year => write!(ticket, "{:02}", unit.year.rem_euclid(100)),
                Part::Half => write!(ticket, "{}", unit.half),
                Part::Campus => write!(ticket, "{}", unit.campus),
                Part::Session => write!(ticket, "{session:02}"),
                Part::Room => write!(ticket, "{room:02}"),
                Part::Machine => write!(ticket, "{seat:02}"),
                Part::Place => write!(ticket, "{place:03}"),
            };
        }
        if ticket.len() == LENGTH { Ok(ticket) } else { Err(ArrangeFault::TicketLength) }
    }
}

impl TryFrom<String> for OralTicket {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        Self::parse(&text)
    }
}

impl From<OralTicket> for String {
    fn from(form: OralTicket) -> Self {
        form.parts.iter().fold(Self::new(), |mut text, part| {
            match part {
                Part::Letter(letter) => text.push(*letter),
                named => {
                    let name =
                        Part::NAMED.iter().find(|(_, part)| part == named).map_or("", |(name, _)| name);
                    let _infallible = write!(text, "{{{name}}}");
                }
            }
            text
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::arrangement::rules::tests::unit;

    /// T1.
    #[test]
    fn a_written_ticket_is_campus_year_half_subject_room_and_seat() {
        assert_eq!(written(&unit("1"), 12, 7).unwrap(), "993010172101207");
        assert_eq!(written(&unit("9"), 999, 30).unwrap(), "993010172999930");
    }

    #[test]
    fn a_written_subject_with_a_letter_has_no_ticket() {
        assert_eq!(written(&unit("K"), 1, 1), Err(ArrangeFault::SubjectNotADigit));
    }

    #[test]
    fn an_oral_ticket_has_fifteen_characters_and_begins_with_its_subject() {
        let number = OralTicket::default().number(&unit("F"), 3, 2, 5, 30).unwrap();
        assert_eq!(number, "F17299301003035");
    }

    #[test]
    fn the_form_of_oral_tickets_is_settable_and_read_back() {
        let text = "{subject}{year}{half}{campus}{session}{place}";
        assert_eq!(OralTicket::parse(text), Ok(OralTicket::default()));
        assert_eq!(String::from(OralTicket::default()), text);
        let other = OralTicket::parse("{subject}{year}{half}{session}{campus}0{room}").unwrap_err();
        assert!(other.contains("place or room"), "{other}");
        let other = OralTicket::parse("{campus}{subject}{year}{half}{session}0{place}").unwrap_err();
        assert!(other.contains("15"), "{other}");
        for wrong in ["", "{sub}", "{subject", "sub", "考"] {
            assert!(OralTicket::parse(wrong).is_err(), "{wrong}");
        }
    }
}
