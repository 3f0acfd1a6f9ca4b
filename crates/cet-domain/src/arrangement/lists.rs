//! Prints the lists of a published unit: one at a time, in the background.

use std::sync::Arc;
use std::time::Duration;

use ticket_pdf::{Fonts, Rendered, Room, Seat, TicketError};
use tokio::sync::Semaphore;

use super::seat_plan;
use super::store::seats::SeatRow;
use super::verbs::lists::Listing;
use crate::background::{self, Priority};
use crate::printing::coverage::with_codes;
use crate::printing::{PrintFault, Printer};
use crate::sitting::Plan;
use crate::sitting::catalogue::Catalogue;
use crate::sitting::hours::{exam_time, hours};
use crate::texts::{Lang, texts};
use crate::vault::{Vault, VaultError};

/// A campus of 10,000 seats takes seconds and tens of megabytes. Tickets have print slots of their own.
static PRINT_SLOT: Semaphore = Semaphore::const_new(1);
/// How long staff wait for the print slot before they are asked to retry.
const QUEUE_TIMEOUT: Duration = Duration::from_mins(1);

/// The kind of list (T4).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum List {
    /// 考场名单.
    Rooms,
    /// 门贴.
    Door,
    /// 桌贴.
    Desks,
    /// 签到表.
    Signatures,
    /// 座位表 as a workbook.
    SeatPlan,
}

impl List {
    /// All of them in the order of the page.
    pub const ALL: [Self; 5] = [Self::Rooms, Self::Door, Self::Desks, Self::Signatures, Self::SeatPlan];

    /// The last segment of its URL.
    #[must_use]
    pub const fn file(self) -> &'static str {
        match self {
            Self::Rooms => "room-list.pdf",
            Self::Door => "door-list.pdf",
            Self::Desks => "desk-labels.pdf",
            Self::Signatures => "signature-sheet.pdf",
            Self::SeatPlan => "seat-plan.xlsx",
        }
    }

    /// The message key.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Rooms => "arrangement-room-list",
            Self::Door => "arrangement-door-list",
            Self::Desks => "arrangement-desk-labels",
            Self::Signatures => "arrangement-signature-sheet",
            Self::SeatPlan => "arrangement-seat-plan",
        }
    }

    /// Parses the last segment of a URL.
    #[must_use]
    pub fn of_file(file: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|list| list.file() == file)
    }
}

/// Why there is no list.
#[derive(Debug)]
pub enum ListFault {
    /// Another list kept the print slot for too long.
    Busy,
    /// A document number can't be decrypted.
    Vault(VaultError),
    /// The fonts can't be read.
    Fonts(PrintFault),
    /// The PDF could not be made.
    Pdf(TicketError),
    /// The workbook could not be made.
    Workbook(String),
    /// The work panicked.
    Lost,
}

impl std::fmt::Display for ListFault {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Busy => f.write_str("another list is being printed"),
            Self::Vault(error) => error.fmt(f),
            Self::Fonts(fault) => fault.fmt(f),
            Self::Pdf(error) => error.fmt(f),
            Self::Workbook(error) => f.write_str(error),
            Self::Lost => f.write_str("printing a list ended in a panic"),
        }
    }
}

/// A finished file.
pub struct Printed {
    /// The whole file.
    pub bytes: Vec<u8>,
    /// Characters without a glyph, printed as boxes.
    pub missing: Vec<char>,
}

