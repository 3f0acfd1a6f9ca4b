//! Students, orders, refunds and figures: scopes, search, correction and files.

use super::world::{counted, member, places, staffed};
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_base::words::codes::CampusCode;
use cet_base::words::time::Time;
use cet_domain::audit::testing::told_of;
use cet_domain::roster::staff_queries::Group;

pub(super) async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

const DOCUMENT: [(&str, &str); 2] = [("document_kind", "macau-id"), ("document_number", "99301000001")];

/// A paid order of the first registration, and a refund of it.
pub(super) async fn paid(app: &TestApp) {
    let place = places(app).await[0].clone();
    let id: i64 = place.rsplit('/').next().unwrap().parse().unwrap();
    let done: Result<u64, DbError> = app
        .t
        .db
        .write(async move |tx: &mut Tx<'_>| {
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 VALUES ('99301', 5, '99301000000000005', $1, 1, '2017-2', 'payease', '85', 2, 'paid', 1, 2, 3, NULL, NULL, 0)",
                params![id],
            )
            .await?;
            tx.execute(
                "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
                 VALUES ('99301', 6, 5, 'payease', 'T6', 2, 'notice', 3)",
                &[],
            )
            .await?;
            tx.execute(
                "INSERT INTO refund
                    (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, try_at, tries,
                     sent_at)
                 VALUES ('99301', 7, 5, 6, 2, 'surplus', 'R993017', 'due', 3, NULL, 4, 6, 3)",
                &[],
            )
            .await
        })
        .await;
    done.unwrap();
}

async fn app_file(app: &TestApp, path: &str) -> String {
    member(app, "finance").await.get(path).await.text
}

