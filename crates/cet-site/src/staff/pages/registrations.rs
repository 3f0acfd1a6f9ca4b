//! `/staff/registrations`: the list, masked, and the same rows as a file.

pub(super) mod bulk;
pub(super) mod find;
pub(super) mod one;

use std::collections::HashMap;

use axum::response::Response;

use super::exports::What;
use super::refused;
use crate::staff::StaffMember;
use crate::staff::list::{self, Asked, Groups, LARGE, Limited, List, Pager};
use crate::staff::ticked::At;
use crate::staff::views::{RegistrationRow, RegistrationsView};
use crate::web::answer::PageError;
use crate::web::page::{Choice, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::{SchoolCode, SittingCode};
use cet_base::words::document::DocumentNumber;
use cet_base::words::ids::RegistrationId;
use cet_base::words::staff::Scope;
use cet_base::words::time::Time;
use cet_domain::entry;
use cet_domain::registration::store::scoped::{self, Filter, Payment, Seen};
use cet_domain::staff::Permission;
use cet_domain::statistics::store as kept;

pub(super) const PATH: &str = "/staff/registrations";

/// How many registrations a page looks through for a filter, in a scope wider than a school: on PostgreSQL each costs up to
/// 17 µs where the rows of a school are scattered, and a page may take 50 ms (season.md, section 5).
const REACH: i64 = 2_500;

/// A registration with its live entries.
pub(super) type Full = (Seen, Vec<entry::Entry>);

fn filter(asked: &Asked) -> Filter {
    Filter {
        campus: asked.get("campus").chars().filter(char::is_ascii_digit).collect(),
        college: asked.get("college").to_owned(),
        class: asked.get("class").to_owned(),
        subject: asked.get("subject").to_owned(),
        payment: Payment::from_wire(asked.get("payment")),
    }
}

/// Live registrations of the sitting.
async fn seen(member: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Seen>, PageError> {
    let Some(sitting) = sitting(member) else { return Ok(Vec::new()) };
    let filter = filter(asked);
    let (scope, between) = (member.scope.narrowed(&filter.campus), (key(&asked.after), key(&asked.until)));
    let list = async move |tx: &mut Tx<'_>| scoped::list(tx, &scope, &sitting, &filter, between, limit).await;
    let found: Result<_, DbError> = member.app.db.read_long(list).await;
    Ok(found?)
}

/// The registrations with their entries.
async fn with_entries(member: &StaffMember, seen: Vec<Seen>) -> Result<Vec<Full>, PageError> {
    let keys: Vec<_> = seen.iter().map(|of| (of.school, of.id)).collect();
    let read = async move |tx: &mut Tx<'_>| {
        let now = tx.now().await?;
        Ok((now, entry::store::of_registrations(tx, &keys).await?))
    };
    let read: Result<(Time, HashMap<RegistrationId, Vec<entry::Entry>>), DbError> =
        member.app.db.read_long(read).await;
    let (now, mut entries) = read?;
    let live = |of: &Seen| {
        let all = entries.remove(&of.id).unwrap_or_default();
        all.into_iter().filter(|entry| entry::rules::is_live(entry, now)).collect()
    };
    let live: Vec<Vec<entry::Entry>> = seen.iter().map(live).collect();
    Ok(seen.into_iter().zip(live).collect())
}

fn sitting(member: &StaffMember) -> Option<SittingCode> {
    member.list_sitting().map(|plan| plan.code.clone())
}

async fn live_entries(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    id: RegistrationId,
) -> Result<Vec<entry::Entry>, DbError> {
    let now = tx.now().await?;
    let all = entry::store::of_registration(tx, school, id).await?;
    Ok(all.into_iter().filter(|entry| entry::rules::is_live(entry, now)).collect())
}

/// Parses the key of a registration, as used in paths and forms.
pub(super) fn key(text: &str) -> Option<(SchoolCode, RegistrationId)> {
    let (school, id) = SchoolCode::parse_row(text)?;
    Some((school, RegistrationId(id)))
}

pub(super) enum Registrations {}

impl List for Registrations {
    type Row = Full;

    const NAME: &'static str = What::Registrations.wire();
    const NEEDS: Permission = What::Registrations.needs();
    const EXPORT: Option<What> = Some(What::Registrations);
    const FILTERS: &'static [&'static str] = At::Registrations.filters();
    const HEADINGS: &'static [&'static str] = &[
        "staff-col-name",
        "staff-col-number",
        "staff-col-class",
        "staff-col-campus",
        "staff-col-document",
        "staff-col-subjects",
        "staff-col-paid",
        "staff-col-unpaid",
        "staff-col-saved",
    ];

    fn limited(who: &StaffMember) -> Vec<Limited> {
        let plan = who.list_sitting();
        let subjects = plan.iter().flat_map(|plan| plan.subjects()).map(|subject| subject.code.to_string());
        vec![
            Limited::digits("campus"),
            Limited::to("subject", subjects),
            Limited::to("payment", Payment::ALL.map(Payment::wire)),
        ]
    }

    async fn read(who: &StaffMember, asked: &Asked, limit: i64) -> Result<Vec<Full>, PageError> {
        let seen = seen(who, asked, limit).await?;
        with_entries(who, seen).await
    }

    fn key((seen, _): &Full) -> String {
        format!("{}-{}", seen.school, seen.id)
    }

    fn cells(
        who: &StaffMember,
        _: &Page,
        (seen, entries): &Full,
        whole: bool,
    ) -> Result<Vec<String>, PageError> {
        let row = row(who, seen, entries)?;
        let document =
            if whole { seen.number(&who.app.vault).map_err(PageError::fault)? } else { row.document };
        let (paid, unpaid) = (row.paid.to_string(), row.unpaid.to_string());
        let saved = seen.saved_at.to_string();
        let (class, campus) = (row.class, row.campus);
        Ok(vec![row.name, row.student_number, class, campus, document, row.subjects, paid, unpaid, saved])
    }

    async fn view(
        who: &StaffMember,
        asked: Asked,
        pager: Pager,
        found: Vec<Full>,
        (said, typed): (Vec<Refused>, Typed),
    ) -> Result<Response, PageError> {
        let (frame, menu) = who.frame_at(PATH, "staff-registrations").await?;
        let beside = list::beside(who, PATH, &asked);
        let mut rows: Vec<RegistrationRow> =
            found.iter().map(|(seen, entries)| row(who, seen, entries)).collect::<Result<_, _>>()?;
        let open = match &beside.key {
            Some(key) => one::panel(who, &frame, key).await?,
            None => None,
        };
        for row in &mut rows {
            row.is_open = open.as_ref().is_some_and(|open| open.row.key == row.key);
        }
        let total = match found.len() {
            _ if pager.csv.is_empty() => String::new(),
            // A filter's whole answer is on this page; without one, the kept sums tell.
            n if filter(&asked) != Filter::default() && pager.next.is_none() && pager.first.is_none() => {
                frame.f("staff-total", &[("n", &n.to_string())])
            }
            _ => total(who, &frame, &asked).await?,
        };
        let (colleges, classes) = Groups::read(who, &asked).await?.choices(&asked);
        let (ticked, ticks_href) = list::ticks(who, PATH, &asked);
        let view = RegistrationsView {
            total,
            colleges,
            classes,
            may_enter: who.may(Permission::EnterGroup),
            may_pay: who.may(Permission::CollectivePayment),
            may_write: who.may(Permission::WriteToCandidates),
            ticked,
            ticks_href,
            subjects: subjects(who, &frame),
            payments: payments(&frame),
            open,
            open_at: beside.open_at,
            close_href: beside.close_href,
            page: frame.refusing(said.clone(), typed),
            menu,
            asked,
            pager,
            rows,
        };
        refused(&said, &[], &view)
    }

    /// A filter that few of a nation's rows fit is looked for among [`REACH`] of them at a time.
    async fn reach(who: &StaffMember, asked: &Asked) -> Result<String, PageError> {
        let filter = filter(asked);
        let scope = who.scope.narrowed(&filter.campus);
        if scope.school().is_some() || is_whole(&scope, &filter) {
            return Ok(String::new());
        }
        let after = key(&asked.after);
        let reach = async move |tx: &mut Tx<'_>| scoped::reach(tx, &scope, after, REACH).await;
        let found: Result<_, DbError> = who.app.db.read(reach).await;
        Ok(found?.map(|(school, id)| format!("{school}-{id}")).unwrap_or_default())
    }

    /// Counts without reading the entries.
    async fn count(who: &StaffMember, asked: &Asked, most: i64) -> Result<i64, PageError> {
        Ok(i64::try_from(seen(who, asked, most).await?.len()).unwrap_or(i64::MAX))
    }
}