/// Prints a list of a unit.
///
/// # Errors
/// [`ListFault`].
pub async fn print(
    printer: &Arc<Printer>,
    vault: &Vault,
    (catalogue, plan): (&Catalogue, &Plan),
    listing: Listing,
    list: List,
) -> Result<Printed, ListFault> {
    let Ok(Ok(place)) = tokio::time::timeout(QUEUE_TIMEOUT, PRINT_SLOT.acquire()).await else {
        return Err(ListFault::Busy);
    };
    let rooms = rooms(catalogue, plan, &listing, vault).map_err(ListFault::Vault)?;
    let printer = Arc::clone(printer);
    let work = background::run(Priority::Background, move || {
        // Held by the work itself: a cancelled request does not free the slot before the work is done.
        let _place = place;
        if list == List::SeatPlan {
            let bytes = seat_plan::workbook(&listing, &rooms);
            let bytes = bytes.map_err(|error| ListFault::Workbook(error.to_string()))?;
            return Ok(Printed { bytes, missing: Vec::new() });
        }
        let fonts = printer.fonts().map_err(ListFault::Fonts)?;
        let Rendered { pdf, missing, .. } = render(&fonts, list, &rooms).map_err(ListFault::Pdf)?;
        Ok(Printed { bytes: pdf, missing })
    });
    work.await.unwrap_or(Err(ListFault::Lost))
}

fn render(fonts: &Fonts, list: List, rooms: &[Room]) -> Result<Rendered, TicketError> {
    match list {
        List::Rooms | List::SeatPlan => ticket_pdf::room_list(fonts, rooms),
        List::Door => ticket_pdf::door_list(fonts, rooms),
        List::Desks => ticket_pdf::desk_labels(fonts, rooms),
        List::Signatures => ticket_pdf::signature_sheet(fonts, rooms),
    }
}

/// The rooms of a unit with their heading, in order. Lists are in Chinese, in whatever language the staff read.
fn rooms(
    catalogue: &Catalogue,
    plan: &Plan,
    listing: &Listing,
    vault: &Vault,
) -> Result<Vec<Room>, VaultError> {
    let t = texts(Lang::Zh);
    let unit = &listing.unit;
    let subject = plan.subject(unit.subject);
    let name = subject.map_or("", |subject| subject.name.as_str());
    let of_room = |seats: &[SeatRow]| {
        let (session, room) = seats.first().map_or((0, 0), |seat| (seat.session, seat.room));
        let place = usize::try_from(session.saturating_sub(1)).ok();
        let begins = place.and_then(|place| listing.settings.sessions.get(place).copied());
        let (from, to) = hours(subject, begins.filter(|_| session > 0));
        let needs = seats.first().map(|seat| seat.needs).unwrap_or_default().words(t);
        Ok(Room {
            sitting: plan.name.clone(),
            subject: format!("({}) {name}", unit.subject),
            exam_time: exam_time(from, to),
            campus: format!("({}){}", unit.campus, catalogue.campus_name(unit.campus).unwrap_or_default()),
            room: format!("{room:03}"),
            place: listing.room_names.get(&room).cloned().unwrap_or_default(),
            batch: match session {
                0 => String::new(),
                session => t.f("arrangement-batch", &[("n", &session.to_string())]),
            },
            note: if needs.is_empty() { needs } else { t.f("arrangement-needs-room", &[("needs", &needs)]) },
            seats: seats.iter().map(|row| seat(listing, row, vault)).collect::<Result<_, _>>()?,
        })
    };
    let same_room = |one: &SeatRow, other: &SeatRow| one.cell() == other.cell();
    listing.seats.chunk_by(same_room).map(of_room).collect()
}

fn seat(listing: &Listing, row: &SeatRow, vault: &Vault) -> Result<Seat, VaultError> {
    let person = listing.people.get(&(row.school, row.entry));
    // Cleared when its registration was released.
    let document_number = person.map_or(Ok(String::new()), |person| {
        person.document_sealed.open_if_kept(vault, &person.document_key)
    })?;
    let text = |of: fn(&crate::entry::arrangeable::Seated) -> String| person.map(of).unwrap_or_default();
    Ok(Seat {
        seat: format!("{:02}", row.seat),
        ticket_number: row.ticket.clone(),
        name: text(|person| with_codes(&person.name)),
        sex: text(|person| person.sex.clone()),
        document_number,
        class: text(|person| format!("{} {}", person.college, person.class).trim().to_owned()),
    })
}
