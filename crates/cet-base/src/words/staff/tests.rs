//! Roles, permissions and scopes.

use super::*;

/// S1.
#[test]
fn a_scope_holds_what_begins_with_it() {
    let province = Scope::parse("99").unwrap();
    assert!(province.holds("99301") && province.holds("993010") && !province.holds("98301"));
    let SqlRange { from, below } = province.sql_range();
    assert!(*"99000" >= *from && *"99999" < *below && *"98999" < *from);
    assert!(Scope::nation().holds("00000"));
    let SqlRange { from, below } = Scope::nation().sql_range();
    assert!(*"00000" >= *from && *"99999" < *below);
}

#[test]
fn an_account_of_a_campus_sees_its_school_only_through_the_campus() {
    let campus = Scope::parse("993010").unwrap();
    assert_eq!(campus.sql_range(), SqlRange { from: "99301".to_owned(), below: "99301:".to_owned() });
    assert_eq!(campus.campus_range().from, "993010");
    assert!(!campus.holds("993011"));
}

#[test]
fn what_is_no_prefix_of_a_code_is_no_scope() {
    for text in ["9", "9930", "9930101", "9a", "９９", "99%"] {
        assert_eq!(Scope::parse(text), None, "{text}");
    }
}

/// TH22.
#[test]
fn a_scope_is_narrowed_to_a_place_inside_it_and_never_to_another() {
    for (scope, code, part) in [
        ("", "99", "99"),
        ("", "9930", "99"),
        ("", "993010", "993010"),
        ("99", "99301", "99301"),
        ("99", "98301", "99"),
        ("99301", "99", "99301"),
        ("993010", "99301", "993010"),
        ("993010", "993011", "993010"),
        ("99", "", "99"),
        ("99", "9a", "99"),
        ("99", "学", "99"),
    ] {
        assert_eq!(Scope::parse(scope).unwrap().narrowed(code).prefix(), part, "{scope} {code}");
    }
}

/// S1.
#[test]
fn each_role_has_a_scope_of_its_size() {
    let fits = |role: Role, text: &str| role.fits(&Scope::parse(text).unwrap());
    assert!(fits(Role::School, "99301") && fits(Role::School, "993010") && !fits(Role::School, "99"));
    assert!(fits(Role::Province, "99") && !fits(Role::Province, "99301") && !fits(Role::Province, ""));
    assert!(fits(Role::Auditor, "") && !fits(Role::Auditor, "99"));
}

#[test]
fn only_a_higher_role_grants() {
    for role in Role::ALL {
        assert!(!may_grant(role, role), "{role:?}");
        assert_eq!(may_grant(Role::National, role), role != Role::National, "{role:?}");
        assert_eq!(may_grant(Role::Province, role), role == Role::School, "{role:?}");
        let grants = role.may(Permission::Accounts);
        assert!(grants || !Role::ALL.into_iter().any(|other| may_grant(role, other)), "{role:?}");
    }
}

#[test]
fn nobody_may_both_ask_and_approve_and_the_auditor_changes_nothing() {
    for role in Role::ALL {
        assert!(!(role.may(Permission::AskRebind) && role.may(Permission::DecideRebind)), "{role:?}");
        assert!(!role.may(Permission::ReadAudit) || !role.may(Permission::Accounts), "{role:?}");
    }
}

/// S1, 8.1.4.2: the three administrators. Settings and accounts, the log, and the money are each out of the others' reach.
#[test]
fn who_sets_and_makes_accounts_reads_no_log_and_who_reads_it_sets_nothing() {
    use Permission as P;
    let changes = [
        P::Accounts,
        P::Sittings,
        P::Scores,
        P::PortalTexts,
        P::Limits,
        P::Fees,
        P::Windows,
        P::Pools,
        P::Notices,
        P::OralSettings,
        P::ArrangementSettings,
        P::Season,
        P::Arrange,
        P::Rosters,
        P::Students,
        P::Disputes,
        P::DecideReviews,
        P::EnterGroup,
        P::WriteToCandidates,
        P::CollectivePayment,
        P::Accommodations,
        P::RoomNames,
        P::AskRebind,
        P::DecideRebind,
        P::Refunds,
        P::Reconciliation,
    ];
    for role in Role::ALL {
        assert_eq!(role.may(P::ReadAudit), role == Role::Auditor, "{role:?}");
        assert!(!role.may(P::ReadAudit) || !changes.into_iter().any(|change| role.may(change)), "{role:?}");
        let sets = role.may(P::Accounts) || role.may(P::Sittings);
        assert!(!sets || !role.may(P::Refunds) && !role.may(P::ShowDocument), "{role:?}");
        assert!(!Role::ALL.into_iter().any(|other| may_grant(Role::Auditor, other)));
    }
}
