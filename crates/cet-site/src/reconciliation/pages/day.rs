//! One day of one gateway: figures, differences, decisions, signature, and the bill as it came.

mod decide;

use axum::body::Body;
use axum::extract::Path;
use axum::response::{IntoResponse as _, Response};
use gateway::GatewayCode;
use http::{HeaderValue, StatusCode, header};

pub(super) use self::decide::{resolve, sign};
use super::{PATH, net, path, signed};
use crate::reconciliation::views::{DayView, Line, Tab, class_words, gateway_words, state_words};
use crate::staff::StaffMember;
use crate::staff::downloads::Download;
use crate::staff::list::{Asked, FILE_ROWS, Form, PAGE, Pager, Sheet, download};
use crate::web::answer::{PageError, refreshing, refused_html, see_other};
use crate::web::page::{OnPage as _, Page, Refused, Typed};
use cet_base::store::{DbError, Tx};
use cet_base::words::fen::FenSum;
use cet_base::words::time::Time;
use cet_domain::reconciliation::bill::BillFault;
use cet_domain::reconciliation::rules::{Differing, Signing, across_days, may_sign};
use cet_domain::reconciliation::store::{self, DayRow, Difference, FileRow, Note};
use cet_domain::reconciliation::{Class, Day, Of, ReconciliationRefusal as Refusal};
use cet_domain::staff::Permission;

/// How often a page is loaded again while its bill is compared, in seconds.
const AGAIN: &str = "2";
/// The filters of a day's list.
const FILTERS: [&str; 1] = ["class"];
/// How many kinds stand as tabs at most.
const MOST_TABS: usize = 8;

/// What a page is made of.
struct Found {
    of: Of,
    row: DayRow,
    newest: Option<FileRow>,
    file: Option<FileRow>,
    notes: Vec<Note>,
    counts: Vec<(String, String, i64)>,
    differing: Vec<Differing>,
}

impl Found {
    /// How far our side of the day is from the bill's, and how much of that another day's figures have.
    fn apart(&self) -> (i64, i64) {
        let row = &self.row;
        let less = |paid: FenSum, refunded: FenSum| paid.get().saturating_sub(refunded.get());
        let (ours, theirs) = (less(row.our_paid, row.our_refunded), less(row.their_paid, row.their_refunded));
        let apart = ours.saturating_sub(theirs);
        (apart, across_days(apart, &self.differing))
    }
}

async fn find(who: &StaffMember, gateway: &str, day: &str) -> Result<Found, PageError> {
    who.needs(Permission::Reconciliation)?;
    let gateway = GatewayCode::parse(gateway).ok_or(PageError::NotFound)?;
    let of = Of { gateway, day: Day::parse(day).ok_or(PageError::NotFound)? };
    let read: Result<Option<Found>, DbError> = who
        .app
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let Some(row) = store::day(tx, of).await? else { return Ok(None) };
            let file = match row.file_id {
                Some(id) => store::file(tx, id).await?,
                None => None,
            };
            let newest = store::working_on(tx, of).await?;
            let (notes, counts) = (store::notes(tx, of).await?, store::counts(tx, of).await?);
            let differing = store::sums(tx, of).await?;
            Ok(Some(Found { of, row, newest, file, notes, counts, differing }))
        })
        .await;
    read?.ok_or(PageError::NotFound)
}

/// `GET /staff/reconciliation/{gateway}/{day}`, also with `.csv` and `.xlsx` behind the day.
pub(super) async fn show(
    who: StaffMember,
    Path((gateway, day)): Path<(String, String)>,
) -> Result<Response, PageError> {
    for (ending, form) in [(".csv", Form::Csv), (".xlsx", Form::Xlsx)] {
        if let Some(day) = day.strip_suffix(ending) {
            let found = find(&who, &gateway, day).await?;
            return file(&who, &found, form).await;
        }
    }
    let found = find(&who, &gateway, &day).await?;
    page(&who, &found, Vec::new(), Typed::default()).await
}

