//! The pages of uploads: a file from the form to what counts, as a teacher sends it.

mod back;
mod photos;
mod refused;
mod told;
mod twice;

use http::Method;

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::testing::HEAD;

const CUT: &str = "----cut";

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

/// The body of a form with a file.
fn body(fields: &[(&str, &str)], file: Option<(&str, &str)>) -> String {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--{CUT}\r\ncontent-disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    if let Some((name, text)) = file {
        body += &format!(
            "--{CUT}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\ncontent-type: text/csv\r\n\r\n{text}\r\n"
        );
    }
    body + &format!("--{CUT}--\r\n")
}

async fn send(browser: &mut Browser<'_>, path: &str, body: String) -> Answer {
    let kind = format!("multipart/form-data; boundary={CUT}");
    browser.send(Method::POST, path, &[("content-type", kind.as_str())], body).await
}

async fn work(app: &TestApp) {
    for _ in 0..40 {
        let round = cet_domain::upload::jobs::round(&app.app.db, &app.app.vault).await.unwrap();
        if round.done == 0 {
            return;
        }
    }
    panic!("the job does not come to an end");
}

fn row(name: &str, number: &str, class: &str) -> String {
    format!("{name},女,护照,{number},99301,993010,本科,4,16,16,外语学院,英语,{class},S{number},,,")
}

fn csv(rows: &[String]) -> String {
    format!("{HEAD}\n{}\n", rows.join("\n"))
}

fn state(answer: &Answer) -> String {
    let rest = answer.text.split("data-state=\"").nth(1).unwrap_or_default();
    rest.split('"').next().unwrap_or_default().to_owned()
}

