//! 笔试报考 and 口试报考: what can be selected, and submitting it (R8, R10, R11, R12).

use std::sync::Arc;

use axum::Json;
use axum::response::{IntoResponse, Response};
use http::{HeaderValue, StatusCode, header};
use serde_json::json;

use super::oral::{self, Places};
use super::{refusal_texts, registration_of, rows};
use crate::entry::views::{Folded, SeatsShown, UnboundView, WrittenView};
use crate::passport::candidate::Candidate;
use crate::passport::kept;
use crate::web::answer::{PageError, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::markdown;
use crate::web::page::{Page, Refused, Typed};
use cet_base::store::{DbError, Stop, Tx};
use cet_base::vault::to_hex;
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::fen::FenSum;
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::entry::verbs::{EnterCommand, Offers, enter, entries_of, offers, seats_at};
use cet_domain::entry::{EntryRefusal, command_id};
use cet_domain::registration::Registration;
use cet_domain::sitting::{Catalogue, Plan, TextKind};

pub(super) async fn written(who: Candidate) -> Result<Response, PageError> {
    let kept = Refusal { typed: kept::typed(&who), ..Refusal::default() };
    let shown = show(&who, Mode::Written, None, &kept).await?;
    Ok(kept::given_back_with_record(&who, shown, who.session.registration.is_some()))
}

pub(super) async fn oral(who: Candidate) -> Result<Response, PageError> {
    let kept = Refusal { typed: kept::typed(&who), ..Refusal::default() };
    let campus = who.query("campus").unwrap_or_else(|| kept.typed.get("campus").to_owned());
    let campus = CampusCode::parse(&campus).ok();
    let shown = show(&who, Mode::Oral, campus, &kept).await?;
    Ok(kept::given_back_with_record(&who, shown, who.session.registration.is_some()))
}

pub(super) async fn enter_written(who: Candidate, form: FormData) -> Result<Response, PageError> {
    submit(&who, &form, Mode::Written).await
}

pub(super) async fn enter_oral(who: Candidate, form: FormData) -> Result<Response, PageError> {
    submit(&who, &form, Mode::Oral).await
}

/// What was submitted, as far as it can be parsed.
struct Sent {
    subjects: Vec<SubjectCode>,
    /// A selected value is not a subject.
    unknown_subject: bool,
    campus: Option<CampusCode>,
    /// The campus is not a code.
    unknown_campus: bool,
    command: Option<String>,
}

impl Sent {
    fn read(form: &FormData, mode: Mode) -> Result<Self, PageError> {
        let chosen = form.many("subject").map(str::trim).filter(|code| !code.is_empty());
        let read: Vec<_> = chosen.map(SubjectCode::parse).collect();
        let campus = form.one("campus")?.trim();
        let parsed = CampusCode::parse(campus).ok();
        let command = form.one("command")?;
        Ok(Self {
            unknown_subject: read.iter().any(Result::is_err),
            subjects: read.into_iter().flatten().collect(),
            campus: parsed,
            unknown_campus: mode == Mode::Oral && parsed.is_none() && !campus.is_empty(),
            command: command_id(command).map(str::to_owned),
        })
    }

    fn is_readable(&self) -> bool {
        !self.unknown_subject && !self.unknown_campus
    }
}

/// Why a submission is refused, and what was submitted.
#[derive(Default)]
struct Refusal {
    refusals: Vec<EntryRefusal>,
    unknown_subject: bool,
    unknown_campus: bool,
    typed: Typed,
}

/// Whether it is about the campus that was sent.
const fn is_of_campus(why: &EntryRefusal) -> bool {
    matches!(
        why,
        EntryRefusal::OralCampusNotAllowed(_)
            | EntryRefusal::WindowNotOpen(_)
            | EntryRefusal::WindowClosed(_)
    )
}

impl Refusal {
    /// In words; `campus` is the one that was sent, by its name.
    fn told(&self, page: &Page, plan: &Plan, mode: Mode, campus: Option<&str>) -> Vec<Refused> {
        let told = |why: &EntryRefusal| {
            let refused = refusal_texts::on_page_of(mode, page, plan, why);
            let Some(campus) = campus.filter(|_| is_of_campus(why)) else { return refused };
            let text = page.f("entry-refused-subject", &[("subject", campus), ("text", &refused.text)]);
            refused.saying(text)
        };
        let mut all: Vec<Refused> = self.refusals.iter().map(told).collect();
        if self.unknown_subject {
            // Something was selected, but it does not exist.
            all.retain(|refused| refused.code != "nothing-chosen");
            all.push(Refused::new(page.t, "pool-unknown").at("subject"));
        }
        if self.unknown_campus {
            all.push(Refused::new(page.t, "oral-campus-not-allowed").at("campus"));
        }
        all
    }
}

async fn submit(who: &Candidate, form: &FormData, mode: Mode) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let sent = Sent::read(form, mode)?;
    let (readable, campus) = (sent.is_readable(), sent.campus);
    let cmd = EnterCommand {
        passport: who.session.passport,
        sitting: plan.code.clone(),
        mode,
        subjects: sent.subjects,
        campus,
        command: sent.command.filter(|_| readable),
        address: who.address.to_string(),
    };
    let done = who.app.db.write_again(async move |tx: &mut Tx<'_>| {
        let entered = enter(tx, &catalogue, &cmd).await?;
        // What can't be parsed was refused; the `Err` ensures that nothing else is done without it.
        if readable { Ok(entered) } else { Err(Stop::Refused(Vec::new())) }
    });
    match refusal(done.await)? {
        Ok(_) => Ok(flash::set(who, see_other("/registration"), "saved")),
        Err(refusals) => {
            let refused = Refusal {
                refusals,
                unknown_subject: sent.unknown_subject,
                unknown_campus: sent.unknown_campus,
                typed: form.typed(&["subject", "campus"]),
            };
            let shown = show(who, mode, campus, &refused).await?;
            let waits = refused.refusals.contains(&EntryRefusal::NotBound);
            Ok(if waits { kept::keeping(who, shown, &refused.typed) } else { shown })
        }
    }
}

