//! Formats the rows and notices of the pages.

use super::refusal_texts::subject_name;
use crate::entry::views::{
    self, Board, BoardOf, ChannelShown, EntryRow, EntryTable, PaymentShown, Place, SeatsShown, SubjectRow,
    why_not,
};
use crate::web::page::{Link, Page};
use cet_base::words::codes::{CampusCode, SubjectCode};
use cet_base::words::fen::FenSum;
use cet_base::words::ids::{EntryId, OrderId};
use cet_base::words::subject::Mode;
use cet_base::words::time::Time;
use cet_domain::arrangement::verbs::Placed;
use cet_domain::entry::rules::{Standing, is_closed, standing};
use cet_domain::entry::verbs::{Offer, Offers};
use cet_domain::entry::{Entry, EntryChannel, EntryRefusal, EntryState};
use cet_domain::payment::rules::pay_until;
use cet_domain::payment::store::Order;
use cet_domain::payment::verbs::ends_of;
use cet_domain::registration::Registration;
use cet_domain::sitting::window::Scope;
use cet_domain::sitting::{Catalogue, Notice, Plan};
use cet_domain::ticket;

/// School and campus with their current names.
pub(crate) fn place_now(catalogue: &Catalogue, campus: CampusCode) -> Place {
    let school = campus.school();
    place(
        campus,
        catalogue.school_name(school).unwrap_or_default(),
        catalogue.campus_name(campus).unwrap_or_default(),
    )
}

/// School and campus with their stored names.
pub(super) fn place(campus: CampusCode, school_name: &str, campus_name: &str) -> Place {
    Place {
        school: format!("({}){school_name}", campus.school()),
        campus: format!("({campus}){campus_name}"),
    }
}

/// The subjects of a page, each with its checkbox.
pub(super) fn subject_rows(
    page: &Page,
    plan: &Plan,
    place: &Place,
    (of, now): (&Registration, Time),
    offers: &Offers,
) -> Vec<SubjectRow> {
    offers.rows.iter().map(|offer| subject_row(page, plan, place, (of, now), (offers, offer))).collect()
}

fn subject_row(
    page: &Page,
    plan: &Plan,
    place: &Place,
    (of, now): (&Registration, Time),
    (offers, offer): (&Offers, &Offer),
) -> SubjectRow {
    let code = offer.subject.code;
    let shown =
        offer.refusal.as_ref().map_or(views::Offer::Open, |refusal| views::Offer::Refused(refusal.code()));
    SubjectRow {
        code: code.to_string(),
        name: subject_name(page, plan, code),
        level: offer.subject.level.number(),
        campus: offers.campus.to_string(),
        place: place.clone(),
        fee: offer.fee.map(|fee| fee.to_string()).unwrap_or_default(),
        seats: SeatsShown::of(offer.seats),
        opens: offers.window.map(|window| window.opens().page()).unwrap_or_default(),
        closes: offers.window.map(|window| window.closes().page()).unwrap_or_default(),
        exam_date: offer.subject.exam_from.map(Time::page_date).unwrap_or_default(),
        offer: shown,
        why: if shown.is_open() { String::new() } else { why_not(page.t, shown.mark()).to_owned() },
        review: shown.mark() == "not-eligible" && code == SubjectCode::CET6 && offers_review(plan, of),
        queue: queue(page, plan, (offers, offer), now),
        elsewhere: String::new(),
        elsewhere_at: Vec::new(),
        ticked: page.typed.has("subject", code.as_str()),
    }
}

/// The waiting list of a full pool, with how many wait, until its line closes (R16).
fn queue(page: &Page, plan: &Plan, (offers, offer): (&Offers, &Offer), now: Time) -> Option<Link> {
    let is_full = matches!(offer.refusal, Some(EntryRefusal::PoolFull(_)));
    let closes = cet_domain::handout::verbs::line_closes(plan, offers.campus, offer.subject.mode)?;
    let waiting = offer.seats.waiting.to_string();
    (is_full && now < closes).then(|| Link {
        href: format!(
            "/registration/waiting-list?subject={}&campus={}#join",
            offer.subject.code, offers.campus
        ),
        text: page.f("entry-queue-hint", &[("n", &waiting)]),
    })
}

