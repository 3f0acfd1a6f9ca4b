//! `/staff/rebinds`: customer service requests a rebinding, a supervisor decides (A7).

use axum::extract::Path;
use axum::response::Response;
use http::StatusCode;

use super::registrations::key;
use super::{by, refused};
use crate::passport;
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Limited, List, Pager};
use crate::staff::reveal::{self, Holder};
use crate::staff::views::{NewRebindView, RebindRow, RebindView, RebindsView, Rebound};
use crate::web::answer::{PageError, html, refusal, see_other};
use crate::web::form_data::FormData;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Stop};
use cet_base::words::codes::SchoolCode;
use cet_base::words::document::DocumentNumber;
use cet_base::words::email::Email;
use cet_base::words::time::Time;
use cet_domain::registration::store::scoped::{self, Seen};
use cet_domain::staff::Permission;
use cet_domain::staff::rebind::{self, Ask, RebindRefusal};
use cet_domain::staff::store::rebinds::{self, Rebind};

const PATH: &str = "/staff/rebinds";
/// The states to filter by, with their text keys.
const STATES: [(&str, &str); 3] = [
    ("asked", "staff-rebind-state-asked"),
    ("done", "staff-rebind-state-done"),
    ("refused", "staff-rebind-state-refused"),
];
const TYPED: [&str; 4] = ["registration", "new_passport", "new_email", "evidence"];

fn row(who: &StaffMember, of: &Rebind, now: Time) -> RebindRow {
    let (class, words) = match of.state.as_str() {
        "done" => ("ok", "staff-rebind-state-done"),
        "asked" if now < of.expires_at => ("warn", "staff-rebind-state-asked"),
        "asked" => ("", "staff-rebind-state-over"),
        _ => ("bad", "staff-rebind-state-refused"),
    };
    RebindRow {
        href: format!("{PATH}/{}-{}", of.school, of.id),
        registration: format!("{}-{}", of.school, of.registration),
        state: who.page().t.find(words).unwrap_or_default().to_owned(),
        class,
        open: of.state == "asked" && now < of.expires_at,
        requester: of.requester.clone(),
        asked_at: of.asked_at.page(),
        expires_at: of.expires_at.page(),
        approver: of.approver.clone().unwrap_or_default(),
        decided_at: of.decided_at.map(Time::page).unwrap_or_default(),
    }
}

/// The requests of a scope.
pub(super) enum Rebinds {}

impl List for Rebinds {
    /// A request, and when the list was read.
    type Row = (Rebind, Time);

    const NAME: &'static str = "rebinds";
    const NEEDS: Permission = Permission::SeeRebinds;
    const FILTERS: &'static [&'static str] = &["state"];
    const HEADINGS: &'static [&'static str] = &[
        "staff-registration",
        "staff-state",
        "staff-requester",
        "staff-asked-at",
        "staff-approver",
        "staff-decided-at",
    ];

    fn limited(_: &StaffMember) -> Vec<Limited> {
        vec![Limited::to("state", STATES.map(|(state, _)| state))]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Self::Row>, PageError> {
        let before = asked.after.parse().unwrap_or(i64::MAX);
        let (scope, state) = (who.scope.clone(), asked.get("state").to_owned());
        let found: Result<_, DbError> = who
            .app
            .db
            .read(async move |tx| {
                let now = tx.now().await?;
                let rows = rebinds::list(tx, &scope, &state, before, limit).await?;
                Ok(rows.into_iter().map(|of| (of, now)).collect())
            })
            .await;
        Ok(found?)
    }

    fn key((of, _): &Self::Row) -> String {
        of.id.to_string()
    }

    fn cells(who: &StaffMember, _: &Page, (of, now): &Self::Row, _: bool) -> Result<Vec<String>, PageError> {
        let row = row(who, of, *now);
        let decided = of.decided_at.map(|at| at.to_string()).unwrap_or_default();
        let asked = of.asked_at.to_string();
        Ok(vec![row.registration, row.state, row.requester, asked, row.approver, decided])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        rows: Vec<Self::Row>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (page, menu) = who.frame_at(PATH, "staff-rebinds").await?;
        let states = STATES.map(|(value, words)| Choice {
            value: value.to_owned(),
            text: page.t.find(words).unwrap_or(value).to_owned(),
        });
        let view = RebindsView {
            states: states.to_vec(),
            may_ask: who.may(Permission::AskRebind),
            rows: rows.iter().map(|(of, now)| row(who, of, *now)).collect(),
            page: page.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
        };
        refused(&said, &[], &view)
    }
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::AskRebind)?;
    let typed = Typed::default().with("registration", who.query("registration").unwrap_or_default());
    let (page, menu) = who.frame("staff-rebind-new").await?;
    html(StatusCode::OK, &NewRebindView { page: page.refusing(Vec::new(), typed), menu })
}

