//! A school says where its rooms are, and where candidates and its own lists read it.

use http::Method;

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use crate::ticket::pages::tests::{clock, paid, publish};
use cet_base::on_both;
use cet_base::store::testing::TestDb;

const UNIT: &str = "/staff/arrangements/993010/1";
const NAMES: &str = "/staff/arrangements/993010/1/room-names";

/// Two candidates of one room, with published seats.
async fn seated(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    paid(&app, 1, &["1"], &[]).await;
    paid(&app, 2, &["1"], &[]).await;
    publish(&app).await;
    app
}

fn told(answer: &Answer) -> (u16, Vec<String>) {
    (answer.status.as_u16(), answer.codes().iter().map(ToString::to_string).collect())
}

fn refused(code: &str) -> (u16, Vec<String>) {
    (if code == "changed-meanwhile" { 409 } else { 422 }, vec![code.to_owned()])
}

async fn upload(browser: &mut Browser<'_>, file: impl AsRef<[u8]>) -> Answer {
    let mut body =
        b"--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n".to_vec();
    body.extend_from_slice(file.as_ref());
    body.extend_from_slice(b"\r\n--xyz--\r\n");
    browser.send(Method::POST, NAMES, &[("content-type", "multipart/form-data; boundary=xyz")], body).await
}

/// A text in GBK, of the characters that the files below have.
fn gbk(text: &str) -> Vec<u8> {
    const KNOWN: [(char, [u8; 2]); 7] = [
        ('教', [0xbd, 0xcc]),
        ('室', [0xca, 0xd2]),
        ('考', [0xbf, 0xbc]),
        ('场', [0xb3, 0xa1]),
        ('号', [0xba, 0xc5]),
        ('名', [0xc3, 0xfb]),
        ('称', [0xb3, 0xc6]),
    ];
    let bytes = |c: char| match KNOWN.iter().find(|(known, _)| *known == c) {
        Some((_, bytes)) => bytes.to_vec(),
        None => vec![u8::try_from(c).unwrap()],
    };
    text.chars().flat_map(bytes).collect()
}

/// A workbook of text cells, but for dates where a cell is empty.
fn book(rows: &[[&str; 2]]) -> Vec<u8> {
    let mut book = rust_xlsxwriter::Workbook::new();
    let sheet = book.add_worksheet();
    let date = rust_xlsxwriter::Format::new().set_num_format("yyyy-mm-dd");
    for (line, row) in (0..).zip(rows) {
        for (column, cell) in (0..).zip(row) {
            if cell.is_empty() {
                sheet.write_number_with_format(line, column, 43_000.0, &date).unwrap();
            } else {
                sheet.write_string(line, column, *cell).unwrap();
            }
        }
    }
    book.save_to_buffer().unwrap()
}

