use super::*;

#[test]
fn answers_are_read_as_people_type_them() {
    let same = |typed: &str, answer: &str| rules::same_answer(typed, &[answer.to_owned()]);
    for (typed, answer) in
        [(" 04 27", "0427"), ("０４２７", "0427"), ("八", "八"), ("Horse, cat", "horsecat")]
    {
        assert!(same(typed, answer), "{typed}");
    }
    for (typed, answer) in [("", "0427"), ("427", "0427"), ("八", "九"), ("", ""), ("和", "")] {
        assert!(!same(typed, answer), "{typed}");
    }
}

#[test]
fn a_picture_has_four_digits_and_none_that_is_taken_for_another() {
    assert_eq!((rules::digits(0, 4), rules::digits(6, 4)), ("0000".into(), "8000".into()));
    let all: std::collections::BTreeSet<String> = (0..2_401).map(|chance| rules::digits(chance, 4)).collect();
    assert_eq!(all.len(), 2_401, "each as often as any other");
    assert!(all.iter().all(|digits| digits.len() == 4 && !digits.contains(['6', '7', '9'])));
    assert_eq!(rules::digits(u64::MAX, 4).len(), 4);
}

/// A2.
#[test]
fn a_proof_is_dearer_after_failures_and_never_endless() {
    let all = [(0, 18), (9, 18), (10, 19), (40, 19), (i64::MAX, 19)];
    for (failures, bits) in all {
        assert_eq!(rules::bits(failures), bits, "{failures}");
    }
}
