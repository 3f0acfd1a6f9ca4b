//! Receives a bill: streamed into the database part by part, never held in memory as a whole.

use std::time::Duration;

use axum::extract::multipart::{Field, MultipartError};
use axum::extract::{FromRequest as _, Multipart, Request};
use gateway::GatewayCode;
use http::StatusCode;
use http::header::CONTENT_TYPE;
use ring::digest::{Context, SHA256};

use crate::staff::{StaffMember, marks};
use crate::web::answer::{PageError, refusal};
use crate::web::form_data::FormData;
use cet_base::store::{DbError, Stop, Tx};
use cet_base::vault::to_hex;
use cet_domain::reconciliation::bill;
use cet_domain::reconciliation::store::{self, PART};
use cet_domain::reconciliation::verbs::{self, By};
use cet_domain::reconciliation::{Day, Of, ReconciliationRefusal as Refusal};

/// How long the next bytes of a file may take (TH58).
const NEXT_BYTES: Duration = Duration::from_secs(30);
/// The most bytes of a bill.
const LARGEST: i64 = 512 * 1024 * 1024;
/// The longest text field in bytes.
const LONGEST_TEXT: usize = 4_096;
/// The most fields of a form.
const MOST_FIELDS: usize = 16;
/// How many bytes tell whether it may be a bill.
const HEAD: usize = 64 * 1024;
/// The longest name of a file that is kept, in characters.
const LONGEST_NAME: usize = 120;

/// What the form holds.
#[derive(Default)]
struct Form {
    gateway: String,
    day: String,
    member: String,
    file: Option<Arrived>,
}

/// A file whose bytes have arrived.
struct Arrived {
    id: i64,
    size: i64,
    name: String,
    digest: String,
    /// Its first bytes.
    head: Vec<u8>,
}

/// Of a whole form what is wrong with it.
type Taken = Result<Of, Vec<Refusal>>;

/// Reads the form; the bill is compared by a job.
///
/// # Errors
/// [`PageError`]; nothing is kept then.
pub(super) async fn receive(who: &StaffMember, request: Request) -> Result<Taken, PageError> {
    let kind = request.headers().get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or("");
    if !kind.trim_start().to_ascii_lowercase().starts_with("multipart/") {
        // A form that can't hold a file: what else it lacks is told with it.
        let sent = FormData::from_request(request, &who.app).await?;
        let text = |name| sent.one(name).map(|text| text.trim().to_owned());
        let form = Form { gateway: text("gateway")?, day: text("day")?, member: text("member")?, file: None };
        return take(who, &form).await;
    }
    let Ok(mut multipart) = Multipart::from_request(request, &()).await else {
        return take(who, &Form::default()).await;
    };
    let mut form = Form::default();
    let read = read_all(who, &mut multipart, &mut form).await;
    let done = match read {
        Ok(()) => take(who, &form).await,
        Err(error) => Err(error),
    };
    if !matches!(done, Ok(Ok(_)))
        && let Some(file) = &form.file
    {
        discard(who, file.id).await?;
    }
    done
}

async fn take(who: &StaffMember, form: &Form) -> Result<Taken, PageError> {
    if !form.member.is_empty() {
        marks::check_sent(who, &who.name, Some(&form.member))?;
    }
    let code = GatewayCode::parse(&form.gateway);
    let known = code.and_then(|code| who.app.payments.gateways.gateway(code));
    let (day, file) = (Day::parse(&form.day), form.file.as_ref().filter(|file| file.size > 0));
    let lacks = [
        known.is_none().then_some(Refusal::GatewayUnknown),
        day.is_none().then_some(Refusal::DayInvalid),
        // A field without a file has no name either.
        match &form.file {
            Some(file) if file.size == 0 && !file.name.is_empty() => Some(Refusal::EmptyFile),
            Some(file) if file.size > 0 => None,
            Some(_) | None => Some(Refusal::NoFile),
        },
    ];
    let (Some(known), Some(day), Some(file)) = (known, day, file) else {
        return Ok(Err(lacks.into_iter().flatten().collect()));
    };
    let of = Of { gateway: known.code(), day };
    let is_all = usize::try_from(file.size).is_ok_and(|size| size == file.head.len());
    let told = bill::told_by_head((&file.head, is_all), of, known.merchant());
    let (id, size, name, digest, by) = (file.id, file.size, file.name.clone(), file.digest.clone(), by(who));
    let taken: Result<(), Stop<Refusal>> = who
        .app
        .db
        .write(async move |tx: &mut Tx<'_>| {
            verbs::receive(tx, id, of, (&name, size, &digest), &by).await?;
            told.map_or(Ok(()), |fault| Err(Stop::Refused(Refusal::Bill(fault))))
        })
        .await;
    let taken = refusal(taken)?;
    who.app.wake_jobs();
    Ok(taken.map(|()| of).map_err(|why| vec![why]))
}