pub(super) async fn ask(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::AskRebind)?;
    let done = match (key(form.one("registration")?.trim()), Email::parse(form.one("new_email")?)) {
        (None, _) => Err(RebindRefusal::NotFound),
        (_, Err(_)) => Err(RebindRefusal::EmailMismatch),
        (Some((school, registration)), Ok(new_email)) => {
            let ask = Ask {
                school,
                registration,
                new_passport: form.one("new_passport")?.trim().to_ascii_uppercase(),
                new_email,
                evidence: form.one("evidence")?.to_owned(),
            };
            let (by, vault) = (by(&who), std::sync::Arc::clone(&who.app.vault));
            let done: Result<i64, Stop<RebindRefusal>> =
                who.app.db.write_again(async move |tx| rebind::ask(tx, &vault, &by, &ask).await).await;
            refusal(done)?.map(|id| format!("{PATH}/{school}-{id}"))
        }
    };
    match done {
        Ok(path) => Ok(see_other(&path)),
        Err(refusal) => {
            let (page, menu) = who.frame_at("/staff/rebinds/new", "staff-rebind-new").await?;
            let said = vec![refusal.on(&page)];
            let page = page.refusing(said.clone(), form.typed(&TYPED));
            refused(&said, &[], &NewRebindView { page, menu })
        }
    }
}

fn request_key(text: &str) -> Result<(SchoolCode, i64), PageError> {
    key(text).map(|(school, id)| (school, id.0)).ok_or(PageError::NotFound)
}

pub(super) async fn one(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::SeeRebinds)?;
    detail(&who, &found(&who, &id).await?, None, Vec::new()).await
}

/// Shows the full document number once, after the reason was recorded in the audit log.
pub(super) async fn document(
    who: StaffMember,
    Path(id): Path<String>,
    form: FormData,
) -> Result<Response, PageError> {
    who.needs(Permission::SeeRebinds)?;
    who.needs(Permission::ShowDocument)?;
    let found = found(&who, &id).await?;
    // The number of a registration that was released is stored no more.
    let seen = found.candidate.as_ref().ok_or(PageError::NotFound)?;
    let object = (Holder::Registration, seen.id.0);
    match reveal::recorded(&who, seen.school, object, form.one("reason")?).await? {
        Ok(()) => {
            let number = seen.number(&who.app.vault).map_err(PageError::fault)?;
            detail(&who, &found, Some(number), Vec::new()).await
        }
        Err(refusal) => detail(&who, &found, None, vec![refusal]).await,
    }
}

/// A request with what its registration and passports are now.
struct Found {
    of: Rebind,
    candidate: Option<Seen>,
    /// 通行证ID and address of the old and of the new passport.
    passports: [(String, String); 2],
    now: Time,
}

