use proptest::prelude::*;

use super::*;

fn number(text: &str) -> DocumentNumber {
    DocumentNumber::parse(text).unwrap()
}

fn document(kind: DocumentKind, text: &str) -> Document {
    Document::parse(kind, text).unwrap()
}

#[test]
fn every_kind_is_read_back_from_its_wire_name_and_its_chinese_name() {
    for kind in DocumentKind::ALL {
        assert_eq!(DocumentKind::from_wire(kind.wire()), Some(kind));
        assert_eq!(DocumentKind::from_roster(kind.chinese()), Some(kind));
    }
    assert_eq!(DocumentKind::from_wire("护照"), None);
}

#[test]
fn a_roster_may_use_short_and_official_names() {
    for (text, kind) in [
        ("居民身份证", DocumentKind::ResidentId),
        (" 身份证\u{3000}", DocumentKind::ResidentId),
        ("台湾居民来往大陆通行证", DocumentKind::TaiwanPermit),
        ("港澳居民往来内地通行证", DocumentKind::HongKongMacauPermit),
        ("回乡证", DocumentKind::HongKongMacauPermit),
        ("香港居民身份证", DocumentKind::HongKongId),
        ("澳门居民身份证", DocumentKind::MacauId),
    ] {
        assert_eq!(DocumentKind::from_roster(text), Some(kind), "{text}");
    }
}

/// R3.
#[test]
fn officers_cards_and_unknown_kinds_are_not_taken() {
    for text in ["军官证", "港澳居民居住证", "", "护照号"] {
        assert_eq!(DocumentKind::from_roster(text), None, "{text}");
    }
}

#[test]
fn one_number_typed_in_many_ways_is_one_number() {
    for typed in [
        "11010519491231002x",
        " 110105 19491231 002X ",
        "110105-19491231-002X",
        "１１０１０５１９４９１２３１００２Ｘ",
        "11010519491231002х",
        "11010519491231002Х",
        "11010519491231002×",
        "11010519491231002Ⅹ",
        "\u{FEFF}\u{200E}110105\u{A0}19491231002X\u{200F}\t",
        "1101051949123100－2X",
    ] {
        assert_eq!(number(typed).as_str(), "11010519491231002X", "{typed}");
    }
    for typed in ["A123456(3)", "a123456（3）", "Ａ123456［３］", "A123456 3"] {
        assert_eq!(number(typed).as_str(), "A1234563", "{typed}");
    }
}

/// R3.
#[test]
fn only_empty_long_and_impossible_numbers_are_refused() {
    for typed in ["", "  ", "()", "-", "\u{200B}"] {
        assert_eq!(DocumentNumber::parse(typed), Err(DocumentNumberError::Empty), "{typed:?}");
    }
    assert!(DocumentNumber::parse(&"1".repeat(32)).is_ok());
    assert_eq!(DocumentNumber::parse(&"1".repeat(33)), Err(DocumentNumberError::TooLong));
    assert_eq!(DocumentNumber::parse(&" ".repeat(1_000_000)), Err(DocumentNumberError::TooLong));
    for typed in ["1101\0", "' OR 1=1", "<b>", "一二三", "12.3", "1_2", "é1", "١٢٣", "12%", "😀"] {
        assert_eq!(DocumentNumber::parse(typed), Err(DocumentNumberError::Impossible), "{typed:?}");
    }
}

/// W11.
#[test]
fn the_manuals_sample_numbers_are_taken_though_their_forms_are_wrong() {
    for (kind, text) in [
        (DocumentKind::ResidentId, "330101199001010000"),
        (DocumentKind::MacauId, "99101000001"),
        (DocumentKind::MacauId, "993010"),
        (DocumentKind::MacauId, "WW1"),
    ] {
        assert_eq!(document(kind, text).check(), CheckDigit::Bad, "{text}");
    }
}

#[test]
fn resident_numbers_are_checked_by_mod_11_2() {
    for text in [
        "11010519491231002X",
        "330101199001010008",
        "810000199408230021",
        "830000199201300022",
        "911124198108030024",
    ] {
        assert_eq!(document(DocumentKind::ResidentId, text).check(), CheckDigit::Good, "{text}");
    }
    for text in ["110105194912310021", "1101051949123100", "X10105194912310021", "11010519491231002XX"] {
        assert_eq!(document(DocumentKind::ResidentId, text).check(), CheckDigit::Bad, "{text}");
    }
}

