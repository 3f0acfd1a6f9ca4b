//! Settings are previewed, confirmed, approved by a second person, and undone.

use crate::registration::pages::tests::{bound, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;
use cet_base::store::testing::TestDb;
use cet_base::store::{DbError, Tx};
use cet_base::words::fen::Fen;
use cet_base::words::time::Time;

async fn world(t: TestDb) -> TestApp {
    let app = enrolled(t).await;
    staffed(&app).await;
    app
}

async fn capacity(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            let sql = "SELECT capacity FROM seat_pool WHERE campus = '993010' AND subject = '1'";
            tx.query_one(sql, &[]).await
        })
        .await;
    read.unwrap().0
}

async fn fee(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT MAX(amount) FROM fee WHERE subject = '1'", &[]).await
        })
        .await;
    read.unwrap().0
}

async fn exam(app: &TestApp) -> String {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT exam_from FROM subject WHERE sitting = '2017-2' AND code = '1'", &[]).await
        })
        .await;
    Time::from_micros(read.unwrap().0).page()
}

fn told(answer: &Answer) -> (u16, Vec<&str>) {
    (answer.status.as_u16(), answer.codes())
}

const POOL: &str = "capacity.993010.1";

on_both! {
    /// R20.
    async fn a_school_looks_at_a_capacity_before_it_is_written_and_takes_it_back(t: TestDb) {
        let app = world(t).await;
        let before = capacity(&app).await;
        let mut school = member(&app, "school-99301").await;
        let form = school.get("/staff/pools").await;
        let seen = form.value("seen").unwrap().to_owned();
        let look = school.post("/staff/pools", &[(POOL, "321"), ("seen", &seen), ("sitting", "2017-2")]).await;
        assert_eq!(look.status, 200);
        assert!(look.text.contains("<ins") && look.text.contains("321") && look.text.contains(&format!("{}", 321 - before)));
        assert_eq!(capacity(&app).await, before, "nothing is written yet");
        assert_eq!(look.value("confirm"), Some("yes"));
        let again = look.value("seen").unwrap().to_owned();
        let fields = [(POOL, "321"), ("seen", &*again), ("sitting", "2017-2"), ("confirm", "yes"), ("reason", "新教学楼")];
        let done = school.post("/staff/pools", &fields).await;
        assert_eq!((done.status.as_u16(), capacity(&app).await), (303, 321));
        assert!(school.get(done.location()).await.text.contains("改动已生效"));
        assert_eq!(school.post("/staff/pools", &fields).await.status, 303, "a repeat of the confirmed form");
        let list = school.get("/staff/changes").await;
        let href = list.text.split("href=\"/staff/changes/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let href = format!("/staff/changes/{href}");
        let one = school.get(&href).await;
        assert!(one.text.contains("新教学楼") && one.text.contains("321"));
        let long = "长".repeat(600);
        let wrong = school.post(&format!("{href}/undo"), &[("reason", &*long)]).await;
        assert_eq!(told(&wrong), (422, vec!["field-invalid"]));
        assert!(wrong.text.contains("data-field=\"reason\""), "{}", wrong.text);
        // The address takes no field; a reason may be given.
        let undone = school.post(&format!("{href}/undo"), &[]).await;
        assert_eq!((undone.status.as_u16(), capacity(&app).await), (303, before));
        assert!(school.get(&href).await.text.contains("这次改动已被撤销"));
        let refused = school.post(&format!("{href}/undo"), &[("reason", "x")]).await;
        assert_eq!(told(&refused), (409, vec!["undo-impossible"]));
        assert!(refused.text.contains("不能撤销这次改动：容量 · (993010)"), "it says which: {}", refused.text);
    }

    /// R19.
    async fn a_preview_says_what_it_was_made_from_also_where_the_form_before_it_did_not(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let look = school.post("/staff/pools", &[(POOL, "321")]).await;
        let seen = look.value("seen").unwrap().to_owned();
        let mut province = member(&app, "province-99").await;
        let meanwhile = [(POOL, "322"), ("confirm", "yes"), ("reason", "考点改造")];
        assert_eq!(province.post("/staff/pools", &meanwhile).await.status, 303);
        let confirmed = [(POOL, "321"), ("seen", &*seen), ("confirm", "yes"), ("reason", "新教学楼")];
        let refused = school.post("/staff/pools", &confirmed).await;
        assert_eq!(told(&refused), (409, vec!["changed-meanwhile"]));
        assert!(refused.text.contains("321") && refused.text.contains("322"), "both values");
        assert_eq!(capacity(&app).await, 322);
    }

    /// season.md 1.
    async fn a_time_of_printing_without_an_exam_asks_for_the_exam(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let subject = [("name", "x"), ("mode", "written"), ("level", "4"), ("language", "英语")];
        let path = "/staff/sittings/2017-2/subjects/1";
        for (time, field, words) in [
            ("printing_from", "exam_from", "请填考试开始"),
            ("printing_to", "printing_from", "请填准考证打印开始"),
        ] {
            let fields = [&subject[..], &[(time, "2017-12-01 09:00")]].concat();
            let refused = national.post(path, &fields).await;
            assert_eq!(told(&refused), (422, vec!["date-order"]), "{time}");
            assert!(refused.text.contains(words) && refused.text.contains(&format!("href=\"#{field}\"")), "{}", refused.text);
        }
    }

    /// season.md 1.
    async fn a_preview_names_what_a_place_inherits_before_or_after_the_change(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let path = "/staff/sittings/2017-2/fees/99";
        let nation = format!("{}（来自全国）", Fen::new(fee(&app).await).unwrap());
        let look = national.post(path, &[("fee.1", "77")]).await;
        assert!(look.text.contains(&format!("<del lang=\"zh-CN\">{nation}</del>")), "{nation}: {}", look.text);
        let own = "INSERT INTO fee (sitting, scope, subject, amount) VALUES ('2017-2', '99', '1', 7700)";
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(own, &[]).await).await;
        assert_eq!(done.unwrap(), 1);
        let look = national.post(path, &[("fee.1", "")]).await;
        assert!(look.text.contains(&format!("<ins lang=\"zh-CN\">{nation}</ins>")), "{nation}: {}", look.text);
    }

    /// season.md 1.
    async fn a_preview_writes_times_to_the_minute(t: TestDb) {
        let app = world(t).await;
        let sql = "UPDATE subject SET exam_to = exam_to + 28000000 WHERE sitting = '2017-2' AND code = '1'";
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
        assert_eq!(done.unwrap(), 1);
        let from = exam(&app).await;
        let to = format!("{} 23:59", from.split(' ').next().unwrap());
        let subject = [("name", "1"), ("mode", "written"), ("level", "4"), ("language", "english")];
        let fields = [&subject[..], &[("exam_from", &*from), ("exam_to", &*to)]].concat();
        let look = member(&app, "national").await.post("/staff/sittings/2017-2/subjects/1", &fields).await;
        assert!(look.status == 200 && look.text.contains(&format!(">{to}</ins>")), "{}", look.text);
        assert!(!look.text.contains(":28</del>"), "{}", look.text);
    }

    /// season.md 1.
    async fn what_may_not_be_changed_is_shown_as_other_pages_write_it(t: TestDb) {
        let app = world(t).await;
        let sql = "UPDATE sitting SET state = 'closed' WHERE code = '2017-2'";
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await;
        assert_eq!(done.unwrap(), 1);
        let page = member(&app, "national").await.get("/staff/sittings/2017-2/subjects/1").await;
        let from = exam(&app).await;
        assert!(page.status == 200 && !page.text.contains("name=\"exam_from\""), "{}", page.text);
        assert!(page.text.contains(&format!(">{from}<")) && page.text.contains(">笔试<"), "{from}: {}", page.text);
    }

    /// season.md 1.
    async fn a_change_may_wait_for_a_time_and_be_taken_back_until_then(t: TestDb) {
        let app = world(t).await;
        let before = capacity(&app).await;
        let mut school = member(&app, "school-99301").await;
        let at = |hours: i64| app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(hours)).local("%Y-%m-%dT%H:%M");
        let (past, later) = (at(-1), at(1));
        let fields = |from: &str| vec![(POOL, "321"), ("sitting", "2017-2"), ("confirm", "yes"), ("reason", "新教学楼"), ("change_from", from)].into_iter().map(|(name, value)| (name, value.to_owned())).collect::<Vec<_>>();
        let mut answers = Vec::new();
        for from in [&*past, "tomorrow", &*later] {
            let fields = fields(from);
            let fields: Vec<(&str, &str)> = fields.iter().map(|(name, value)| (*name, value.as_str())).collect();
            answers.push(school.post("/staff/pools", &fields).await);
        }
        assert_eq!((told(&answers[0]), told(&answers[1])), ((422, vec!["date-order"]), (422, vec!["field-invalid"])));
        assert!(answers[0].text.contains("name=\"change_from\"") && answers[0].value("confirm") == Some("yes"));
        let href = answers[2].location().to_owned();
        assert!(href.starts_with("/staff/changes/"), "{href}");
        let page = school.get(&href).await;
        assert!(page.text.contains("data-state=\"scheduled\"") && page.text.contains("等到时间生效"), "{}", page.text);
        assert_eq!(capacity(&app).await, before);
        assert_eq!(school.post(&format!("{href}/refusal"), &[]).await.status, 303);
        let page = school.get(&href).await.text;
        assert!(page.contains("data-state=\"refused\"") && page.contains("由提出人收回"), "{page}");
        let log = member(&app, "auditor").await.get("/staff/audit?action=change-taken-back").await.text;
        assert!(log.contains("收回自己提出的改动"), "{log}");
    }

    /// season.md 1.3.
    async fn what_nobody_approved_in_time_is_listed_as_lapsed_and_no_longer_as_waiting(t: TestDb) {
        let app = world(t).await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let fields = [("fee.1", "30"), ("confirm", "yes"), ("reason", "新标准")];
        let asked = member(&app, "national").await.post(path, &fields).await;
        let link = format!("href=\"{}\"", asked.location());
        for (days, there) in [(0, "asked"), (8, "lapsed")] {
            app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(24 * days)));
            let mut national = member(&app, "national").await;
            for state in ["asked", "lapsed"] {
                let list = national.get(&format!("/staff/changes?state={state}")).await.text;
                assert_eq!(list.contains(&link), state == there, "{state} after {days} days");
            }
        }
    }

    /// R15.
    async fn a_capacity_below_what_is_taken_is_refused_at_its_field_with_the_number(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        let mut school = member(&app, "school-99301").await;
        let answer = school.post("/staff/pools", &[(POOL, "0")]).await;
        assert_eq!(told(&answer), (409, vec!["below-taken"]));
        assert!(answer.text.contains("已占 1 个考位") && answer.text.contains(&format!("href=\"#{POOL}\"")));
    }

    /// R21, TH24.
    async fn whoever_lost_the_role_or_the_account_before_the_approval_approves_nothing(t: TestDb) {
        let app = world(t).await;
        let before = fee(&app).await;
        let mut one = member(&app, "national").await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let asked = one.post(path, &[("fee.1", "30"), ("confirm", "yes"), ("reason", "新标准")]).await;
        let href = asked.location().to_owned();
        let approval = format!("{href}/approval");
        for (lost, statuses) in [
            ("UPDATE staff_account SET role = 'auditor' WHERE name = 'national-2'", [404, 303]),
            ("UPDATE staff_account SET role = 'province', scope = '99' WHERE name = 'national-2'", [404, 403]),
            ("UPDATE staff_account SET disabled_at = 1 WHERE name = 'national-2'", [303, 303]),
        ] {
            let mut other = member(&app, "national-2").await;
            assert!(other.get(&href).await.text.contains(&approval), "the page was open");
            let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(lost, &[]).await).await;
            assert_eq!(done.unwrap(), 1);
            let answer = other.post(&approval, &[]).await;
            assert!(statuses.contains(&answer.status.as_u16()) && answer.location() != href, "{lost}: {} {}", answer.status, answer.location());
            assert_eq!(fee(&app).await, before, "{lost}");
            let back = "UPDATE staff_account SET role = 'national', scope = '', disabled_at = NULL WHERE name = 'national-2'";
            let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(back, &[]).await).await;
            done.unwrap();
        }
    }

    /// R21.
    async fn a_fee_of_a_published_sitting_waits_for_another_person(t: TestDb) {
        let app = world(t).await;
        let before = fee(&app).await;
        let mut one = member(&app, "national").await;
        let path = "/staff/sittings/2017-2/fees/nation";
        let look = one.post(path, &[("fee.1", "30")]).await;
        assert!(look.status == 200 && look.text.contains("需要第二人同意"));
        let refused = one.post(path, &[("fee.1", "30"), ("confirm", "yes"), ("reason", " ")]).await;
        assert_eq!(told(&refused), (422, vec!["field-invalid"]), "without a reason");
        let asked = one.post(path, &[("fee.1", "30"), ("confirm", "yes"), ("reason", "新标准")]).await;
        assert!(asked.location().starts_with("/staff/changes/"), "{}", asked.location());
        let href = asked.location().to_owned();
        assert_eq!(fee(&app).await, before);
        assert_eq!(told(&one.post(&format!("{href}/approval"), &[]).await), (403, vec!["needs-second"]));
        assert!(!one.get(&href).await.text.contains(&format!("{href}/approval")), "no button that can't work");
        let mut other = member(&app, "national-2").await;
        assert!(other.get("/staff").await.text.contains("1 次改动待您同意"));
        assert!(!one.get("/staff").await.text.contains("次改动待您同意"), "nobody waits for one's own approval");
        let page = other.get(&href).await;
        assert!(page.text.contains("新标准") && page.text.contains("30.00"), "who approves sees what is approved");
        assert_eq!(other.post(&format!("{href}/approval"), &[]).await.status, 303);
        assert_eq!(fee(&app).await, 3_000);
    }

    /// R21.
    async fn who_approves_sees_what_a_place_inherits_now_and_whom_the_change_touches(t: TestDb) {
        let app = world(t).await;
        let mut one = member(&app, "national").await;
        let nation = format!("{}（来自全国）", Fen::new(fee(&app).await).unwrap());
        let fields = [("fee.1", "77"), ("confirm", "yes"), ("reason", "新标准")];
        let asked = one.post("/staff/sittings/2017-2/fees/99", &fields).await;
        let href = asked.location().to_owned();
        assert!(href.starts_with("/staff/changes/"), "{:?}", asked.codes());
        let mut other = member(&app, "national-2").await;
        let page = other.get(&href).await;
        assert!(page.text.contains(&format!("<del lang=\"zh-CN\">{nation}</del>")), "{nation}: {}", page.text);
        assert!(page.text.contains("影响到谁"), "{}", page.text);
        assert_eq!(other.post(&format!("{href}/approval"), &[]).await.status, 303);
        let done = other.get(&href).await;
        assert!(!done.text.contains("影响到谁"), "what is done has its effects behind it");
    }

    /// R19.
    async fn of_two_editors_the_second_is_shown_both_values(t: TestDb) {
        let app = world(t).await;
        let (mut one, mut two) = (member(&app, "school-99301").await, member(&app, "province-99").await);
        let path = "/staff/sittings/2017-2/oral/99301";
        let seen = one.get(path).await.value("seen").unwrap().to_owned();
        let theirs = [("elsewhere", "991010"), ("confirm", "yes"), ("reason", "x")];
        assert_eq!(two.post(path, &theirs).await.status, 303);
        let answer = one.post(path, &[("elsewhere", "99"), ("seen", &seen)]).await;
        assert_eq!(told(&answer), (409, vec!["changed-meanwhile"]));
        assert!(answer.text.contains("“991010”") && answer.text.contains("“99”"), "{}", answer.text);
        let fresh = one.get(path).await.value("seen").unwrap().to_owned();
        assert_eq!(one.post(path, &[("elsewhere", "99"), ("seen", &fresh)]).await.status, 200);
    }

    /// R23.
    async fn a_nation_copies_the_last_sitting_and_publishes_it_with_a_second_person(t: TestDb) {
        let app = world(t).await;
        // What a lower place has set is copied too, although the nation may not change it there.
        let notice = [("body", "一、遵守时间"), ("confirm", "yes"), ("reason", "x")];
        let mut province = member(&app, "province-99").await;
        assert_eq!(province.post("/staff/notices/99/all", &notice).await.status, 303);
        let mut one = member(&app, "national").await;
        let fields = [("from", "2017-2"), ("code", "2018-1"), ("name", "2018年上半年"), ("year", "2018"), ("half", "1"), ("shift_days", "182")];
        let made = one.post("/staff/sittings", &fields).await;
        assert_eq!(made.location(), "/staff/sittings/2018-1");
        let board = one.get("/staff/sittings/2018-1").await;
        assert!(board.text.contains("data-check=\"windows\" data-state=\"done\""), "{}", board.text);
        let copied = province.get("/staff/notices/99/all?sitting=2018-1").await;
        assert!(copied.text.contains("一、遵守时间"));
        assert_eq!(one.post("/staff/notices/99/all", &notice).await.status, 404, "only the place itself writes its notice");
        assert!(!app.browser().get("/").await.text.contains("2018年上半年"), "a draft is for staff only");
        let taken = fields.map(|(name, value)| (name, if name == "shift_days" { "1" } else { value }));
        assert_eq!(told(&one.post("/staff/sittings", &taken).await), (422, vec!["field-invalid"]), "the code is taken");
        let path = "/staff/sittings/2018-1/publication";
        let asked = one.post(path, &[("confirm", "yes"), ("reason", "x")]).await;
        let mut other = member(&app, "national-2").await;
        let done = other.post(&format!("{}/approval", asked.location()), &[]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        assert!(app.browser().get("/").await.text.contains("2018年上半年"));
        let back = one.post("/staff/sittings/2018-1/withdrawal", &[("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!(other.post(&format!("{}/approval", back.location()), &[]).await.status, 303);
        assert!(!app.browser().get("/").await.text.contains("2018年上半年"));
    }

    /// R23.
    async fn an_empty_sitting_names_what_is_missing(t: TestDb) {
        let app = world(t).await;
        let mut one = member(&app, "national").await;
        let fields = [("code", "2018-1"), ("name", "2018年上半年"), ("year", "2018"), ("half", "1")];
        assert_eq!(one.post("/staff/sittings", &fields).await.status, 303);
        let answer = one.post("/staff/sittings/2018-1/publication", &[("confirm", "yes")]).await;
        assert_eq!(told(&answer), (409, vec!["sitting-state"; 4]));
        let board = one.get("/staff/sittings/2018-1").await;
        for check in ["subjects", "fees", "pools", "agreement"] {
            assert!(board.text.contains(&format!("data-check=\"{check}\" data-state=\"blocking\"")), "{check}");
        }
        let subject = [
            ("code", "1"), ("name", "英语四级笔试"), ("mode", "written"), ("level", "4"), ("language", "英语"),
            ("exam_from", "2018-06-16T09:00"), ("exam_to", "2018-06-16T11:20"), ("confirm", "yes"),
        ];
        assert_eq!(one.post("/staff/sittings/2018-1/subjects/new", &subject).await.status, 303);
        assert!(one.get("/staff/sittings/2018-1/subjects").await.text.contains("(1) 英语四级笔试"));
    }

    /// R22.
    async fn a_school_opens_only_within_the_limits_of_its_province(t: TestDb) {
        let app = world(t).await;
        let now = app.t.clock.process_now();
        let day = |n: i64| now.plus(jiff::SignedDuration::from_hours(24 * n)).page();
        let mut province = member(&app, "province-99").await;
        let (from, to) = (day(-1), day(5));
        let fields = [("written_from", &*from), ("written_to", &to), ("confirm", "yes"), ("reason", "x")];
        let asked = province.post("/staff/sittings/2017-2/limits/99", &fields).await;
        let mut other = member(&app, "province-99-2").await;
        assert_eq!(other.post(&format!("{}/approval", asked.location()), &[]).await.status, 303);
        let mut school = member(&app, "school-99301").await;
        let path = "/staff/sittings/2017-2/windows/99301/written";
        let late = day(6);
        let refused = school.post(path, &[("from", &from), ("to", &late)]).await;
        assert_eq!(told(&refused), (422, vec!["outside-limits"]));
        assert!(refused.text.contains("(99)测试省规定"));
        assert_eq!(school.post(path, &[("from", &from), ("to", &to)]).await.status, 200);
    }

    async fn notices_are_shown_to_candidates_in_their_language(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let fields = [("body", "请带**身份证**"), ("body_en", "Bring your ID card"), ("confirm", "yes"), ("reason", "x")];
        let done = school.post("/staff/notices/99301/all", &fields).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        let mut candidate = bound(&app, 1).await;
        assert!(candidate.get("/registration/written").await.text.contains("请带<strong>身份证</strong>"));
        assert!(candidate.get("/registration/written?lang=en").await.text.contains("Bring your ID card"));
    }
}