on_both! {
    /// A list stays filtered, and a page that needs its query is still there.
    async fn the_language_is_changed_without_leaving_the_page(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let request = school.get("/staff/exports/new?what=students&college=a%26b&lang=en").await.text;
        let link = "/staff/exports/new?what=students&college=a%26b&lang=zh".replace('&', "&#38;");
        assert!(request.contains(&format!("href=\"{link}\"")), "{request}");
        // What is the same for everybody is kept for everybody.
        let portal = app.browser().get("/about?x=1&lang=zh").await.text;
        assert!(portal.contains("href=\"/about?lang=en\""), "{portal}");
    }

    /// S2.
    async fn a_school_finds_its_students_by_document_name_or_number_and_no_others(t: TestDb) {
        let app = world(t).await;
        for (account, found) in [("school-99301", true), ("school-99101", false)] {
            let mut browser = member(&app, account).await;
            for fields in [&DOCUMENT[..], &[("person", "学生1")]] {
                let answer = browser.post("/staff/students/search", fields).await;
                assert_eq!(answer.status.as_u16(), if found { 303 } else { 422 }, "{account}: {:?}", answer.codes());
            }
            let list = browser.get("/staff/students").await;
            assert_eq!(list.text.contains(">学生1<"), found, "{account}");
            assert!(!list.text.contains("99301000001"), "{account}");
            assert_eq!(browser.get("/staff/students.csv").await.text.contains("学生1"), found, "{account}");
            assert!(!browser.get("/staff/students.csv").await.text.contains("99301000001"), "{account}");
        }
    }

    /// R6, S2.
    async fn a_record_is_corrected_until_it_is_saved_and_the_correction_is_in_the_log(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let record = school.post("/staff/students/search", &DOCUMENT).await.location().to_owned();
        let mut fields = [
            ("campus", "993010"), ("grade", "02"), ("college", "外国语学院"), ("major", "英语"), ("class", "7"),
            ("student_number", "A-17"), ("remark", ""), ("barred", "2"), ("school", "别人"),
        ];
        let done = school.post(&record, &fields).await;
        assert_eq!((done.status.as_u16(), done.location()), (303, record.as_str()), "{:?}", done.codes());
        let page = school.get(&record).await;
        assert!(page.text.contains("外国语学院 英语 7") && page.text.contains("A-17") && page.text.contains("英语六级笔试"));
        assert!(!page.text.contains("别人"));
        let wrong = school.post(&record, &[("campus", "991010"), ("barred", "Z")]).await;
        assert_eq!(wrong.codes(), ["field-invalid", "field-invalid"]);
        let mut auditor = member(&app, "auditor").await;
        let log = auditor.get("/staff/audit?action=record-corrected").await;
        assert_eq!(log.text.matches("<div>限制科目：（空） → 2</div>").count(), 1);
        let file = auditor.get("/staff/audit.csv?action=record-corrected").await;
        assert!(file.text.contains("sitting=2017-2; 年级："), "{}", file.text);
        bound(&app, 1).await;
        assert_eq!(school.post(&record, &fields).await.location(), record, "what it holds already");
        assert_eq!(told_of(&app.t.db, "record-corrected").await.unwrap().len(), 1);
        fields[1].1 = "03";
        let late = school.post(&record, &fields).await;
        assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["student-bound"]));
        assert!(school.get(&record).await.text.contains("href=\"/staff/registrations/99301/"));
    }

    async fn finance_sees_orders_and_refunds_and_what_is_due_on_the_overview(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        let mut finance = member(&app, "finance").await;
        let overview = finance.get("/staff").await;
        assert!(overview.text.contains("href=\"/staff/refunds?state=due\"") && overview.text.contains("¥0.02"));
        for (query, found) in [("", true), ("?state=paid", true), ("?state=open", false), ("?gateway=alipay", false),
            ("?number=99301000000000005", true), ("?school=991", false), ("?after=99301-5", false)] {
            let list = finance.get(&format!("/staff/orders{query}")).await;
            // Behind the last one the page is the first one again; a file has no pages.
            let is_shown = found || query.starts_with("?after");
            assert_eq!(list.text.contains("99301000000000005</a></th>"), is_shown, "{query}");
            assert_eq!(finance.get(&format!("/staff/orders.csv{query}")).await.text.contains("99301000000000005"), found, "{query}");
        }
        for (query, found) in [("", true), ("?state=due", true), ("?state=done", false), ("?reason=surplus", true), ("?reason=no-seat", false)] {
            assert_eq!(finance.get(&format!("/staff/refunds{query}")).await.text.contains("R993017"), found, "{query}");
        }
        assert!(finance.get("/staff/refunds.csv").await.text.contains("0.02"));
    }

    /// S6.
    async fn figures_are_those_of_the_scope(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        counted(&app).await;
        for (account, entered) in [("school-99301", true), ("school-99101", false), ("province-99", true), ("national", true)] {
            let mut browser = member(&app, account).await;
            let page = browser.get("/staff/statistics").await;
            assert_eq!(page.text.contains("<dt>报名人数</dt><dd>1</dd>"), entered, "{account}");
            let file = browser.get("/staff/statistics.csv").await;
            assert_eq!(file.text.contains(",991010,"), account != "school-99301", "{account}");
            assert_eq!(file.text.contains("英语四级笔试,,0,1,"), entered, "{account}: {}", file.text);
        }
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff").await.text.contains("<dt>报名人数</dt><dd>1</dd>"));
    }

    async fn registrations_are_narrowed_by_subject_and_payment_and_found_by_name_in_a_school(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        let own = places(&app).await[0].clone();
        let mut school = member(&app, "school-99301").await;
        for (query, found) in [("subject=1", true), ("subject=2", false), ("payment=unpaid", true), ("payment=paid", false), ("payment=none", false)] {
            assert_eq!(school.get(&format!("/staff/registrations?{query}")).await.text.contains("学生1"), found, "{query}");
        }
        assert_eq!(school.post("/staff/registrations/search", &[("person", "学生1")]).await.location(), own);
        let mut province = member(&app, "province-99").await;
        assert_eq!(province.post("/staff/registrations/search", &[("person", "学生1")]).await.location(), own);
    }

    /// S2, TH22.
    async fn one_field_finds_by_any_number_and_by_part_of_a_name_in_its_scope_only(t: TestDb) {
        let app = world(t).await;
        let own_pages = bound(&app, 1).await;
        drop(own_pages);
        paid(&app).await;
        let own = places(&app).await[0].clone();
        let passport = format!("{:032x}", 1);
        let texts = ["学生1", "生1", "20160001", "99301 000001", "99301000000000005", &*passport];
        let mut school = member(&app, "school-99301").await;
        for q in texts {
            let answer = school.post("/staff/registrations/search", &[("q", q)]).await;
            assert_eq!((answer.status.as_u16(), answer.location()), (303, &*own), "{q}: {:?}", answer.codes());
        }
        for q in ["学生1", "生1", "20160001", "99301000001"] {
            let answer = school.post("/staff/students/search", &[("q", q)]).await;
            assert!(answer.location().starts_with("/staff/students/99301-"), "{q}: {} {:?}", answer.status, answer.codes());
        }
        assert_eq!(school.post("/staff/students/search", &[("q", "99301000000000005")]).await.location(), own);
        for q in ["%", "_", "生_", "nobody", "' OR 1=1 --", "993010172100101"] {
            for path in ["/staff/registrations/search", "/staff/students/search"] {
                assert_eq!(school.post(path, &[("q", q)]).await.codes(), ["record-not-found"], "{path} {q}");
            }
        }
        let mut far = member(&app, "school-99101").await;
        for q in texts {
            assert_eq!(far.post("/staff/registrations/search", &[("q", q)]).await.codes(), ["record-not-found"], "{q}");
            assert_eq!(far.post("/staff/students/search", &[("q", q)]).await.codes(), ["record-not-found"], "{q}");
        }
        let mut province = member(&app, "province-99").await;
        assert_eq!(province.post("/staff/registrations/search", &[("q", "生1")]).await.location(), own);
        assert_eq!(province.post("/staff/registrations/search", &[("q", "99301000000000005")]).await.location(), own);
    }

    /// season.md, section 5: no page of a large school counts all of its rows.
    async fn a_large_schools_lists_say_about_how_many_there_are_and_count_what_is_filtered(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        counted(&app).await;
        let mut school = member(&app, "school-99301").await;
        assert!(school.get("/staff/registrations").await.text.contains("共 1 条"));
        let large: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE statistic SET registrations = 5000 WHERE place = '99301'", &[]).await
        }).await;
        assert!(large.unwrap() > 0);
        let list = school.get("/staff/registrations").await.text;
        assert!(list.contains("约 5000 条"), "{list}");
        assert!(school.get("/staff/registrations?college=x").await.text.contains("共 0 条"));
        let exact = school.get("/staff/students").await.text;
        assert!(exact.contains("共 ") && !exact.contains("约 "), "{exact}");
        let campus = CampusCode::parse("993010").unwrap();
        let groups = [Group { campus, college: "旧学院".to_owned(), class: "1班".to_owned(), students: 5007 }];
        let sitting = app.app.catalogue.get().current().unwrap().code.clone();
        let now = app.t.db.clock().process_now();
        app.app.groups.keep(("99301".to_owned(), sitting), now, &groups.into());
        let list = school.get("/staff/students").await.text;
        assert!(list.contains("约 5007 条") && list.contains("旧学院"), "{list}");
        app.t.clock.set(Time::from_micros(now.micros() + 60_000_000));
        let list = school.get("/staff/students").await.text;
        assert!(list.contains("共 ") && !list.contains("旧学院"), "older than a minute: {list}");
    }

    async fn lists_offer_the_colleges_that_there_are_count_their_rows_and_enter_whom_was_ticked(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        counted(&app).await;
        let renamed: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE student_record SET college = '物理<学院>', class = '2班'", &[]).await?;
            tx.execute("UPDATE registration SET college = '物理<学院>', class = '2班'", &[]).await
        }).await;
        renamed.unwrap();
        let mut school = member(&app, "school-99301").await;
        let list = school.get("/staff/registrations").await;
        assert!(list.text.contains("<option value=\"物理&#60;学院&#62;\" lang=\"zh-CN\">") && list.text.contains("共 1 条"), "{}", list.text);
        let none = school.get("/staff/registrations?college=x").await;
        assert!(none.text.contains("共 0 条") && none.text.contains("<option value=\"x\" selected"), "{}", none.text);
        assert!(school.get("/staff/students?class=2班").await.text.contains("共 "));
        assert!(member(&app, "school-99101").await.get("/staff/students").await.text.contains("共 "));
        let mut province = member(&app, "province-99").await;
        assert!(province.get("/staff/registrations").await.text.contains("约 1 条"));
        assert!(province.get("/staff/registrations?college=x").await.text.contains("共 0 条"), "all rows were looked through");
        let of_school = province.get("/staff/registrations?campus=99301").await.text;
        assert!(of_school.contains("<option value=\"物理&#60;学院&#62;\" lang=\"zh-CN\">") && of_school.contains("共 1 条"), "{of_school}");
        let id = list.text.split("name=\"registration\" value=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let fields = [("subject", "1"), ("command", "abc"), ("registration", id), ("confirm", "yes")];
        assert_eq!(school.post("/staff/group-entry/ticked", &fields).await.status, 303);
        assert!(school.get("/staff/registrations?subject=1").await.text.contains("学生1"));
    }

    async fn a_time_that_is_none_is_refused_instead_of_widening_the_search(t: TestDb) {
        let app = world(t).await;
        let mut auditor = member(&app, "auditor").await;
        let refused = auditor.get("/staff/audit?from=yesterday").await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec!["field-invalid"]));
        assert_eq!(auditor.get("/staff/audit.csv?to=x").await.status, 422);
        assert_eq!(auditor.get("/staff/audit?from=2017-01-01T08:00").await.status, 200);
    }

    async fn every_link_of_every_roles_menu_and_overview_leads_somewhere(t: TestDb) {
        let app = world(t).await;
        for account in ["school-99301", "province-99", "national", "service", "supervisor", "finance", "auditor"] {
            let mut browser = member(&app, account).await;
            let page = browser.get("/staff").await.text;
            let links: std::collections::BTreeSet<&str> =
                page.split("href=\"").skip(1).filter_map(|rest| rest.split('"').next()).filter(|href| href.starts_with("/staff")).collect();
            assert!(links.len() > 2, "{account}: {links:?}");
            for link in links {
                assert_eq!(browser.get(link).await.status, 200, "{account}: {link}");
            }
        }
    }

    /// S6.
    async fn figures_of_a_nation_are_added_up(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        paid(&app).await;
        let done: Result<(), DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            // 400 candidates with the highest possible fee: 400 million yuan.
            tx.execute(
                "WITH RECURSIVE counter (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM counter WHERE n < 400)
                 INSERT INTO registration
                        (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus,
                         school_name, campus_name, name, name_key, sex, document_kind, document_sealed, document_key,
                         education, duration, entry_year, grade, college, major, class, student_number, remark, subjects,
                         listed_subjects, barred_subjects, snapshot_hash)
                 SELECT school, n, sitting, 1, 1, 'released', 0, NULL, 1, campus, '', '', '', '', '', '', document_sealed,
                        document_key, '', '', '', '', '', '', '', '', '', '', '', '', ''
                   FROM registration, counter", &[]).await?;
            tx.execute(
                "INSERT INTO entry (school, id, registration_id, sitting, subject, mode, level, pool_school, campus,
                                    campus_name, school_name, state, fee, channel, entered_at, expires_at, paid_at)
                 SELECT school, id, id, sitting, '2', 'written', 6, school, campus, '', '', 'paid', 100000000, 'self', 1, 1, 1
                   FROM registration
                  WHERE state = 'released'", &[]).await?;
            tx.execute(
                "INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at,
                                     try_at, tries, sent_at)
                 SELECT school, id + 1000, 5, 6, 100000000, 'surplus', 'R' || CAST(id AS TEXT), 'due', 3, NULL, 4, 0, NULL
                   FROM registration
                  WHERE state = 'released'", &[]).await?;
            Ok(())
        }).await;
        done.unwrap();
        counted(&app).await;
        for account in ["national", "province-99", "school-99301"] {
            let mut browser = member(&app, account).await;
            let page = browser.get("/staff/statistics").await;
            assert_eq!(page.status, 200, "{account}");
            assert!(page.text.contains("¥400000000.00"), "{account}");
            let csv = browser.get("/staff/statistics.csv").await;
            assert!(csv.status == 200 && csv.text.contains("400000000.00"), "{account}");
            assert_eq!(browser.get("/staff/statistics.xlsx").await.status, 200, "{account}");
            let overview = browser.get("/staff").await;
            assert_eq!((overview.status.as_u16(), overview.text.contains("¥400000000.00")), (200, true), "{account}");
        }
        let mut finance = member(&app, "finance").await;
        assert!(finance.get("/staff").await.text.contains("¥400000000.02"));
        assert_eq!(finance.get("/staff/refunds.csv").await.status, 200);
    }

    /// TH27.
    async fn the_lists_of_a_season_are_files_too(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for (path, there, gone) in [
            ("/staff/sittings", vec!["2017-2", "2017年下半年"], vec![]),
            ("/staff/sittings?state=draft", vec![], vec!["2017-2"]),
            ("/staff/sittings?after=2017-2", vec![], vec!["2017-2"]),
            ("/staff/sittings/2017-2/subjects", vec!["英语四级笔试", "笔试"], vec![]),
            ("/staff/portal", vec!["/faq?lang=en"], vec![]),
            ("/staff/arrangements?campus=993010&subject=1", vec!["(993010)"], vec!["(991010)", "英语六级笔试"]),
        ] {
            let (base, query) = path.split_once('?').unwrap_or((path, ""));
            let page = national.get(path).await;
            assert!(page.status == 200 && page.text.contains(&format!("{base}.csv")) || !query.is_empty(), "{}", page.text);
            let file = national.get(&format!("{base}.csv?{query}")).await;
            assert!(file.status == 200 && file.header(http::header::CONTENT_DISPOSITION).contains(".csv"), "{path}");
            assert!(there.iter().all(|text| file.text.contains(text)), "{path} {}", file.text);
            assert!(gone.iter().all(|text| !file.text.contains(text)), "{path} {}", file.text);
            assert!(national.get(&format!("{base}.xlsx?{query}")).await.bytes.starts_with(b"PK"), "{path}");
        }
        assert_eq!(told_of(&app.t.db, "list-exported").await.unwrap().len(), 12);
        assert_eq!(national.get("/staff/sittings/2099-1/subjects.csv").await.status, 404);
    }

    async fn money_that_fits_nothing_waits_for_finance(t: TestDb) {
        let app = world(t).await;
        let mut finance = member(&app, "finance").await;
        assert!(finance.get("/staff/suspense").await.text.contains("没有待查的款项"));
        let done: Result<(), DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            let money = cet_domain::payment::suspense::Suspense {
                school: cet_base::words::codes::SchoolCode::NONE,
                gateway: gateway::payease::CODE,
                order_number: "20170920-888-12".to_owned(),
                trade_no: "<b>T9".to_owned(),
                amount_fen: 10_000_000_000,
                doubt: cet_domain::payment::suspense::Doubt::Order,
                proof: "notice",
            };
            cet_domain::payment::suspense::keep(tx, &money).await?;
            cet_domain::payment::suspense::keep(tx, &money).await.map(|_| ())
        }).await;
        done.unwrap();
        let overview = finance.get("/staff").await;
        assert!(overview.text.contains("1 笔款项对不上支付单") && overview.text.contains("href=\"/staff/suspense\""));
        let list = finance.get("/staff/suspense").await;
        for shown in ["20170920-888-12", "&#60;b&#62;T9", "¥100000000.00", "没有这个支付单"] {
            assert!(list.text.contains(shown), "{shown} {}", list.text);
        }
        assert!(finance.get("/staff/suspense?lang=en").await.text.contains("No such order"));
        let file = async |query: &str| app_file(&app, &format!("/staff/suspense.csv{query}")).await;
        assert!(file("?gateway=payease").await.contains("20170920-888-12") && !file("?gateway=alipay").await.contains("888-12"));
        assert!(!file("?state=settled").await.contains("888-12"));
        let settled = "UPDATE suspense SET state = 'settled', settled_as = 'foreign', settled_by = 'x', settled_at = 1";
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(settled, &[]).await).await.unwrap();
        assert!(file("?state=settled").await.contains("888-12") && !file("").await.contains("888-12"));
        let mut school = member(&app, "school-99301").await;
        assert!(!school.get("/staff").await.text.contains("suspense"));
    }
}
