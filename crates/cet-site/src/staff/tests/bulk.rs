//! Accounts from a table: a preview, every bad row with its reason, and the good ones together.

use http::Method;

use super::world::{member, staffed};
use crate::registration::pages::tests::enrolled;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

const PATH: &str = "/staff/accounts/file";

/// Uploads a file as a browser does, with the marks of the form.
async fn upload(browser: &mut Browser<'_>, file: &str, fields: &[(&str, &str)]) -> Answer {
    upload_at(browser, PATH, file, fields).await
}

async fn upload_at(browser: &mut Browser<'_>, path: &str, file: &str, fields: &[(&str, &str)]) -> Answer {
    let mut body = String::new();
    for (name, value) in fields {
        body += &format!("--xyz\r\nContent-Disposition: form-data; name=\"{name}\"\r\n\r\n{value}\r\n");
    }
    body += "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\nContent-Type: text/csv\r\n\r\n";
    body += &format!("{file}\r\n--xyz--\r\n");
    browser.send(Method::POST, path, &[("content-type", "multipart/form-data; boundary=xyz")], body).await
}

async fn count(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM staff_account", &[]).await)
        .await;
    read.unwrap().0
}

const FILE: &str = "名称,角色,范围,工号,邮箱\n\
    li.993010,学校,993010,A-17,li@school.example.cn\n\
    wang.99301,school,99301,A-18,\n\
    li.993010,学校,993010,A-19,\n\
    Zhao,学校,99301,A-20,\n\
    zhao.1,校长,99301,A-21,\n\
    zhao.2,学校,99,A-22,\n\
    zhao.3,学校,99555,A-23,\n\
    zhao.4,学校,99301,,\n\
    zhao.5,学校,99301,A-24,nowhere\n\
    school-99301,学校,99301,A-25,\n\
    zhao.6,全国管理,,A-26,\n";

/// The reasons of the bad rows, in their order.
const REASONS: [&str; 9] =
    ["同名的一行", "小写字母", "请选择角色", "与角色不符", "没有这个地方", "工号", "邮箱格式", "已", "只能"];

