//! Creating a collective payment: filters, a confirmation page, and locking the entries.

use std::sync::Arc;

use axum::response::Response;
use http::StatusCode;

use super::{PATH, rows};
use crate::collective_payment::views::{Found, NewView, Wanted};
use crate::staff::StaffMember;
use crate::staff::list::{Asked, Groups};
use crate::staff::ticked::{self, At};
use crate::web::answer::{PageError, html, refusal, refused_html, see_other};
use crate::web::flash;
use crate::web::form_data::FormData;
use crate::web::form_marks::read_seen;
use crate::web::page::OnPage as _;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::form_mark::{SEEN, seen};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SubjectCode};
use cet_base::words::fen::FenSum;
use cet_base::words::ids::RegistrationId;
use cet_domain::collective_payment::verbs::{
    Gathered, OpenCommand, Shown, Ticks, gather, open as open_payment,
};
use cet_domain::collective_payment::{CollectiveRefusal, rules};
use cet_domain::entry::staff_queries::Filter;
use cet_domain::registration;
use cet_domain::sitting::Plan;
use cet_domain::staff::Permission;

/// The maximum length of a note in characters.
const LONGEST_NOTE: usize = 200;

/// Builds the filter, or refuses a subject that the sitting does not offer.
pub(super) fn filter(plan: &Plan, wanted: &Wanted) -> Result<Filter, CollectiveRefusal> {
    let subject = match wanted.subject.as_str() {
        "" => None,
        text => {
            let code = SubjectCode::parse(text).map_err(|_| CollectiveRefusal::SubjectUnknown)?;
            Some(plan.subject(code).ok_or(CollectiveRefusal::SubjectUnknown)?.code)
        }
    };
    Ok(Filter { college: wanted.college.clone(), class: wanted.class.clone(), subject })
}

/// The colleges of the school and the classes of the chosen one, to choose from.
pub(super) async fn groups(
    who: &StaffMember,
    wanted: &Wanted,
) -> Result<(Vec<Choice>, Vec<Choice>), PageError> {
    let query = form_urlencoded::Serializer::new(String::new())
        .append_pair("college", &wanted.college)
        .append_pair("class", &wanted.class)
        .finish();
    let asked = Asked::of_query(&query, &["college", "class"]);
    Ok(Groups::read(who, &asked).await?.choices(&asked))
}

pub(super) fn plan(who: &StaffMember) -> Result<Arc<Plan>, PageError> {
    who.app.catalogue.get().current().cloned().ok_or(PageError::NotFound)
}

pub(super) fn queried(who: &StaffMember) -> Wanted {
    let value = |name: &str| who.query(name).map(|text| text.trim().to_owned()).unwrap_or_default();
    let (college, class, subject) = (value("college"), value("class"), value("subject"));
    Wanted { college, class, subject, ticked: None }
}

pub(super) async fn form(who: StaffMember) -> Result<Response, PageError> {
    who.needs(Permission::CollectivePayment)?;
    let wanted = queried(&who);
    let look = who.query("look").is_some();
    page(&who, wanted, look, Vec::new(), Typed::default()).await
}

/// The confirmation page for those who are ticked in a list: what they have not paid, and nobody else's.
pub(super) async fn ticked(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::CollectivePayment)?;
    let plan = plan(&who)?;
    let Some(found) = ticked::rows(&who, &plan.code, &form).await? else {
        let said = vec![ticked::nobody(&who.page())];
        return shown_with(&who, Wanted::default(), None, said, (Typed::default(), String::new())).await;
    };
    let all = found.current.len().saturating_add(found.gone);
    let registered = match found.at {
        At::Registrations => ticked::registrations(&form)?.unwrap_or_default(),
        At::Students => of_students(&who, &plan, &form).await?,
    };
    let without = match found.at {
        At::Registrations => found.gone,
        At::Students => all.saturating_sub(registered.len()),
    };
    let told = match without {
        0 => String::new(),
        n => who.page().f("collective-unregistered", &[("n", &n.to_string())]),
    };
    let wanted = Wanted { ticked: Some(registered), ..Wanted::default() };
    let found = look_up(&who, &plan, &wanted).await?;
    let (found, said) = match found {
        Ok(found) => (Some(found), Vec::new()),
        Err(refused) => (None, vec![refused.on(&who.page())]),
    };
    shown_with(&who, wanted, found, said, (Typed::default(), told)).await
}

/// The registrations of ticked students.
async fn of_students(who: &StaffMember, plan: &Plan, form: &FormData) -> Result<Ticks, PageError> {
    let keys = ticked::keys(form)?.unwrap_or_default();
    let found = ticked::find(who, &plan.code, &keys).await?;
    let sitting = plan.code.clone();
    let read = async move |tx: &mut Tx<'_>| {
        let mut registered = Ticks::new();
        for of in &found.current {
            let key = of.document_key.bytes();
            let id = registration::store::live_of_student(tx, of.school, &sitting, &key).await?;
            registered.extend(id.map(|id| (of.school, id)));
        }
        Ok(registered)
    };
    let registered: Result<Ticks, DbError> = who.app.db.read(read).await;
    Ok(registered?)
}

async fn look_up(
    who: &StaffMember,
    plan: &Arc<Plan>,
    wanted: &Wanted,
) -> Result<Result<Gathered, CollectiveRefusal>, PageError> {
    let filter = match filter(plan, wanted) {
        Ok(filter) => filter,
        Err(refused) => return Ok(Err(refused)),
    };
    let (catalogue, scope, sitting) = (who.app.catalogue.get(), who.scope.clone(), plan.code.clone());
    let ticked = wanted.ticked.clone();
    refusal(
        who.app
            .db
            .read(async move |tx: &mut Tx<'_>| {
                gather(tx, &catalogue, &scope, &sitting, (&filter, ticked.as_ref())).await
            })
            .await,
    )
}

