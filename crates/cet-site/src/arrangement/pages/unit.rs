//! One subject at one campus: its rooms, and its lists as files.

use std::sync::Arc;

use axum::extract::Path;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};

use super::{PATH, Unit, line};
use crate::arrangement::views::{FileLink, RoomLine, UnitView};
use crate::staff::StaffMember;
use crate::web::answer::{BUSY_SECONDS, PageError, html};
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_domain::arrangement;
use cet_domain::arrangement::lists::{List, ListFault, print};
use cet_domain::arrangement::store::lists::{RoomRow, in_scope, rooms, sources};
use cet_domain::arrangement::store::requests;
use cet_domain::arrangement::store::room_names::{self, RoomName};
use cet_domain::arrangement::verbs::lists::{Listing, listing, taken_out};
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// The unit that the URL names, if it is in the account's scope.
pub(super) fn unit(
    who: &StaffMember,
    plan: &Plan,
    campus: &str,
    subject: &str,
) -> Result<arrangement::Unit, PageError> {
    let campus = CampusCode::parse(campus).map_err(|_| PageError::NotFound)?;
    let subject = SubjectCode::parse(subject).map_err(|_| PageError::NotFound)?;
    let known = plan.subject(subject).ok_or(PageError::NotFound)?;
    if !who.scope.holds(campus.as_str()) {
        return Err(PageError::NotFound);
    }
    Ok(arrangement::Unit {
        campus,
        sitting: plan.code.clone(),
        year: plan.year,
        half: plan.half,
        subject,
        mode: known.mode,
    })
}

pub(super) async fn show(
    who: StaffMember,
    Path((campus, subject)): Path<(String, String)>,
) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let plan = who.shown_sitting().await?;
    let unit = unit(&who, &plan, &campus, &subject)?;
    let (scope, of) = (who.scope.clone(), unit.clone());
    let read: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let stands = in_scope(tx, &scope, &of.sitting).await?;
            let Some(stand) =
                stands.into_iter().find(|stand| (stand.campus, stand.subject) == (of.campus, of.subject))
            else {
                return Ok(None);
            };
            let asked = requests::open_in(tx, &scope, &of.sitting).await?;
            let asked = asked.into_iter().find(|asked| asked.draft == stand.id);
            let from = sources(tx, of.school(), stand.id).await?;
            let named = (rooms(tx, of.school(), stand.id).await?, room_names::all(tx, &of).await?);
            Ok(Some((named, stand, asked, from, tx.now().await?)))
        })
        .await;
    let Some(((rooms, names), stand, asked, from, now)) = read? else { return Err(PageError::NotFound) };
    let (page, menu) = who.frame("arrangement-unit").await?;
    let catalogue = who.app.catalogue.get();
    let published = stand.published_at.is_some();
    let run = stand.run.to_string();
    let is_asked = asked.is_some();
    let of = Unit { planned: None, drawn: Some(stand), asked };
    let line = line(&page, &catalogue, &plan, (unit.campus, unit.subject), &of, now);
    let link = |list: List| FileLink {
        href: format!("{PATH}/{campus}/{subject}/{}", list.file()),
        words: page.m(list.words()),
        form: if list == List::SeatPlan { "XLSX" } else { "PDF" },
    };
    let files = if published { List::ALL.map(link).to_vec() } else { Vec::new() };
    let rooms = rooms.iter().map(|room| room_line(&page, room, &names)).collect();
    let source = |(campus, n): &(CampusCode, i64)| {
        let name = catalogue.campus_name(*campus).unwrap_or_default();
        (format!("({campus}){name}"), n.to_string())
    };
    let view = UnitView {
        sources: from.iter().map(source).collect(),
        campus: unit.campus.to_string(),
        subject: unit.subject.to_string(),
        may_name: who.may(Permission::RoomNames),
        may_ask: who.may(Permission::Arrange) && !published && !is_asked,
        may_decide: who.may(Permission::Arrange) && !published && is_asked,
        page,
        menu,
        line,
        run,
        files,
        rooms,
    };
    html(StatusCode::OK, &view)
}

fn room_line(page: &Page, room: &RoomRow, names: &[RoomName]) -> RoomLine {
    let name = names.iter().find(|of| of.room == room.room).map(|of| of.name.clone());
    RoomLine {
        name: name.unwrap_or_default(),
        batch: if room.session == 0 { String::new() } else { room.session.to_string() },
        room: format!("{:03}", room.room),
        candidates: room.candidates.to_string(),
        late: if room.late == 0 { String::new() } else { room.late.to_string() },
        needs: room.needs.words(page.t),
    }
}

pub(super) async fn file(
    who: StaffMember,
    Path((campus, subject, file)): Path<(String, String, String)>,
) -> Result<Response, PageError> {
    who.needs(Permission::SeatLists)?;
    let plan = who.shown_sitting().await?;
    let unit = unit(&who, &plan, &campus, &subject)?;
    let list = List::of_file(&file).ok_or(PageError::NotFound)?;
    let of = unit.clone();
    let read: Result<Option<Listing>, DbError> =
        who.app.db.read_long(async move |tx: &mut Tx<'_>| listing(tx, &of).await).await;
    let listing = read?.ok_or(PageError::NotFound)?;
    noted(&who, &unit, list, listing.seats.len()).await?;
    let printed = print(&who.app.printer, &who.app.vault, (&who.app.catalogue.get(), &plan), listing, list)
        .await
        .map_err(|fault| match fault {
            ListFault::Busy => PageError::TooBusy(BUSY_SECONDS),
            fault => PageError::fault(fault),
        })?;
    if !printed.missing.is_empty() {
        let missing: Vec<String> =
            printed.missing.iter().map(|c| format!("U+{:04X}", u32::from(*c))).collect();
        tracing::warn!(missing = missing.join(" "), "a list was printed with boxes for missing characters");
    }
    let kind = match list {
        List::SeatPlan => "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
        List::Rooms | List::Door | List::Desks | List::Signatures => "application/pdf",
    };
    let name = format!("attachment; filename=\"{campus}-{subject}-{}\"", list.file());
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static(kind)),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::fault)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((headers, printed.bytes).into_response())
}

async fn noted(
    who: &StaffMember,
    unit: &arrangement::Unit,
    list: List,
    seats: usize,
) -> Result<(), PageError> {
    let (actor, address, unit) = (who.actor(), who.from(), Arc::new(unit.clone()));
    let written: Result<(), DbError> = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            taken_out(tx, &unit, list.file(), seats, (actor.clone(), &address)).await
        })
        .await;
    Ok(written?)
}
