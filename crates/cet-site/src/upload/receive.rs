//! Receives a file: streamed into the database part by part, never held in memory as a whole.

use std::collections::BTreeSet;
use std::time::Duration;

use axum::extract::multipart::Field;
use axum::extract::{FromRequest as _, Multipart, Request};
use http::StatusCode;

use super::{columns, needs};
use crate::staff::StaffMember;
use crate::web::answer::{PageError, refusal};
use crate::web::page::Refused;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{CampusCode, SittingCode};
use cet_domain::sitting::SittingState;
use cet_domain::upload::rules::End;
use cet_domain::upload::store::{self, New, PART};
use cet_domain::upload::{Kind, verbs};

/// How long the next bytes of a file may take (TH58).
const NEXT_BYTES: Duration = Duration::from_secs(30);
/// The longest text field in bytes.
const LONGEST_TEXT: usize = 4_096;
/// The most fields of a form.
const MOST_FIELDS: usize = 16;

/// The fields of the form besides the file.
#[derive(Default)]
struct Texts {
    sitting: String,
    campus: String,
    member: String,
    /// Why the file was not taken.
    refused: Option<Refused>,
}

/// A file whose bytes have arrived.
struct Arrived {
    id: i64,
    size: i64,
    name: String,
}

/// What became of a form.
pub(super) enum Received {
    /// The upload with this id is checked now.
    Upload(i64),
    /// It was refused.
    Refused(Vec<Refused>),
}

/// Reads the form and begins the check.
///
/// # Errors
/// [`PageError`]; nothing is kept then.
pub(super) async fn receive(who: &StaffMember, kind: Kind, request: Request) -> Result<Received, PageError> {
    who.needs(needs(kind))?;
    let Ok(mut form) = Multipart::from_request(request, &()).await else {
        return Ok(Received::Refused(vec![no_file(who)]));
    };
    let mut texts = Texts::default();
    let mut arrived: Option<Arrived> = None;
    let read = read_all(who, kind, &mut form, &mut texts, &mut arrived).await;
    let checked = match read {
        Ok(()) => check(who, kind, &texts, arrived.as_ref()),
        Err(error) => Err(error),
    };
    let new = match checked {
        Ok(Ok(new)) => new,
        other => {
            if let Some(arrived) = &arrived {
                // What the protocol can't read did not arrive; all else is refused for what it is.
                let is_cut = matches!(&other, Err(PageError::Protocol(StatusCode::BAD_REQUEST)));
                cut_off(who, arrived.id, if is_cut { End::CutOff } else { End::Refused }).await?;
            }
            return match other {
                Ok(Err(refused)) => Ok(Received::Refused(refused)),
                Err(error) => Err(error),
                Ok(Ok(_)) => Err(PageError::NotFound),
            };
        }
    };
    let Some(arrived) = arrived else { return Err(PageError::NotFound) };
    let (id, size, actor, from) = (arrived.id, arrived.size, who.actor(), who.from());
    let done: Result<_, DbError> = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| verbs::received(tx, id, &new, size, (&actor, &from)).await)
        .await;
    done?;
    who.app.wake_jobs();
    Ok(Received::Upload(id))
}