on_both! {
    /// T3, T4.
    async fn a_list_of_room_names_stands_on_ticket_page_calendar_and_the_schools_lists(t: TestDb) {
        let app = seated(t).await;
        let mut school = member(&app, "school-99301").await;
        let unit = school.get(UNIT).await;
        assert!(unit.text.contains(&format!("href=\"{NAMES}\"")));
        let empty = school.get(NAMES).await;
        assert!(empty.text.contains("name=\"name.1\"") && empty.value("name.1") == Some(""), "{}", empty.text);
        let rows = "考场号\t考场名称\r\n001\t教三-201\r\n002\t教三-202\r\n";
        assert_eq!(school.post(NAMES, &[("rows", rows)]).await.location(), NAMES);
        let set = school.get(NAMES).await;
        assert_eq!(set.value("name.1"), Some("教三-201"));
        assert!(set.text.contains("已保存 2 个考场名称") && set.text.contains("有 1 个考场这次没有用到"), "{}", set.text);
        assert!(school.get(UNIT).await.text.contains("教三-201"));
        let mut candidate = app.signed_in(1).await;
        let page = candidate.get("/registration").await;
        assert!(page.text.contains("考场 001（教三-201），座位 0"), "{}", page.text);
        assert!(candidate.get("/registration?lang=en").await.text.contains("room 001 (教三-201), seat 0"));
        let calendar = candidate.get("/tickets.ics?lang=zh").await.text.replace("\r\n ", "");
        assert!(calendar.contains("LOCATION:测试学校机构01 测试校区机构001 教三-201"), "{calendar}");
        let plan = school.get(&format!("{UNIT}/seat-plan.xlsx")).await;
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(plan.bytes)).unwrap();
        let mut texts = String::new();
        std::io::Read::read_to_string(&mut zip.by_name("xl/sharedStrings.xml").unwrap(), &mut texts).unwrap();
        assert!(texts.contains("考场名称") && texts.contains("001  教三-201"), "{texts}");
    }

    async fn names_come_by_file_and_one_by_one_and_an_emptied_field_takes_one_away(t: TestDb) {
        let app = seated(t).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(upload(&mut school, "考场号,考场名称\n1,教一-101\n").await.location(), NAMES);
        assert_eq!(school.get(NAMES).await.value("name.1"), Some("教一-101"));
        assert_eq!(told(&upload(&mut school, "a,b\n1,2\n").await), refused("file-unreadable"));
        assert_eq!(school.post(NAMES, &[("rows", ""), ("name.1", " 教一-102 ")]).await.location(), NAMES);
        assert_eq!(school.get(NAMES).await.value("name.1"), Some("教一-102"));
        assert_eq!(school.post(NAMES, &[("name.1", "教一-102")]).await.location(), NAMES);
        assert!(school.get(NAMES).await.text.contains("这些名称已经保存过了"));
        assert_eq!(school.post(NAMES, &[("name.1", "")]).await.location(), NAMES);
        assert!(!app.signed_in(1).await.get("/registration").await.text.contains("教一"));
        assert_eq!(told(&school.post(NAMES, &[]).await), refused("nothing-chosen"));
        assert_eq!(school.post(NAMES, &[("name.x", "1")]).await.status, 404);
        assert_eq!(school.post(NAMES, &[("name.1", "a"), ("name.1", "b")]).await.status, 422);
        assert_eq!(school.post(NAMES, &[("name.1", "a"), ("name.01", "b")]).await.status, 404);
    }

    async fn a_list_of_room_names_is_read_in_whatever_form_it_comes_or_says_what_is_wrong(t: TestDb) {
        let app = seated(t).await;
        let mut school = member(&app, "school-99301").await;
        for (n, file) in [
            gbk("001,教室-0\n"),
            gbk("考场号,考场名称\n1,教室-1\n"),
            gbk("考场名称\t考场号\r\n教室-2\t001\r\n"),
            "\u{feff}1,教室-3".as_bytes().to_vec(),
            "\u{feff}考场编号;地点;备注\n第1考场;教室-4;\n".as_bytes().to_vec(),
            b"1 \xe6\x95\x99\xe5\xae\xa4-5\n".to_vec(),
            book(&[["考场名称", "考场号"], ["教室-6", "001"]]),
            book(&[["考场安排表", "x"], ["考场号", "考场名称"], ["1", "教室-7"]]),
        ].into_iter().enumerate() {
            let sent = upload(&mut school, file).await;
            assert_eq!(sent.location(), NAMES, "{n} {:?} {}", sent.codes(), sent.text);
            assert_eq!(school.get(NAMES).await.value("name.1"), Some(&*format!("教室-{n}")));
        }
        for (file, code, told) in [
            (gbk("001,教室\n教室,002\n"), "field-invalid", "第 2 行：行首要写考场号"),
            (gbk("教室\n"), "file-unreadable", "考场号"),
            (book(&[["1", "教室"]]), "file-unreadable", "考场号"),
            (book(&[["考场号", "考场名称"], ["1", ""]]), "field-invalid", "第 2 行：有一格不是文本"),
            (b"\x89PNG\r\n\x1a\n\0\0".to_vec(), "file-unreadable", "图片"),
        ] {
            let sent = upload(&mut school, file).await;
            assert_eq!(self::told(&sent), refused(code), "{told}");
            assert!(sent.text.contains(told), "{told}: {}", sent.text);
        }
        assert_eq!(school.get(NAMES).await.value("name.1"), Some("教室-7"));
    }

    async fn every_bad_line_is_told_with_its_number_and_nothing_is_kept(t: TestDb) {
        let app = seated(t).await;
        let mut school = member(&app, "school-99301").await;
        let rows = "001 教三-201\nx 教三\n1000 a\n3\n1 b\n4 长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长";
        let bad = school.post(NAMES, &[("rows", rows)]).await;
        assert_eq!(bad.status, 422);
        for line in ["第 2 行：行首", "第 3 行：行首", "第 4 行：考场号后面没有名称", "第 5 行：这个考场在前面", "第 6 行：名称最多 30"] {
            assert!(bad.text.contains(line), "{line}: {}", bad.text);
        }
        assert!(bad.text.contains("001 教三-201"), "what was pasted comes back");
        assert!(!school.get(UNIT).await.text.contains("教三"));
        let file = upload(&mut school, "考场号,考场名称\n1,a\n0,b\n").await;
        assert!(file.text.contains("第 3 行：行首"), "{}", file.text);
        let english = school.post(&format!("{NAMES}?lang=en"), &[("rows", "0 a")]).await;
        assert!(english.text.contains("line 1: begin the line with a room number"), "{}", english.text);
    }

    /// T1, A10.
    async fn once_tickets_are_open_a_new_name_asks_for_a_tick(t: TestDb) {
        let app = seated(t).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.post(NAMES, &[("name.1", "教三-201")]).await.status, 303);
        clock(&app, "2017-11-02 09:00");
        let mut school = member(&app, "school-99301").await;
        assert!(school.get(NAMES).await.text.contains("准考证已经可以打印"));
        let asked = school.post(NAMES, &[("name.1", "教三-202")]).await;
        assert_eq!(told(&asked), refused("not-checked"));
        assert_eq!(asked.value("name.1"), Some("教三-202"), "what was typed stays");
        assert_eq!(school.post(NAMES, &[("name.1", "教三-202"), ("confirmed", "yes")]).await.location(), NAMES);
        assert!(app.signed_in(1).await.get("/registration").await.text.contains("教三-202"));
    }

    /// R19, TH22.
    async fn another_school_finds_no_page_and_another_hand_is_not_overwritten(t: TestDb) {
        let app = seated(t).await;
        for account in ["school-99101", "province-99", "national"] {
            let mut far = member(&app, account).await;
            assert_eq!(far.get(NAMES).await.status, 404, "{account}");
            assert_eq!(far.post(NAMES, &[("name.1", "x")]).await.status, 404, "{account}");
        }
        let mut school = member(&app, "school-99301").await;
        let seen = school.get(NAMES).await.value("seen").unwrap().to_owned();
        clock(&app, "2017-10-01 12:01");
        let mut other = member(&app, "school-99301").await;
        assert_eq!(other.post(NAMES, &[("name.1", "教三-201")]).await.status, 303);
        let late = other.post(NAMES, &[("name.1", "教三-202"), ("seen", &seen)]).await;
        assert_eq!(told(&late), refused("changed-meanwhile"));
        let fresh = late.value("seen").unwrap().to_owned();
        assert_eq!(other.post(NAMES, &[("name.1", "教三-202"), ("seen", &fresh)]).await.status, 303);
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit?action=rooms-named").await;
        assert!(log.text.contains("教三-201") && log.text.contains("教三-202"), "{}", log.text);
    }
}