on_both! {
    /// S4.
    async fn a_table_of_accounts_is_previewed_with_the_reason_of_every_bad_row_and_the_good_ones_are_made(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let before = count(&app).await;
        let mut national = member(&app, "national").await;
        let preview = upload(&mut national, FILE, &[]).await;
        assert_eq!(preview.status, 200, "{}", preview.text);
        assert_eq!(count(&app).await, before, "nothing is made yet");
        let bad = preview.text.split("data-bulk=\"bad\"").nth(1).unwrap().split("</section>").next().unwrap();
        let rows: Vec<&str> = bad.split("<tr>").skip(2).collect();
        assert_eq!(rows.len(), REASONS.len(), "{bad}");
        for (row, reason) in rows.iter().zip(REASONS) {
            assert!(row.contains(reason), "{reason}: {row}");
        }
        assert!(rows[0].contains(">4<") && rows[8].contains(">12<"), "{bad}");
        let good = preview.value("rows").unwrap().replace("&#10;", "\n").replace("&#9;", "\t");
        let made = national.post(PATH, &[("rows", &good), ("confirm", "yes")]).await;
        assert_eq!(made.status, 200, "{:?} {good:?}", made.codes());
        assert_eq!(count(&app).await, before + 2);
        let passwords: Vec<&str> =
            made.text.split("<code class=\"id\">").skip(1).filter_map(|rest| rest.split('<').next()).collect();
        assert!(passwords.len() == 2 && passwords[0] != passwords[1]);
        let login = [("name", "li.993010"), ("password", passwords[0])];
        assert_eq!(app.browser().post("/staff/login", &login).await.location(), "/staff/second-factor");
        assert_eq!(told_of(&app.t.db, "staff-added").await.unwrap().len(), usize::try_from(before).unwrap() + 2);
        // The form once more: its names are taken, and nothing is made.
        let again = national.post(PATH, &[("rows", &good), ("confirm", "yes")]).await;
        assert!(again.text.contains("2 行不能建立"), "{}", again.text);
        assert_eq!(count(&app).await, before + 2);
    }

    /// S4.
    async fn a_province_makes_accounts_of_its_own_schools_from_a_table_and_no_others(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let before = count(&app).await;
        let mut province = member(&app, "province-99").await;
        let rows = "a.school\tschool\t99301\tA-1\t\na.province\tprovince\t99\tA-2\t\na.far\tschool\t98301\tA-3\t";
        let preview = province.post(PATH, &[("rows", rows), ("confirm", "yes")]).await;
        assert!(preview.text.contains("2 行不能建立") && preview.text.contains("1 个账号可以建立"), "{}", preview.text);
        assert_eq!(count(&app).await, before);
    }

    /// season.md 2.
    async fn a_table_of_accounts_is_taken_at_the_address_of_the_list_too(t: TestDb) {
        const LIST: &str = "/staff/accounts";
        let app = enrolled(t).await;
        staffed(&app).await;
        let before = count(&app).await;
        let mut national = member(&app, "national").await;
        let (there, here) = (upload(&mut national, FILE, &[]).await, upload_at(&mut national, LIST, FILE, &[]).await);
        assert_eq!((here.status.as_u16(), here.value("rows")), (200, there.value("rows")));
        assert!(here.value("rows").is_some() && count(&app).await == before);
        for file in ["", "a,b\n1,2\n"] {
            let refused = upload_at(&mut national, LIST, file, &[]).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["file-unreadable"]), "{file}");
        }
        let theirs = member(&app, "national-2").await.get(PATH).await.value("member").unwrap().to_owned();
        let stale = upload_at(&mut national, LIST, FILE, &[("member", &theirs)]).await;
        assert_eq!((stale.status.as_u16(), stale.codes()), (409, vec!["passport-changed"]));
        let mut school = member(&app, "school-99301").await;
        assert_eq!(upload_at(&mut school, LIST, FILE, &[]).await.status, 404);
        // One account, by a form of this kind.
        let one = "--xyz\r\nContent-Disposition: form-data; name=\"name\"\r\n\r\nx\r\n--xyz--\r\n";
        let kind = [("content-type", "multipart/form-data; boundary=xyz")];
        let refused = national.send(Method::POST, LIST, &kind, one.to_owned()).await;
        assert_eq!(refused.status, 422, "{:?}", refused.codes());
    }

    async fn what_is_no_table_of_accounts_is_refused_with_its_cause(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut national = member(&app, "national").await;
        for (file, cause) in [
            ("", "没有数据行"), ("<html><table></table></html>", "改了名的网页"), ("a,b\n1,2\n", "没有找到表头"),
            ("名称,角色,范围,人员编号\nx,学校,99301,1\n", "缺少“邮箱”"), ("名称,角色,范围,人员编号,邮箱\n", "没有数据行"),
        ] {
            let refused = upload(&mut national, file, &[]).await;
            assert_eq!(refused.codes(), ["file-unreadable"], "{file}");
            assert!(refused.status == 422 && refused.text.contains(cause), "{cause}: {}", refused.text);
        }
        let long = format!("名称,角色,范围,人员编号,邮箱\n{}", "aaa,学校,99301,1,\n".repeat(201));
        assert_eq!(upload(&mut national, &long, &[]).await.codes(), ["file-unreadable"]);
        let large = upload(&mut national, &"x".repeat(3 * 1024 * 1024), &[]).await;
        assert_eq!(large.status, 413);
    }

    /// R19.
    async fn a_form_with_a_file_acts_only_for_the_account_it_was_made_for(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let theirs = member(&app, "national-2").await.get(PATH).await.value("member").unwrap().to_owned();
        let mut national = member(&app, "national").await;
        let refused = upload(&mut national, FILE, &[("member", &theirs)]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (409, vec!["passport-changed"]));
        let own = national.get(PATH).await.value("member").unwrap().to_owned();
        assert_eq!(upload(&mut national, FILE, &[("member", &own)]).await.status, 200);
    }
}