/// Whether CET6资格复核 is offered to a registration (V1).
pub(super) fn offers_review(plan: &Plan, of: &Registration) -> bool {
    plan.offers(of.campus, SubjectCode::CET6)
        && !of.barred.0.contains(&SubjectCode::CET6)
        && !of.subjects.0.contains(&SubjectCode::CET6)
}

/// The notices for some steps at a campus, without duplicates.
pub(super) fn boards(
    page: &Page,
    catalogue: &Catalogue,
    plan: &Plan,
    campus: CampusCode,
    steps: &[Mode],
) -> Vec<Board> {
    let mut seen: Vec<&Notice> = Vec::new();
    for notice in steps.iter().flat_map(|step| plan.notices(campus, *step)) {
        if !seen.contains(&notice) {
            seen.push(notice);
        }
    }
    seen.into_iter().map(|notice| board(page, catalogue, notice)).collect()
}

fn board(page: &Page, catalogue: &Catalogue, notice: &Notice) -> Board {
    let (of, place) = match notice.scope {
        Scope::National => (BoardOf::Nation, page.m("layout-site").to_owned()),
        Scope::Province(code) => {
            (BoardOf::Province, format!("({code}){}", catalogue.province_name_in(code, page.lang())))
        }
        Scope::School(code) => {
            (BoardOf::School, format!("({code}){}", catalogue.school_name(code).unwrap_or_default()))
        }
        Scope::Campus(code) => {
            (BoardOf::School, format!("({code}){}", catalogue.campus_name(code).unwrap_or_default()))
        }
    };
    let lang = page.lang();
    let english = lang == cet_base::texts::Lang::En && !notice.body_en.is_empty();
    Board { lang: if english { "en" } else { "zh-CN" }, ..Board::new(of, place, notice.body_in(lang.code())) }
}

/// `¥0.03`.
pub(super) fn yuan(amount: FenSum) -> String {
    format!("¥{amount}")
}

/// The sum of the fees of some entries.
pub(super) fn sum<'e>(entries: impl Iterator<Item = &'e Entry>) -> FenSum {
    FenSum::of(entries.map(|entry| entry.fee))
}

/// Which school locks entries of a registration by its collective payments, and until when (Y6).
pub(super) struct Locks {
    /// The home campus.
    pub(super) home: CampusCode,
    /// The home school with its code.
    pub(super) school: String,
    /// The collective payments with their deadlines.
    pub(super) until: Vec<(i64, Time)>,
    /// The order whose gateway is asked right now, so that nothing of it is offered.
    pub(super) asked: Option<OrderId>,
    /// The order that the bank has refused, and that can be paid again.
    pub(super) declined: Option<OrderId>,
    /// The open order.
    pub(super) open: Option<Order>,
}

impl Locks {
    fn pay_until(&self, entry: &Entry, hold_ends: Time, now: Time) -> Time {
        pay_until(now, hold_ends, ends_of(self.open.as_ref(), entry.order))
    }

    /// Whether subjects of a campus are entered and cancelled now (R10, R13).
    fn is_open(&self, plan: &Plan, campus: CampusCode, mode: Mode, now: Time) -> bool {
        !is_closed(plan.window_state(campus, self.home, mode, now))
    }

    fn words(&self, page: &Page, lock: i64) -> Option<String> {
        let (_, until) = self.until.iter().find(|(id, _)| *id == lock)?;
        Some(page.f("entry-locked-until", &[("school", &self.school), ("time", &until.page())]))
    }
}

/// The table of written or oral tests on the information page.
pub(super) fn table(
    page: &Page,
    plan: &Plan,
    entries: &[Entry],
    (seats, locks): (&Seats, &Locks),
    mode: Mode,
    now: Time,
) -> EntryTable {
    let own = || entries.iter().filter(|entry| entry.mode == mode);
    EntryTable {
        rows: own().map(|entry| entry_row(page, plan, entry, (seats, locks), now)).collect(),
        total: yuan(sum(own())),
        unpaid: yuan(sum(own().filter(|entry| entry.state != EntryState::Paid))),
        open: locks.is_open(plan, locks.home, mode, now)
            || (mode == Mode::Oral
                && own().next().is_none()
                && !super::oral::nearest(plan, locks.home, now).is_empty()),
    }
}

