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
fn a_picture_has_four_digits() {
    assert_eq!(rules::digits(7, 4), "0007");
}

/// A2.
#[test]
fn a_proof_is_dearer_after_failures_and_never_endless() {
    let all = [(0, 18), (9, 18), (10, 19), (39, 19), (40, 20), (i64::MAX, 20)];
    for (failures, bits) in all {
        assert_eq!(rules::bits(failures), bits, "{failures}");
    }
}
