//! The side menu: the pages that a role may open, with the counts of pending work.

use super::member::StaffMember;
use crate::web::page::Page;
use cet_base::store::{DbError, Tx};
use cet_base::texts::Lang;
use cet_base::words::codes::{CampusCode, ProvinceCode, SchoolCode};
use cet_domain::dispute;
use cet_domain::payment;
use cet_domain::record_report;
use cet_domain::review;
use cet_domain::sitting::catalogue::Catalogue;
use cet_domain::staff::exports::approvable;
use cet_domain::staff::rules::{Permission, Role, Scope};
use cet_domain::staff::store::{exports, rebinds, resets};

/// One page of the menu.
#[derive(Clone, Copy, Debug)]
pub struct Item {
    /// Link to the page.
    pub href: &'static str,
    /// The text key of its name.
    pub words: &'static str,
    /// Its group.
    pub group: Group,
    /// The permission to see it.
    pub needs: Permission,
}

/// A group of the menu, in display order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Group {
    /// 工作: pending work.
    Work,
    /// 考生.
    Candidates,
    /// 设置.
    Settings,
}

impl Group {
    const ALL: [Self; 3] = [Self::Work, Self::Candidates, Self::Settings];

    const fn words(self) -> &'static str {
        match self {
            Self::Work => "staff-menu-work",
            Self::Candidates => "staff-menu-candidates",
            Self::Settings => "staff-menu-settings",
        }
    }
}

/// Every staff page in the menu.
pub const ITEMS: &[Item] = &[
    Item {
        href: "/staff/reviews",
        words: "review-staff-title",
        group: Group::Work,
        needs: Permission::DecideReviews,
    },
    Item {
        href: "/staff/record-reports",
        words: "report-staff-title",
        group: Group::Work,
        needs: Permission::Students,
    },
    Item { href: "/staff/disputes", words: "dispute-menu", group: Group::Work, needs: Permission::Disputes },
    Item {
        href: "/staff/transfers",
        words: "roster-transfers",
        group: Group::Work,
        needs: Permission::Rosters,
    },
    Item {
        href: "/staff/rebinds",
        words: "staff-rebinds",
        group: Group::Work,
        needs: Permission::SeeRebinds,
    },
    Item {
        href: "/staff/registrations",
        words: "staff-registrations",
        group: Group::Candidates,
        needs: Permission::FindRegistrations,
    },
    Item {
        href: "/staff/students",
        words: "staff-students",
        group: Group::Candidates,
        needs: Permission::Students,
    },
    Item {
        href: "/staff/rosters",
        words: "upload-rosters",
        group: Group::Candidates,
        needs: Permission::Rosters,
    },
    Item {
        href: "/staff/photos",
        words: "upload-photos",
        group: Group::Candidates,
        needs: Permission::Rosters,
    },
    Item {
        href: "/staff/scores",
        words: "upload-scores",
        group: Group::Candidates,
        needs: Permission::Scores,
    },
    Item {
        href: "/staff/campuses",
        words: "upload-campuses",
        group: Group::Settings,
        needs: Permission::Sittings,
    },
    Item {
        href: "/staff/retrieval",
        words: "staff-retrieval",
        group: Group::Candidates,
        needs: Permission::RetrieveAccount,
    },
    Item {
        href: "/staff/group-entry",
        words: "collective-group",
        group: Group::Candidates,
        needs: Permission::EnterGroup,
    },
    Item {
        href: "/staff/collective-payments",
        words: "collective-payments",
        group: Group::Candidates,
        needs: Permission::CollectivePayment,
    },
    Item {
        href: "/staff/accommodations",
        words: "arrangement-accommodations",
        group: Group::Candidates,
        needs: Permission::Accommodations,
    },
    Item {
        href: "/staff/arrangements",
        words: "arrangement-title",
        group: Group::Candidates,
        needs: Permission::SeatLists,
    },
    Item { href: "/staff/orders", words: "staff-orders", group: Group::Work, needs: Permission::Orders },
    Item { href: "/staff/refunds", words: "staff-refunds", group: Group::Work, needs: Permission::Refunds },
    Item {
        href: "/staff/reconciliation",
        words: "reconciliation-title",
        group: Group::Work,
        needs: Permission::Reconciliation,
    },
    Item { href: "/staff/suspense", words: "staff-suspense", group: Group::Work, needs: Permission::Refunds },
    Item {
        href: "/staff/statistics",
        words: "staff-statistics",
        group: Group::Work,
        needs: Permission::Statistics,
    },
    Item {
        href: "/staff/live",
        words: "waiting-live-title",
        group: Group::Work,
        needs: Permission::PortalTexts,
    },
    Item { href: "/staff/audit", words: "staff-audit", group: Group::Work, needs: Permission::ReadAudit },
    Item { href: "/staff/exports", words: "staff-exports", group: Group::Work, needs: Permission::Exports },
    Item { href: "/staff/changes", words: "change-title", group: Group::Work, needs: Permission::Season },
    Item {
        href: "/staff/sittings",
        words: "setting-sittings",
        group: Group::Settings,
        needs: Permission::Season,
    },
    Item { href: "/staff/pools", words: "setting-pools", group: Group::Settings, needs: Permission::Pools },
    Item {
        href: "/staff/notices",
        words: "setting-notices",
        group: Group::Settings,
        needs: Permission::Notices,
    },
    Item {
        href: "/staff/portal",
        words: "setting-portal-title",
        group: Group::Settings,
        needs: Permission::PortalTexts,
    },
    Item {
        href: "/staff/accounts",
        words: "staff-accounts",
        group: Group::Settings,
        needs: Permission::Accounts,
    },
];