async fn cut_off(who: &StaffMember, id: i64, end: End) -> Result<(), PageError> {
    let done: Result<_, DbError> =
        who.app.db.write(async move |tx: &mut Tx<'_>| verbs::cut_off(tx, id, end).await).await;
    Ok(done?)
}

async fn read_all(
    who: &StaffMember,
    kind: Kind,
    form: &mut Multipart,
    texts: &mut Texts,
    arrived: &mut Option<Arrived>,
) -> Result<(), PageError> {
    let mut seen = BTreeSet::new();
    for _ in 0..MOST_FIELDS {
        let Some(field) = in_time(form.next_field()).await? else { return Ok(()) };
        let name = field.name().unwrap_or_default().to_owned();
        if !seen.insert(name.clone()) {
            let mut field = field;
            pass(kind, &mut field).await?;
            return Err(PageError::Doubled(name.into()));
        }
        match name.as_str() {
            "file" => texts.refused = file(who, kind, field, arrived).await?,
            "sitting" => texts.sitting = text(field).await?,
            "campus" => texts.campus = text(field).await?,
            "member" => texts.member = text(field).await?,
            _ => {
                text(field).await?;
            }
        }
    }
    Err(PageError::Protocol(StatusCode::BAD_REQUEST))
}

/// Waits for the next bytes.
async fn in_time<T>(
    next: impl Future<Output = Result<T, axum::extract::multipart::MultipartError>>,
) -> Result<T, PageError> {
    match tokio::time::timeout(NEXT_BYTES, next).await {
        Ok(Ok(next)) => Ok(next),
        Ok(Err(_)) | Err(_) => Err(PageError::Protocol(StatusCode::BAD_REQUEST)),
    }
}

async fn text(mut field: Field<'_>) -> Result<String, PageError> {
    let mut bytes = Vec::new();
    while let Some(chunk) = in_time(field.chunk()).await? {
        bytes.extend_from_slice(&chunk);
        if bytes.len() > LONGEST_TEXT {
            return Err(PageError::Protocol(StatusCode::PAYLOAD_TOO_LARGE));
        }
    }
    let text = String::from_utf8(bytes).map_err(|_| PageError::Protocol(StatusCode::BAD_REQUEST))?;
    Ok(text.trim().to_owned())
}

/// Stores the bytes of a file, unless its account has sent too much, or its first ones tell that it can't be read: then
/// they are read only, so that the browser shows the answer.
async fn file(
    who: &StaffMember,
    kind: Kind,
    mut field: Field<'_>,
    arrived: &mut Option<Arrived>,
) -> Result<Option<Refused>, PageError> {
    let name = field.file_name().unwrap_or_default().to_owned();
    let new = New {
        kind,
        place: who.scope.clone(),
        sitting: String::new(),
        campus: String::new(),
        file_name: name.clone(),
        account: who.name.clone(),
    };
    let begun = who.app.db.write(async move |tx: &mut Tx<'_>| verbs::begin(tx, &new).await).await;
    let id = match refusal(begun)? {
        Ok(id) => id,
        Err(why) => {
            pass(kind, &mut field).await?;
            return Ok(Some(columns::refused(who, &why)));
        }
    };
    let stored = arrived.insert(Arrived { id, size: 0, name: name.clone() });
    let unreadable = |head: &[u8]| told(who, kind, &name, head);
    let mut part = Vec::with_capacity(PART);
    let mut number = 0_i64;
    while let Some(chunk) = in_time(field.chunk()).await? {
        stored.size = stored.size.saturating_add(i64::try_from(chunk.len()).unwrap_or(i64::MAX));
        if u64::try_from(stored.size).unwrap_or(u64::MAX) > kind.largest() {
            return Err(PageError::Protocol(StatusCode::PAYLOAD_TOO_LARGE));
        }
        part.extend_from_slice(&chunk);
        while part.len() >= PART {
            let rest = part.split_off(PART);
            if number == 0
                && let Some(why) = unreadable(&part)
            {
                pass(kind, &mut field).await?;
                return Ok(Some(why));
            }
            append(who, id, number, std::mem::replace(&mut part, rest)).await?;
            number = number.saturating_add(1);
        }
    }
    if part.is_empty() {
        return Ok(None);
    }
    if number == 0
        && let Some(why) = unreadable(&part)
    {
        return Ok(Some(why));
    }
    append(who, id, number, part).await?;
    Ok(None)
}

/// Reads the rest of a file that is not taken.
async fn pass(kind: Kind, field: &mut Field<'_>) -> Result<(), PageError> {
    let mut size = 0_u64;
    while let Some(chunk) = in_time(field.chunk()).await? {
        size = size.saturating_add(u64::try_from(chunk.len()).unwrap_or(u64::MAX));
        if size > kind.largest() {
            return Err(PageError::Protocol(StatusCode::PAYLOAD_TOO_LARGE));
        }
    }
    Ok(())
}

/// Why a file that begins so can't be read.
fn told(who: &StaffMember, kind: Kind, name: &str, head: &[u8]) -> Option<Refused> {
    let t = who.page().t;
    let why = cet_domain::upload::told_by_head(kind, name, head, t)?;
    Some(Refused::new(t, "file-unreadable").at("file").saying(why))
}

async fn append(who: &StaffMember, id: i64, number: i64, body: Vec<u8>) -> Result<(), PageError> {
    let stored: Result<(), DbError> =
        who.app.db.write(async move |tx: &mut Tx<'_>| store::append(tx, id, number, &body).await).await;
    Ok(stored?)
}

fn no_file(who: &StaffMember) -> Refused {
    let page = who.page();
    Refused::new(page.t, "file-unreadable").at("file").saying(page.m("upload-no-file"))
}

/// The upload, or what is wrong with the form.
fn check(
    who: &StaffMember,
    kind: Kind,
    texts: &Texts,
    arrived: Option<&Arrived>,
) -> Result<Result<New, Vec<Refused>>, PageError> {
    if !texts.member.is_empty() {
        crate::staff::marks::check_sent(who, &who.name, Some(&texts.member))?;
    }
    let page = who.page();
    let refused = |code, field: &'static str, words| {
        Ok(Err(vec![Refused::new(page.t, code).at(field).saying(page.m(words))]))
    };
    if let Some(why) = &texts.refused {
        return Ok(Err(vec![why.clone()]));
    }
    let Some(arrived) = arrived.filter(|arrived| arrived.size > 0) else {
        return Ok(Err(vec![no_file(who)]));
    };
    let mut sitting = String::new();
    if kind.has_sitting() {
        let catalogue = who.app.catalogue.get();
        let plan = if texts.sitting.is_empty() {
            catalogue.current().cloned()
        } else {
            let code = SittingCode::parse(&texts.sitting).ok();
            code.and_then(|code| catalogue.sitting(&code).cloned())
        };
        let Some(plan) = plan else { return refused("field-invalid", "sitting", "upload-sitting-unknown") };
        if !matches!(plan.state, SittingState::Draft | SittingState::Published) {
            return refused("sitting-state", "sitting", "upload-sitting-over");
        }
        sitting = plan.code.to_string();
    }
    if !texts.campus.is_empty() {
        let known = CampusCode::parse(&texts.campus).ok().filter(|code| {
            who.scope.holds(code.as_str()) && who.app.catalogue.get().campus_name(*code).is_some()
        });
        if known.is_none() {
            return refused("place-unknown", "campus", "upload-campus-unknown");
        }
    }
    Ok(Ok(New {
        kind,
        place: who.scope.clone(),
        sitting,
        campus: texts.campus.clone(),
        file_name: arrived.name.clone(),
        account: who.name.clone(),
    }))
}