async fn count(app: &TestApp, sql: &'static str) -> i64 {
    let read: Result<(i64,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    read.unwrap().0
}

const CURRENT: &str = "SELECT COUNT(*) FROM student_record r JOIN import i ON i.id = r.import_id WHERE i.state = 'published' AND r.document_kind = 'passport'";

on_both! {
    /// season.md 2.
    async fn the_templates_of_scores_and_campuses_are_files_that_can_be_sent(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for list in ["/staff/scores", "/staff/campuses"] {
            let page = national.get(list).await.text;
            assert!(page.contains(&format!("href=\"{list}/template.xlsx\"")), "{page}");
            let file = national.get(&format!("{list}/template.xlsx")).await;
            assert_eq!(file.status, 200, "{list}");
            let sent = send_bytes(&mut national, list, "template.xlsx", &file.bytes).await;
            work(&app).await;
            let look = national.get(&format!("{}?lang=zh", sent.location())).await;
            assert!(state(&look) == "bad" && look.text.contains("文件里没有数据行"), "its header is known: {}", look.text);
        }
    }

    /// S2.
    async fn a_teacher_sends_her_list_looks_at_it_publishes_it_and_takes_it_back(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff/rosters").await.text.contains("还没有上传过文件"));
        let rows = [row("张三", "E1", "1"), row("李四", "E2", "1")];
        let sent = send(&mut school, "/staff/rosters", body(&[("sitting", "2017-2")], Some(("名单.csv", &csv(&rows))))).await;
        assert_eq!(sent.status, 303);
        let href = sent.location().to_owned();
        let waits = school.get(&href).await;
        assert_eq!(state(&waits), "checking");
        assert!(waits.headers.get("refresh").is_some());
        work(&app).await;
        let look = school.get(&href).await;
        assert_eq!((state(&look).as_str(), count(&app, CURRENT).await), ("ready", 0));
        assert!(look.text.contains("名单.csv") && look.text.contains("发布 2 行") && look.text.contains("张三"));
        let seen = look.value("seen").unwrap().to_owned();
        let old = school.post(&format!("{href}/publication"), &[("seen", "1")]).await;
        assert_eq!((old.status.as_u16(), old.codes()), (409, vec!["changed-meanwhile"]));
        assert_eq!(school.post(&format!("{href}/publication"), &[("seen", &seen)]).await.location(), href);
        work(&app).await;
        assert_eq!((state(&school.get(&href).await).as_str(), count(&app, CURRENT).await), ("published", 2));
        let list = school.get("/staff/rosters").await;
        assert!(list.text.contains("data-state=\"published\"") && list.text.contains("名单.csv"));
        let back = format!("{href}/withdrawal");
        assert!(school.get(&href).await.text.contains(&format!("class=\"btn alt\" href=\"{back}\"")));
        let asked = school.get(&back).await;
        assert_eq!((asked.status.as_u16(), asked.value("reason")), (200, Some("")));
        for named in ["名单.csv", "(99301)测试学校机构01", "<dt>总行数</dt><dd><span class=\"num\">2</span>", "新增的人移出"] {
            assert!(asked.text.contains(named), "{named} {}", asked.text);
        }
        assert_eq!((state(&school.get(&href).await).as_str(), count(&app, CURRENT).await), ("published", 2), "asking does nothing");
        for fields in [&[][..], &[("confirm", "yes")]] {
            assert_eq!(school.post(&back, fields).await.location(), href, "pressed twice, it is taken back once");
        }
        assert_eq!(school.get(&back).await.location(), href, "there is nothing to ask any more");
        assert_eq!((state(&school.get(&href).await).as_str(), count(&app, CURRENT).await), ("withdrawn", 0));
    }

    /// S2.
    async fn what_is_wrong_is_told_by_row_and_comes_as_a_file(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let rows = [row("张三", "E1", "1"), row("", "E2", "1")];
        let sent = send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &csv(&rows))))).await;
        work(&app).await;
        let href = sent.location().to_owned();
        let whole = school.post(&format!("{href}/publication"), &[]).await;
        assert_eq!((whole.status.as_u16(), whole.codes()), (422, vec!["field-invalid"]));
        assert!(whole.text.contains("data-field=\"good_only\"") && whole.text.contains("或者只发布没有错的行"), "{}", whole.text);
        let look = school.get(&href).await;
        assert_eq!(state(&look), "bad");
        assert!(look.text.contains("应为姓名") && look.text.contains("只发布没有错的 1 行"), "{}", look.text);
        assert!(school.get(&format!("{href}?lang=en")).await.text.contains("expected a name, found nothing"));
        let file = school.get(&format!("{href}/errors.xlsx")).await;
        assert_eq!(file.status, 200);
        let mut text = String::new();
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
        std::io::Read::read_to_string(&mut zip.by_name("xl/sharedStrings.xml").unwrap(), &mut text).unwrap();
        assert!(text.contains("E2") && !text.contains("E1") && text.contains("expected a name"), "{text}");
        let all = school.post(&format!("{href}/publication"), &[]).await;
        assert_eq!((all.status.as_u16(), count(&app, CURRENT).await), (422, 0));
        assert_eq!(school.post(&format!("{href}/publication"), &[("good_only", "yes")]).await.status, 303);
        work(&app).await;
        assert_eq!(count(&app, CURRENT).await, 1);
    }

    /// S2.
    async fn columns_that_are_unclear_are_asked_for_on_a_page(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let text = "学生,证件号,层次,学籍号\n张三,E1,本科,17001\n";
        let sent = send(&mut school, "/staff/rosters", body(&[("campus", "993010")], Some(("a.csv", text)))).await;
        work(&app).await;
        let href = sent.location().to_owned();
        let page = school.get(&href).await;
        assert_eq!(state(&page), "columns");
        assert!(page.text.contains("学籍号") && page.text.contains("17001") && page.text.contains("data-code=\"columns-unclear\""));
        let good = [("header", "1"), ("column.0", "姓名"), ("column.1", "证件号码"), ("column.2", "学历"), ("column.3", "学号"), ("fixed.kind", "护照"), ("keep", "yes")];
        let refused = school.post(&format!("{href}/columns"), &good[..4]).await;
        assert!(refused.status == 422 && refused.codes().contains(&"columns-unclear"));
        for (field, value) in [("column.0", "x"), ("column.0", "证件号码"), ("header", "77"), ("fixed.kind", "")] {
            let mut fields: Vec<(&str, &str)> = good.iter().copied().filter(|(name, _)| *name != field).collect();
            fields.push((field, value));
            let answer = school.post(&format!("{href}/columns"), &fields).await;
            let taken = field == "header";
            assert_eq!(answer.status, if taken { 303 } else { 422 }, "{field} {value}");
            if taken {
                work(&app).await;
            }
        }
        work(&app).await;
        let look = school.get(&href).await;
        assert_eq!(state(&look), "ready");
    }

    /// TH22.
    async fn an_upload_is_seen_by_its_place_and_the_places_above_alone(t: TestDb) {
        let app = world(t).await;
        let sent = {
            let mut school = member(&app, "school-99301").await;
            send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &csv(&[row("张三", "E1", "1")]))))).await
        };
        work(&app).await;
        for (account, sees) in [("school-99301", true), ("school-99101", false), ("province-99", true), ("national", true), ("finance", false)] {
            let mut other = member(&app, account).await;
            let status = if sees { 200 } else { 404 };
            assert_eq!(other.get(sent.location()).await.status, status, "{account}");
            assert_eq!(other.post(&format!("{}/discard", sent.location()), &[]).await.status == 404, !sees, "{account}");
        }
    }

    /// TH31.
    async fn a_form_without_a_file_and_one_that_is_cut_off_leave_nothing(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let whole = body(&[], Some(("a.csv", "a,b,c\n1,2,3\n")));
        for (sent, status, code) in [
            (body(&[], None), 422, "file-unreadable"),
            (body(&[], Some(("a.csv", ""))), 422, "file-unreadable"),
            (body(&[("sitting", "x")], Some(("a.csv", "a"))), 422, "field-invalid"),
            (body(&[("campus", "110010")], Some(("a.csv", "a"))), 422, "place-unknown"),
            (body(&[("member", "x")], Some(("a.csv", "a"))), 409, "passport-changed"),
            (whole[..whole.len() - 20].to_owned(), 400, ""),
        ] {
            let answer = send(&mut school, "/staff/rosters", sent).await;
            assert_eq!(answer.status, status, "{code}");
            assert!(code.is_empty() || answer.text.contains(&format!("data-code=\"{code}\"")), "{code}");
        }
        let other = school.post("/staff/rosters", &[("file", "x")]).await;
        assert_eq!((other.status.as_u16(), other.codes()), (422, vec!["file-unreadable"]));
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload WHERE state NOT IN ('receiving', 'discarded')").await, 0);
        work(&app).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload_part").await, 0);
    }

    /// S2.
    async fn campuses_and_scores_are_sent_by_the_nation_alone(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let sent = send(&mut national, "/staff/campuses", body(&[], Some(("c.csv", "校区代码,校区名称\n993018,新校区\n993019,甲\n993019,乙\n")))).await;
        work(&app).await;
        let href = sent.location().to_owned();
        let look = national.get(&href).await;
        assert!(state(&look) == "bad" && look.text.contains("993019"), "{}", look.text);
        assert_eq!(national.post(&format!("{href}/publication"), &[("good_only", "yes")]).await.status, 303);
        work(&app).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM campus WHERE code IN ('993018', '993019')").await, 1);
        let scores = "准考证号,姓名,证件类型,证件号码,科目,成绩,考次\n110010161100101,张三,护照,E1,1,500,\n";
        let sent = send(&mut national, "/staff/scores", body(&[], Some(("s.csv", scores)))).await;
        work(&app).await;
        let href = sent.location().to_owned();
        let look = national.get(&href).await;
        assert_eq!(state(&look), "ready", "{}", look.text);
        national.post(&format!("{href}/publication"), &[]).await;
        work(&app).await;
        assert_eq!(state(&national.get(&href).await), "published");
        assert_eq!(national.post(&format!("{href}/withdrawal"), &[("confirm", "yes")]).await.status, 303);
        let mut school = member(&app, "school-99301").await;
        for path in ["/staff/campuses", "/staff/scores"] {
            assert_eq!(send(&mut school, path, body(&[], Some(("c.csv", "x")))).await.status, 404, "{path}");
        }
    }

    /// S2.
    async fn the_template_holds_the_own_campuses_and_its_example_is_no_student(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let file = school.get("/staff/rosters/template.xlsx").await;
        assert_eq!(file.status, 200);
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
        let mut read = |name: &str| {
            let mut text = String::new();
            std::io::Read::read_to_string(&mut zip.by_name(name).unwrap(), &mut text).unwrap();
            text
        };
        let (strings, list) = (read("xl/sharedStrings.xml"), read("xl/worksheets/sheet1.xml"));
        assert!(strings.contains("证件号码*") && strings.contains("993010") && !strings.contains("991010"), "{strings}");
        assert!(list.contains("<dataValidation") && list.contains("护照"));
    }

    /// season.md 2.
    async fn the_template_of_photos_shows_how_pictures_are_named(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let page = school.get("/staff/photos").await.text;
        assert!(page.contains("href=\"/staff/photos/template.xlsx\""), "{page}");
        let file = school.get("/staff/photos/template.xlsx").await;
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
        let mut strings = String::new();
        std::io::Read::read_to_string(&mut zip.by_name("xl/sharedStrings.xml").unwrap(), &mut strings).unwrap();
        assert!(strings.contains("2017000001.jpg") && strings.contains("110101200001010000.jpg"), "{strings}");
    }

    /// season.md 3.8.
    async fn the_file_of_students_with_their_documents_is_corrected_and_sent_again(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        // What a workbook's cell would take for a formula comes back as it was.
        let rows = [row("张三", "E1", "1"), row("李四", "E2", "1").replace(",,,", ",=1+1,1;2,F")];
        let sent = send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &csv(&rows))))).await;
        work(&app).await;
        assert_eq!(school.post(&format!("{}/publication", sent.location()), &[]).await.status, 303);
        work(&app).await;
        let asked = [("what", "students"), ("query", ""), ("form", "xlsx"), ("whole", "yes"), ("reason", "核对名单")];
        let asked = school.post("/staff/exports", &asked).await;
        let file = school.get(&format!("{}/file?lang=en", asked.location())).await;
        assert_eq!(file.status, 200);
        let all = count(&app, "SELECT COUNT(*) FROM student_record WHERE school = '99301'").await;
        for (from, to, changed) in [("外语学院", "外语学院", 0), ("外语学院", "外国语学院", 2)] {
            let sent = send_bytes(&mut school, "/staff/rosters", "学生.xlsx", &corrected(&file.bytes, from, to)).await;
            work(&app).await;
            let look = school.get(&format!("{}?lang=zh", sent.location())).await;
            assert_eq!(state(&look), "ready", "{}", look.text);
            let found = summary(&app).await;
            assert_eq!((i64::try_from(found.rows).unwrap(), found.new, found.changed, found.errors), (all, 0, changed, 0), "{to}");
            assert_eq!(school.post(&format!("{}/publication", sent.location()), &[]).await.status, 303);
            work(&app).await;
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM student_record r JOIN import i ON i.id = r.import_id WHERE i.state = 'published' AND r.college = '外国语学院' AND r.remark IN ('', '=1+1')").await, 2);
    }

    /// season.md 3.7, TH22.
    async fn pictures_that_fit_nobody_are_shown_to_the_senders_place_alone(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let zip = std::fs::read(cet_domain::testing::archive(&[("99301/nobody.jpg", cet_domain::testing::JPEG)]).path()).unwrap();
        let sent = send_bytes(&mut school, "/staff/photos", "a.zip", &zip).await;
        work(&app).await;
        let href = sent.location().to_owned();
        let page = school.get(&href).await;
        assert!(page.text.contains(&format!("<img src=\"{href}/pictures/0\"")) && page.text.contains("nobody.jpg"), "{}", page.text);
        assert!(page.text.contains("没有一张照片能用") && !page.text.contains("先发布没有错的"), "nothing is left to publish");
        assert!(!page.text.contains("认列") && !page.text.contains("总行数"), "photos have neither columns nor rows");
        let picture = school.get(&format!("{href}/pictures/0")).await;
        assert_eq!((picture.status.as_u16(), picture.header(http::header::CONTENT_TYPE)), (200, "image/jpeg"));
        assert!(picture.header(http::header::CACHE_CONTROL).contains("no-store") && picture.bytes.starts_with(&[0xFF, 0xD8]));
        assert_eq!(school.get(&format!("{href}/pictures/1")).await.status, 404);
        let mut other = member(&app, "school-99101").await;
        assert_eq!(other.get(&format!("{href}/pictures/0")).await.status, 404);
        assert_eq!(school.post(&format!("{href}/discard"), &[]).await.status, 303);
        work(&app).await;
        assert_eq!(count(&app, "SELECT COUNT(*) FROM upload_picture").await, 0);
    }

    /// season.md 3.3.
    async fn an_archive_without_a_picture_is_told_as_that(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let archives: [&[(&str, &[u8])]; 2] = [&[], &[("99301/Thumbs.db", &b"x"[..]), ("99301/a.txt", &b"x"[..])]];
        for parts in archives {
            let zip = std::fs::read(cet_domain::testing::archive(parts).path()).unwrap();
            let sent = send_bytes(&mut school, "/staff/photos", "a.zip", &zip).await;
            work(&app).await;
            let page = school.get(&format!("{}?lang=zh", sent.location())).await;
            assert_eq!((state(&page).as_str(), page.codes()), ("bad", vec!["file-unreadable"]), "{}", page.text);
            assert!(page.text.contains("ZIP 里没有照片"), "{}", page.text);
        }
    }
}

