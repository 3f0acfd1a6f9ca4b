//! What staff see of arrangements, and the files they download.

use std::io::Read as _;

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed, twice};
use crate::testing::{Answer, TestApp};
use crate::ticket::pages::tests::{clock, mark, paid, publish};
use cet_base::on_both;
use cet_base::store::DbError;

/// A published unit of campus 993010 without a seat, for the matrix of routes.
pub(crate) async fn published_without_seats(app: &TestApp) {
    let made: Result<(), DbError> = app
        .t
        .db
        .write(async |tx| {
            let settings = cet_domain::arrangement::Settings::default().recorded();
            tx.execute(
                "INSERT INTO arrangement
                    (school, id, sitting, campus, subject, run, seed, settings, busy, sources, room_most, candidates, rooms,
                     closed_at, made_at, published_at)
                 VALUES ('99301', 1, '2017-2', '993010', '1', 1, 7, $1, '', '993010', 30, 0, 0, 0, 0, 0)",
                cet_base::params![settings],
            )
            .await?;
            tx.execute(
                "INSERT INTO arrangement_unit (school, sitting, campus, subject, runs, draft_id, published_id)
                 VALUES ('99301', '2017-2', '993010', '1', 1, NULL, 1)",
                &[],
            )
            .await?;
            Ok(())
        })
        .await;
    made.unwrap();
}

/// The names and texts of all parts of a workbook.
fn parts(answer: &Answer) -> String {
    let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes.clone())).unwrap();
    let mut all = String::new();
    for place in 0..zip.len() {
        zip.by_index(place).unwrap().read_to_string(&mut all).unwrap();
    }
    all
}

const UNIT: &str = "/staff/arrangements/993010/1";