/// Who acts.
pub(super) fn by(who: &StaffMember) -> By {
    By { account: who.name.clone(), person: who.person.clone(), address: who.from() }
}

async fn discard(who: &StaffMember, id: i64) -> Result<(), PageError> {
    let done: Result<(), DbError> =
        who.app.db.write(async move |tx: &mut Tx<'_>| store::discard(tx, id).await).await;
    Ok(done?)
}

async fn read_all(who: &StaffMember, multipart: &mut Multipart, form: &mut Form) -> Result<(), PageError> {
    for _ in 0..MOST_FIELDS {
        let Some(field) = in_time(multipart.next_field()).await? else { return Ok(()) };
        match field.name().unwrap_or_default() {
            "file" => file(who, field, form).await?,
            "gateway" => form.gateway = text(field).await?,
            "day" => form.day = text(field).await?,
            "member" => form.member = text(field).await?,
            _ => {
                text(field).await?;
            }
        }
    }
    Err(PageError::Protocol(StatusCode::BAD_REQUEST))
}

/// Waits for the next bytes.
async fn in_time<T>(next: impl Future<Output = Result<T, MultipartError>>) -> Result<T, PageError> {
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

/// Stores the bytes of a file. The last one counts if there are several.
async fn file(who: &StaffMember, mut field: Field<'_>, form: &mut Form) -> Result<(), PageError> {
    if let Some(before) = form.file.take() {
        discard(who, before.id).await?;
    }
    let name: String = field.file_name().unwrap_or_default().chars().filter(|c| !c.is_control()).collect();
    let name = name.rsplit(['/', '\\']).next().unwrap_or_default().chars().take(LONGEST_NAME).collect();
    let account = who.name.clone();
    let begun: Result<i64, DbError> =
        who.app.db.write(async move |tx: &mut Tx<'_>| store::insert_file(tx, &account).await).await;
    let id = begun?;
    let stored = form.file.insert(Arrived { id, size: 0, name, digest: String::new(), head: Vec::new() });
    let mut digest = Context::new(&SHA256);
    let mut part = Vec::with_capacity(PART);
    let mut number = 0_i64;
    while let Some(chunk) = in_time(field.chunk()).await? {
        stored.size = stored.size.saturating_add(i64::try_from(chunk.len()).unwrap_or(i64::MAX));
        if stored.size > LARGEST {
            return Err(PageError::Protocol(StatusCode::PAYLOAD_TOO_LARGE));
        }
        digest.update(&chunk);
        let missing = HEAD.saturating_sub(stored.head.len()).min(chunk.len());
        stored.head.extend_from_slice(chunk.get(..missing).unwrap_or_default());
        part.extend_from_slice(&chunk);
        while part.len() >= PART {
            let rest = part.split_off(PART);
            append(who, id, number, std::mem::replace(&mut part, rest)).await?;
            number = number.saturating_add(1);
        }
    }
    stored.digest = to_hex(digest.finish().as_ref());
    if part.is_empty() { Ok(()) } else { append(who, id, number, part).await }
}

async fn append(who: &StaffMember, id: i64, number: i64, body: Vec<u8>) -> Result<(), PageError> {
    let stored: Result<(), DbError> =
        who.app.db.write(async move |tx: &mut Tx<'_>| store::append(tx, id, number, &body).await).await;
    Ok(stored?)
}
