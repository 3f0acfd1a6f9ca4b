//! Every staff page, and what is seen on it.

use super::places::Place;
use cet_domain::staff::exports::{What, may_approve};
use cet_domain::staff::{Permission as P, Role};

/// The level that the rows of a list belong to.
#[derive(Clone, Copy)]
pub(super) enum Of {
    Campuses,
    /// Their tables have no campus: an account for a campus sees those of its school.
    Schools,
}

/// The text by which the rows of a place are recognised.
pub(super) type Mark = fn(&Place) -> String;

/// Who may open a page.
#[derive(Clone, Copy)]
pub(super) enum Who {
    May(P),
    /// Approves the exports of others: of this list, or of any.
    Approves(Option<What>),
}

impl Who {
    pub(super) fn may(self, role: Role) -> bool {
        match self {
            Self::May(permission) => role.may(permission),
            Self::Approves(Some(what)) => may_approve(role, what),
            Self::Approves(None) => What::ALL.into_iter().any(|what| may_approve(role, what)),
        }
    }
}

pub(super) enum Shows {
    /// A list of rows, with the query that fills it.
    List(Who, &'static str, Of, Mark),
    /// One row, whose key is in the path.
    One(Who, Of, fn(&Place) -> Vec<String>),
    /// Figures, which `th22_every_figure_…` adds up.
    Figures,
    /// Nothing that belongs to a school; or nothing by itself, because only its POST shows data.
    Nothing,
}

type Page = (&'static str, Shows);

const fn list(path: &'static str, who: Who, query: &'static str, of: Of, mark: Mark) -> Page {
    (path, Shows::List(who, query, of, mark))
}

const fn one(path: &'static str, who: Who, of: Of, addresses: fn(&Place) -> Vec<String>) -> Page {
    (path, Shows::One(who, of, addresses))
}

const fn nothing(path: &'static str) -> Page {
    (path, Shows::Nothing)
}

const FIND: Who = Who::May(P::FindRegistrations);
const STUDENTS: Who = Who::May(P::Students);
const DISPUTES: Who = Who::May(P::Disputes);
const REVIEWS: Who = Who::May(P::DecideReviews);
const COLLECTIVE: Who = Who::May(P::CollectivePayment);
const GROUP: Who = Who::May(P::EnterGroup);
const NEEDS: Who = Who::May(P::Accommodations);
const NAMES: Who = Who::May(P::RoomNames);
const SEATS: Who = Who::May(P::SeatLists);
const ORDER: Who = Who::May(P::SeeOrder);
const ORDERS: Who = Who::May(P::Orders);
const REFUNDS: Who = Who::May(P::Refunds);
const REBINDS: Who = Who::May(P::SeeRebinds);
const AUDIT: Who = Who::May(P::ReadAudit);
const SEASON: Who = Who::May(P::Season);
const POOLS: Who = Who::May(P::Pools);
const ROSTERS: Who = Who::May(P::Rosters);
const SCORES: Who = Who::May(P::Scores);
const SITTINGS: Who = Who::May(P::Sittings);
const ACCOUNTS: Who = Who::May(P::Accounts);
const APPROVE: Who = Who::Approves(None);
const APPROVE_FIRST: Who = Who::Approves(Some(What::ALL[0]));

const NAME: Mark = |place| place.name.to_owned();
const ASKER: Mark = |place| format!("asker-{}", place.campus);

/// Every staff page; the files of a list have the same path with `.csv` and `.xlsx`.
pub(super) const PAGES: &[Page] = &[
    ("/staff", Shows::Figures),
    ("/staff/statistics", Shows::Figures),
    // The whole of the table on the overview.
    ("/staff/money.csv", Shows::Figures),
    ("/staff/money.xlsx", Shows::Figures),
    list("/staff/registrations", FIND, "", Of::Campuses, NAME),
    one("/staff/registrations/{school}/{id}", FIND, Of::Campuses, |of| {
        vec![format!("/staff/registrations/{}/{}", of.school(), of.id())]
    }),
    list("/staff/students", STUDENTS, "", Of::Campuses, NAME),
    one("/staff/students/{key}", STUDENTS, Of::Campuses, |of| {
        vec![format!("/staff/students/{}-{}", of.school(), of.id())]
    }),
    list("/staff/reviews", REVIEWS, "", Of::Campuses, NAME),
    one("/staff/reviews/{id}", REVIEWS, Of::Campuses, |of| vec![format!("/staff/reviews/{}", of.id())]),
    list("/staff/record-reports", STUDENTS, "", Of::Campuses, NAME),
    one("/staff/record-reports/{id}", STUDENTS, Of::Campuses, |of| {
        vec![format!("/staff/record-reports/{}", of.id())]
    }),
    list("/staff/disputes", DISPUTES, "", Of::Campuses, NAME),
    one("/staff/disputes/{id}", DISPUTES, Of::Campuses, |of| vec![format!("/staff/disputes/{}", of.id())]),
    list("/staff/collective-payments", COLLECTIVE, "", Of::Campuses, ASKER),
    list("/staff/collective-payments/new", COLLECTIVE, "?look=1", Of::Campuses, NAME),
    one("/staff/collective-payments/{id}", COLLECTIVE, Of::Campuses, |of| {
        ["", ".csv", ".xlsx"].map(|end| format!("/staff/collective-payments/{}{end}", of.id())).to_vec()
    }),
    one("/staff/collective-payments/{id}/confirmation", COLLECTIVE, Of::Campuses, |of| {
        vec![format!("/staff/collective-payments/{}/confirmation", of.id())]
    }),
    one("/staff/collective-payments/{id}/release", COLLECTIVE, Of::Campuses, |of| {
        vec![format!("/staff/collective-payments/{}/release", of.id())]
    }),
    list("/staff/group-entry", GROUP, "?subject=3", Of::Campuses, NAME),
    list("/staff/accommodations", NEEDS, "", Of::Campuses, NAME),
    list("/staff/arrangements", SEATS, "", Of::Campuses, |of| format!("({})", of.campus)),
    one("/staff/arrangements/{campus}/{subject}", SEATS, Of::Campuses, |of| {
        vec![format!("/staff/arrangements/{}/1", of.campus)]
    }),
    one("/staff/arrangements/{campus}/{subject}/room-names", NAMES, Of::Campuses, |of| {
        vec![format!("/staff/arrangements/{}/1/room-names", of.campus)]
    }),
    one("/staff/arrangements/{campus}/lists.zip", SEATS, Of::Campuses, |of| {
        vec![format!("/staff/arrangements/{}/lists.zip", of.campus)]
    }),
    one("/staff/arrangements/{campus}/{subject}/{file}", SEATS, Of::Campuses, |of| {
        vec![format!("/staff/arrangements/{}/1/seat-plan.xlsx", of.campus)]
    }),
    list("/staff/transfers", ROSTERS, "", Of::Campuses, |of| format!("({})", of.campus)),
    one("/staff/transfers/{id}", ROSTERS, Of::Campuses, |of| vec![format!("/staff/transfers/{}", of.id())]),
    nothing("/staff/students/new"),
    // Bills are of the merchant, and belong to no school.
    nothing("/staff/reconciliation"),
    nothing("/staff/reconciliation/{gateway}/{day}"),
    nothing("/staff/reconciliation/{gateway}/{day}/bill"),
    list("/staff/rosters", ROSTERS, "", Of::Campuses, ASKER),
    one("/staff/rosters/{id}", ROSTERS, Of::Campuses, |of| vec![format!("/staff/rosters/{}", of.id())]),
    list("/staff/photos", ROSTERS, "", Of::Campuses, ASKER),
    one("/staff/photos/{id}", ROSTERS, Of::Campuses, |of| vec![format!("/staff/photos/{}", of.id() + 2)]),
    list("/staff/scores", SCORES, "", Of::Campuses, ASKER),
    one("/staff/scores/{id}", SCORES, Of::Campuses, |of| vec![format!("/staff/scores/{}", of.id() + 1)]),
    list("/staff/campuses", SITTINGS, "", Of::Campuses, ASKER),
    one("/staff/campuses/{id}", SITTINGS, Of::Campuses, |of| {
        vec![format!("/staff/campuses/{}", of.id() + 3)]
    }),
    // Files of one upload, which is found as its page is; `access.rs` tests the addresses.
    nothing("/staff/rosters/{id}/errors.xlsx"),
    nothing("/staff/rosters/{id}/columns"),
    nothing("/staff/rosters/{id}/withdrawal"),
    nothing("/staff/photos/{id}/errors.xlsx"),
    nothing("/staff/photos/{id}/pictures/{number}"),
    nothing("/staff/photos/{id}/missing.csv"),
    nothing("/staff/photos/{id}/missing.xlsx"),
    nothing("/staff/photos/{id}/withdrawal"),
    nothing("/staff/scores/{id}/errors.xlsx"),
    nothing("/staff/scores/{id}/columns"),
    nothing("/staff/scores/{id}/withdrawal"),
    nothing("/staff/campuses/{id}/errors.xlsx"),
    nothing("/staff/campuses/{id}/columns"),
    nothing("/staff/campuses/{id}/withdrawal"),
    nothing("/staff/rosters/template.xlsx"),
    nothing("/staff/photos/template.xlsx"),
    nothing("/staff/scores/template.xlsx"),
    nothing("/staff/campuses/template.xlsx"),
    list("/staff/orders", ORDERS, "", Of::Schools, |of| format!("{}00000", of.campus)),
    one("/staff/orders/{number}", ORDER, Of::Campuses, |of| {
        vec![format!("/staff/orders/{}{:014}", of.campus, of.id())]
    }),
    list("/staff/refunds", REFUNDS, "", Of::Schools, |of| format!("R{}-", of.campus)),
    nothing("/staff/refunds/new"),
    one("/staff/refunds/{id}", REFUNDS, Of::Campuses, |of| vec![format!("/staff/refunds/{}", of.id())]),
    list("/staff/suspense", REFUNDS, "", Of::Schools, |of| format!("T{}-", of.campus)),
    one("/staff/suspense/{id}", REFUNDS, Of::Schools, |of| {
        vec![format!("/staff/suspense/{}-{}", of.school(), of.id())]
    }),
    list("/staff/rebinds", REBINDS, "", Of::Schools, ASKER),
    one("/staff/rebinds/{id}", REBINDS, Of::Schools, |of| {
        vec![format!("/staff/rebinds/{}-{}", of.school(), of.id())]
    }),
    list("/staff/audit", AUDIT, "?action=document-shown", Of::Schools, ASKER),
    list("/staff/exports", APPROVE, "", Of::Campuses, ASKER),
    one("/staff/exports/{id}", APPROVE_FIRST, Of::Campuses, |of| {
        vec![format!("/staff/exports/{}", of.id() * 10)]
    }),
    list("/staff/changes", SEASON, "", Of::Campuses, ASKER),
    one("/staff/changes/{id}", SEASON, Of::Campuses, |of| vec![format!("/staff/changes/{}", of.id())]),
    // Settings of the whole sitting, for whoever may see the season; those of places are limited by the address, which
    // `access.rs` tests.
    nothing("/staff/sittings"),
    nothing("/staff/sittings/{code}"),
    nothing("/staff/sittings/{code}/settings"),
    nothing("/staff/sittings/{code}/publication"),
    nothing("/staff/sittings/{code}/subjects"),
    nothing("/staff/sittings/{code}/subjects/{subject}"),
    nothing("/staff/sittings/{code}/windows"),
    nothing("/staff/sittings/{code}/windows/{place}/{mode}"),
    nothing("/staff/sittings/{code}/limits"),
    nothing("/staff/sittings/{code}/limits/{place}"),
    nothing("/staff/sittings/{code}/fees"),
    nothing("/staff/sittings/{code}/fees/{place}"),
    nothing("/staff/sittings/{code}/oral"),
    nothing("/staff/sittings/{code}/oral/{place}"),
    nothing("/staff/sittings/{code}/arrangement"),
    nothing("/staff/sittings/{code}/arrangement/{place}"),
    nothing("/staff/sittings/{code}/texts/{kind}/{lang}"),
    // Of the nation, for national staff alone.
    nothing("/staff/live"),
    nothing("/staff/portal"),
    nothing("/staff/portal/{page}/{lang}"),
    nothing("/staff/portal/news"),
    nothing("/staff/portal/news/{id}"),
    nothing("/staff/notices"),
    nothing("/staff/notices/{place}/{step}"),
    list("/staff/pools", POOLS, "", Of::Campuses, |of| format!("({})", of.campus)),
    // Only for the requester: `th22_every_export_…`.
    nothing("/staff/exports/{id}/file"),
    nothing("/staff/exports/new"),
    nothing("/staff/retrieval"),
    nothing("/staff/rebinds/new"),
    nothing("/staff/reviews/new"),
    nothing("/staff/recovery-codes"),
    nothing("/staff/password"),
    nothing("/staff/account/sessions"),
    list("/staff/accounts", ACCOUNTS, "?role=school", Of::Campuses, ASKER),
    nothing("/staff/accounts/file"),
    one("/staff/accounts/{name}/reset", ACCOUNTS, Of::Campuses, |of| {
        vec![format!("/staff/accounts/{}/reset", ASKER(of))]
    }),
    one("/staff/accounts/{name}", ACCOUNTS, Of::Campuses, |of| {
        vec![format!("/staff/accounts/{}", ASKER(of))]
    }),
];
