//! Chapter two of the manual (账号密码使用及找回), one test per numbered step: `manual_2_PART_step_STEP_…`. The failure cases
//! are in `recover.rs`, `retrieve.rs` and `account.rs`.

use super::mail_tests::*;
use super::retrieve_tests::{NAME, NUMBER, registered, retrieve};
use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member as staff, places, staffed};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_domain::passport::token::Purpose;

const WRONG: &str = "zhang3@163.con";
const SENT: &str = "系统已把找回密码邮件发到您的邮箱，请注意查收！";

/// Whether the page has a link to `href` with this text.
async fn leads(browser: &mut Browser<'_>, path: &str, href: &str, words: &str) -> bool {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    let mut links = page.text.split("<a ").skip(1).filter_map(|rest| rest.split("</a>").next());
    links.any(|link| link.contains(&format!("href=\"{href}\"")) && link.contains(words))
}

async fn change_address(browser: &mut Browser<'_>, email: &str) {
    let answer = browser.post("/account/profile", &[("email", email), ("current_password", PASSWORD)]).await;
    assert_eq!((answer.status.as_u16(), answer.location()), (303, "/account"), "{}", answer.text);
}

on_both! {
    async fn manual_2_1_step_1_the_front_page_leads_into_registration(t: TestDb) {
        let app = TestApp::on(t).await;
        assert!(leads(&mut app.browser(), "/", "/login", "进入报名").await);
    }

    async fn manual_2_1_step_2_who_has_no_passport_is_led_to_registering(t: TestDb) {
        let app = TestApp::on(t).await;
        assert!(leads(&mut app.browser(), "/login", "/register", "注册").await);
        assert!(leads(&mut app.browser(), "/", "/register", "注册新用户").await);
    }

    async fn manual_2_1_step_3_address_and_password_are_enough_and_the_rest_may_be_given(t: TestDb) {
        let app = TestApp::on(t).await;
        assert!(app.browser().get("/register").await.text.contains("action=\"/register\""));
        register(&app, EMAIL).await;
        let more = [("email", "li4@163.com"), ("password", PASSWORD), ("password_again", PASSWORD), ("phone", "13812345678"),
            ("document_kind", "macau-id"), ("document_number", "99101000001"), ("name", "李博")];
        assert_eq!(app.browser().post("/register", &more).await.location(), "/login");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM passport").await, 2);
    }

    async fn manual_2_1_step_4_logging_in_shows_the_account_where_it_can_be_changed(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        let account = browser.get("/account?show=yes").await.text;
        assert!(account.contains("通行证ID") && account.contains(EMAIL), "{account}");
        assert!(leads(&mut browser, "/account", "/account/profile", "修改资料").await);
        assert!(leads(&mut browser, "/account", "/account/password", "修改密码").await);
    }

    async fn manual_2_1_step_5_opened_again_the_site_takes_the_passport_to_registration(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let mut another_day = signed_in(&app, EMAIL).await;
        assert!(leads(&mut another_day, "/home", "/agreement", "开始报名").await);
    }

    async fn manual_2_2_step_1_the_front_page_leads_into_registration(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        assert!(leads(&mut app.browser(), "/", "/login", "进入报名").await);
    }

    async fn manual_2_2_step_2_the_log_in_page_leads_to_a_new_password(t: TestDb) {
        let app = TestApp::on(t).await;
        assert!(leads(&mut app.browser(), "/login", "/recover", "密码").await);
    }

    async fn manual_2_2_step_3_the_address_is_answered_that_a_mail_was_sent(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        let answer = app.browser().post("/recover", &[("email", EMAIL)]).await;
        assert!(answer.status == 200 && answer.text.contains(SENT), "{}", answer.text);
        assert_eq!(mails(&app).await.len(), 1);
    }

    /// P3, W6.
    async fn manual_2_2_step_4_a_link_for_each_network_sets_the_password_entered_twice(t: TestDb) {
        let app = TestApp::with(t, &BOTH_NETWORKS).await;
        register(&app, EMAIL).await;
        app.browser().post("/recover", &[("email", EMAIL)]).await;
        let body = mails(&app).await[0].body.clone();
        let link = link(&app, Purpose::Recovery).await;
        assert!(body.find(&format!("{EDUCATION}{link}")) < body.find(&format!("{}{link}", crate::testing::ORIGIN)), "{body}");
        let mut browser = app.browser();
        assert_eq!(browser.get(&link).await.status, 200);
        let fields = [("email", EMAIL), ("password", OTHER), ("password_again", OTHER)];
        assert_eq!(browser.post(&link, &fields).await.location(), "/login");
        assert!(browser.get("/login").await.text.contains("修改密码成功"));
    }

    async fn manual_2_2_step_5_the_new_password_logs_in_and_the_old_one_does_not(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, EMAIL).await;
        app.browser().post("/recover", &[("email", EMAIL)]).await;
        let link = link(&app, Purpose::Recovery).await;
        let fields = [("email", EMAIL), ("password", OTHER), ("password_again", OTHER)];
        app.browser().post(&link, &fields).await;
        assert_eq!(log_in(&mut app.browser(), EMAIL, OTHER).await.location(), "/home");
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.codes(), ["credentials"]);
    }

    async fn manual_2_3_step_1_both_pages_lead_to_finding_the_account(t: TestDb) {
        let app = TestApp::on(t).await;
        assert!(leads(&mut app.browser(), "/", "/retrieve", "找回已报名账号").await);
        assert!(leads(&mut app.browser(), "/login", "/retrieve", "账号").await);
    }

    async fn manual_2_3_step_2_the_conditions_are_asked_for_and_sent(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        registered(&app, &mut browser).await;
        let form = app.browser().get("/retrieve").await.text;
        for field in ["document_kind", "document_number", "\"name\"", "student_number"] {
            assert!(form.contains(field), "{field}");
        }
        assert_eq!(retrieve(&app, NUMBER, NAME, "").await.status, 200);
    }

    async fn manual_2_3_step_3_what_is_found_is_shown_and_the_front_page_is_the_way_back(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, EMAIL).await;
        registered(&app, &mut browser).await;
        let found = retrieve(&app, NUMBER, NAME, "A-00001").await.text;
        assert!(found.contains("找回成功！") && found.contains(EMAIL) && found.contains("href=\"/\""), "{found}");
    }

    async fn manual_2_4_1_step_1_the_site_is_opened(t: TestDb) {
        let app = TestApp::on(t).await;
        assert_eq!(app.browser().get("/").await.status, 200);
    }

    async fn manual_2_4_1_step_2_the_passport_asks_who_it_is(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = app.browser();
        let led = browser.get("/account").await.location().to_owned();
        assert_eq!(led, "/login?next=%2Faccount");
        assert!(browser.get(&led).await.text.contains("action=\"/login\""));
    }

    async fn manual_2_4_1_step_3_the_mistyped_address_logs_in(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, WRONG).await;
        assert_eq!(log_in(&mut app.browser(), WRONG, PASSWORD).await.location(), "/home");
    }

    async fn manual_2_4_1_step_4_the_account_page_leads_to_changing_it(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, WRONG).await;
        assert!(leads(&mut browser, "/account", "/account/profile", "修改资料").await);
        assert_eq!(browser.get("/account/profile").await.value("email"), Some(WRONG));
    }

    async fn manual_2_4_1_step_5_the_right_address_counts_at_once(t: TestDb) {
        let app = TestApp::on(t).await;
        let mut browser = member(&app, WRONG).await;
        change_address(&mut browser, EMAIL).await;
        let page = browser.get("/account?show=yes").await.text;
        assert!(page.contains("更改成功") && page.contains(EMAIL) && page.contains("验证邮箱"), "{page}");
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
    }

    async fn manual_2_4_2_a_who_only_registered_registers_again(t: TestDb) {
        let app = TestApp::on(t).await;
        register(&app, WRONG).await;
        register(&app, EMAIL).await;
        assert_eq!(log_in(&mut app.browser(), EMAIL, PASSWORD).await.status, 303);
    }

    async fn manual_2_4_2_b_step_1_who_is_bound_registers_again_and_is_not_bound_by_that(t: TestDb) {
        let app = enrolled(t).await;
        let _forgotten = bound(&app, 1).await;
        let mut new = member(&app, EMAIL).await;
        crate::registration::pages::tests::accept(&mut new).await;
        assert_eq!(crate::registration::pages::tests::look_up(&mut new, 1).await.location(), "/qualification/record");
        assert_eq!(new.post("/qualification/record", &[("checked", "yes")]).await.codes(), ["student-bound"]);
    }

    async fn manual_2_4_2_b_step_2_customer_service_asks_and_a_supervisor_binds_the_new_passport(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let _forgotten = bound(&app, 1).await;
        let mut new = member(&app, EMAIL).await;
        let account = new.get("/account").await.text;
        let is_id = |word: &&str| word.len() == 32 && word.bytes().all(|b| b.is_ascii_digit() || (b'A'..=b'F').contains(&b));
        let public_id = account.split(|c: char| !c.is_ascii_alphanumeric()).find(is_id).unwrap();
        let place = places(&app).await[0].trim_start_matches("/staff/registrations/").replace('/', "-");
        let fields = [("registration", &*place), ("new_passport", public_id), ("new_email", EMAIL), ("evidence", "来电核对了身份证")];
        let mut service = staff(&app, "service").await;
        let asked = service.post("/staff/rebinds", &fields).await;
        assert_eq!(asked.status, 303, "{:?}", asked.codes());
        let path = format!("{}/approval", asked.location());
        assert_eq!(service.post(&path, &[]).await.status, 404, "nobody approves what they asked for");
        assert_eq!(staff(&app, "supervisor").await.post(&path, &[]).await.status, 303);
        let mut new = signed_in(&app, EMAIL).await;
        assert!(new.get("/registration").await.text.contains("学生1"));
        assert!(mails(&app).await.iter().any(|mail| mail.recipient == EMAIL));
    }
}
