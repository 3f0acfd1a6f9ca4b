//! Candidates: passports, bindings and entries, by the verbs behind the forms.

use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;

use cet_domain::binding::{SaveCommand, save};
use cet_domain::context::Context;
use cet_domain::dispute::verbs::{OpenCommand, open};
use cet_domain::entry::verbs::{EnterCommand, enter};
use cet_domain::passport::rules::Profile;
use cet_domain::passport::verbs::{NewPassport, Registered, register};
use cet_domain::registration::verbs::{
    LookUpCommand, accept_agreement, agreement_version, look_up, of_passport,
};
use cet_domain::roster::{self, DocumentKeys};
use cet_domain::sitting::Catalogue;

use super::people::Student;
use super::{Fault, sound};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::document::{Document, DocumentKind};
use crate::words::email::Email;
use crate::words::ids::{EntryId, PassportId, RecordId};
use crate::words::name::PersonName;
use crate::words::subject::Mode;

/// Where the season's candidates come from.
pub(super) const FROM: IpAddr = IpAddr::V4(Ipv4Addr::LOCALHOST);

/// What candidates are made with, inside a transaction.
#[derive(Clone)]
pub(super) struct Office {
    pub(super) context: Context,
    pub(super) catalogue: Arc<Catalogue>,
    pub(super) sitting: SittingCode,
    pub(super) password_hash: String,
}

/// The passport of a student: the one of the last sitting, or a new one.
async fn passport(tx: &mut Tx<'_>, with: &Office, student: &Student) -> Result<PassportId, Fault> {
    let lang = if student.number % 9 == 8 { Lang::En } else { Lang::Zh };
    with_address(tx, with, (&student.email(), lang)).await
}

async fn with_address(
    tx: &mut Tx<'_>,
    with: &Office,
    (email, lang): (&str, Lang),
) -> Result<PassportId, Fault> {
    let email = Email::parse(email).map_err(|error| Fault(error.to_string()))?;
    if let Some(there) = cet_domain::passport::store::by_email(tx, &email.key()).await? {
        return Ok(there);
    }
    let new = NewPassport {
        email,
        password_hash: with.password_hash.clone(),
        profile: Profile::default(),
        address: FROM,
    };
    match sound("a passport", register(tx, &with.context, &new, lang).await)? {
        Registered::Made(id) => Ok(id),
        Registered::Taken => Err(Fault("a passport's address is taken".to_owned())),
    }
}

/// Registers, accepts the agreement and looks the record up.
pub(super) async fn look_up_record(
    tx: &mut Tx<'_>,
    with: &Office,
    student: &Student,
) -> Result<(PassportId, (SchoolCode, RecordId)), Fault> {
    let passport = passport(tx, with, student).await?;
    let record = found_record(tx, with, (passport, student)).await?;
    Ok((passport, record))
}

/// Registers, accepts the agreement, looks the record up and saves it.
pub(super) async fn save_record(
    tx: &mut Tx<'_>,
    with: &Office,
    student: &Student,
) -> Result<PassportId, Fault> {
    let (catalogue, sitting) = (&with.catalogue, &with.sitting);
    let passport = passport(tx, with, student).await?;
    if of_passport(tx, passport, sitting).await?.is_some() {
        return Ok(passport);
    }
    let record = found_record(tx, with, (passport, student)).await?;
    let cmd = SaveCommand {
        passport,
        sitting: sitting.clone(),
        record: Some(record),
        seen: cet_base::form_mark::Seen::default(),
        checked: true,
        shown: cet_domain::binding::Shown::default(),
        address: FROM.to_string(),
    };
    sound("a record", save(tx, catalogue, &cmd).await)?;
    Ok(passport)
}

/// Accepts the agreement and looks the record up.
async fn found_record(
    tx: &mut Tx<'_>,
    with: &Office,
    (passport, student): (PassportId, &Student),
) -> Result<(SchoolCode, RecordId), Fault> {
    let plan = with.catalogue.sitting(&with.sitting).ok_or(DbError::Decode("the season's sitting"))?;
    if let Some(version) = agreement_version(plan) {
        let accepted = accept_agreement(tx, plan, passport, version, &FROM.to_string()).await;
        sound("an agreement", accepted)?;
    }
    let document = Document::parse(DocumentKind::ResidentId, &student.document())
        .map_err(|error| Fault(error.to_string()))?;
    let cmd = LookUpCommand {
        documents_a_day: usize::try_from(with.context.config.limits.documents).unwrap_or(usize::MAX),
        passport,
        document: DocumentKeys::of(&with.context.vault, &document),
        name: PersonName::parse(&student.name()).map_err(|error| Fault(error.to_string()))?,
        student_number: None,
        address: FROM.to_string(),
    };
    let found = look_up(tx, plan, &cmd).await?.map_err(|why| Fault(format!("a look-up: {why:?}")))?;
    Ok((found.school, found.id))
}

/// Somebody else says that a student who has saved is himself; nobody has decided yet.
pub(super) async fn dispute(tx: &mut Tx<'_>, with: &Office, student: &Student) -> Result<(), Fault> {
    let claimant = with_address(tx, with, (&format!("benren.{}", student.email()), Lang::Zh)).await?;
    let record = found_record(tx, with, (claimant, student)).await?;
    let number = roster::store::find_by_id(tx, record.0, record.1).await?.map(|of| of.student_number);
    let number = number.ok_or(DbError::Decode("a record of the season"))?;
    let cmd = OpenCommand {
        passport: claimant,
        sitting: with.sitting.clone(),
        record: Some(record),
        student_number: number,
        phone: "13800000000".to_owned(),
        note: "同学说已经替我报了名，我没有同意过。".to_owned(),
        network: None,
        address: FROM.to_string(),
    };
    sound("a dispute", open(tx, &with.context.vault, &cmd).await).map(|_| ())
}

/// Enters subjects of one mode at the home campus.
pub(super) async fn enter_subjects(
    tx: &mut Tx<'_>,
    with: &Office,
    passport: PassportId,
    subjects: &[&str],
) -> Result<Vec<EntryId>, Fault> {
    let (catalogue, sitting) = (&with.catalogue, &with.sitting);
    let plan = catalogue.sitting(sitting).ok_or(DbError::Decode("the season's sitting"))?;
    let mut entered = Vec::new();
    for mode in [Mode::Written, Mode::Oral] {
        let codes = subjects.iter().filter_map(|code| SubjectCode::parse(code).ok());
        let chosen: Vec<SubjectCode> =
            codes.filter(|code| plan.subject(*code).is_some_and(|subject| subject.mode == mode)).collect();
        if chosen.is_empty() {
            continue;
        }
        let cmd = EnterCommand {
            passport,
            sitting: sitting.clone(),
            mode,
            subjects: chosen,
            campus: None,
            command: None,
            address: FROM.to_string(),
        };
        entered.extend(sound("an entry", enter(tx, catalogue, &cmd).await)?.entries);
    }
    Ok(entered)
}