#[test]
fn hong_kong_numbers_are_checked_with_one_letter_and_with_two() {
    for text in ["A123456(3)", "AB987654(3)", "G123456(A)"] {
        assert_eq!(document(DocumentKind::HongKongId, text).check(), CheckDigit::Good, "{text}");
    }
    for text in ["A123456(4)", "A123456", "1234567", "ABC123456", "A", "A12345X3"] {
        assert_eq!(document(DocumentKind::HongKongId, text).check(), CheckDigit::Bad, "{text}");
    }
}

#[test]
fn kinds_without_a_check_digit_are_judged_by_their_form() {
    for (kind, text, says) in [
        (DocumentKind::MacauId, "1234567(8)", CheckDigit::None),
        (DocumentKind::MacauId, "2234567(8)", CheckDigit::Bad),
        (DocumentKind::HongKongMacauPermit, "H12345678", CheckDigit::None),
        (DocumentKind::HongKongMacauPermit, "M1234567801", CheckDigit::None),
        (DocumentKind::HongKongMacauPermit, "H123456780", CheckDigit::Bad),
        (DocumentKind::HongKongMacauPermit, "X12345678", CheckDigit::Bad),
        (DocumentKind::TaiwanPermit, "12345678", CheckDigit::None),
        (DocumentKind::TaiwanPermit, "1234567890", CheckDigit::None),
        (DocumentKind::TaiwanPermit, "12345678(A)", CheckDigit::None),
        (DocumentKind::TaiwanPermit, "1234567", CheckDigit::Bad),
        (DocumentKind::Passport, "E12345678", CheckDigit::None),
        (DocumentKind::Passport, "EA1234567", CheckDigit::None),
        (DocumentKind::Passport, "E1234567890", CheckDigit::Bad),
        (DocumentKind::Passport, "ABCDEF", CheckDigit::Bad),
        (DocumentKind::ResidentId, "110105491231002", CheckDigit::None),
    ] {
        assert_eq!(document(kind, text).check(), says, "{text}");
    }
}

#[test]
fn a_renewed_permit_of_hong_kong_or_macau_is_the_same_person() {
    let lifelong = document(DocumentKind::HongKongMacauPermit, "H12345678").match_key();
    assert_eq!(document(DocumentKind::HongKongMacauPermit, "H1234567801").match_key(), lifelong);
    assert_eq!(document(DocumentKind::HongKongMacauPermit, "H1234567802").match_key(), lifelong);
    assert_ne!(document(DocumentKind::HongKongMacauPermit, "H1234567901").match_key(), lifelong);
    assert_ne!(document(DocumentKind::Passport, "H1234567801").match_key(), lifelong);
}

#[test]
fn a_card_of_15_digits_is_the_same_person_as_the_18_it_became() {
    let now = document(DocumentKind::ResidentId, "11010519491231002X");
    assert_eq!(document(DocumentKind::ResidentId, "110105491231002").match_key(), now.match_key());
    assert_ne!(document(DocumentKind::ResidentId, "110105491231003").match_key(), now.match_key());
}

/// From the field.
#[test]
fn a_hong_kong_card_is_one_with_and_without_its_check_digit() {
    let other = |text: &str| document(DocumentKind::HongKongId, text).other_writing();
    let number = |document: Option<Document>| document.map(|document| document.number.as_str().to_owned());
    for (typed, stored) in [
        ("A123456", "A1234563"),
        ("a 123456", "A1234563"),
        ("AB987654", "AB9876543"),
        ("G123456", "G123456A"),
        ("A123456(3)", "A123456"),
        ("AB9876543", "AB987654"),
    ] {
        assert_eq!(number(other(typed)).as_deref(), Some(stored), "{typed}");
    }
    for typed in ["A123456(4)", "A12345", "1234567", "ABC123456", "A12345X3", "A"] {
        assert_eq!(other(typed), None, "{typed}: a number that is no card's is only itself");
    }
    for kind in DocumentKind::ALL.into_iter().filter(|kind| *kind != DocumentKind::HongKongId) {
        assert_eq!(document(kind, "A123456").other_writing(), None);
        assert_eq!(document(kind, "A123456").completed(), None);
    }
    assert_eq!(
        number(document(DocumentKind::HongKongId, "A123456").completed()).as_deref(),
        Some("A1234563")
    );
    assert_eq!(document(DocumentKind::HongKongId, "A1234563").completed(), None);
}

