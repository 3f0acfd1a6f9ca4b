use super::*;
use crate::review::ReviewRefusal as R;
use crate::roster::DocumentKey;
use crate::score::Ticket;
use crate::vault::Vault;
use crate::words::document::{Document, DocumentKind};

const HIT: Match = Match { passes: true, same_document: true, same_name: true, serves_another: false };

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
    let vault = Vault::parse(&Vault::new_key_file().unwrap()).unwrap();
    let document = Document::parse(DocumentKind::MacauId, "99301000001").unwrap();
    let passes = |ticket: &str, subject: &str, points| {
        let score = Score {
            ticket: Ticket::parse(ticket).unwrap(),
            name: String::new(),
            name_key: String::new(),
            document_key: DocumentKey::of(&vault, &document),
            subject: SubjectCode::parse(subject).unwrap(),
            points,
            sitting: String::new(),
        };
        Match::of(&score, b"", "", false).passes
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
