use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;

const NEW: &str = "/staff/collective-payments/new";

async fn sql(app: &TestApp, sql: &'static str) -> u64 {
    app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap()
}

/// A site with staff and two candidates of school 99301, each with an unpaid entry for English 4.
async fn site(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    for n in [1, 2] {
        let mut browser = bound(&app, n).await;
        let answer = browser.post("/registration/written", &[("subject", "1")]).await;
        assert_eq!(answer.location(), "/registration", "{:?}", answer.codes());
    }
    app
}

async fn locks(browser: &mut Browser<'_>, fields: &[(&str, &str)]) -> Answer {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(fields).finish();
    let page = browser.get(&format!("{NEW}?look=1&{query}")).await;
    let (entries, amount) = (page.value("entries").unwrap(), page.value("amount").unwrap());
    let mut form = fields.to_vec();
    form.extend([("entries", entries), ("amount", amount), ("note", "=1+1")]);
    browser.post("/staff/collective-payments", &form).await
}

on_both! {
    /// Y6.
    async fn a_school_checks_locks_and_confirms_and_the_candidate_is_told(t: TestDb) {
        let app = site(t).await;
        let mut school = member(&app, "school-99301").await;
        let page = school.get(&format!("{NEW}?look=1")).await;
        assert_eq!((page.status.as_u16(), page.value("entries"), page.value("amount")), (200, Some("2"), Some("2")));
        let seen = page.value("seen").unwrap().to_owned();
        let answer = locks(&mut school, &[]).await;
        assert_eq!(answer.status, 303);
        let record = answer.location().to_owned();
        let same = [("entries", "2"), ("amount", "2"), ("note", "=1+1"), ("seen", &*seen)];
        assert_eq!(school.post("/staff/collective-payments", &same).await.location(), record, "the same again");
        let bare = school.post("/staff/collective-payments", &same[..3]).await;
        assert_eq!((bare.status.as_u16(), bare.codes()), (422, vec!["nothing-chosen"]), "who does not say which");
        let shown = school.get(&record).await;
        assert!(shown.text.contains("data-state=\"open\"") && shown.text.contains("¥0.02"), "{}", shown.text);
        let again = school.post("/staff/collective-payments", &[("entries", "2"), ("amount", "2"), ("note", "")]).await;
        assert_eq!((again.status.as_u16(), again.codes()), (422, vec!["nothing-chosen"]));

        let mut candidate = bound(&app, 1).await;
        let told = candidate.get("/registration").await;
        assert!(told.text.contains("(99301)") && told.text.contains("锁定到 <span class=\"num\">2017-09-27 12:00</span>"), "{}", told.text);
        assert!(!told.text.contains("/cancellation"));

        assert!(school.get("/staff").await.text.contains("href=\"/staff/collective-payments\""));
        assert_eq!(school.get(&format!("{record}/confirmation")).await.status, 200);
        assert_eq!(school.get(&format!("{record}/release")).await.status, 200);
        assert_eq!(school.post(&format!("{record}/confirmation"), &[]).await.location(), record);
        let paid = candidate.get("/registration").await;
        assert!(paid.text.contains("data-payment=\"paid\""));
        assert_eq!(school.post(&format!("{record}/confirmation"), &[]).await.location(), record, "the same again");
        let lines = "UPDATE collective_payment SET note = note WHERE 1 = (SELECT COUNT(*) FROM audit_log WHERE action = 'collective-payment-paid')";
        assert_eq!(sql(&app, lines).await, 1);
        let twice = school.post(&format!("{record}/release"), &[]).await;
        assert_eq!((twice.status.as_u16(), twice.codes()), (422, vec!["field-invalid"]));
        assert!(school.get("/staff/collective-payments").await.text.contains(&record));
    }

    async fn what_is_released_can_be_cancelled_by_the_candidate(t: TestDb) {
        let app = site(t).await;
        let mut school = member(&app, "school-99301").await;
        let record = locks(&mut school, &[("subject", "1")]).await.location().to_owned();
        for _ in 0..2 {
            assert_eq!(school.post(&format!("{record}/release"), &[]).await.location(), record);
        }
        assert_eq!(school.post(&format!("{record}/confirmation"), &[]).await.codes(), ["field-invalid"]);
        let mut candidate = bound(&app, 1).await;
        assert!(candidate.get("/registration").await.text.contains("/cancellation"));
    }

    async fn numbers_that_changed_are_shown_again_and_nothing_is_locked(t: TestDb) {
        let app = site(t).await;
        let mut school = member(&app, "school-99301").await;
        let answer = school.post("/staff/collective-payments", &[("entries", "1"), ("amount", "1"), ("note", "")]).await;
        assert_eq!((answer.status.as_u16(), answer.codes()), (409, vec!["changed-meanwhile"]));
        assert_eq!(answer.value("entries"), Some("2"));
        let strange = school.get(&format!("{NEW}?look=1&subject=Z")).await;
        assert_eq!(strange.status, 422);
        assert_eq!(sql(&app, "UPDATE entry SET locked_by = NULL WHERE locked_by IS NOT NULL").await, 0);
    }

    /// TH22.
    async fn a_payment_that_names_another_schools_registration_is_not_found_and_locks_nothing(t: TestDb) {
        let app = site(t).await;
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/registrations").await;
        let own = list.text.split("value=\"99301-").nth(1).and_then(|rest| rest.split('"').next());
        let own = format!("99301-{}", own.unwrap());
        let ask = |registrations: Vec<String>| {
            let fields = registrations.into_iter().map(|of| ("registration".to_owned(), of));
            let rest = [("entries", "1"), ("amount", "1"), ("note", "")];
            fields.chain(rest.map(|(name, value)| (name.to_owned(), value.to_owned()))).collect::<Vec<_>>()
        };
        let other = own.replace("99301-", "99101-");
        for named in [vec![other.clone()], vec![own.clone(), other], vec!["99301-1".to_owned()]] {
            let fields = ask(named.clone());
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
            for fields in [&fields[..], &fields[..named.len()]] {
                let answer = school.post("/staff/collective-payments", fields).await;
                assert_eq!((answer.status.as_u16(), answer.codes()), (404, vec!["not-found"]), "{fields:?}");
            }
        }
        assert_eq!(sql(&app, "UPDATE entry SET locked_by = NULL WHERE locked_by IS NOT NULL").await, 0);
        let fields = ask(vec![own]);
        let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (&**name, &**value)).collect();
        let made = school.post("/staff/collective-payments", &fields).await;
        assert_eq!(made.status, 303, "{:?}", made.codes());
    }

    /// TH29.
    async fn files_hold_the_same_rows_and_no_formula(t: TestDb) {
        let app = site(t).await;
        sql(&app, "UPDATE registration SET name = '=HYPERLINK(1)', college = '＋1', class = '@x'").await;
        let mut school = member(&app, "school-99301").await;
        let record = locks(&mut school, &[]).await.location().to_owned();
        let lines = school.get(&format!("{record}.csv")).await;
        assert_eq!(lines.status, 200);
        assert!(lines.text.contains("'=HYPERLINK(1)") && lines.text.contains("'＋1 @x"), "{}", lines.text);
        let all = school.get("/staff/collective-payments.csv?state=open").await;
        assert!(all.text.contains("'=1+1") && !all.text.contains(",=1+1"), "{}", all.text);
        for path in [format!("{record}.xlsx"), "/staff/collective-payments.xlsx".to_owned()] {
            let book = school.get(&path).await;
            assert!(book.bytes.starts_with(b"PK"), "{path}");
        }
    }

    async fn other_schools_and_other_roles_find_nothing(t: TestDb) {
        let app = site(t).await;
        let mut school = member(&app, "school-99301").await;
        let record = locks(&mut school, &[]).await.location().to_owned();
        let id = record.rsplit('/').next().unwrap().to_owned();
        let mut other = member(&app, "school-99101").await;
        assert!(other.get(&format!("{NEW}?look=1")).await.value("entries").is_none());
        assert!(!other.get("/staff/collective-payments").await.text.contains(&id));
        assert!(!other.get("/staff/collective-payments.csv").await.text.contains(&id));
        for (get, path) in [
            (true, record.clone()), (true, format!("{record}.csv")), (true, format!("{record}.xlsx")),
            (true, format!("{record}/confirmation")), (true, format!("{record}/release")),
            (false, format!("{record}/confirmation")), (false, format!("{record}/release")),
        ] {
            let answer = if get { other.get(&path).await } else { other.post(&path, &[]).await };
            assert_eq!(answer.status, 404, "{path}");
        }
        for role in ["province-99", "national", "service", "supervisor", "finance", "auditor"] {
            let mut browser = member(&app, role).await;
            for path in [
                "/staff/collective-payments", "/staff/collective-payments.csv", "/staff/collective-payments.xlsx",
                NEW, &record, "/staff/group-entry",
            ] {
                assert_eq!(browser.get(path).await.status, 404, "{role} {path}");
            }
            for path in ["/staff/collective-payments", "/staff/group-entry"] {
                assert_eq!(browser.post(path, &[]).await.status, 404, "{role} {path}");
            }
        }
        assert_eq!(app.browser().get(&record).await.status, 303);
        assert_eq!(sql(&app, "UPDATE entry SET locked_by = locked_by WHERE locked_by IS NOT NULL").await, 2);
    }

    /// S2.
    async fn a_group_is_entered_by_the_candidates_rules_and_each_refusal_is_named(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        // season.md 2: 院系 and 班级 from a list of what there is.
        let mut chooser = member(&app, "school-99301").await;
        for path in ["/staff/group-entry", "/staff/collective-payments/new"] {
            let page = chooser.get(path).await;
            let has = |name: &str| page.text.contains(&format!("<select class=\"in\" id=\"{name}\" name=\"{name}\">"));
            assert!(has("college") && has("class"), "{path}: {}", page.text);
        }
        let mut one = bound(&app, 1).await;
        let _two = bound(&app, 2).await;
        sql(&app, "UPDATE registration SET name = '甲', class = '1'").await;
        let mut school = member(&app, "school-99301").await;
        let form = school.get("/staff/group-entry?subject=1&class=1").await;
        let ids: Vec<String> = form.text.split("name=\"registration\" value=\"").skip(1)
            .map(|part| part.split('"').next().unwrap().to_owned()).collect();
        assert_eq!(ids.len(), 2, "{}", form.text);
        // Meanwhile one candidate enters without the school; a third registration does not belong to the school.
        one.post("/registration/written", &[("subject", "1")]).await;
        let command = form.value("command").unwrap().to_owned();
        let fields = [
            ("subject", "1"), ("class", "1"), ("college", ""), ("command", command.as_str()),
            ("registration", ids[0].as_str()), ("registration", ids[1].as_str()), ("registration", "4711"),
        ];
        for _ in 0..2 {
            // A duplicate submission gets the first response.
            let sent = school.post("/staff/group-entry", &fields).await;
            assert_eq!(sent.status, 303);
            let done = school.get(sent.location()).await;
            assert_eq!(done.status, 200);
            assert_eq!(done.text.matches("<dd class=\"num\">1</dd>").count(), 1, "{}", done.text);
            assert_eq!(done.text.matches("<dd class=\"num\">2</dd>").count(), 1, "{}", done.text);
            assert!(done.text.contains("4711"));
        }
        assert_eq!(sql(&app, "UPDATE entry SET channel = channel WHERE channel = 'school'").await, 1);
        let mut other = member(&app, "school-99101").await;
        assert!(!other.get("/staff/group-entry?subject=1").await.text.contains("name=\"registration\""));
        let nothing = school.post("/staff/group-entry", &[("subject", "1"), ("command", "a")]).await;
        assert_eq!(nothing.codes(), ["nothing-chosen"]);
        let strange = school.post("/staff/group-entry", &[("subject", "Z"), ("command", "a")]).await;
        assert_eq!(strange.status, 422);
    }
}