async fn rows(who: &StaffMember, of: Of, asked: &Asked, limit: i64) -> Result<Vec<Difference>, PageError> {
    let (class, after) = (asked.get("class").to_owned(), asked.after.parse().unwrap_or(0));
    let read: Result<Vec<Difference>, DbError> =
        who.app.db.read(async move |tx: &mut Tx<'_>| store::list(tx, of, &class, after, limit).await).await;
    Ok(read?)
}

async fn file(who: &StaffMember, found: &Found, form: Form) -> Result<Response, PageError> {
    let (asked, page, begun) = (Asked::read(who, &FILTERS), who.page(), Download::of(who)?);
    // A day has at most some thousand differences: a bill with more is refused.
    let rows = rows(who, found.of, &asked, FILE_ROWS).await?;
    let headings = [
        "payment-order-number",
        "staff-state",
        "reconciliation-class",
        "reconciliation-reference",
        "reconciliation-ours",
        "reconciliation-theirs",
        "reconciliation-done-at",
        "reconciliation-note",
    ];
    let cells = |of: &Difference| {
        let line = line(&page, of);
        let (state, class) = (line.state.to_owned(), line.class.to_owned());
        vec![
            line.number,
            state,
            class,
            line.reference,
            line.ours,
            line.theirs,
            of.done_at.to_string(),
            line.note,
        ]
    };
    let sheet = Sheet {
        headings: headings.map(|key| page.m(key).to_owned()).to_vec(),
        rows: rows.iter().map(cells).collect(),
    };
    download(who, "differences", form, (begun, sheet)).await
}

/// The name under which the typed note of a difference is shown again.
fn note_field(id: i64) -> String {
    format!("note-{id}")
}

fn line(page: &Page, of: &Difference) -> Line {
    let class = Class::from_wire(&of.class);
    let (state, tag) = state_words(page, of);
    let is_open = of.state != "resolved";
    let is_ours = class.is_some_and(|class| class != Class::UnknownOrder);
    let owner = if of.owner.is_empty() {
        String::new()
    } else {
        page.f("reconciliation-owner", &[("who", &of.owner)])
    };
    let sum = |sum: Option<FenSum>| sum.map_or_else(|| "—".to_owned(), |sum| sum.to_string());
    Line {
        id: of.id,
        note_field: note_field(of.id),
        number: of.order_number.clone(),
        order: if is_ours { format!("/staff/orders?number={}", of.order_number) } else { String::new() },
        state,
        tag,
        class: class.map_or("", |class| class_words(page, class)),
        mark: of.class.clone(),
        ours: sum(of.ours),
        theirs: sum(of.theirs),
        done_at: of.done_at.page(),
        reference: of.reference.clone(),
        note: format!("{}{owner}", of.note),
        is_open,
        can_be_booked: is_open && class.is_some_and(Class::can_be_booked),
    }
}

async fn page(
    who: &StaffMember,
    found: &Found,
    said: Vec<Refused>,
    typed: Typed,
) -> Result<Response, PageError> {
    let asked = Asked::read(who, &FILTERS);
    let mut rows = rows(who, found.of, &asked, PAGE.saturating_add(1)).await?;
    let pager = Pager::cut(&path(found.of), &asked, &mut rows, |of| of.id.to_string());
    let (mut page, menu) = who.frame_at(&path(found.of), "reconciliation-title").await?;
    let gateway = gateway_words(&page, found.of.gateway.as_str());
    page.title =
        page.f("reconciliation-day-title", &[("day", &found.of.day.to_string()), ("gateway", gateway)]);
    let (is_at_work, about, bad) = about(&page, found);
    let waits = |states: &[&str]| -> i64 {
        found.counts.iter().filter(|(_, state, _)| states.contains(&state.as_str())).map(|(_, _, n)| *n).sum()
    };
    let (open, next_day) = (waits(&["open", "follow"]), waits(&["next-day"]));
    let is_signed = found.row.state == "signed";
    let signing = Signing {
        state: &found.row.state,
        at_work: is_at_work,
        open,
        next_day,
        handled: handled(found, who),
    };
    // The page says of a signed day who signed it.
    let not_yet = may_sign(signing).err().filter(|_| !is_signed);
    let view = DayView {
        path: path(found.of),
        about,
        mark: if is_at_work { "at-work".to_owned() } else { found.row.state.clone() },
        figures: figures(&page, found),
        is_across: found.row.state != "waiting" && found.apart().1 != 0,
        tabs: tabs(&page, found, asked.get("class")),
        rows: rows.iter().map(|of| line(&page, of)).collect(),
        pager,
        file: found
            .file
            .as_ref()
            .filter(|file| !file.is_absent())
            .map(|_| format!("{}/bill", path(found.of)))
            .unwrap_or_default(),
        handlers: handlers(&found.notes),
        signed: if is_signed {
            let at = found.row.signed_at.map(Time::page).unwrap_or_default();
            format!("{} {at}", found.row.signed_by)
        } else {
            String::new()
        },
        not_yet: not_yet.map(|why| why.on(&page).text).unwrap_or_default(),
        is_compared: found.row.state != "waiting",
        bad,
        page: page.refusing(said.clone(), typed),
        menu,
    };
    let answer = refused_html(&said, None, &view)?;
    Ok(refreshing(answer, is_at_work.then(|| AGAIN.to_owned())))
}

fn handled(found: &Found, who: &StaffMember) -> bool {
    found.notes.iter().any(|note| note.account == who.name || note.person == who.person)
}

fn handlers(notes: &[Note]) -> String {
    let mut names: Vec<&str> = notes.iter().map(|note| note.account.as_str()).collect();
    names.sort_unstable();
    names.dedup();
    names.join(", ")
}

/// Whether a bill is being compared, what stands with it, and why the newest is bad.
fn about(page: &Page, found: &Found) -> (bool, String, Option<Refused>) {
    if found.newest.as_ref().is_some_and(|file| file.state == "received") {
        return (true, page.m("reconciliation-at-work").to_owned(), None);
    }
    let bad = found.newest.as_ref().filter(|file| file.state == "bad" && found.row.state != "signed");
    let bad = bad.and_then(|file| BillFault::from_code(&file.fault, file.fault_line));
    let bad = bad.map(|fault| Refusal::Bill(fault).on(page));
    let text = match &found.file {
        None if found.row.fetches > 0 => {
            page.f("reconciliation-asked", &[("n", &found.row.fetches.to_string())])
        }
        None => page.m("reconciliation-no-bill").to_owned(),
        Some(file) if file.is_absent() => {
            page.f("reconciliation-absent", &[("time", &file.received_at.page())])
        }
        Some(file) => {
            let (name, at) = (file.file_name.as_str(), file.received_at.page());
            let account = if file.account.is_empty() { page.m("reconciliation-job") } else { &file.account };
            page.f("reconciliation-came", &[("name", name), ("time", &at), ("account", account)])
        }
    };
    (false, text, bad)
}

fn figures(page: &Page, found: &Found) -> Vec<(&'static str, String, String)> {
    let row = &found.row;
    if row.state == "waiting" {
        return Vec::new();
    }
    let count = |n: i64| page.f("reconciliation-count", &[("n", &n.to_string())]);
    let ours = row.our_payments.saturating_add(row.our_refunds);
    let theirs = row.their_payments.saturating_add(row.their_refunds);
    let (apart, across) = found.apart();
    let all = found.counts.iter().map(|(_, _, n)| *n).sum::<i64>().to_string();
    let of_apart = match across {
        0 => page.f("reconciliation-of-differences", &[("n", &all)]),
        _ => page.f("reconciliation-across", &[("n", &all), ("sum", &yuan(&signed(across)))]),
    };
    let late = row.matched_late.to_string();
    vec![
        (page.m("reconciliation-ours"), yuan(&net(row.our_paid, row.our_refunded)), count(ours)),
        (page.m("reconciliation-theirs"), yuan(&net(row.their_paid, row.their_refunded)), count(theirs)),
        (page.m("reconciliation-apart"), yuan(&signed(apart)), of_apart),
        (
            page.m("reconciliation-matched"),
            row.matched.to_string(),
            page.f("reconciliation-late", &[("n", &late)]),
        ),
    ]
}

/// The sign stands before the currency.
fn yuan(sum: &str) -> String {
    sum.strip_prefix('-').map_or_else(|| format!("¥{sum}"), |less| format!("−¥{less}"))
}

fn tabs(page: &Page, found: &Found, chosen: &str) -> Vec<Tab> {
    let of = |class: Option<Class>| -> i64 {
        let wanted = class.map(Class::wire);
        found
            .counts
            .iter()
            .filter(|(c, _, _)| wanted.is_none_or(|class| class == c))
            .map(|(_, _, n)| *n)
            .sum()
    };
    let tab = |class: Option<Class>| {
        let wire = class.map_or("", Class::wire);
        let words = class.map_or_else(|| page.m("staff-all"), |class| class_words(page, class));
        let query = if wire.is_empty() { String::new() } else { format!("?class={wire}") };
        Tab {
            href: format!("{}{query}", path(found.of)),
            text: format!("{words} {}", of(class)),
            is_current: chosen == wire,
        }
    };
    let some = Class::ALL.into_iter().filter(|class| of(Some(*class)) > 0).take(MOST_TABS);
    std::iter::once(tab(None)).chain(some.map(|class| tab(Some(class)))).collect()
}

/// `GET …/bill`: the bill that was compared, as it came.
pub(super) async fn bill(
    who: StaffMember,
    Path((gateway, day)): Path<(String, String)>,
) -> Result<Response, PageError> {
    let found = find(&who, &gateway, &day).await?;
    let Some(file) = found.file.filter(|file| !file.is_absent()) else { return Ok(see_other(PATH)) };
    let (db, id) = (who.app.db.clone(), file.id);
    let parts = futures_util::stream::try_unfold(0_i64, move |number| {
        let db = db.clone();
        async move {
            let read: Result<Option<Vec<u8>>, DbError> =
                db.read(async move |tx: &mut Tx<'_>| store::part(tx, id, number).await).await;
            Ok::<_, DbError>(read?.map(|body| (body, number.saturating_add(1))))
        }
    });
    let has = |ending: &&str| {
        let own = std::path::Path::new(&file.file_name).extension();
        own.is_some_and(|own| own.eq_ignore_ascii_case(ending))
    };
    let ending = ["zip", "gz"].into_iter().find(has).unwrap_or("csv");
    let name = format!("attachment; filename=\"{}-{}.{ending}\"", found.of.gateway.as_str(), found.of.day);
    let headers = [
        (header::CONTENT_TYPE, HeaderValue::from_static("application/octet-stream")),
        (header::CONTENT_DISPOSITION, HeaderValue::from_str(&name).map_err(PageError::fault)?),
        (header::CACHE_CONTROL, HeaderValue::from_static("no-store")),
    ];
    Ok((StatusCode::OK, headers, Body::from_stream(parts)).into_response())
}
