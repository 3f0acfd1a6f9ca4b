//! A ticket's appearance, text and file size.

use super::reading::{Picture, open, texts};
use super::{PHOTO, content, fonts, ticket};
use crate::{PublicKey, SigningKey, TicketError, VerifyError, printable, render, verify};

fn signed(name: &str) -> (crate::Ticket, PublicKey) {
    let pkcs8 = SigningKey::generate(&ring::rand::SystemRandom::new()).unwrap();
    let key = SigningKey::from_pkcs8("2017a", &pkcs8).unwrap();
    let mut ticket = ticket(name);
    ticket.qr_text = key.sign(&content(&ticket)).unwrap();
    (ticket, key.public().unwrap())
}

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

#[test]
fn the_same_ticket_gives_the_same_bytes() {
    let (ticket, _) = signed("廖晓儿");
    let tickets = [ticket];
    let first = render(fonts(), &tickets).unwrap();
    assert!(first.pdf == render(fonts(), &tickets).unwrap().pdf);
    assert!(first.missing.is_empty() && first.bad_photos.is_empty());
}

#[test]
fn a_ticket_with_its_photo_weighs_less_than_120_kb() {
    let (ticket, _) = signed("廖晓儿");
    let size = render(fonts(), &[ticket]).unwrap().pdf.len();
    println!("one ticket: {size} bytes");
    assert!(size <= 120_000, "{size}");
}

/// T3.
#[test]
fn a_scanner_reads_barcode_and_qr_code_from_the_printed_page() {
    let (ticket, key) = signed("廖晓儿");
    let text = ticket.qr_text.clone();
    let number = ticket.ticket_number.clone();
    let pdf = render(fonts(), &[ticket]).unwrap().pdf;
    let page = Picture::of_page(&pdf, 0, 300);
    assert_eq!((page.width, page.height), (2480, 3507));
    assert_eq!(page.qr_texts(), [text.as_str()]);
    assert_eq!(verify(&text, &[key]).unwrap().name, "廖晓儿");

    let read = (0..page.height).filter(|y| page.barcode(*y).as_deref() == Some(number.as_str()));
    // 14 mm at 300 dots per inch are 165 rows.
    assert!(read.count() > 150);
}

#[test]
fn a_scanner_reads_the_barcode_of_an_oral_ticket_too() {
    let mut oral = ticket("王");
    oral.ticket_number = "F17299301001005".into();
    let page = Picture::of_page(&render(fonts(), &[oral]).unwrap().pdf, 0, 300);
    assert!(
        (0..page.height).filter(|y| page.barcode(*y).as_deref() == Some("F17299301001005")).count() > 150
    );
}

#[test]
fn the_photo_stands_in_its_frame() {
    let grey = |photo: Option<&[u8]>| {
        let mut ticket = ticket("王");
        ticket.photo = photo.map(<[u8]>::to_vec);
        let page = Picture::of_page(&render(fonts(), &[ticket]).unwrap().pdf, 0, 100);
        // Left and right edge of the frame, its middle, and the margin next to it.
        [(160, 40), (188, 40), (172, 55), (197, 55)].map(|corner| page.grey_of(corner, (3, 3)))
    };
    let (with, without) = (grey(Some(PHOTO)), grey(None));
    assert_eq!(without[..2], [255, 255]);
    assert!(with[..3].iter().all(|grey| *grey < 240), "{with:?}");
    assert_eq!(with[3], 255);
}

/// T3.
#[test]
fn a_changed_character_in_the_scanned_text_fails_the_check() {
    let (ticket, key) = signed("廖晓儿");
    let pdf = render(fonts(), &[ticket]).unwrap().pdf;
    let scanned = Picture::of_page(&pdf, 0, 300).qr_texts().remove(0);
    let at = scanned.len() / 3;
    let other = if scanned[at..].starts_with('A') { "B" } else { "A" };
    let mut changed = scanned;
    changed.replace_range(at..=at, other);
    assert_eq!(verify(&changed, &[key]).unwrap_err(), VerifyError::Forged);
}

/// Names from a fixed seed: Han of all blocks, accented letters, dots, variation selectors, direction marks, controls.
fn odd_names() -> Vec<String> {
    let mut seed: u64 = 20_170_617;
    let mut below = |limit: u32| {
        seed = seed.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        u32::try_from((seed >> 33) % u64::from(limit)).unwrap()
    };
    let blocks = [
        (0x4E00, 0x51A0),
        (0x3400, 0x19B0),
        (0x20000, 0xA6D0),
        (0x2A700, 0x1030),
        (0x2B820, 0x1680),
        (0x30000, 0x1340),
        (0xF900, 0x100),
        (0xE000, 0x1900),
        (0x41, 26),
        (0xC0, 0x100),
        (0x400, 0x50),
        (0x5D0, 20),
        (0x627, 30),
    ];
    let joints = ["", "", "", "·", " ", "・", "\u{202E}", "\u{200B}", "\u{E0100}", "'", "-", "\t", "\u{0}"];
    (0..1000)
        .map(|at| {
            let length = if at % 50 == 0 { 100 } else { 2 + below(8) };
            let mut name = String::from("王");
            for _ in 1..length {
                let (first, many) = blocks[below(13) as usize];
                name.push(char::from_u32(first + below(many)).unwrap());
                name.push_str(joints[below(13) as usize]);
            }
            name
        })
        .collect()
}