/// The amount of pending work for a role in its scope, by page path.
pub async fn waiting(
    tx: &mut Tx<'_>,
    role: Role,
    scope: &Scope,
    person: &str,
) -> Result<Vec<(&'static str, i64)>, DbError> {
    let mut counts = Vec::new();
    if role.may(Permission::Season) {
        counts.push(("/staff/changes", cet_domain::change::store::waiting(tx, scope, person).await?.0));
    }
    if role.may(Permission::Arrange) {
        let waiting = cet_domain::arrangement::store::requests::waiting(tx, scope, person).await?;
        counts.push(("/staff/arrangements", waiting.0));
    }
    if role.may(Permission::Rosters) {
        counts.push(("/staff/transfers", cet_domain::roster::transfer::waiting(tx, scope).await?.0));
        counts.push(("/staff/rosters", cet_domain::upload::store::waiting(tx, scope).await?.0));
    }
    if role.may(Permission::Accounts) {
        counts.push(("/staff/accounts", resets::open_now(tx, scope, person).await?));
    }
    if role.may(Permission::DecideReviews) {
        counts.push(("/staff/reviews", review::store::pending(tx, scope).await?.0));
    }
    if role.may(Permission::Students) {
        counts.push(("/staff/record-reports", record_report::store::waiting(tx, scope).await?.0));
    }
    if role.may(Permission::Disputes) {
        counts.push(("/staff/disputes", dispute::store::scoped::waiting(tx, scope, person).await?.0));
    }
    if role.may(Permission::DecideRebind) {
        counts.push(("/staff/rebinds", rebinds::open_now(tx, scope).await?.0));
    }
    if role.may(Permission::CollectivePayment) {
        let (open, _, _) = cet_domain::collective_payment::store::open_now(tx, scope).await?;
        counts.push(("/staff/collective-payments", open));
    }
    if role.may(Permission::Refunds) {
        let due = payment::store::scoped::refunds_due(tx, scope).await?.0;
        let asked = payment::store::refund_requests::waiting(tx, scope, person).await?.0;
        let stopped = payment::store::settling::stopped(tx, scope).await?.0;
        counts.push(("/staff/refunds", due.saturating_add(asked).saturating_add(stopped)));
        counts.push(("/staff/suspense", payment::store::suspense::open_now(tx, scope).await?.0));
    }
    if role.may(Permission::Reconciliation) {
        let (open, _) = cet_domain::reconciliation::store::open_now(tx).await?;
        let (to_sign, _) = cet_domain::reconciliation::store::to_sign(tx).await?;
        counts.push(("/staff/reconciliation", open.saturating_add(to_sign)));
    }
    counts.push(("/staff/exports", exports::count_open(tx, scope, &approvable(role)).await?.0));
    Ok(counts)
}

/// The menu of one page, in the page's language.
#[derive(Clone, Debug)]
pub struct Menu {
    /// Its groups that are not empty.
    pub groups: Vec<MenuGroup>,
    /// Whether this is the overview.
    pub at_home: bool,
    /// Whether this is the page for changing one's own password.
    pub at_password: bool,
    /// Whether this is the list of the account's sessions.
    pub at_sessions: bool,
    /// The account's name.
    pub account: String,
    /// The role in words.
    pub role: String,
    /// Role and scope, such as 学校端 · 99301.
    pub place: String,
}

/// A group of the menu, in the page's language.
#[derive(Clone, Debug)]
pub struct MenuGroup {
    /// Its name.
    pub words: &'static str,
    /// Its pages.
    pub entries: Vec<MenuEntry>,
}

/// An entry of the menu, in the page's language.
#[derive(Clone, Debug)]
pub struct MenuEntry {
    /// Link to the page.
    pub href: &'static str,
    /// Its name.
    pub words: &'static str,
    /// Whether this is the current page, or the current page is below it.
    pub current: bool,
    /// The amount of pending work.
    pub waiting: i64,
}

impl Menu {
    /// The menu that a member sees on a page.
    #[must_use]
    pub fn new(page: &Page, member: &StaffMember, waiting: &[(&'static str, i64)]) -> Self {
        let entry = |item: &Item| MenuEntry {
            href: item.href,
            words: page.m(item.words),
            current: page.path == item.href || page.path.starts_with(&format!("{}/", item.href)),
            waiting: waiting.iter().filter(|(href, _)| *href == item.href).map(|(_, n)| *n).sum(),
        };
        let group = |group: Group| MenuGroup {
            words: page.m(group.words()),
            entries: ITEMS
                .iter()
                .filter(|item| item.group == group && member.may(item.needs))
                .map(entry)
                .collect(),
        };
        let role = page.m(member.role.words()).to_owned();
        let scope = member.scope.prefix();
        let name = place_name(&member.app.catalogue.get(), page.lang(), scope);
        Self {
            groups: Group::ALL.into_iter().map(group).filter(|group| !group.entries.is_empty()).collect(),
            at_home: page.path == "/staff",
            at_password: page.path == "/staff/password",
            at_sessions: page.path.starts_with("/staff/account/sessions"),
            account: member.name.clone(),
            place: if scope.is_empty() {
                page.m("staff-nation").to_owned()
            } else {
                format!("({scope}){name}")
            },
            role,
        }
    }
}

/// The name of the province, school or campus with a code; empty if it is unknown.
#[must_use]
pub fn place_name(catalogue: &Catalogue, lang: Lang, code: &str) -> String {
    if let Ok(code) = ProvinceCode::parse(code) {
        return catalogue.province_name_in(code, lang);
    }
    if let Ok(code) = SchoolCode::parse(code) {
        return catalogue.school_name(code).unwrap_or_default().to_owned();
    }
    CampusCode::parse(code)
        .ok()
        .and_then(|code| catalogue.campus_name(code).map(str::to_owned))
        .unwrap_or_default()
}
