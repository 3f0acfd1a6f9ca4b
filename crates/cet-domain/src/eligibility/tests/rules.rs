use super::*;

fn code(text: &str) -> SubjectCode {
    SubjectCode::parse(text).unwrap()
}

fn codes(text: &str) -> Vec<SubjectCode> {
    text.chars().map(|c| code(&c.to_string())).collect()
}

fn subject(name: &str, mode: Mode, level: Level, needs: &str) -> OfferedSubject {
    OfferedSubject { code: code(name), mode, level, needs: codes(needs) }
}

/// English, Japanese and German, with the requirements of the oral subjects as in the authority's data.
fn offered() -> Vec<OfferedSubject> {
    vec![
        subject("1", Mode::Written, Level::FOUR, ""),
        subject("2", Mode::Written, Level::SIX, ""),
        subject("3", Mode::Written, Level::FOUR, ""),
        subject("4", Mode::Written, Level::SIX, ""),
        subject("F", Mode::Oral, Level::FOUR, "1"),
        subject("S", Mode::Oral, Level::SIX, "2"),
        subject("J", Mode::Oral, Level::FOUR, ""),
    ]
}

struct Student {
    offered: Vec<OfferedSubject>,
    listed: Vec<SubjectCode>,
    barred: Vec<SubjectCode>,
    best_cet4: Option<u16>,
    approved: bool,
}

impl Student {
    fn new(listed: &str, barred: &str) -> Self {
        Self {
            offered: offered(),
            listed: codes(listed),
            barred: codes(barred),
            best_cet4: None,
            approved: false,
        }
    }

    fn scored(mut self, score: u16) -> Self {
        self.best_cet4 = Some(score);
        self
    }

    fn approved(mut self) -> Self {
        self.approved = true;
        self
    }

    fn facts(&self) -> EligibilityFacts<'_> {
        EligibilityFacts {
            offered: &self.offered,
            listed: &self.listed,
            barred: &self.barred,
            best_cet4: self.best_cet4,
            cet6_review_approved: self.approved,
        }
    }

    fn granted(&self) -> String {
        verdicts(&self.facts())
            .into_iter()
            .filter(|verdict| verdict.verdict == Verdict::Granted)
            .map(|verdict| verdict.code.to_string())
            .collect()
    }

    fn verdict(&self, name: &str) -> Verdict {
        verdicts(&self.facts()).into_iter().find(|verdict| verdict.code == code(name)).unwrap().verdict
    }
}

#[test]
fn verdicts_come_in_the_order_of_the_sitting_and_none_is_missing() {
    let student = Student::new("3", "");
    let order: Vec<_> = verdicts(&student.facts()).into_iter().map(|verdict| verdict.code).collect();
    assert_eq!(order, codes("1234FSJ"));
}

/// R4.
#[test]
fn an_explicit_list_stands_alone() {
    let student = Student::new("14F", "").scored(600);
    assert_eq!(student.granted(), "14F");
    assert_eq!(student.verdict("2"), Verdict::Refused(Ineligible::NotInList));
    assert_eq!(student.verdict("S"), Verdict::Refused(Ineligible::NotInList));
}

#[test]
fn an_explicit_list_needs_no_score_and_no_written_subject() {
    assert_eq!(Student::new("2S", "").granted(), "2S");
    assert_eq!(Student::new("J", "").granted(), "J");
}

#[test]
fn a_list_that_names_only_what_the_campus_does_not_offer_grants_nothing() {
    assert_eq!(Student::new("9", "").granted(), "");
}

/// R4.
#[test]
fn without_a_list_every_written_subject_but_cet6_is_open() {
    let student = Student::new("", "");
    assert_eq!(student.granted(), "134FJ");
    assert_eq!(student.verdict("2"), Verdict::Refused(Ineligible::NeedsCet4Score { best: None }));
}

/// R4.
#[test]
fn cet6_opens_at_425_points_and_not_at_424() {
    assert_eq!(Student::new("", "").scored(425).granted(), "1234FSJ");
    let student = Student::new("", "").scored(424);
    assert_eq!(student.verdict("2"), Verdict::Refused(Ineligible::NeedsCet4Score { best: Some(424) }));
}

/// R4.
#[test]
fn an_oral_subject_follows_the_written_one_it_needs() {
    let student = Student::new("", "1");
    assert_eq!(student.verdict("F"), Verdict::Refused(Ineligible::NeedsWritten(codes("1"))));
    assert_eq!(student.verdict("J"), Verdict::Granted);
    assert_eq!(Student::new("", "13").verdict("J"), Verdict::Refused(Ineligible::NeedsWritten(codes("13"))));
    assert_eq!(Student::new("", "").verdict("S"), Verdict::Refused(Ineligible::NeedsWritten(codes("2"))));
}

#[test]
fn an_oral_subject_whose_written_one_is_not_offered_is_refused() {
    let mut student = Student::new("", "");
    student.offered =
        vec![subject("F", Mode::Oral, Level::FOUR, "1"), subject("J", Mode::Oral, Level::FOUR, "")];
    assert_eq!(student.verdict("F"), Verdict::Refused(Ineligible::NeedsWritten(codes("1"))));
    assert_eq!(student.verdict("J"), Verdict::Refused(Ineligible::NeedsWritten(vec![])));
}

#[test]
fn an_oral_subject_that_needs_an_oral_one_by_mistake_is_refused_without_end() {
    let mut student = Student::new("", "");
    student.offered = vec![subject("F", Mode::Oral, Level::FOUR, "F")];
    assert_eq!(student.verdict("F"), Verdict::Refused(Ineligible::NeedsWritten(codes("F"))));
}

#[test]
fn a_bar_takes_away_what_a_score_or_a_review_would_grant() {
    for student in [
        Student::new("", "2").scored(600),
        Student::new("1", "2").approved(),
        Student::new("", "2").approved(),
    ] {
        assert_eq!(student.verdict("2"), Verdict::Refused(Ineligible::BarredBySchool));
        assert_eq!(student.verdict("1"), Verdict::Granted);
    }
    assert_eq!(Student::new("", "F").verdict("F"), Verdict::Refused(Ineligible::BarredBySchool));
}

#[test]
fn an_explicit_list_stands_alone_even_beside_a_bar() {
    assert_eq!(Student::new("12", "2").granted(), "12");
}

#[test]
fn an_approved_review_adds_cet6_to_a_list_and_nothing_else() {
    assert_eq!(Student::new("13", "").approved().granted(), "123");
}

#[test]
fn an_approved_review_opens_the_oral_of_level_6_only_by_the_rules() {
    assert_eq!(Student::new("", "").approved().granted(), "1234FSJ");
    assert_eq!(Student::new("1", "").approved().verdict("S"), Verdict::Refused(Ineligible::NotInList));
}

/// V1.
#[test]
fn the_review_button_shows_only_where_cet6_is_offered_not_barred_and_not_open() {
    let shows = |student: &Student| may_ask_for_cet6_review(&student.facts());
    assert!(shows(&Student::new("", "")));
    assert!(shows(&Student::new("134J", "").scored(430)));
    assert!(!shows(&Student::new("", "2")));
    assert!(!shows(&Student::new("2", "")));
    assert!(!shows(&Student::new("", "").scored(425)));
    assert!(!shows(&Student::new("", "").approved()));
    let mut elsewhere = Student::new("", "");
    elsewhere.offered.retain(|subject| subject.code != SubjectCode::CET6);
    assert!(!shows(&elsewhere));
}
