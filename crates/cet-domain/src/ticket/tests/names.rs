use super::*;
use crate::sitting::catalogue::Catalogue;

#[test]
fn a_part_is_told_by_its_name() {
    let photo = |folders, stem| Part::Photo { folders, stem };
    for (name, wanted) in [
        ("99301/N1.jpg", photo("99301", "N1")),
        ("a/99301/N1.JPEG", photo("a/99301", "N1")),
        ("99301\\N1.png", photo("99301", "N1")),
        ("N1.王.jpg", photo("", "N1.王")),
        ("../../etc/N1.jpg", photo("../../etc", "N1")),
        ("./99301/N1.jpg", photo("./99301", "N1")),
        (".hidden.jpg", photo("", ".hidden")),
        (".Trashes/N1.jpg", Part::Junk),
        ("99301/", Part::Folder),
        ("99301\\", Part::Folder),
        ("99301/Thumbs.db", Part::Junk),
        ("99301/thumbs.db", Part::Junk),
        (".DS_Store", Part::Junk),
        ("__MACOSX/99301/._N1.jpg", Part::Junk),
        ("99301/._N1.jpg", Part::Junk),
        ("@eaDir/N1.jpg", Part::Junk),
        ("desktop.ini", Part::Junk),
        ("~$名单.xlsx", Part::Junk),
        ("99301.zip", Part::Packed),
        ("99301/a.RAR", Part::Packed),
        ("99301/N1.HEIC", Part::Foreign),
        ("99301/N1.bmp", Part::Foreign),
        ("说明.txt", Part::Other),
        ("README", Part::Other),
    ] {
        assert_eq!(part(name), wanted, "{name}");
    }
}

#[test]
fn marks_of_copies_are_taken_off() {
    for stem in [
        "N1",
        "N1(1)",
        "N1 (12)",
        "N1 - 副本",
        "N1 - 副本 (2)",
        "N1-Copy",
        "N1 copy",
        "复件 N1",
        "Copy of N1",
    ] {
        assert_eq!(without_copy_mark(stem), "N1", "{stem}");
    }
    for stem in ["N1(2016)", "(1)N1", "B-1"] {
        assert_eq!(without_copy_mark(stem), stem);
    }
    assert_eq!(without_copy_mark("(1)"), "");
}

#[test]
fn words_are_parted_where_the_writing_changes() {
    let (numbers, names) = words("T000001王测试_2016级-计算机1班 阿依·买买提");
    assert_eq!(numbers, ["T000001", "2016", "1"]);
    assert_eq!(names, ["王测试", "级", "计算机", "班", "阿依·买买提"]);
    assert_eq!(words(""), (vec![], vec![]));
}

#[test]
fn what_is_as_long_as_a_card_number_is_masked_in_messages() {
    assert_eq!(shown("99301/330199199601011234.jpg"), "99301/3301**********1234.jpg");
    assert_eq!(shown("33019919960101123X"), "3301*********1123X");
    assert_eq!(shown("99301/2016000123 王.jpg"), "99301/2016000123 王.jpg");
    assert_eq!(shown("a\u{7}\n\u{202E}b"), "a\\u{7}\\n\\u{202e}b");
}

#[test]
fn an_unknown_code_and_no_code_are_told_apart() {
    let none = Catalogue::default();
    assert_eq!(home("a/99301", &none), Home::Unknown("99301".to_owned()));
    assert_eq!(home("993010/照片", &none), Home::Unknown("993010".to_owned()));
    assert_eq!(home("照片/2016", &none), Home::None);
    assert_eq!(home("", &none), Home::None);
}
