//! TH24, TH25: who may assign roles, and when roles cease to apply.

use super::world::{code, member, staffed};
use crate::passport::mail_tests::mails;
use crate::registration::pages::tests::enrolled;
use crate::testing::{Answer, Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_domain::audit::testing::told_of;

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

/// Role and scope of an account, and whether it is enabled.
/// How many roles of an account a person gave, not the operator's command.
async fn roles_given_by_a_person(app: &TestApp, name: &'static str) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            let sql = "SELECT COUNT(*) FROM staff_grant WHERE account = $1 AND by_person IS NOT NULL";
            tx.query_one(sql, params![name]).await
        })
        .await;
    read.unwrap().0
}

async fn held(app: &TestApp, name: &'static str) -> Option<(String, String, bool)> {
    let row: Result<Option<(String, String, bool)>, DbError> = app
        .t
        .db
        .read(async move |tx: &mut Tx<'_>| {
            tx.query_opt(
                "SELECT role, scope, disabled_at IS NULL FROM staff_account WHERE name = $1",
                params![name],
            )
            .await
        })
        .await;
    row.unwrap()
}

async fn sql(app: &TestApp, sql: &'static str) {
    let done: Result<u64, DbError> =
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
    assert_eq!(done.unwrap(), 1, "{sql}");
}

async fn add(browser: &mut Browser<'_>, name: &str, role: &str, scope: &str) -> Answer {
    let fields = [("name", name), ("role", role), ("scope", scope), ("person", "工号 17")];
    browser.post("/staff/accounts", &fields).await
}