/// The data of both pages.
pub(super) struct Facts {
    pub(super) of: Registration,
    pub(super) offers: Offers,
    pub(super) written_entered: bool,
    /// Where oral subjects can be entered; nothing on the written page.
    pub(super) places: Places,
    pub(super) now: Time,
}

/// Reads in one transaction: the registration, its entries, the pools of one campus.
async fn facts(who: &Candidate, mode: Mode, campus: Option<CampusCode>) -> Result<Option<Facts>, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let (session, wanted) = (who.session.clone(), oral::wanted(who));
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let Some(of) = registration_of(tx, &session, &plan.code).await? else {
            return Ok::<_, DbError>(None);
        };
        let known = |campus: &CampusCode| plan.offered(*campus).next().is_some();
        let campus = campus.filter(|campus| mode == Mode::Oral && known(campus)).unwrap_or(of.campus);
        let offers = offers(tx, &catalogue, &of, mode, campus).await?;
        let written_entered = match mode {
            Mode::Written => true,
            Mode::Oral => entries_of(tx, &of).await?.iter().any(|entry| entry.mode == Mode::Written),
        };
        let now = tx.now().await?;
        let places = match mode {
            Mode::Written => Places::default(),
            Mode::Oral => oral::places(tx, &catalogue, &of, (campus, &wanted), now).await?,
        };
        Ok(Some(Facts { of, offers, written_entered, places, now }))
    });
    Ok(read.await?)
}

async fn show(
    who: &Candidate,
    mode: Mode,
    campus: Option<CampusCode>,
    refused: &Refusal,
) -> Result<Response, PageError> {
    let (catalogue, plan) = who.sitting()?;
    let (path, title) = match mode {
        Mode::Written => ("/registration/written", "entry-written-title"),
        Mode::Oral => ("/registration/oral", "entry-oral-title"),
    };
    let page = who.page_at(path);
    let sent = campus.filter(|_| mode == Mode::Oral).map(|campus| rows::place_now(&catalogue, campus).campus);
    let told = refused.told(&page, &plan, mode, sent.as_deref());
    let Some(facts) = facts(who, mode, campus).await? else {
        return unbound(page.titled(title).described("entry-choose-about"), &told, &refused.typed);
    };
    let step = match mode {
        Mode::Written => 4,
        Mode::Oral => 5,
    };
    let page = page
        .titled(title)
        .described("entry-choose-about")
        .at_step(step)
        .refusing(told.clone(), refused.typed.clone());
    let retry = refusal_texts::retry_seconds(&refused.refusals, facts.now);
    match mode {
        Mode::Written => refused_html(&told, retry, &written_view(who, page, &catalogue, &plan, &facts)),
        Mode::Oral => refused_html(&told, retry, &oral::view(who, page, &catalogue, &plan, &facts)),
    }
}