/// The published seats of the entries, and whether this installation prints tickets at all.
pub(super) struct Seats {
    /// Entry and seat.
    pub(super) all: Vec<(EntryId, Placed)>,
    /// Whether there is a key to sign tickets with.
    pub(super) signed: bool,
}

impl Seats {
    /// The seat of an entry.
    pub(super) fn of(&self, entry: EntryId) -> Option<&Placed> {
        self.all.iter().find(|(id, _)| *id == entry).map(|(_, placed)| placed)
    }
}

fn entry_row(
    page: &Page,
    plan: &Plan,
    entry: &Entry,
    (seats, locks): (&Seats, &Locks),
    now: Time,
) -> EntryRow {
    let standing = standing(entry, now);
    let asked = entry.order.is_some() && entry.order == locks.asked;
    let payment = match payment(entry, standing) {
        _ if asked => PaymentShown::Asking,
        PaymentShown::Paying if entry.order == locks.declined => PaymentShown::Declined,
        other => other,
    };
    // What a collective payment or an open order keeps does not expire by the clock (R13, Y4).
    let expires = (standing == Standing::Held).then_some(entry.expires_at);
    let placed = seats.of(entry.id);
    let facts = ticket::verbs::print_facts(plan, entry, placed.is_some());
    EntryRow {
        id: entry.id.to_string(),
        subject: entry.subject.to_string(),
        subject_name: subject_name(page, plan, entry.subject),
        campus: entry.campus.to_string(),
        place: place(entry.campus, &entry.school_name, &entry.campus_name),
        fee: entry.fee.to_string(),
        payment,
        locked: entry.locked_by.and_then(|lock| locks.words(page, lock)).unwrap_or_default(),
        seat: placed.map(|placed| seat_words(page, plan, entry, placed)),
        channel: match entry.channel {
            EntryChannel::Own => ChannelShown::Own,
            EntryChannel::School => ChannelShown::School,
        },
        expires: expires.map(|at| at.to_string()).unwrap_or_default(),
        pay_until: expires
            .filter(|_| !asked)
            .map(|at| locks.pay_until(entry, at, now).page())
            .unwrap_or_default(),
        cancellable: expires.is_some() && !asked && locks.is_open(plan, entry.campus, entry.mode, now),
        ticket: seats.signed && ticket::rules::may_print(&facts, now).is_ok(),
    }
}

/// `准考证号 993010172100312，考场 003，座位 12`, for oral tests preceded by the time of the batch.
fn seat_words(page: &Page, plan: &Plan, entry: &Entry, placed: &Placed) -> String {
    let seat = &placed.seat;
    let (room, place) = (format!("{:03}", seat.room), format!("{:02}", seat.seat));
    let (begins, _) = cet_domain::sitting::hours::hours(plan.subject(entry.subject), placed.begins);
    let (time, batch) = (begins.map(Time::page).unwrap_or_default(), seat.session.to_string());
    let at = cet_domain::message::words::room_where(page.t, &placed.room_name);
    let facts = [("number", seat.ticket.as_str()), ("room", &room), ("where", &at), ("seat", &place)];
    match entry.mode {
        Mode::Written => page.f("ticket-placed-written", &facts),
        Mode::Oral => {
            let [number, room, at, seat] = facts;
            page.f("ticket-placed-oral", &[number, ("time", &time), ("batch", &batch), room, at, seat])
        }
    }
}

const fn payment(entry: &Entry, standing: Standing) -> PaymentShown {
    match (standing, entry.order) {
        (Standing::Paid, _) => PaymentShown::Paid,
        (Standing::Locked, _) => PaymentShown::Locked,
        (Standing::AwaitingGateway, _) => PaymentShown::Asking,
        (Standing::Held, Some(_)) => PaymentShown::Paying,
        (Standing::Held, None) | (Standing::Gone, _) => PaymentShown::Unpaid,
    }
}