/// How many rows the filters leave, in words: counted in a school, unless it is [`LARGE`] and nothing is filtered; then, and
/// in wider scopes, about as many as were counted in the last minute; empty where only a count of the nation's rows would
/// tell.
async fn total(who: &StaffMember, page: &Page, asked: &Asked) -> Result<String, PageError> {
    let Some(sitting) = sitting(who) else { return Ok(String::new()) };
    let filter = filter(asked);
    let scope = who.scope.narrowed(&filter.campus);
    let all = is_whole(&scope, &filter);
    let kept = if all { registered(who, &scope, &sitting).await? } else { 0 };
    if scope.school().is_some() && kept < LARGE {
        let filter = filter.clone();
        let counting = async move |tx: &mut Tx<'_>| scoped::count(tx, &scope, &sitting, &filter).await;
        let count: Result<i64, DbError> = who.app.db.read_long(counting).await;
        return Ok(page.f("staff-total", &[("n", &count?.to_string())]));
    }
    if !all {
        return Ok(String::new());
    }
    Ok(page.f("staff-total-about", &[("n", &kept.to_string())]))
}

/// Whether a filter leaves all of a place, so that its kept sums are the filter's: not where it names a part of the code of
/// a place below, or a place elsewhere.
fn is_whole(place: &Scope, filter: &Filter) -> bool {
    let by_place = Filter { campus: filter.campus.clone(), ..Filter::default() };
    *filter == by_place && place.prefix().starts_with(&filter.campus)
}