/// A workbook with another text in its cells.
fn corrected(book: &[u8], from: &str, to: &str) -> Vec<u8> {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(book)).unwrap();
    let mut out = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for at in 0..zip.len() {
        let mut part = zip.by_index(at).unwrap();
        let (name, mut text) = (part.name().unwrap().into_owned(), String::new());
        std::io::Read::read_to_string(&mut part, &mut text).unwrap();
        out.start_file(name, zip::write::SimpleFileOptions::default()).unwrap();
        std::io::Write::write_all(&mut out, text.replace(from, to).as_bytes()).unwrap();
    }
    out.finish().unwrap().into_inner()
}

async fn send_bytes(browser: &mut Browser<'_>, path: &str, name: &str, bytes: &[u8]) -> Answer {
    let head =
        format!("--{CUT}\r\ncontent-disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n\r\n");
    let body = [head.as_bytes(), bytes, format!("\r\n--{CUT}--\r\n").as_bytes()].concat();
    let kind = format!("multipart/form-data; boundary={CUT}");
    browser.send(Method::POST, path, &[("content-type", kind.as_str())], body).await
}

/// The counts of the last check.
async fn summary(app: &TestApp) -> cet_domain::upload::Summary {
    let sql = "SELECT summary FROM upload ORDER BY id DESC LIMIT 1";
    let read: Result<(String,), DbError> =
        app.t.db.read(async move |tx: &mut Tx<'_>| tx.query_one(sql, &[]).await).await;
    serde_json::from_str(&read.unwrap().0).unwrap()
}
