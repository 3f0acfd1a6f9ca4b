//! What a receipt and a bilingual ticket look like and say.

use super::reading::{open, texts};
use super::{fonts, ticket};
use crate::{English, Receipt, Table, receipt, render};

fn without_spaces(text: &str) -> String {
    text.chars().filter(|c| !c.is_whitespace()).collect()
}

fn paid(lang: &'static str, rows: usize) -> Receipt {
    let pair = |label: &str, value: &str| (label.to_owned(), value.to_owned());
    Receipt {
        lang,
        title: "缴费凭证".into(),
        under: "全国大学英语四、六级考试报名".into(),
        facts: vec![
            pair("支付单号", "99301000000000000077"),
            pair("姓名", "王𬱖𫖯·阿卜杜热合曼·买买提艾力·O'NEILL-ŠKVORECKÝ MARÍA DE LOS ÁNGELES"),
        ],
        tables: vec![Table {
            heading: "报考科目".into(),
            columns: vec![("科目".into(), 0.4), ("校区".into(), 0.4), ("金额(元)".into(), 0.2)],
            rows: vec![
                vec!["(1) 英语四级笔试".into(), "(993010)测试校区机构001".into(), "30.00".into()];
                rows
            ],
            totals: vec![pair("合计", "¥150.00")],
        }],
        notes: vec!["本凭证不是税务发票。".into()],
        foot: "打印时间：2017-06-02 10:30".into(),
    }
}

#[test]
fn all_that_a_receipt_says_can_be_copied_in_reading_order_and_rare_characters_print() {
    let rendered = receipt(fonts(), &paid("zh-CN", 2)).unwrap();
    assert!(rendered.missing.is_empty(), "{:?}", rendered.missing);
    let pages = texts(&rendered.pdf);
    let expected = "缴费凭证全国大学英语四、六级考试报名支付单号99301000000000000077姓名王𬱖𫖯·阿卜杜热合曼·买买提艾力·\
        O'NEILL-ŠKVORECKÝMARÍADELOSÁNGELES报考科目科目校区金额(元)(1)英语四级笔试(993010)测试校区机构00130.00\
        (1)英语四级笔试(993010)测试校区机构00130.00合计¥150.00本凭证不是税务发票。打印时间：2017-06-0210:30";
    assert_eq!((pages.len(), without_spaces(&pages[0]).as_str()), (1, expected));
}

#[test]
fn th53_a_name_that_no_font_has_is_boxes_on_a_receipt_and_is_reported() {
    let mut rare = paid("zh-CN", 1);
    rare.facts.push(("姓名".into(), "\u{20BB7}\u{2123C}\u{E815}".into()));
    let rendered = receipt(fonts(), &rare).unwrap();
    assert!(rendered.missing.contains(&'\u{E815}'), "{:?}", rendered.missing);
    assert!(texts(&rendered.pdf)[0].contains("\u{20BB7}\u{2123C}\u{E815}"), "it can still be copied");
}

#[test]
fn a_receipt_with_many_rows_goes_on_over_pages_and_loses_none() {
    let pages = texts(&receipt(fonts(), &paid("zh-CN", 80)).unwrap().pdf);
    assert!(pages.len() > 1);
    assert_eq!(pages.concat().matches("英语四级笔试").count(), 80);
    assert!(pages.iter().all(|page| page.contains("打印时间")));
}

#[test]
fn no_page_of_a_receipt_ends_in_a_heading() {
    for rows in 1..50 {
        let mut two = paid("zh-CN", rows);
        let other = Table { heading: "退款明细".into(), ..paid("zh-CN", 3).tables.remove(0) };
        two.tables.push(other);
        for page in texts(&receipt(fonts(), &two).unwrap().pdf) {
            let said = without_spaces(&page);
            let (body, _) = said.split_once("打印时间").unwrap();
            assert!(!body.ends_with("退款明细") && !body.ends_with("金额(元)"), "{rows}: {body}");
        }
    }
}

#[test]
fn a_receipt_says_in_which_language_it_is() {
    let pdf = receipt(fonts(), &paid("en", 1)).unwrap().pdf;
    let has = |needle: &str| pdf.windows(needle.len()).any(|part| part == needle.as_bytes());
    assert!(has("/Lang(en)") && !has("/Lang(zh-CN)") && !has("/Suspects"));
}

/// T3.
#[test]
fn a_bilingual_ticket_keeps_its_chinese_and_its_one_page() {
    let mut both = ticket("廖晓儿");
    both.photo = None;
    both.english = Some(English {
        under: "First half of 2017 · CET-4 (written)".into(),
        subject: "CET-4 (written)".into(),
        exam_time: "Saturday 17 June 2017, 09:00 – 11:20".into(),
        address: "Room 003; the school says where it is".into(),
        rules: vec!["Bring this ticket, your identity document and your student card.".into(); 5],
    });
    let pdf = render(fonts(), &[both]).unwrap().pdf;
    assert_eq!(open(&pdf).pages().len(), 1);
    let text = without_spaces(&texts(&pdf)[0]);
    for part in [
        "姓名Name廖晓儿",
        "考试科目Subject(1)英语四级笔试CET-4(written)",
        "考试时间Time2017年6月17日（周六）上午9:00–11:20Saturday17June2017,09:00–11:20",
        "考试地点Place第一教学楼203Room003;theschoolsayswhereitis",
        "无照片Nophoto",
        "考生须知Rulesforcandidates1.凭本准考证、身份证件和学生证入场，缺一不可。Bringthisticket",
        "打印时间Printed：2017-06-0210:30",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}