#[test]
fn of_a_number_is_shown_what_was_asked_for() {
    for (kind, stored, shown) in [
        (DocumentKind::HongKongMacauPermit, "H1234567801", "H12345678**"),
        (DocumentKind::HongKongMacauPermit, "H12345678", "H12345678"),
        (DocumentKind::ResidentId, "330101199001010000", "330101199001010000"),
        (DocumentKind::MacauId, "WW1", "WW1"),
    ] {
        assert_eq!(document(kind, stored).asked_for(), shown);
    }
}

#[test]
fn the_same_number_under_another_kind_is_another_person() {
    assert_ne!(
        document(DocumentKind::MacauId, "993010").match_key(),
        document(DocumentKind::Passport, "993010").match_key()
    );
}

#[test]
fn masking_shows_at_most_a_quarter_at_each_end() {
    assert_eq!(number("330101199001010000").masked(), "3301**********0000");
    assert_eq!(number("99101000001").masked(), "99*******01");
    assert_eq!(number("993010").masked(), "9****0");
    assert_eq!(number("WW1").masked(), "***");
}

#[test]
fn debug_shows_no_number() {
    let text = format!("{0:?} {1:?}", document(DocumentKind::MacauId, "WW1"), number("WW1"));
    assert!(!text.contains("WW1"), "{text}");
    assert!(!format!("{:?}", document(DocumentKind::MacauId, "WW1").match_key()).contains("WW1"));
}

proptest! {
    #[test]
    fn the_canonical_form_stays_as_it_is(typed in "\\PC{0,40}") {
        if let Ok(once) = DocumentNumber::parse(&typed) {
            prop_assert_eq!(DocumentNumber::parse(once.as_str()), Ok(once));
        }
    }

    #[test]
    fn decoration_never_changes_the_number(plain in "[0-9A-Z]{1,20}", mark in "[ \u{3000}()（）－\u{200E}\u{FEFF}-]{0,3}", at in 0_usize..20) {
        let at = at.min(plain.len());
        let typed = format!("{}{mark}{}", &plain[..at], &plain[at..]).to_lowercase();
        let canonical = number(&typed);
        prop_assert_eq!(canonical.as_str(), plain.as_str());
    }

    #[test]
    fn the_other_writing_leads_back_and_names_one_card(body in "[A-Z]{1,2}[0-9]{6}", other in "[A-Z]{1,2}[0-9]{6}") {
        let (bare, whole) = (document(DocumentKind::HongKongId, &body), document(DocumentKind::HongKongId, &body).completed().unwrap());
        prop_assert_eq!(whole.check(), CheckDigit::Good);
        prop_assert_eq!(bare.other_writing(), Some(whole.clone()));
        prop_assert_eq!(whole.other_writing(), Some(bare));
        if other != body {
            prop_assert_ne!(document(DocumentKind::HongKongId, &other).completed(), Some(whole));
        }
    }

    #[test]
    fn different_numbers_never_match_but_by_the_two_rules(kind in 0_usize..6, a in "[HM]?[0-9]{1,18}", b in "[HM]?[0-9]{1,18}") {
        let kind = DocumentKind::ALL[kind];
        let (a, b) = (document(kind, &a), document(kind, &b));
        let renewal = kind == DocumentKind::HongKongMacauPermit && a.number.as_str().get(..9) == b.number.as_str().get(..9);
        let lengthened = kind == DocumentKind::ResidentId && a.number.as_str().len() != b.number.as_str().len();
        if a != b && !renewal && !lengthened {
            prop_assert_ne!(a.match_key(), b.match_key());
        }
    }
}
