//! What became of each candidate of one form of 集体报名 (S2): kept under the form's command id, so that its answer leads to
//! a page that may be loaded again. Ids and codes only: names are looked up by whoever reads it, in the own scope.

use ring::digest;

use super::group::Whom;
use super::store;
use crate::store::{DbError, Tx};
use crate::vault::to_hex;
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::ids::{RecordId, RegistrationId};
use cet_base::refusal;

pub use store::outcomes::find;

/// The word for somebody who was entered.
const ENTERED: &str = "entered";

/// Where the candidates were ticked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// In the form for one subject of a class.
    Class,
    /// In the list of students.
    Students,
    /// In the list of registrations.
    Registrations,
}

impl Place {
    const ALL: [Self; 3] = [Self::Class, Self::Students, Self::Registrations];

    pub(super) const fn wire(self) -> &'static str {
        match self {
            Self::Class => "class",
            Self::Students => "students",
            Self::Registrations => "registrations",
        }
    }

    pub(super) fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|place| place.wire() == text)
    }
}

/// What became of one candidate in one subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The subject.
    pub subject: SubjectCode,
    /// Whom.
    pub whom: Whom,
    /// The codes of why not, or that there is an entry now.
    pub became: Result<(), Vec<&'static str>>,
}

impl Line {
    /// As it is stored.
    pub(super) fn text(&self) -> String {
        let (kind, id) = match self.whom {
            Whom::Registration(id) => ("registration", id.0),
            Whom::Student(id) => ("student", id.0),
        };
        let became = self.became.as_ref().map_or_else(|codes| codes.join(","), |()| ENTERED.to_owned());
        format!("{} {kind} {id} {became}", self.subject)
    }

    /// A stored line. A code that is none any more is left out.
    pub(super) fn parse(text: &str) -> Option<Self> {
        let mut parts = text.split(' ');
        let (subject, kind, id, became) = (parts.next()?, parts.next()?, parts.next()?, parts.next()?);
        let whom = match kind {
            "registration" => Whom::Registration(RegistrationId::parse(id)?),
            "student" => Whom::Student(RecordId::parse(id)?),
            _ => return None,
        };
        let known = |code: &str| refusal::TABLE.iter().map(|(known, _)| *known).find(|known| *known == code);
        let became =
            if became == ENTERED { Ok(()) } else { Err(became.split(',').filter_map(known).collect()) };
        Some(Self { subject: SubjectCode::parse(subject).ok()?, whom, became })
    }
}

/// What became of a form.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Outcome {
    /// The sitting.
    pub sitting: SittingCode,
    /// Where the candidates were ticked.
    pub place: Place,
    /// The query of that page.
    pub back: String,
    /// How many ticked rows did not stand any more.
    pub gone: i64,
    /// Each candidate and subject, in the order in which they were entered.
    pub lines: Vec<Line>,
}

impl Outcome {
    /// A command id for a form that brought none: the same for a repeat, which asks the same of the same people.
    #[must_use]
    pub fn own_command(&self) -> String {
        let each = self.lines.iter().map(|line| format!("{} {:?}", line.subject, line.whom));
        let asked = format!("{} {} {}", self.sitting, self.place.wire(), self.back);
        let asked = std::iter::once(asked).chain(each).collect::<Vec<_>>().join(" ");
        let digest = digest::digest(&digest::SHA256, asked.as_bytes());
        to_hex(digest.as_ref().get(..16).unwrap_or_default())
    }
}

/// Keeps what became of a form of an account. A repeat of the form tries again what was refused: its outcome replaces the
/// first.
///
/// # Errors
/// [`DbError`].
pub async fn keep(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    (account, command): (&str, &str),
    of: &Outcome,
) -> Result<(), DbError> {
    store::outcomes::forget(tx, school, account).await?;
    store::outcomes::put(tx, school, (account, command), of).await
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_form_without_a_command_id_has_its_own_whatever_became_of_it() {
        let of = |id, became| Outcome {
            sitting: SittingCode::parse("2017-2").unwrap(),
            place: Place::Class,
            back: "class=1".to_owned(),
            gone: 0,
            lines: vec![Line { subject: SubjectCode::CET4, whom: Whom::Student(RecordId(id)), became }],
        };
        let first = of(7, Err(vec!["pool-full"])).own_command();
        assert_eq!(first, of(7, Ok(())).own_command());
        assert_ne!(first, of(8, Ok(())).own_command());
        assert!(first.len() == 32 && first.bytes().all(|byte| byte.is_ascii_alphanumeric()));
    }

    #[test]
    fn a_line_is_read_as_it_was_stored_and_nonsense_is_none() {
        let subject = SubjectCode::CET4;
        for (became, whom) in [
            (Ok(()), Whom::Student(RecordId(7))),
            (Err(vec!["pool-full"]), Whom::Registration(RegistrationId(8))),
            (Err(vec!["not-eligible", "window-closed"]), Whom::Student(RecordId(9))),
            (Err(Vec::new()), Whom::Student(RecordId(9))),
        ] {
            let line = Line { subject, whom, became };
            assert_eq!(Line::parse(&line.text()), Some(line));
        }
        for text in
            ["", "1", "1 student 7", "1 teacher 7 entered", "12 student 7 entered", "1 student x entered"]
        {
            assert_eq!(Line::parse(text), None, "{text}");
        }
        let strange = Line::parse("1 student 7 no-code,pool-full").unwrap();
        assert_eq!(strange.became, Err(vec!["pool-full"]));
    }
}
