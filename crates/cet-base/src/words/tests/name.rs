use proptest::prelude::*;

use super::*;

fn key(text: &str) -> NameKey {
    PersonName::parse(text).unwrap().key()
}

fn assert_same(names: &[&str]) {
    for name in names {
        assert!(key(name) == key(names[0]), "{name} and {}", names[0]);
    }
}

#[test]
fn every_kind_of_middle_dot_is_one_dot() {
    assert_same(&[
        "买买提·艾力",
        "买买提•艾力",
        "买买提‧艾力",
        "买买提・艾力",
        "买买提･艾力",
        "买买提．艾力",
        "买买提.艾力",
        "买买提。艾力",
        "买买提●艾力",
        "买买提⋅艾力",
        "买买提∙艾力",
        "买买提᛫艾力",
        "买买提 · 艾力",
    ]);
    assert_ne!(key("买买提·艾力"), key("买买提艾力"));
}

#[test]
fn width_case_and_spaces_do_not_part_a_name() {
    assert_same(&[
        "SMITH JOHN MICHAEL",
        "ＳＭＩＴＨ　John  michael",
        " Smith, John Michael ",
        "SMITH，JOHN MICHAEL",
        "smith\u{A0}john michael\u{200E}",
    ]);
    assert_same(&["O'BRIEN AOIFE", "O’Brien Aoife", "O＇BRIEN, AOIFE", "O`Brien Aoife"]);
    assert_same(&["JEAN-PAUL", "Jean‐Paul", "Jean–Paul", "JEAN－PAUL"]);
    assert_same(&["张三", "张　三", " 张 三"]);
}

#[test]
fn accents_of_latin_letters_do_not_part_a_name() {
    assert_same(&["MÜLLER JÜRGEN", "Muller Jurgen", "Mu\u{308}ller Ju\u{308}rgen"]);
    assert_same(&["Nguyễn Thị Minh", "NGUYEN THI MINH"]);
    assert_same(&["Đặng Ánh", "DANG ANH"]);
    assert_same(&["Øystein Łukasz Weiß", "OYSTEIN LUKASZ WEISS"]);
}

#[test]
fn other_scripts_keep_their_marks() {
    assert_same(&["Иванов Пётр", "ИВАНОВ ПЁТР", "Иванов Пе\u{308}тр"]);
    assert_ne!(key("Сергей"), key("Сергеи"));
    assert_ne!(key("が"), key("か"));
    assert_same(&["김민준", "\u{1100}\u{1175}\u{11B7}\u{1106}\u{1175}\u{11AB}\u{110C}\u{116E}\u{11AB}"]);
}

#[test]
fn variants_of_one_character_stay_different_names() {
    assert_ne!(key("吕布"), key("呂布"));
    assert_ne!(key("刘备"), key("劉備"));
}

#[test]
fn compatibility_ideographs_and_selectors_fold_for_comparison_only() {
    let name = PersonName::parse("\u{F9DC}\u{E0100}").unwrap();
    assert_eq!(name.as_str(), "\u{F9DC}\u{E0100}");
    assert_eq!(name.key(), key("隆"));
}

#[test]
fn private_code_points_of_old_systems_are_the_characters_they_stand_for() {
    assert_eq!(key("李\u{E863}"), key("李䶮"));
    assert_eq!(key("王\u{E81E}"), key("王龴"));
    assert_eq!(PersonName::parse("李\u{E863}").unwrap().as_str(), "李\u{E863}");
    assert_ne!(key("李\u{E000}"), key("李䶮"));
}

/// Checks the table against `encoding_rs`: the characters to which it decodes the two-byte positions today.
#[test]
fn the_private_code_points_agree_with_gb18030_of_today() {
    let trail = (0x50..=0xA0_u8).filter(|&b| b != 0x7F);
    let mut checked = 0;
    for (at, low) in trail.enumerate() {
        let private = char::from_u32(0xE815 + u32::try_from(at).unwrap()).unwrap();
        let bytes = [0xFE, low];
        let (decoded, ..) = encoding_rs::GB18030.decode(&bytes);
        let today = decoded.chars().next().unwrap();
        if !('\u{E000}'..='\u{F8FF}').contains(&today) {
            assert_eq!(from_private_use(private), Some(today), "FE{low:02X}");
            checked += 1;
        }
    }
    assert!(checked >= 74, "only {checked} of 80 positions could be compared");
    assert_eq!(GBK_FE50.chars().count(), 80);
    for (bytes, private) in [([0xA8, 0xBC], '\u{E7C7}'), ([0xA8, 0xBF], '\u{E7C8}')] {
        let (decoded, ..) = encoding_rs::GB18030.decode(&bytes);
        assert_eq!(from_private_use(private), decoded.chars().next());
    }
}

#[test]
fn rare_characters_of_every_plane_are_names() {
    for name in ["𬭸", "㛃", "䶮", "𫖯", "〇", "𡚸", "\u{31350}", "颜"] {
        assert_eq!(PersonName::parse(name).unwrap().as_str(), name);
    }
    assert_ne!(key("李𬭸"), key("李𫖯"));
}

#[test]
fn long_names_are_taken_and_endless_ones_are_not() {
    assert!(PersonName::parse(&"阿".repeat(100)).is_ok());
    assert_eq!(PersonName::parse(&"a".repeat(201)), Err(NameError::TooLong));
    assert_eq!(PersonName::parse(&"a".repeat(1_000_000)), Err(NameError::TooLong));
}

#[test]
fn control_characters_are_refused_and_bidi_marks_dropped() {
    for text in ["张\0三", "张\n三", "张\t三", "张\u{85}三", "张\u{2029}三"] {
        assert_eq!(PersonName::parse(text), Err(NameError::Control), "{text:?}");
    }
    assert_eq!(PersonName::parse("张\u{202E}三\u{200B}").unwrap().as_str(), "张三");
}

#[test]
fn what_holds_no_letter_is_no_name() {
    for text in ["", "  ", "\u{200B}", "·", " • ", "\u{FE00}", ","] {
        assert_eq!(PersonName::parse(text), Err(NameError::Empty), "{text:?}");
    }
}

#[test]
fn debug_shows_no_name() {
    let name = PersonName::parse("廖晓儿").unwrap();
    assert_eq!(format!("{name:?} {:?}", name.key()), "PersonName(..) NameKey(..)");
}

proptest! {
    #[test]
    fn the_key_of_a_key_is_itself(text in "[\\p{Han}\\p{Latin}\\p{Cyrillic}·•,. '-]{1,30}") {
        if let Ok(name) = PersonName::parse(&text)
            && let Ok(again) = PersonName::parse(name.key().as_str()) {
                prop_assert_eq!(again.key().as_str().to_owned(), name.key().as_str().to_owned());
            }
    }

    #[test]
    fn any_text_is_a_name_or_a_refusal(text in any::<String>()) {
        if let Ok(name) = PersonName::parse(&text) {
            prop_assert!(!name.key().as_str().is_empty());
            prop_assert!(!name.as_str().chars().any(char::is_control));
        }
    }

    #[test]
    fn different_han_names_have_different_keys(a in "[\u{4E00}-\u{9FA5}]{1,4}", b in "[\u{4E00}-\u{9FA5}]{1,4}") {
        prop_assert_eq!(a == b, key(&a) == key(&b));
    }
}
