use super::*;
use crate::review::ReviewRefusal as R;
use crate::roster::DocumentKey;
use crate::score::Ticket;
use crate::store::testing::NOON;
use crate::vault::Vault;
use crate::words::codes::{CampusCode, SchoolCode, SittingCode};
use crate::words::document::{Document, DocumentKind};
use crate::words::ids::{PassportId, ReviewId};

const HIT: Match = Match { passes: true, same_document: true, same_name: true, serves_another: false };

fn score(ticket: &str, subject: &str, points: i64) -> Score {
    let vault = Vault::parse(&Vault::new_key_file().unwrap()).unwrap();
    let document = Document::parse(DocumentKind::MacauId, "99301000001").unwrap();
    Score {
        ticket: Ticket::parse(ticket).unwrap(),
        name: String::new(),
        name_key: "LIAO".to_owned(),
        document_key: DocumentKey::of(&vault, &document),
        subject: SubjectCode::parse(subject).unwrap(),
        points,
        sitting: String::new(),
    }
}

fn review(state: ReviewState, malicious: bool) -> Review {
    Review {
        school: SchoolCode::NONE,
        id: ReviewId(1),
        sitting: SittingCode::parse("2017-2").unwrap(),
        campus: CampusCode::parse("993010").unwrap(),
        passport: Some(PassportId(1)),
        document_key: b"own".to_vec(),
        document_kind: String::new(),
        document_sealed: crate::sealed::Sealed::default(),
        name: String::new(),
        ticket: None,
        state,
        malicious,
        submissions: 1,
        submitted_at: NOON,
        decided_by: None,
        decided_at: None,
        evidence_sealed: None,
    }
}

/// V3.
#[test]
fn the_document_decides_whatever_the_name_and_the_name_alone_leaves_it_to_the_school() {
    let of = |same_document, same_name| outcome(Some(Match { same_document, same_name, ..HIT }));
    assert_eq!(of(true, true), Outcome::Approved);
    assert_eq!(of(true, false), Outcome::Approved);
    assert_eq!(of(false, true), Outcome::Pending);
    assert_eq!(of(false, false), Outcome::Refused);
    assert_eq!(outcome(None), Outcome::Refused);
}

/// V2.
#[test]
fn a_written_ticket_of_2005_or_later_with_425_points_passes_and_none_before() {
    let passes = |ticket: &str, subject: &str, points| {
        Match::of(&score(ticket, subject, points), b"", "", false).passes
    };
    assert!(passes("993010051100101", "1", 425));
    assert!(!passes("993010042100101", "1", 425));
    assert!(!passes("993010051100101", "1", 424));
    assert!(!passes("993010051200101", "2", 425));
    assert!(!passes("F93010051100101", "F", 425));
}

#[test]
fn a_score_that_is_not_enough_or_a_ticket_that_served_another_is_refused_like_any_other() {
    assert_eq!(outcome(Some(Match { passes: false, ..HIT })), Outcome::Refused);
    assert_eq!(outcome(Some(Match { serves_another: true, ..HIT })), Outcome::Refused);
}

#[test]
fn a_school_decides_only_what_waits_and_what_it_has_read() {
    use Decision as D;
    use ReviewState as S;
    assert_eq!(decided(S::Pending, false, 1, 1, D::Approve), Ok((S::Approved, false)));
    assert_eq!(decided(S::Pending, false, 1, 1, D::Refuse), Ok((S::Refused, false)));
    assert_eq!(decided(S::Pending, false, 2, 1, D::Approve), Err(R::Changed));
    assert_eq!(decided(S::Refused, false, 1, 1, D::Approve), Err(R::Changed));
    assert_eq!(decided(S::Withdrawn, false, 1, 1, D::Approve), Err(R::Changed));
    for decision in [D::Approve, D::Refuse, D::Close, D::Reopen] {
        assert_eq!(decided(S::Approved, false, 9, 9, decision), Err(R::Final));
    }
}

#[test]
fn malicious_is_only_who_submitted_three_times_and_the_mark_can_be_taken_back() {
    use Decision as D;
    use ReviewState as S;
    assert_eq!(decided(S::Pending, false, 2, 2, D::Close), Err(R::TooFew));
    assert_eq!(decided(S::Pending, false, 3, 3, D::Close), Ok((S::Refused, true)));
    assert_eq!(decided(S::Refused, true, 3, 3, D::Reopen), Ok((S::Refused, false)));
    assert_eq!(decided(S::Refused, false, 3, 3, D::Reopen), Err(R::Changed));
}

/// V3.
#[test]
fn a_score_is_compared_by_document_and_by_name() {
    let score = score("993010051100101", "1", 425);
    let of = |document: &[u8], name| {
        let found = Match::of(&score, document, name, false);
        (found.same_document, found.same_name)
    };
    assert_eq!(of(&score.document_key.bytes(), "LIAO"), (true, true));
    assert_eq!(of(b"another", "LIAO"), (false, true));
    assert_eq!(of(&score.document_key.bytes(), "WANG"), (true, false));
}

/// V4.
#[test]
fn one_application_of_a_passport_is_pending_or_approved_and_a_closed_one_stays_closed() {
    use ReviewState as S;
    let submit = |state, document| may_submit(Some(&review(state, false)), document);
    assert_eq!(may_submit(None, b"own"), Ok(()));
    assert_eq!((submit(S::Pending, b"own"), submit(S::Approved, b"own")), (Err(R::Pending), Err(R::Final)));
    assert_eq!((submit(S::Pending, b"else"), submit(S::Approved, b"else")), (Err(R::Exists), Err(R::Exists)));
    let withdraw = |state| may_withdraw(&review(state, false));
    assert_eq!((withdraw(S::Pending), withdraw(S::Approved)), (Err(R::Pending), Err(R::Final)));
    for state in [S::Refused, S::Withdrawn] {
        assert_eq!(
            (submit(state, b"own"), submit(state, b"else"), withdraw(state)),
            (Ok(()), Ok(()), Ok(()))
        );
    }
    let closed = review(S::Refused, true);
    assert_eq!((may_submit(Some(&closed), b"own"), may_withdraw(&closed)), (Err(R::Closed), Err(R::Closed)));
}
