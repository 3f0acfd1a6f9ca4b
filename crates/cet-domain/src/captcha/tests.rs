use super::*;

#[test]
fn answers_are_read_as_people_type_them() {
    for (typed, answer) in
        [(" 04 27", "0427"), ("０４２７", "0427"), ("八", "8"), ("十三", "13"), ("十", "10")]
    {
        assert!(rules::same_answer(typed, answer), "{typed}");
    }
    for (typed, answer) in [("", "0427"), ("427", "0427"), ("八", "9"), ("十十", "10")] {
        assert!(!rules::same_answer(typed, answer), "{typed}");
    }
}

#[test]
fn the_sum_has_its_answer() {
    for chance in 0..200 {
        assert!((2..=18).contains(&rules::sum(chance).answer()));
    }
    assert_eq!(rules::digits(7, 4), "0007");
}
