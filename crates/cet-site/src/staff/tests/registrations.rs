use super::world::{member, places, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use cet_base::on_both;

on_both! {
    async fn staff_find_a_registration_by_passport_or_document_inside_their_scope_only(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        bound(&app, 1).await;
        let own = &places(&app).await[0];
        let public_id = format!("{:032x}", 1);
        let document = [("document_kind", "macau-id"), ("document_number", "99301000001")];
        for (account, found) in [("school-99301", true), ("school-99101", false), ("province-99", true), ("service", true), ("supervisor", true)] {
            let mut browser = member(&app, account).await;
            for fields in [&[("passport", public_id.as_str())][..], &document] {
                let answer = browser.post("/staff/registrations/search", fields).await;
                let expected = if found { own.as_str() } else { "" };
                assert_eq!(answer.location(), expected, "{account}");
                assert_eq!(answer.status.as_u16(), if found { 303 } else { 422 }, "{account}");
            }
            assert_eq!(browser.get(own).await.status.as_u16(), if found { 200 } else { 404 }, "{account}");
            let list = browser.get("/staff/registrations").await;
            assert_eq!(list.text.contains("学生1"), found, "{account}");
            let file = browser.get("/staff/registrations.csv").await;
            assert_eq!(file.text.contains("学生1"), found, "{account}");
        }
    }

    async fn a_document_is_masked_until_a_reason_is_in_the_log(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        bound(&app, 1).await;
        let own = &places(&app).await[0];
        let mut browser = member(&app, "school-99301").await;
        for path in [own.as_str(), "/staff/registrations", "/staff/registrations.csv"] {
            assert!(!browser.get(path).await.text.contains("99301000001"), "{path}");
        }
        let address = format!("{own}/document");
        assert_eq!(browser.post(&address, &[]).await.codes(), ["field-invalid"]);
        let shown = browser.post(&address, &[("reason", "record")]).await;
        assert!(shown.text.contains("99301000001"));
        assert!(!browser.get(own).await.text.contains("99301000001"));
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit?action=document-shown&actor=school-99301&school=99301").await;
        assert!(log.text.contains("<div>原因：核对学籍</div>"), "{}", log.text);
        assert!(!auditor.get("/staff/audit?action=document-shown&school=99101").await.text.contains("<div>原因："));
        assert_eq!(auditor.post(&address, &[("reason", "record")]).await.status, 404);
    }

    /// A6.
    async fn a_school_tells_its_candidate_the_account_and_nobody_elses(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        bound(&app, 1).await;
        let fields = [("document_kind", "macau-id"), ("document_number", "99301000001"), ("name", "学生1")];
        let mut own = member(&app, "school-99301").await;
        assert!(own.post("/staff/retrieval", &fields).await.text.contains("candidate1@example.cn"));
        let wrong = own.post("/staff/retrieval", &[fields[0], fields[1], ("name", "学生2")]).await;
        assert_eq!(wrong.codes(), ["record-not-found"]);
        let mut other = member(&app, "school-99101").await;
        assert_eq!(other.post("/staff/retrieval", &fields).await.codes(), ["record-not-found"]);
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit.csv?action=account-looked-up").await;
        assert_eq!(log.text.matches("account-looked-up").count(), 3);
    }

    async fn an_export_is_in_the_log_and_says_who_took_it(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        bound(&app, 1).await;
        let mut browser = member(&app, "school-99301").await;
        let csv = browser.get("/staff/registrations.csv").await;
        assert!(csv.text.trim_end().lines().last().unwrap().contains("school-99301"));
        let book = browser.get("/staff/registrations.xlsx").await;
        assert_eq!(&book.bytes[..2], b"PK");
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit?action=list-exported").await;
        assert_eq!(log.text.matches("<div>行数：1</div><div>范围：99301</div>").count(), 2);
    }

    async fn the_auditor_pages_through_the_log_without_missing_or_repeating_a_row(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut auditor = member(&app, "auditor").await;
        for _ in 0..120 {
            app.t.db.write(async |tx| {
                let event = cet_domain::audit::Event {
                    school: cet_base::words::codes::SchoolCode::NONE,
                    actor: cet_domain::audit::Actor::Job("test"),
                    action: "entry-entered",
                    object_kind: "entry",
                    object: &tx.new_id().to_string(),
                    address: "",
                    detail: "",
                    changes: cet_domain::audit::Changes::NONE,
                };
                cet_domain::audit::record(tx, &event).await
            }).await.unwrap();
        }
        let mut seen = std::collections::BTreeSet::new();
        let mut path = "/staff/audit?action=entry-entered".to_owned();
        let mut pages = 0;
        loop {
            let page = auditor.get(&path).await.text;
            pages += 1;
            assert!(page.contains("<td>报考</td>") && page.contains("<option value=\"entry-entered\" selected lang=\"zh-CN\">报考</option>"));
            for row in page.split("<span class=\"id\">").skip(1).filter_map(|part| part.split('<').next()) {
                if row.parse::<i64>().is_ok() {
                    assert!(seen.insert(row.to_owned()), "{row} twice");
                }
            }
            let next = page.split("href=\"").skip(1).filter_map(|part| part.split('"').next()).find(|href| href.contains("after=") && !href.contains("lang="));
            match next {
                Some(next) => path = next.replace("&#38;", "&").replace("&amp;", "&"),
                None => break,
            }
        }
        assert_eq!((seen.len(), pages), (120, 3));
    }
}
