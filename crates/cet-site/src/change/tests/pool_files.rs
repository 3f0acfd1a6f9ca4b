//! Capacities by file and paste, and the files of pools and places.

use http::Method;

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;

const PATH: &str = "/staff/pools";

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

async fn upload(browser: &mut Browser<'_>, file: &str) -> Answer {
    let body = format!(
        "--xyz\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\n{file}\r\n--xyz--\r\n"
    );
    browser.send(Method::POST, PATH, &[("content-type", "multipart/form-data; boundary=xyz")], body).await
}

fn rows(answer: &Answer) -> String {
    answer.value("rows").unwrap_or_default().replace("&#9;", "\t").replace("&#10;", "\n")
}

async fn capacity(browser: &mut Browser<'_>, line: &str) -> bool {
    browser
        .get("/staff/pools.csv")
        .await
        .text
        .lines()
        .any(|row| row.starts_with("993010,") && row.contains(line))
}

on_both! {
    /// R15.
    async fn capacities_of_a_file_are_previewed_and_changed_together(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let look = upload(&mut school, "校区代码,科目,容量\n993010,1,77\n993010,英语六级笔试,78\n").await;
        assert!(look.status == 200 && look.text.contains("77") && look.text.contains("78"), "{}", look.text);
        assert!(!capacity(&mut school, ",77,").await, "nothing is written yet");
        let rows = rows(&look);
        assert_eq!(rows, "993010\t1\t77\n993010\t2\t78");
        let done = school.post(PATH, &[("rows", &rows), ("confirm", "yes"), ("reason", "x"), ("sitting", "2017-2")]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        assert!(capacity(&mut school, ",77,").await && capacity(&mut school, ",78,").await);
        // What was downloaded changes nothing when it is uploaded again.
        let file = school.get("/staff/pools.csv").await.text;
        let again = upload(&mut school, &file).await;
        assert_eq!(again.codes(), ["nothing-chosen"], "{}", again.text);
    }

    async fn every_bad_row_of_capacities_is_told_with_its_reason(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let bad = upload(&mut school, "校区代码,科目,容量\n993010,1,77\n991010,1,5\n993010,Z,5\n993010,2,many\n993010,1,78\n").await;
        assert_eq!(bad.status, 422);
        assert!(bad.codes().contains(&"place-unknown"), "{:?}", bad.codes());
        for told in ["第 3 行：没有这个校区", "第 4 行：这一考次没有", "第 5 行：", "第 6 行：前面已有"] {
            assert!(bad.text.contains(told), "{told}: {}", bad.text);
        }
        assert_eq!(upload(&mut school, "a,b\n1,2\n").await.codes(), ["file-unreadable"]);
        for (empty, why) in [("", "没有数据行"), ("校区代码,科目,容量\n", "没有数据行"), ("校区代码,科目,容量\n导出人,,\n", "没有数据行")] {
            let refused = upload(&mut school, empty).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["file-unreadable"]), "{empty}");
            assert!(refused.text.contains(why), "{empty}: {}", refused.text);
        }
        let pasted = school.post(PATH, &[("rows", "校区代码\t科目\t容量\r\n993010\t1\t79\r\n")]).await;
        assert!(pasted.status == 200 && rows(&pasted) == "993010\t1\t79", "{}", pasted.text);
        let wide = school.post(PATH, &[("rows", "９９３０１０\t１\t８０\r\n")]).await;
        assert!(wide.status == 200 && wide.text.contains("80"), "{}", wide.text);
    }

    async fn the_lists_of_places_are_files_too(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for name in ["windows", "limits", "fees", "oral", "arrangement"] {
            let page = national.get(&format!("/staff/sittings/2017-2/{name}?place=99")).await.text;
            assert!(page.contains(&format!("href=\"/staff/sittings/2017-2/{name}.csv?place=99\"")), "{name}: {page}");
            let file = national.get(&format!("/staff/sittings/2017-2/{name}.csv?place=99")).await;
            assert_eq!(file.status, 200, "{name}");
            let schools = file.text.lines().filter(|line| line.starts_with("99301,") || line.starts_with("99101,")).count();
            assert_eq!(schools, 2, "{name}: {}", file.text);
            assert!(!file.text.contains("科目代码"), "the first column has the codes of places: {}", file.text);
            let book = national.get(&format!("/staff/sittings/2017-2/{name}.xlsx?place=99")).await;
            assert!(book.status == 200 && book.bytes.starts_with(b"PK"), "{name}");
        }
        let body = "一、遵守时间，遵守纪律，不得迟到，不许早退，尊敬老师，友爱同学，带好准考证和证件";
        let notice = [("body", body), ("confirm", "yes"), ("reason", "x")];
        assert_eq!(member(&app, "school-99301").await.post("/staff/notices/99301/all", &notice).await.status, 303);
        assert!(national.get("/staff/notices?place=99").await.text.contains("href=\"/staff/notices.csv?place=99\""));
        let file = national.get("/staff/notices.csv?place=99").await;
        assert!(file.status == 200 && file.text.contains(body), "a text is whole in files: {}", file.text);
        assert_eq!(national.get("/staff/notices.xlsx?place=99").await.status, 200);
    }

    /// R15, S6.
    async fn a_pool_is_removed_after_a_preview_that_names_it_and_never_while_somebody_holds_a_seat(t: TestDb) {
        let app = world(t).await;
        crate::registration::pages::tests::bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        let mut school = member(&app, "school-99301").await;
        let table = school.get(PATH).await.text;
        assert!(table.contains("name=\"remove.993010.2\" value=\"yes\""), "{table}");
        let all = [("capacity.993010.2", "5"), ("remove.993010.2", "yes"), ("capacity.993010.3", ""), ("sitting", "2017-2")];
        let look = school.post(PATH, &all).await;
        assert_eq!(look.status, 200, "{:?}", look.codes());
        assert!(look.text.contains("993010") && look.text.contains("英语六级笔试") && look.text.contains("删除：这个校区不再设这个科目"), "{}", look.text);
        assert!(school.get(PATH).await.text.contains("name=\"remove.993010.2\""), "nothing is written yet");
        let held = school.post(PATH, &[("remove.993010.1", "yes")]).await;
        assert_eq!((held.status.as_u16(), held.codes()), (409, vec!["below-taken"]));
        assert!(held.text.contains("还有 1 人占着考位或在候补，不能删除") && held.text.contains("href=\"#capacity.993010.1\""), "{}", held.text);
        let english = school.post(&format!("{PATH}?lang=en"), &[("remove.993010.1", "yes")]).await;
        assert!(english.text.contains("1 person holds a seat or waits for one"), "{}", english.text);
        let mut sent = all.to_vec();
        sent.extend([("confirm", "yes"), ("reason", "没有教室")]);
        for _ in 0..2 {
            let done = school.post(PATH, &sent).await;
            assert_eq!(done.status, 303, "{:?}", done.codes());
        }
        let table = school.get(&format!("{PATH}?lang=zh")).await.text;
        assert!(!table.contains("name=\"remove.993010.2\"") && table.contains("name=\"capacity.993010.2\""), "{table}");
        let log = member(&app, "auditor").await.get("/staff/audit?action=change-made").await.text;
        assert!(log.contains("993010 2") && log.contains("→"), "{log}");
        for (field, status) in [("remove.991010.1", 404), ("remove.993010.Z", 404), ("remove.x", 404)] {
            assert_eq!(school.post(PATH, &[(field, "yes")]).await.status, status, "{field}");
        }
    }
}
