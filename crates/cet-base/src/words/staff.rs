//! The permissions of staff, and the part of the tree they apply to (S1): no database, no clock.

/// The kind of an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Role {
    /// 学校: one school or one campus.
    School,
    /// 省.
    Province,
    /// 全国.
    National,
    /// 客服.
    CustomerService,
    /// 客服主管.
    Supervisor,
    /// 财务.
    Finance,
    /// 审计.
    Auditor,
}

impl Role {
    /// All roles, the one with the widest scope first.
    pub const ALL: [Self; 7] = [
        Self::National,
        Self::Province,
        Self::School,
        Self::CustomerService,
        Self::Supervisor,
        Self::Finance,
        Self::Auditor,
    ];

    /// The name in commands, files and the database.
    #[must_use]
    pub const fn wire(self) -> &'static str {
        match self {
            Self::School => "school",
            Self::Province => "province",
            Self::National => "national",
            Self::CustomerService => "customer-service",
            Self::Supervisor => "supervisor",
            Self::Finance => "finance",
            Self::Auditor => "auditor",
        }
    }

    /// The message key of the role.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::School => "staff-role-school",
            Self::Province => "staff-role-province",
            Self::National => "staff-role-national",
            Self::CustomerService => "staff-role-customer-service",
            Self::Supervisor => "staff-role-supervisor",
            Self::Finance => "staff-role-finance",
            Self::Auditor => "staff-role-auditor",
        }
    }

    /// Parses a role.
    #[must_use]
    pub fn from_wire(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.wire() == text)
    }

    /// Whether the role may have this scope: a school's or campus's code for a school, two digits for a province, the
    /// whole nation for the others.
    #[must_use]
    pub fn fits(self, scope: &Scope) -> bool {
        let digits = scope.prefix().len();
        match self {
            Self::School => digits == 5 || digits == 6,
            Self::Province => digits == 2,
            Self::National | Self::CustomerService | Self::Supervisor | Self::Finance | Self::Auditor => {
                digits == 0
            }
        }
    }

    /// Whether the role has a permission in its scope.
    #[must_use]
    pub const fn may(self, what: Permission) -> bool {
        use Permission as P;
        match what {
            P::FindRegistrations => {
                matches!(
                    self,
                    Self::School | Self::Province | Self::National | Self::CustomerService | Self::Supervisor
                )
            }
            P::ShowDocument | P::RetrieveAccount => {
                matches!(self, Self::School | Self::CustomerService | Self::Supervisor)
            }
            P::SeeRebinds => matches!(self, Self::CustomerService | Self::Supervisor),
            P::AskRebind => matches!(self, Self::CustomerService),
            P::DecideRebind => matches!(self, Self::Supervisor),
            P::ReadAudit => matches!(self, Self::Auditor),
            P::Students
            | P::DecideReviews
            | P::EnterGroup
            | P::CollectivePayment
            | P::Accommodations
            | P::RoomNames => {
                matches!(self, Self::School)
            }
            P::Rosters
            | P::Disputes
            | P::Pools
            | P::Windows
            | P::Notices
            | P::OralSettings
            | P::ArrangementSettings
            | P::Season
            | P::Statistics
            | P::WriteToCandidates
            | P::SeatLists => {
                matches!(self, Self::School | Self::Province | Self::National)
            }
            P::Limits | P::Fees | P::Arrange | P::Accounts => {
                matches!(self, Self::Province | Self::National)
            }
            P::Sittings | P::Scores | P::PortalTexts => matches!(self, Self::National),
            P::SeeOrder => matches!(self, Self::School | Self::Finance),
            P::Orders | P::Refunds | P::Reconciliation => matches!(self, Self::Finance),
            P::Exports => true,
        }
    }
}

/// Whether a role may grant this role: the nation every one but its own, a province that of its schools (TH24). The first
/// accounts, and those of national staff, are created on the command line.
#[must_use]
pub const fn may_grant(granter: Role, role: Role) -> bool {
    match granter {
        Role::National => !matches!(role, Role::National),
        Role::Province => matches!(role, Role::School),
        Role::School | Role::CustomerService | Role::Supervisor | Role::Finance | Role::Auditor => false,
    }
}