/// The form is always shown on GET; only submitting it is refused. It keeps what was ticked.
pub(crate) fn unbound(page: Page, told: &[Refused], typed: &Typed) -> Result<Response, PageError> {
    let page = page.at_step(3).refusing(told.to_vec(), typed.clone());
    refused_html(told, None, &UnboundView { page })
}

fn written_view(
    who: &Candidate,
    page: Page,
    catalogue: &Catalogue,
    plan: &Plan,
    facts: &Facts,
) -> WrittenView {
    let place = rows::place_now(catalogue, facts.offers.campus);
    let all = rows::subject_rows(&page, plan, &place, (&facts.of, facts.now), &facts.offers);
    let english = |code: &str| {
        SubjectCode::parse(code)
            .ok()
            .and_then(|code| plan.subject(code))
            .is_some_and(cet_domain::sitting::Subject::is_english)
    };
    // Who has entered something, or has sent the form, has had the guidance before them.
    let read = all.iter().any(|row| row.offer.is_entered()) || !page.refusals.is_empty();
    let (all, folded) = Folded::of(&page, all);
    let (english, others) = all.into_iter().partition(|row| english(&row.code));
    WrittenView {
        guidance: guidance(&page, plan, TextKind::GuidanceWritten),
        read,
        folded,
        sum: chosen_sum(&page, &facts.offers),
        boards: rows::boards(&page, catalogue, plan, facts.of.campus, &[Mode::Written]),
        english,
        others,
        as_of: facts.now.local("%H:%M"),
        command: command(who),
        page,
    }
}

/// The sum of what is ticked on a page that came back, as `已选 ¥0.02`; empty while nothing is.
pub(super) fn chosen_sum(page: &Page, offers: &Offers) -> String {
    let open = offers.rows.iter().filter(|offer| offer.refusal.is_none());
    let ticked = open.filter(|offer| page.typed.has("subject", offer.subject.code.as_str()));
    let fees: Vec<_> = ticked.filter_map(|offer| offer.fee).collect();
    if fees.is_empty() {
        return String::new();
    }
    format!("{} {}", page.m("entry-chosen-sum"), rows::yuan(FenSum::of(fees.into_iter())))
}

pub(super) fn guidance(page: &Page, plan: &Plan, kind: TextKind) -> Option<String> {
    plan.text(kind, page.lang().code()).map(|text| markdown::rendered(&text.body).to_string())
}

/// The command id that makes a repeated submission idempotent; without it the unique keys do.
pub(super) fn command(who: &Candidate) -> Option<String> {
    who.app.vault.random::<16>().ok().map(|bytes| to_hex(&bytes))
}

/// `/registration/seats.json`: how full the pools of a campus are; the home campus by default. It is for a script, to
/// which a page says nothing: without a sitting there are no seats.
pub(super) async fn seats(who: Candidate) -> Result<Response, PageError> {
    let Some(plan) = who.app.catalogue.get().current().map(Arc::clone) else { return Ok(seats_json(&[])) };
    let session = who.session.clone();
    let asked = who.query("campus").and_then(|code| CampusCode::parse(&code).ok());
    let read = who.app.db.read(async move |tx: &mut Tx<'_>| {
        let Some(of) = registration_of(tx, &session, &plan.code).await? else {
            return Ok::<_, DbError>(None);
        };
        let campus = asked.filter(|campus| plan.oral_allowed(of.campus, *campus)).unwrap_or(of.campus);
        let now = tx.now().await?;
        Ok(Some((campus, seats_at(tx, &plan.code, campus, now).await?)))
    });
    let (campus, pools) = read.await?.unzip();
    let campus = campus.map_or_else(String::new, |campus| campus.to_string());
    let t = who.page().t;
    let pool = |(subject, seats): (SubjectCode, cet_domain::seat_pool::Seats)| {
        let shown = SeatsShown::of(seats);
        json!({
            "subject": subject.as_str(),
            "campus": campus,
            "seats": shown.mark(),
            "left": shown.left(),
            "capacity": shown.capacity,
            "text": shown.text(t),
        })
    };
    let all: Vec<_> = pools.unwrap_or_default().into_iter().map(pool).collect();
    Ok(seats_json(&all))
}

fn seats_json(all: &[serde_json::Value]) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (StatusCode::OK, [no_store], Json(json!({ "seats": all }))).into_response()
}