async fn found(who: &StaffMember, id: &str) -> Result<Found, PageError> {
    let (school, number) = request_key(id)?;
    let scope = who.scope.clone();
    let found: Result<_, DbError> = who
        .app
        .db
        .read(async move |tx| {
            let Some(of) = rebinds::one(tx, &scope, school, number).await? else { return Ok(None) };
            let candidate = scoped::one(tx, &scope, school, of.registration).await?;
            let mut passports = <[(String, String); 2]>::default();
            for (known, id) in passports.iter_mut().zip([of.old_passport, of.new_passport]) {
                if let Some(account) = cet_domain::passport::store::account(tx, id).await? {
                    *known = (account.public_id, account.email);
                }
            }
            let now = tx.now().await?;
            Ok(Some(Found { of, candidate, passports, now }))
        })
        .await;
    found?.ok_or(PageError::NotFound)
}

/// What whoever decides must see of the candidate and of both passports.
fn rebound(
    who: &StaffMember,
    page: &crate::web::page::Page,
    found: &Found,
    number: Option<String>,
) -> Result<Rebound, PageError> {
    let open = |sealed: &[u8]| who.app.vault.open(sealed).map_err(PageError::fault);
    let [(old_id, old_email), (new_id, _)] = found.passports.clone();
    let mut shown = Rebound {
        old_passport: old_id,
        old_email: Email::parse(&old_email).map_or_else(|_| "***".to_owned(), |email| email.masked()),
        new_passport: new_id,
        new_email: open(&found.of.new_email_sealed)?,
        evidence: open(&found.of.evidence_sealed)?,
        ..Rebound::default()
    };
    if let Some(seen) = &found.candidate {
        let masked = |number: String| {
            DocumentNumber::parse(&number).map_or_else(|_| "***".to_owned(), |number| number.masked())
        };
        shown.name.clone_from(&seen.name);
        shown.student_number.clone_from(&seen.student_number);
        passport::views::document_kind_name(page.t, &seen.document_kind).clone_into(&mut shown.kind);
        shown.may_show = who.may(Permission::ShowDocument) && number.is_none();
        shown.document = match number {
            Some(number) => number,
            None => masked(seen.number(&who.app.vault).map_err(PageError::fault)?),
        };
    }
    Ok(shown)
}

async fn detail(
    who: &StaffMember,
    found: &Found,
    number: Option<String>,
    refusals: Vec<Refused>,
) -> Result<Response, PageError> {
    let row = row(who, &found.of, found.now);
    let may_decide = who.may(Permission::DecideRebind) && row.open && found.of.requester_person != who.person;
    let (page, menu) = who.frame_at(&row.href, "staff-rebind").await?;
    let shown = rebound(who, &page, found, number)?;
    let reasons = reveal::reasons(&page);
    let page = page.refusing(refusals.clone(), Typed::default());
    let view = RebindView { page, menu, row, shown, reasons, may_decide };
    if refusals.is_empty() { html(StatusCode::OK, &view) } else { refused(&refusals, &[], &view) }
}

pub(super) async fn approve(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::DecideRebind)?;
    let (school, number) = request_key(&id)?;
    let (by, app) = (by(&who), who.app.clone());
    let done: Result<(), Stop<RebindRefusal>> =
        who.app.db.write_again(async move |tx| rebind::approve(tx, &app, &by, school, number).await).await;
    decided(&who, &id, refusal(done)?).await
}

pub(super) async fn refuse(who: StaffMember, Path(id): Path<String>) -> Result<Response, PageError> {
    who.needs(Permission::DecideRebind)?;
    let (school, number) = request_key(&id)?;
    let by = by(&who);
    let done: Result<(), Stop<RebindRefusal>> =
        who.app.db.write_again(async move |tx| rebind::refuse(tx, &by, school, number).await).await;
    decided(&who, &id, refusal(done)?).await
}

async fn decided(
    who: &StaffMember,
    id: &str,
    done: Result<(), RebindRefusal>,
) -> Result<Response, PageError> {
    match done {
        Ok(()) => Ok(see_other(&format!("{PATH}/{id}"))),
        Err(RebindRefusal::NotFound) => Err(PageError::NotFound),
        Err(refusal) => {
            let said = refusal.on(&who.page());
            detail(who, &found(who, id).await?, None, vec![said]).await
        }
    }
}