on_both! {
    /// T4.
    async fn a_school_sees_its_subjects_and_takes_its_lists_out_once_published(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        paid(&app, 1, &["1"], &[]).await;
        paid(&app, 2, &["1"], &[]).await;
        let mut school = member(&app, "school-99301").await;
        let open = school.get("/staff/arrangements").await;
        assert!(open.text.contains("报名未截止") && !open.text.contains("993011\""), "{}", open.text);
        assert!(mark(&open, "data-unit").iter().all(|state| state == "open"));
        assert_eq!(school.get(&format!("{UNIT}/room-list.pdf")).await.status, 404);
        publish(&app).await;
        // Staff sessions do not last for days, so log in again.
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/arrangements?subject=1").await;
        assert!(mark(&list, "data-unit").contains(&"published".to_owned()));
        assert!(list.text.contains(&format!("href=\"{UNIT}\"")));
        let unit = school.get(UNIT).await;
        for file in ["room-list.pdf", "door-list.pdf", "desk-labels.pdf", "signature-sheet.pdf"] {
            assert!(unit.text.contains(&format!("href=\"{UNIT}/{file}\"")));
            let pdf = school.get(&format!("{UNIT}/{file}")).await;
            assert_eq!(pdf.status, 200, "{file}");
            assert!(pdf.bytes.starts_with(b"%PDF-"), "{file}");
            let header = |name: &str| pdf.headers[name].to_str().unwrap().to_owned();
            assert_eq!((header("content-type"), header("cache-control")), ("application/pdf".into(), "no-store".into()));
            assert_eq!(header("content-disposition"), format!("attachment; filename=\"993010-1-{file}\""));
        }
        for bad in ["room-list.xlsx", "x", "..%2froom-list.pdf"] {
            assert_eq!(school.get(&format!("{UNIT}/{bad}")).await.status, 404, "{bad}");
        }
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit?action=list-exported").await;
        assert!(log.text.contains("desk-labels.pdf") && log.text.contains("<div>行数：2</div>"), "{}", log.text);
    }

    /// T1.
    async fn a_province_draws_looks_and_publishes_with_a_second_person(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        paid(&app, 1, &["1"], &[]).await;
        paid(&app, 2, &["1"], &[]).await;
        let list = "/staff/arrangements";
        let own = [("campus", "993010"), ("subject", "1"), ("seed", "7")];
        let mut wu = member(&app, "province-99").await;
        let early = wu.post("/staff/arrangements/draw", &own).await;
        assert_eq!((early.status.as_u16(), early.codes()), (409, vec!["sitting-state"]));
        clock(&app, "2017-10-01 12:00");
        let (mut wu, mut su) = (member(&app, "province-99").await, member(&app, "province-99-2").await);
        assert_eq!(wu.post("/staff/arrangements/publication", &own).await.codes(), ["sitting-state"]);
        let drawn = wu.post("/staff/arrangements/draw", &own).await;
        assert_eq!((drawn.status.as_u16(), drawn.location()), (303, "/staff/arrangements?campus=993010&subject=1"));
        assert!(wu.get(drawn.location()).await.text.contains("已编排 1 个校区科目"));
        let draft = wu.get(UNIT).await;
        assert!(mark(&draft, "data-unit").contains(&"draft".to_owned()) && draft.text.contains("<dd class=\"num\">7</dd>"));
        assert!(draft.text.contains("(993010)测试校区机构001</span> <span class=\"num\">2</span>"), "{}", draft.text);
        assert_eq!(su.post("/staff/arrangements/approval", &own).await.codes(), ["sitting-state"]);
        assert_eq!(wu.post("/staff/arrangements/publication", &own[..1]).await.status, 303);
        assert_eq!(wu.post("/staff/arrangements/approval", &own).await.codes(), ["needs-second"]);
        assert!(su.get("/staff").await.text.contains("1 个编排等您同意公布"));
        assert!(su.get(list).await.text.contains("province-99 已请求公布"));
        let refusal = twice(&app, "province-99-2", "/staff/arrangements/refusal", &own).await;
        assert_eq!(refusal, drawn.location());
        assert_eq!(wu.post("/staff/arrangements/publication", &own).await.status, 303);
        assert_eq!(wu.post("/staff/arrangements/publication", &own).await.status, 303);
        assert!(mark(&wu.get(UNIT).await, "data-unit").contains(&"draft".to_owned()), "one person asked twice");
        assert_eq!(twice(&app, "province-99-2", "/staff/arrangements/approval", &own).await, drawn.location());
        assert!(mark(&wu.get(UNIT).await, "data-unit").contains(&"published".to_owned()));
        let mut far = member(&app, "school-99101").await;
        assert!(!far.get(list).await.text.contains("arrangements/draw"));
        assert_eq!(wu.post("/staff/arrangements/draw", &[("campus", "99101"), ("subject", "7")]).await.codes(), ["field-invalid"]);
    }

    /// T4, TH27.
    async fn all_lists_of_a_campus_come_in_one_zip_with_plain_names(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        paid(&app, 1, &["1"], &[]).await;
        paid(&app, 2, &["1"], &[]).await;
        let path = "/staff/arrangements/993010/lists.zip";
        assert_eq!(member(&app, "school-99301").await.get(path).await.status, 404, "nothing is published");
        publish(&app).await;
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff/arrangements").await.text.contains(path));
        let answer = school.get(path).await;
        let header = |name: &str| answer.headers[name].to_str().unwrap().to_owned();
        assert_eq!((header("content-type"), header("cache-control")), ("application/zip".into(), "no-store".into()));
        assert_eq!(header("content-disposition"), "attachment; filename=\"993010-lists.zip\"");
        let mut zip = zip::ZipArchive::new(std::io::Cursor::new(answer.bytes.clone())).unwrap();
        let names: Vec<String> = zip.file_names().map(|name| name.unwrap().into_owned()).collect();
        assert_eq!(names.len(), 5, "{names:?}");
        for name in &names {
            assert!(name.starts_with("993010-1-") && !name.contains(['/', '\\']), "{name}");
            let mut bytes = Vec::new();
            zip.by_name(name).unwrap().read_to_end(&mut bytes).unwrap();
            let whole = school.get(&format!("{UNIT}/{}", name.trim_start_matches("993010-1-"))).await;
            assert!(std::path::Path::new(&name).extension().is_some_and(|end| end == "xlsx") || bytes == whole.bytes, "{name}");
            assert!(bytes.starts_with(b"%PDF-") || bytes.starts_with(b"PK"), "{name}");
        }
        let mut auditor = member(&app, "auditor").await;
        assert!(auditor.get("/staff/audit?action=list-exported").await.text.contains("lists.zip"));
        for (account, campus) in [("school-99101", "993010"), ("school-99301", "991010"), ("school-99301", "x")] {
            let mut browser = member(&app, account).await;
            assert_eq!(browser.get(&format!("/staff/arrangements/{campus}/lists.zip")).await.status, 404, "{account} {campus}");
        }
    }

    /// TH29.
    async fn a_seat_plan_holds_no_formula_and_no_document(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        paid(&app, 1, &["1"], &[]).await;
        let renamed: Result<u64, DbError> = app.t.db.write(async |tx| {
            tx.execute("UPDATE registration SET name = '=HYPERLINK(1)', college = '@SUM(1)'", &[]).await
        }).await;
        renamed.unwrap();
        publish(&app).await;
        let mut school = member(&app, "school-99301").await;
        let plan = school.get(&format!("{UNIT}/seat-plan.xlsx")).await;
        assert_eq!(plan.status, 200);
        let text = parts(&plan);
        assert!(text.contains("'=HYPERLINK(1)") && text.contains("'@SUM(1)") && text.contains("993010172100101"));
        assert!(!text.contains("<f>") && !text.contains("330101"), "{text}");
    }

    async fn the_accommodations_page_sets_refuses_and_lists(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        paid(&app, 1, &["1"], &[]).await;
        let mut school = member(&app, "school-99301").await;
        let number = "20160001";
        let path = "/staff/accommodations";
        let set = school.post(path, &[("student_number", number), ("subject", "1"), ("needs", "extra-time"), ("needs", "hearing")]).await;
        assert_eq!((set.status.as_u16(), set.location()), (303, path));
        let page = school.get(path).await;
        assert!(page.text.contains("合理便利已保存") && page.text.contains("延长考试时间、免除听力"), "{}", page.text);
        for (fields, field) in [
            (vec![("student_number", "nobody"), ("subject", "1")], "record-not-found"),
            (vec![("student_number", ""), ("subject", "1")], "field-invalid"),
            (vec![("student_number", number), ("subject", "7")], "field-invalid"),
            (vec![("student_number", number), ("subject", "1"), ("needs", "x")], "field-invalid"),
        ] {
            let refused = school.post(path, &fields).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec![field]), "{fields:?}");
        }
        let mut other = member(&app, "school-99101").await;
        assert_eq!(other.post(path, &[("student_number", number), ("subject", "1")]).await.codes(), ["record-not-found"]);
        assert!(!other.get(path).await.text.contains(number));
        publish(&app).await;
        let mut school = member(&app, "school-99301").await;
        let late = school.post(path, &[("student_number", number), ("subject", "1")]).await;
        assert_eq!(late.status, 422);
        assert!(late.text.contains("已经公布"));
        // Choosing nothing revokes it, but only before publication.
        assert!(school.get(path).await.text.contains("延长考试时间、免除听力"));
        let mut national = member(&app, "national").await;
        assert_eq!(national.get(path).await.status, 404);
    }
}