on_both! {
    /// S4.
    async fn national_staff_make_an_account_that_begins_with_its_own_password_and_second_factor(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let made = add(&mut national, "school-new", "school", "993010").await;
        assert_eq!(made.status, 200, "{:?}", made.codes());
        assert_eq!(held(&app, "school-new").await, Some(("school".to_owned(), "993010".to_owned(), true)));
        let added = told_of(&app.t.db, "staff-added").await.unwrap();
        assert_eq!(added.last().map(String::as_str), Some("Role: (none) → school; Scope: (none) → 993010"));
        let password = made.text.split("<code class=\"id\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap();
        assert!(!national.get("/staff/accounts").await.text.contains(password));
        let mut new = app.browser();
        let answer = new.post("/staff/login", &[("name", "school-new"), ("password", password)]).await;
        assert_eq!(answer.location(), "/staff/second-factor");
        let page = new.get("/staff/second-factor").await;
        let secret: String = page.text.split("<code class=\"id\">").nth(1).and_then(|rest| rest.split('<').next()).unwrap()
            .chars().filter(|c| !c.is_whitespace()).collect();
        let answer = new.post("/staff/second-factor", &[("code", &code(&app, &secret, 0))]).await;
        assert_eq!(answer.status, 303, "{:?}", answer.codes());
        assert_eq!(new.get("/staff/registrations").await.location(), "/staff/password");
    }

    /// S4.
    async fn a_form_that_is_sent_twice_shows_the_same_first_password_again_and_no_other_does(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let once = national.get("/staff/accounts").await.value("once").unwrap().to_owned();
        let form = |role: &'static str, scope: &'static str| {
            [("name", "school-new"), ("role", role), ("scope", scope), ("person", "工号 17"), ("once", &*once)]
        };
        let password = |answer: &Answer| {
            let rest = answer.text.split("<code class=\"id\">").nth(1).unwrap_or_default();
            rest.split('<').next().unwrap_or_default().to_owned()
        };
        let made = national.post("/staff/accounts", &form("school", "993010")).await;
        assert_eq!((made.status.as_u16(), password(&made).len()), (200, 32), "{:?}", made.codes());
        let lines = told_of(&app.t.db, "staff-added").await.unwrap().len();
        let again = national.post("/staff/accounts", &form("school", "993010")).await;
        assert_eq!((again.status.as_u16(), password(&again)), (200, password(&made)));
        assert!(again.text.contains("没有再办一次") && !made.text.contains("没有再办一次"));
        assert_eq!(told_of(&app.t.db, "staff-added").await.unwrap().len(), lines);
        // Another account of the name, another form, another member: none is told the password, all what can be done.
        let fresh = national.get("/staff/accounts").await.value("once").unwrap().to_owned();
        assert_ne!(fresh, once);
        let mut other = member(&app, "national-2").await;
        let plain = [("name", "school-new"), ("role", "school"), ("scope", "993010"), ("person", "工号 17")];
        let mut theirs = plain.to_vec();
        theirs.push(("once", &fresh));
        for refused in [
            national.post("/staff/accounts", &form("school", "99301")).await,
            national.post("/staff/accounts", &plain).await,
            national.post("/staff/accounts", &theirs).await,
            other.post("/staff/accounts", &form("school", "993010")).await,
        ] {
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
            assert!(refused.text.contains("href=\"/staff/accounts/school-new/reset\"") && !refused.text.contains(&password(&made)));
        }
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_mins(11)));
        let mut national = member(&app, "national").await;
        let late = national.post("/staff/accounts", &form("school", "993010")).await;
        assert_eq!((late.status.as_u16(), late.codes()), (422, vec!["field-invalid"]), "not for ever");
    }

    async fn a_wrong_account_is_refused_at_its_field(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for (name, role, scope, field) in [
            ("X", "school", "99301", "name"),
            ("fine", "king", "", "role"),
            ("fine", "school", "99", "scope"),
            ("fine", "finance", "99", "scope"),
            ("service", "school", "99301", "name"),
            ("fine", "national", "", "role"),
        ] {
            let refused = add(&mut national, name, role, scope).await;
            assert_eq!(refused.codes(), ["field-invalid"], "{name} {role} {scope}");
            assert!(refused.text.contains(&format!("data-field=\"{field}\"")), "{name} {role} {scope}");
        }
        assert_eq!(held(&app, "fine").await, None);
    }

    async fn th24_nobody_grants_to_the_own_account_or_to_one_as_high(t: TestDb) {
        let app = world(t).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO staff_account
                    (name, person, role, scope, password_hash, password_changed_at, must_change, totp_sealed,
                     enrolled_at, created_at, disabled_at)
                 SELECT 'national-9', 'another', role, scope, password_hash, password_changed_at, must_change,
                        totp_sealed, enrolled_at, created_at, disabled_at
                   FROM staff_account
                  WHERE name = 'national'",
                &[],
            ).await?;
            tx.execute(
                "UPDATE staff_account SET person = (SELECT person FROM staff_account WHERE name = 'national') WHERE name = 'finance'",
                &[],
            ).await
        }).await;
        done.unwrap();
        let mut national = member(&app, "national").await;
        for (name, code) in [("national", "not-eligible"), ("finance", "not-eligible"), ("national-9", "field-invalid")] {
            let fields = [("role", "school"), ("scope", "99301")];
            assert_eq!(national.post(&format!("/staff/accounts/{name}/grant"), &fields).await.codes(), [code], "{name}");
            assert_eq!(national.post(&format!("/staff/accounts/{name}/end"), &[("confirm", "yes")]).await.codes(), [code], "{name}");
        }
        let raised = national.post("/staff/accounts/service/grant", &[("role", "national"), ("scope", "")]).await;
        assert_eq!(raised.codes(), ["field-invalid"]);
        assert_eq!(held(&app, "national").await, Some(("national".to_owned(), String::new(), true)));
    }

    /// 8.1.4.2: under no number, on no way, and the one that there is stays.
    async fn th24_who_makes_accounts_gets_none_that_reads_the_log_and_closes_none(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let page = national.get("/staff/accounts").await.text;
        let offered = page.split("id=\"role\"").nth(1).and_then(|rest| rest.split("</select>").next()).unwrap();
        assert!(offered.contains("value=\"school\"") && !offered.contains("value=\"auditor\""), "{offered}");
        let refused = add(&mut national, "auditor-9", "auditor", "").await;
        assert_eq!(refused.codes(), ["field-invalid"]);
        assert!(refused.text.contains("data-field=\"role\"") && refused.text.contains("审计账号由运维人员"), "{}", refused.text);
        let rows = "auditor-9\tauditor\t\t工号 17\t";
        let file = national.post("/staff/accounts/file", &[("rows", rows), ("confirm", "yes")]).await;
        assert!(file.text.contains("审计账号由运维人员"), "{}", file.text);
        let raised = national.post("/staff/accounts/service/grant", &[("role", "auditor"), ("scope", "")]).await;
        assert_eq!(raised.codes(), ["field-invalid"]);
        assert_eq!(held(&app, "auditor-9").await, None);
        assert_eq!(held(&app, "service").await, Some(("customer-service".to_owned(), String::new(), true)));
        for (form, fields) in [("grant", [("role", "school"), ("scope", "99301")]), ("end", [("confirm", "yes"), ("", "")]), ("email", [("email", "a@b.cn"), ("", "")])] {
            let answer = national.post(&format!("/staff/accounts/auditor/{form}"), &fields).await;
            assert_eq!(answer.codes(), ["field-invalid"], "{form}");
        }
        assert_eq!(held(&app, "auditor").await, Some(("auditor".to_owned(), String::new(), true)));
        let page = national.get("/staff/accounts/auditor").await.text;
        assert!(page.contains("审计账号由运维人员") && !page.contains("/auditor/end") && !page.contains("同一个人的另一个账号"), "{page}");
    }

    async fn th24_fields_of_a_role_in_any_other_form_are_ignored(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let extra = [("role", "national"), ("scope", ""), ("name", "school-99301"), ("school", "99101"), ("province", "99")];
        school.post("/staff/password", &extra).await;
        school.post("/staff/recovery-codes", &extra).await;
        school.post("/staff/registrations/search", &extra).await;
        assert_eq!(held(&app, "school-99301").await, Some(("school".to_owned(), "99301".to_owned(), true)));
        for path in ["/staff/accounts", "/staff/accounts/school-99301/grant", "/staff/accounts/school-99301/end"] {
            assert_eq!(school.post(path, &extra).await.status, 404, "{path}");
        }
        assert_eq!(held(&app, "school-99301").await, Some(("school".to_owned(), "99301".to_owned(), true)));
    }

    async fn th24_a_role_that_was_taken_away_is_gone_with_the_next_request(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.get("/staff/students").await.status, 200);
        let mut national = member(&app, "national").await;
        let fields = [("role", "customer-service"), ("scope", "")];
        for _ in 0..2 {
            let granted = national.post("/staff/accounts/school-99301/grant", &fields).await;
            assert_eq!(granted.location(), "/staff/accounts/school-99301", "{:?}", granted.codes());
        }
        let lines: Result<(i64,), DbError> = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'staff-granted'", &[]).await
        }).await;
        assert_eq!(lines.unwrap().0, 1);
        let told = told_of(&app.t.db, "staff-granted").await.unwrap();
        assert_eq!(told, ["Role: school → customer service; Scope: 99301 → nation"]);
        // A page for another role does not exist, whoever asks.
        assert_eq!(school.get("/staff/students").await.status, 404);
        assert_eq!(school.get("/staff/rebinds").await.status, 200);
        let findings = cet_domain::verify::run(&app.t.db, &app.app.catalogue.get()).await.unwrap();
        assert!(findings.iter().filter(|f| f.invariant == "I17").all(|f| f.violations.is_empty()), "{findings:?}");
    }

    async fn th25_an_account_that_ends_is_out_with_the_next_request_and_stays_out(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.begin("/staff/registrations.csv").await, 200);
        let mut national = member(&app, "national").await;
        // It cannot be undone, so that one press is not enough.
        assert_eq!(national.post("/staff/accounts/school-99301/end", &[]).await.codes(), ["not-checked"]);
        assert_eq!(school.get("/staff").await.status, 200);
        let ended = national.post("/staff/accounts/school-99301/end", &[("confirm", "yes")]).await;
        assert_eq!(ended.location(), "/staff/accounts/school-99301");
        assert_eq!(school.get("/staff").await.location(), "/staff/login");
        assert!(school.get("/staff/registrations.csv").await.location().starts_with("/staff/login"));
        assert_eq!(national.post("/staff/accounts/school-99301/end", &[("confirm", "yes")]).await.location(), "/staff/accounts/school-99301");
        let grant = [("role", "customer-service"), ("scope", "")];
        assert_eq!(national.post("/staff/accounts/school-99301/grant", &grant).await.codes(), ["review-final"]);
        let lines: Result<(i64,), DbError> = app.t.db.read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM audit_log WHERE action = 'staff-disabled'", &[]).await
        }).await;
        assert_eq!(lines.unwrap().0, 1);
        assert_eq!(told_of(&app.t.db, "staff-disabled").await.unwrap(), ["State: active → disabled"]);
        assert!(!held(&app, "school-99301").await.unwrap().2);
    }

    /// S4, TH24.
    async fn a_province_makes_and_locks_the_accounts_of_its_schools_and_campuses_and_no_others(t: TestDb) {
        let app = world(t).await;
        let mut province = member(&app, "province-99").await;
        for (name, scope) in [("new-school", "99301"), ("new-campus", "993010")] {
            assert_eq!(add(&mut province, name, "school", scope).await.status, 200, "{scope}");
            let grant = province.post(&format!("/staff/accounts/{name}/grant"), &[("role", "school"), ("scope", "99101")]).await;
            assert_eq!(grant.status, 303, "{:?}", grant.codes());
            assert_eq!(roles_given_by_a_person(&app, name).await, 1, "{name}: TH24");
            assert_eq!(province.post(&format!("/staff/accounts/{name}/end"), &[("confirm", "yes")]).await.status, 303);
            assert!(!held(&app, name).await.unwrap().2, "{name}");
        }
        sql(&app, "INSERT INTO campus (code, name) VALUES ('983010', '南方大学')").await;
        for (role, scope, code) in [
            ("school", "98301", "place-unknown"), ("province", "99", "field-invalid"), ("national", "", "field-invalid"),
            ("finance", "", "field-invalid"), ("school", "", "field-invalid"),
        ] {
            assert_eq!(add(&mut province, "never", role, scope).await.codes(), [code], "{role} {scope}");
        }
        assert_eq!(held(&app, "never").await, None);
        // Its own kind, and whoever is above or elsewhere.
        for name in ["province-99", "province-99-2"] {
            assert_eq!(province.post(&format!("/staff/accounts/{name}/end"), &[("confirm", "yes")]).await.status, 422, "{name}");
        }
        for name in ["national", "service", "finance"] {
            for form in ["grant", "end", "email"] {
                let fields = [("role", "school"), ("scope", "99301"), ("email", "a@b.cn")];
                assert_eq!(province.post(&format!("/staff/accounts/{name}/{form}"), &fields).await.status, 404, "{name}");
            }
        }
        let raised = [("role", "province"), ("scope", "99")];
        assert_eq!(province.post("/staff/accounts/school-99301/grant", &raised).await.codes(), ["field-invalid"]);
        let moved = [("role", "school"), ("scope", "98301")];
        assert_eq!(province.post("/staff/accounts/school-99301/grant", &moved).await.codes(), ["place-unknown"]);
        assert_eq!(held(&app, "school-99301").await, Some(("school".to_owned(), "99301".to_owned(), true)));
    }

    async fn no_account_is_made_for_a_place_that_does_not_exist(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for (role, scope) in [("school", "99555"), ("school", "993019"), ("province", "98")] {
            let refused = add(&mut national, "nobody", role, scope).await;
            assert_eq!(refused.codes(), ["place-unknown"], "{scope}");
            assert!(refused.status == 422 && refused.text.contains("href=\"#scope\""), "{scope}");
            let grant = national.post("/staff/accounts/school-99301/grant", &[("role", role), ("scope", scope)]).await;
            assert_eq!(grant.codes(), ["place-unknown"], "{scope}");
        }
        // A province of the standard may not have a campus yet.
        assert_eq!(add(&mut national, "beijing", "province", "11").await.status, 200);
        assert_eq!(held(&app, "nobody").await, None);
    }

    async fn accounts_are_found_by_a_part_of_their_name_by_place_and_by_person_with_their_last_log_in(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        add(&mut national, "under_score", "school", "993010").await;
        let found = async |national: &mut Browser<'_>, q: &str| {
            let text = national.get(&format!("/staff/accounts.csv?q={q}")).await.text;
            text.lines().skip(1).filter(|line| line.contains(',')).map(|line| line.split(',').next().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert_eq!(found(&mut national, "r_s").await, ["under_score"]);
        assert_eq!(found(&mut national, "%25").await, Vec::<String>::new());
        assert_eq!(found(&mut national, "993010").await, ["under_score"]);
        assert_eq!(found(&mut national, "99101").await, ["school-99101"]);
        assert_eq!(found(&mut national, "%E5%B7%A5%E5%8F%B717").await, ["under_score"]);
        let page = national.get("/staff/accounts?q=under").await.text;
        assert!(page.contains("工号 17") && page.contains("从未登录") && !page.contains("school-99101"), "{page}");
        sql(&app, "UPDATE staff_account SET logged_in_at = 1500000000000000 WHERE name = 'under_score'").await;
        assert!(national.get("/staff/accounts?q=under").await.text.contains("2017-07-14 10:40"));
    }

    /// A9.
    async fn both_addresses_are_told_that_an_account_has_another_one(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let path = "/staff/accounts/school-99301/email";
        assert_eq!(national.post(path, &[("email", "not an address")]).await.codes(), ["email-invalid"]);
        for _ in 0..2 {
            assert_eq!(national.post(path, &[("email", "new@school.example.cn")]).await.status, 303);
        }
        let mut told: Vec<String> = mails(&app).await.into_iter().map(|mail| mail.recipient).collect();
        told.sort();
        assert_eq!(told, ["new@school.example.cn", "school-99301@staff.example.cn"]);
        assert!(national.get("/staff/accounts/school-99301").await.text.contains("new@school.example.cn"));
        assert_eq!(told_of(&app.t.db, "staff-email-changed").await.unwrap().len(), 1);
    }
}