/// One permission.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Permission {
    /// See registrations, masked.
    FindRegistrations,
    /// See a whole document number, for a reason.
    ShowDocument,
    /// Tell a candidate which account holds the registration (A6).
    RetrieveAccount,
    /// See requests to move a registration (rebinds).
    SeeRebinds,
    /// Request a rebind (A7).
    AskRebind,
    /// Approve or refuse a rebind.
    DecideRebind,
    /// Search the audit log.
    ReadAudit,
    /// See and correct student records, and bar students from subjects.
    Students,
    /// Import rosters.
    Rosters,
    /// Decide disputes about who a student is, and approve another person's decision (R24).
    Disputes,
    /// Decide reviews of CET6 and apply for candidates from before 2005.
    DecideReviews,
    /// Enter candidates as a group.
    EnterGroup,
    /// Write to the candidates of one's own place.
    WriteToCandidates,
    /// Pay for many entries.
    CollectivePayment,
    /// Set the campuses of the oral test.
    OralSettings,
    /// Set what the places below may choose.
    Limits,
    /// Set fees: the nation, and provinces where it allows them.
    Fees,
    /// Set rooms, machines and sessions of the arrangement.
    ArrangementSettings,
    /// See the sittings with their settings, and the changes of one's own place.
    Season,
    /// Set capacities.
    Pools,
    /// Set windows.
    Windows,
    /// Write notices.
    Notices,
    /// See statistics.
    Statistics,
    /// Assign rooms and seats.
    Arrange,
    /// See how subjects are arranged, and print room lists.
    SeatLists,
    /// Set the accommodations of an entry.
    Accommodations,
    /// Say where the rooms of an arrangement are.
    RoomNames,
    /// Create sittings, subjects, fees, dates and texts.
    Sittings,
    /// Import scores.
    Scores,
    /// Edit the portal's pages.
    PortalTexts,
    /// Create, close and reset the staff accounts of one's own place.
    Accounts,
    /// See one order of one's own place, with its money.
    SeeOrder,
    /// See orders.
    Orders,
    /// Request and approve refunds.
    Refunds,
    /// Compare with the gateways' statements.
    Reconciliation,
    /// Request export files that need a reason, of the lists that the role sees.
    Exports,
}

/// The part of the tree that an account is restricted to: a prefix of codes. No list is read without one.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Scope(Box<str>);

/// The requesting or deciding member of staff: the account, the person behind it, its scope and the address of the
/// request.
#[derive(Clone, Debug)]
pub struct By {
    /// The account's name.
    pub account: String,
    /// The person.
    pub person: String,
    /// The scope.
    pub scope: Scope,
    /// The network address.
    pub address: String,
}

/// The codes that begin with a scope's prefix: `code >= from AND code < below`, which an index serves. Codes compare
/// byte by byte on both databases. Only `scoped` puts it into statements.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SqlRange {
    /// The lowest possible code in it.
    pub(crate) from: String,
    /// The first text after all of them.
    pub(crate) below: String,
}

impl Scope {
    /// Parses a prefix: nothing, or the 2, 5 or 6 digits of a province, school or campus.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        let known = matches!(text.len(), 0 | 2 | 5 | 6);
        (known && text.bytes().all(|b| b.is_ascii_digit())).then(|| Self(text.into()))
    }

    /// The whole nation.
    #[must_use]
    pub fn nation() -> Self {
        Self("".into())
    }

    /// The prefix.
    #[must_use]
    pub fn prefix(&self) -> &str {
        &self.0
    }

    /// For a column of school codes.
    pub(crate) fn sql_range(&self) -> SqlRange {
        range(self.0.get(..5).unwrap_or(&self.0))
    }

    /// For a column of campus codes, next to the school column: only this restricts an account of one campus.
    pub(crate) fn campus_range(&self) -> SqlRange {
        range(&self.0)
    }

    /// Whether a province, school or campus is in it.
    #[must_use]
    pub fn holds(&self, code: &str) -> bool {
        code.starts_with(&*self.0)
    }

    /// The part of the scope that codes beginning with `code` lie in, as far as it is a province, school or campus: never
    /// more than the scope. A list that is filtered by a place reads only that part.
    #[must_use]
    pub fn narrowed(&self, code: &str) -> Self {
        let mut parts = [6, 5, 2].into_iter().filter_map(|length| code.get(..length));
        let part = parts.find_map(Self::parse);
        part.filter(|part| self.holds(part.prefix())).unwrap_or_else(|| self.clone())
    }

    /// The school, if the scope lies in one.
    #[must_use]
    pub fn school(&self) -> Option<crate::words::codes::SchoolCode> {
        self.0.get(..5).and_then(|code| crate::words::codes::SchoolCode::parse(code).ok())
    }
}

fn range(prefix: &str) -> SqlRange {
    // ':' is the character after '9'.
    SqlRange { from: prefix.to_owned(), below: format!("{prefix}:") }
}

impl std::fmt::Debug for Scope {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Scope({})", self.0)
    }
}

#[cfg(test)]
mod tests;