/// The registrations of a place by the kept sums.
async fn registered(who: &StaffMember, scope: &Scope, sitting: &SittingCode) -> Result<i64, PageError> {
    let (scope, sitting, place) = (scope.clone(), sitting.clone(), scope.prefix().to_owned());
    let kept = async move |tx: &mut Tx<'_>| kept::of_place(tx, &scope, &sitting, &place).await;
    let kept: Result<_, DbError> = who.app.db.read(kept).await;
    Ok(kept?.sums.registrations)
}

fn subjects(who: &StaffMember, page: &Page) -> Vec<Choice> {
    let Some(plan) = who.list_sitting() else { return Vec::new() };
    let choice = |subject: &cet_domain::sitting::Subject| Choice {
        value: subject.code.to_string(),
        text: subject.name_in(page.lang().code()).to_owned(),
    };
    plan.subjects().iter().map(choice).collect()
}

fn payments(page: &Page) -> Vec<Choice> {
    Payment::ALL
        .map(|payment| Choice {
            value: payment.wire().to_owned(),
            text: payment_words(page, payment).to_owned(),
        })
        .to_vec()
}

/// The words of a value of the filter by payment; empty if there is no such value.
pub(super) fn payments_words(page: &Page, value: &str) -> &'static str {
    let known = Payment::ALL.into_iter().find(|payment| payment.wire() == value);
    known.map_or("", |payment| payment_words(page, payment))
}

fn payment_words(page: &Page, payment: Payment) -> &'static str {
    match payment {
        Payment::Paid => page.m("staff-payment-paid"),
        Payment::Unpaid => page.m("staff-payment-unpaid"),
        Payment::None => page.m("staff-no-subject"),
    }
}

/// A registration as a list row; the numbers are masked so that they can't be misused.
fn row(who: &StaffMember, seen: &Seen, entries: &[entry::Entry]) -> Result<RegistrationRow, PageError> {
    let (plan, lang) = (who.list_sitting(), who.page().lang().code());
    let name = |entry: &entry::Entry| {
        plan.as_ref()
            .and_then(|plan| plan.subject(entry.subject))
            .map_or_else(|| entry.subject.to_string(), |subject| subject.name_in(lang).to_owned())
    };
    let paid = entries.iter().filter(|entry| entry.paid_at.is_some()).count();
    let number = seen.number(&who.app.vault).map_err(PageError::fault)?;
    Ok(RegistrationRow {
        href: format!("{PATH}/{}/{}", seen.school, seen.id),
        key: format!("{}-{}", seen.school, seen.id),
        is_open: false,
        name: seen.name.clone(),
        student_number: seen.student_number.clone(),
        class: format!("{} {}", seen.college, seen.class),
        campus: seen.campus.to_string(),
        document: DocumentNumber::parse(&number).map_or_else(|_| "***".to_owned(), |number| number.masked()),
        subjects: entries.iter().map(name).collect::<Vec<_>>().join(who.page().m("staff-list-and")),
        paid: i64::try_from(paid).unwrap_or(0),
        unpaid: i64::try_from(entries.len().saturating_sub(paid)).unwrap_or(0),
        saved_at: seen.saved_at.page(),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_sums_of_a_place_are_told_for_a_filter_that_leaves_all_of_it_only() {
        for (own, campus, whole) in [
            ("", "", true),
            ("", "99", true),
            ("", "99301", true),
            ("", "9", false),
            ("", "9930", false),
            ("99301", "", true),
            ("99301", "993", true),
            ("99301", "993010", true),
            ("99301", "99101", false),
        ] {
            let filter = Filter { campus: campus.to_owned(), ..Filter::default() };
            let place = Scope::parse(own).unwrap().narrowed(campus);
            assert_eq!(is_whole(&place, &filter), whole, "{own} filtered by {campus}");
            assert!(!is_whole(&place, &Filter { college: "x".to_owned(), ..filter }), "{own} {campus}");
        }
    }
}