#[test]
fn th53_the_text_of_a_thousand_odd_names_is_what_went_in() {
    let names = odd_names();
    let tickets: Vec<_> = names.iter().map(|name| ticket(name)).collect();
    let mut missing = std::collections::BTreeSet::new();
    for (group, names) in tickets.chunks(100).zip(names.chunks(100)) {
        let rendered = render(fonts(), group).unwrap();
        missing.extend(rendered.missing);
        let texts = texts(&rendered.pdf);
        assert_eq!(texts.len(), 100);
        for (page, name) in texts.iter().zip(names) {
            let text = without_spaces(page);
            let (_, from) = text.split_once("姓名").unwrap();
            let (read, _) = from.split_once("性别女证件类型").unwrap();
            assert_eq!(read, without_spaces(&printable(name)));
        }
    }
    let expected: std::collections::BTreeSet<char> =
        names.iter().flat_map(|name| fonts().missing(name)).collect();
    assert!(missing == expected && missing.len() > 500);
}

/// T3.
#[test]
fn all_that_a_ticket_says_can_be_copied_in_reading_order() {
    let text = without_spaces(&texts(&render(fonts(), &[ticket("廖晓儿")]).unwrap().pdf)[0]);
    let expected = "全国大学英语四、六级考试准考证2017年上半年·英语四级笔试姓名廖晓儿性别女\
        证件类型中华人民共和国居民身份证证件号码330101199001010000准考证号993010171100312考试科目(1)英语四级笔试\
        考试时间2017年6月17日（周六）上午9:00–11:20考试学校(99301)测试学校机构01考试校区(993010)测试校区机构001\
        考试地点第一教学楼203考场号003座位号12入场8:30准考证号条形码993010171100312考生须知\
        1.凭本准考证、身份证件和学生证入场，缺一不可。2.开考后禁止入场，考试结束前不得提前离场。";
    assert!(text.starts_with(expected), "{text}");
    assert!(text.ends_with("打印时间：2017-06-0210:30"), "{text}");
}

#[test]
fn th53_a_character_that_no_font_has_is_a_visible_box_and_is_reported() {
    let blank = render(fonts(), &[ticket("王")]).unwrap();
    let boxed = render(fonts(), &[ticket("王\u{E815}\u{E816}")]).unwrap();
    assert_eq!(boxed.missing, ['\u{E815}', '\u{E816}']);
    let dark = |pdf: &[u8]| Picture::of_page(pdf, 0, 100).dark_share();
    assert!(dark(&boxed.pdf) > dark(&blank.pdf));
}

#[test]
fn a_photo_that_is_none_and_one_that_is_broken_leave_an_empty_frame() {
    let mut without = ticket("王");
    without.photo = None;
    let mut broken = ticket("王");
    broken.photo = Some(b"\xFF\xD8\xFF but no JPEG".to_vec());
    let rendered = render(fonts(), &[ticket("王"), without, broken]).unwrap();
    assert_eq!(rendered.bad_photos, [2]);
    let texts = texts(&rendered.pdf);
    assert_eq!(texts.iter().map(|text| text.contains("无照片")).collect::<Vec<_>>(), [false, true, true]);
}

#[test]
fn rules_that_are_too_long_go_on_to_a_second_page_and_nothing_is_lost() {
    let mut long = ticket("王");
    long.rules = (0..60).map(|at| format!("第{at}条。{}", "考生应当遵守考场纪律。".repeat(6))).collect();
    let texts = texts(&render(fonts(), &[long]).unwrap().pdf);
    assert!(texts.len() > 1);
    let all = without_spaces(&texts.concat());
    for at in 0..60 {
        assert!(all.contains(&format!("{}.第{at}条。考生", at + 1)), "{at}");
    }
}

#[test]
fn a_file_has_tags_a_language_a_title_and_an_outline() {
    let rendered = render(fonts(), &[ticket("王"), ticket("李")]).unwrap();
    assert_eq!(open(&rendered.pdf).pages().len(), 2);
    let has = |needle: &str| rendered.pdf.windows(needle.len()).any(|part| part == needle.as_bytes());
    for mark in [
        "/Lang(zh-CN)",
        "/Marked true",
        "/StructTreeRoot",
        "/Outlines",
        "pdfuaid:part",
        "/DisplayDocTitle true",
    ] {
        assert!(has(mark), "{mark}");
    }
    // Poppler's pdfinfo reports it as an error.
    assert!(!has("/Suspects"));
}

#[test]
fn what_cannot_be_printed_is_refused_with_its_place() {
    let mut number = ticket("王");
    number.ticket_number = "准".into();
    assert_eq!(render(fonts(), &[ticket("王"), number]).unwrap_err(), TicketError::Barcode(1));
    let mut qr = ticket("王");
    qr.qr_text = "x".repeat(5000);
    assert_eq!(render(fonts(), &[qr]).unwrap_err(), TicketError::Qr(0));
    assert_eq!(render(fonts(), &[]).unwrap_err(), TicketError::Empty);
}
