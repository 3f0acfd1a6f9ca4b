//! Finding a registration by one field: a 通行证ID, a number of an order, a ticket or a document, a student number, or any
//! part of a name. A POST, because none of these belong in a URL.

use axum::response::Response;

use super::{PATH, Registrations, sitting, with_entries};
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, List as _, PAGE, Pager};
use crate::web::answer::{PageError, see_other};
use crate::web::form_data::FormData;
use crate::web::page::{Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SittingCode;
use cet_base::words::document::{Document, DocumentKind};
use cet_base::words::name::PersonName;
use cet_domain::passport;
use cet_domain::registration::store as registrations;
use cet_domain::registration::store::find as numbers;
use cet_domain::registration::store::scoped::{self, NamePart, Seen};
use cet_domain::roster;
use cet_domain::roster::DocumentKeys;
use cet_domain::staff::{Permission, Scope};

const TYPED: [&str; 5] = ["q", "person", "passport", "document_kind", "document_number"];

pub(in crate::staff::pages) async fn search(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::FindRegistrations)?;
    let q = form.one("q")?.trim().to_owned();
    let public_id = form.one("passport")?.trim().to_ascii_uppercase();
    let person = form.one("person")?.trim().to_owned();
    let kind = DocumentKind::from_wire(form.one("document_kind")?.trim());
    let number = form.one("document_number")?;
    let document = kind.and_then(|kind| Document::parse(kind, number).ok());
    let found = match (public_id.is_empty(), document, sitting(&who)) {
        (_, _, Some(sitting)) if !q.is_empty() => recognised(&who, &q, sitting).await?,
        (false, _, Some(sitting)) => by_passport(&who, public_id, sitting).await?.into_iter().collect(),
        (true, Some(document), Some(sitting)) => {
            by_document(&who, &document, sitting).await?.into_iter().collect()
        }
        (true, None, Some(sitting)) if !person.is_empty() => by_person(&who, &person, sitting).await?,
        (_, _, None) | (true, None, Some(_)) => Vec::new(),
    };
    if let [seen] = found.as_slice() {
        return Ok(see_other(&format!("{PATH}/{}/{}", seen.school, seen.id)));
    }
    let typed = form.typed(&TYPED);
    if found.is_empty() {
        let words = if is_too_short(&who, &q) { "staff-q-too-short" } else { "staff-not-found" };
        let said = Refused::new(who.page().t, "record-not-found").saying(who.page().m(words));
        return list::page::<Registrations>(&who, vec![said], typed).await;
    }
    several(&who, found, typed).await
}

/// What a text is, by its form, and whom it belongs to: the first that is found.
async fn recognised(who: &StaffMember, q: &str, sitting: SittingCode) -> Result<Vec<Seen>, PageError> {
    let number: String = q.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_uppercase();
    if is_passport(&number) {
        return Ok(by_passport(who, number, sitting).await?.into_iter().collect());
    }
    if let Some(seen) = by_number(who, &number).await? {
        return Ok(vec![seen]);
    }
    for document in documents(&number) {
        if let Some(seen) = by_document(who, &document, sitting.clone()).await? {
            return Ok(vec![seen]);
        }
    }
    by_person(who, q, sitting).await
}

/// Whether a text has the form of a 通行证ID.
pub(in crate::staff::pages) fn is_passport(number: &str) -> bool {
    number.len() == 32 && number.bytes().all(|byte| byte.is_ascii_hexdigit())
}

/// Every document that a number may be of.
pub(in crate::staff::pages) fn documents(number: &str) -> Vec<Document> {
    DocumentKind::ALL.into_iter().filter_map(|kind| Document::parse(kind, number).ok()).collect()
}

/// By the number of an order, or of a ticket whose seat is published.
pub(in crate::staff::pages) async fn by_number(
    who: &StaffMember,
    number: &str,
) -> Result<Option<Seen>, PageError> {
    let (scope, number) = (who.scope.clone(), number.to_owned());
    let read = async move |tx: &mut Tx<'_>| {
        let mut found = numbers::of_order(tx, &scope, &number).await?;
        if found.is_none() {
            found = numbers::of_ticket(tx, &scope, &number).await?;
        }
        let Some((school, id)) = found else { return Ok(None) };
        scoped::one(tx, &scope, school, id).await
    };
    let found: Result<_, DbError> = who.app.db.read(read).await;
    Ok(found?)
}

/// A name as a pattern; one that finds nobody if it is no name.
pub(in crate::staff::pages) fn name_pattern(name: &str) -> String {
    PersonName::parse(name).map(|name| numbers::anywhere(name.key().as_str())).unwrap_or_default()
}

/// People whose names have the same part, to choose from.
async fn several(who: &StaffMember, found: Vec<Seen>, typed: Typed) -> Result<Response, PageError> {
    let found = with_entries(who, found).await?;
    Registrations::view(who, Asked::default(), Pager::default(), found, (Vec::new(), typed)).await
}

/// By student number or any part of a name. One letter is looked for in one school only, whose rows are read through.
async fn by_person(who: &StaffMember, person: &str, sitting: SittingCode) -> Result<Vec<Seen>, PageError> {
    let (scope, number) = (who.scope.clone(), person.to_owned());
    let key = PersonName::parse(person).map(|name| name.key().as_str().to_owned()).unwrap_or_default();
    let list = async move |tx: &mut Tx<'_>| {
        let found = scoped::of_student_number(tx, &scope, &sitting, &number, PAGE).await?;
        match NamePart::of(&key) {
            _ if !found.is_empty() => Ok(found),
            Some(part) => scoped::of_name(tx, &scope, &sitting, &part, PAGE).await,
            None if key.is_empty() || scope.school().is_none() => Ok(found),
            None => scoped::of_letter(tx, &scope, &sitting, &key, PAGE).await,
        }
    };
    let found: Result<_, DbError> = who.app.db.read(list).await;
    Ok(found?)
}

/// Whether a text is one letter, which is not looked for in a scope wider than a school.
fn is_too_short(who: &StaffMember, q: &str) -> bool {
    who.scope.school().is_none() && q.chars().count() == 1
}

/// By 通行证ID.
pub(in crate::staff::pages) async fn by_passport(
    who: &StaffMember,
    public_id: String,
    sitting: SittingCode,
) -> Result<Option<Seen>, PageError> {
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(passport) = passport::store::by_public_id(tx, &public_id).await? else {
                return Ok(None);
            };
            let Some((school, id)) = registrations::claim(tx, passport, &sitting).await? else {
                return Ok(None);
            };
            scoped::one(tx, &scope, school, id).await
        })
        .await;
    Ok(found?)
}

/// The live registration of a document, in a scope.
pub(in crate::staff::pages) async fn of_document(
    tx: &mut Tx<'_>,
    scope: &Scope,
    document: &DocumentKeys,
    sitting: &SittingCode,
) -> Result<Option<Seen>, DbError> {
    let Some(record) = roster::store::find_typed(tx, sitting, document).await? else {
        return Ok(None);
    };
    let key = record.document_key.bytes();
    let held = registrations::live_of_student(tx, record.school, sitting, &key).await?;
    match held {
        Some(id) => scoped::one(tx, scope, record.school, id).await,
        None => Ok(None),
    }
}

async fn by_document(
    who: &StaffMember,
    document: &Document,
    sitting: SittingCode,
) -> Result<Option<Seen>, PageError> {
    let (scope, key) = (who.scope.clone(), DocumentKeys::of(&who.app.vault, document));
    let found: Result<_, DbError> =
        who.app.db.read(async move |tx| of_document(tx, &scope, &key, &sitting).await).await;
    Ok(found?)
}