async fn page(
    who: &StaffMember,
    wanted: Wanted,
    look: bool,
    mut refusals: Vec<CollectiveRefusal>,
    typed: Typed,
) -> Result<Response, PageError> {
    let plan = plan(who)?;
    let found = if look {
        match look_up(who, &plan, &wanted).await? {
            Ok(found) => Some(found),
            Err(refused) => {
                if !refusals.contains(&refused) {
                    refusals.push(refused);
                }
                None
            }
        }
    } else {
        None
    };
    let said: Vec<_> = refusals.iter().map(|refused| refused.on(&who.page())).collect();
    shown_with(who, wanted, found, said, (typed, String::new())).await
}

async fn shown_with(
    who: &StaffMember,
    wanted: Wanted,
    found: Option<Gathered>,
    said: Vec<Refused>,
    (typed, unregistered): (Typed, String),
) -> Result<Response, PageError> {
    let plan = plan(who)?;
    let (page, menu) = who.frame_at(&format!("{PATH}/new"), "collective-new").await?;
    let mark = found.as_ref().map(|found| seen(&who.app.vault, "collective", found.values()));
    let found = found.map(|found| shown(who, &page, &plan, &found));
    let subjects = rows::subjects(&page, &plan);
    let page = page.marked(SEEN, mark.unwrap_or_default()).refusing(said.clone(), typed);
    let (colleges, classes) = groups(who, &wanted).await?;
    let view = NewView { page, menu, asked: wanted, colleges, classes, subjects, found, unregistered };
    refused_html(&said, None, &view)
}

fn shown(who: &StaffMember, page: &Page, plan: &Plan, found: &Gathered) -> Found {
    let shown = found.shown();
    let now = who.app.db.clock().process_now();
    Found {
        entries: shown.entries,
        amount: rows::yuan(shown.amount),
        amount_fen: shown.amount.get(),
        locks_until: rules::locks_until(now, who.app.config.collective_payment.lock_days).page(),
        taken: found
            .taken
            .iter()
            .map(|one| {
                rows::line(&one.person, rows::subject(page, Some(plan), one.entry.subject), one.entry.fee, "")
            })
            .collect(),
        left: found
            .left
            .iter()
            .map(|one| {
                let subject = rows::subject(page, Some(plan), one.entry.subject);
                rows::line(&one.person, subject, one.entry.fee, rows::why(page, one.why))
            })
            .collect(),
    }
}

pub(super) async fn open(who: StaffMember, form: FormData) -> Result<Response, PageError> {
    who.needs(Permission::CollectivePayment)?;
    let school = who.scope.school().ok_or(PageError::NotFound)?;
    let plan = plan(&who)?;
    let field = |name: &'static str| form.one(name).map(|text| text.trim().to_owned());
    let (college, class, subject) = (field("college")?, field("class")?, field("subject")?);
    let wanted = Wanted { college, class, subject, ticked: registrations(&form)? };
    if let Some(ticked) = &wanted.ticked {
        // Before anything else is said of the form: what is not there stays not found.
        ticked::find_registrations(&who, &plan.code, ticked).await?;
    }
    let note: String =
        form.one("note")?.trim().chars().filter(|c| !c.is_control()).take(LONGEST_NOTE).collect();
    let typed = form.typed(&["note"]);
    let amount = form.one("amount")?.parse().ok().and_then(|fen| FenSum::new(fen).ok());
    let shown = form.one("entries")?.parse().ok().zip(amount);
    let asked = filter(&plan, &wanted);
    let (filter, (entries, amount)) = match (asked, shown) {
        (Ok(filter), Some(shown)) => (filter, shown),
        (Err(refused), _) => return page(&who, wanted, false, vec![refused], typed).await,
        (Ok(_), None) => return page(&who, wanted, true, vec![CollectiveRefusal::Changed], typed).await,
    };
    let cmd = OpenCommand {
        school,
        scope: who.scope.clone(),
        sitting: plan.code.clone(),
        filter,
        ticked: wanted.ticked.clone(),
        shown: Shown { entries, amount },
        seen: read_seen(&who.app.vault, &form)?,
        by: who.name.clone(),
        note,
        lock_days: who.app.config.collective_payment.lock_days,
        address: who.from(),
    };
    let catalogue = who.app.catalogue.get();
    let done =
        who.app.db.write_again(async move |tx: &mut Tx<'_>| open_payment(tx, &catalogue, &cmd).await).await;
    match refusal(done)? {
        Ok(id) => Ok(flash::set(&who, see_other(&format!("{PATH}/{id}")), "collective-made")),
        // Whoever names what is not theirs learns nothing of it, as everywhere else (TH22).
        Err(CollectiveRefusal::NotFound) => Err(PageError::NotFound),
        Err(refused) => page(&who, wanted, true, vec![refused], typed).await,
    }
}

/// The registrations that the confirmation page was about; `None` if it was about all that a filter leaves.
fn registrations(form: &FormData) -> Result<Option<Ticks>, PageError> {
    let mut ticks = Ticks::new();
    for text in form.many("registration") {
        let (school, id) = SchoolCode::parse_row(text).ok_or(PageError::NotFound)?;
        ticks.insert((school, RegistrationId(id)));
    }
    Ok((!ticks.is_empty()).then_some(ticks))
}

/// A page without refusals.
pub(super) fn fine(view: &impl askama::Template) -> Result<Response, PageError> {
    html(StatusCode::OK, view)
}
