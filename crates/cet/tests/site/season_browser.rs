//! A whole season of the authority in Chromium: nation, province and schools lay down, correct and print everything by
//! pages and files, candidates register meanwhile, and nobody types a command.

mod desk;
mod papers;

use super::client::Client;
use super::demo::{Demo, Student};
use super::gateway::PayBy;
use super::journey_http::pay;
use super::mailbox::has_mail;
use super::staff_browser::WANG_TICKET;
use super::window::Look;
use desk::{Desk, days};
use papers::{CLASS, Papers};

const SITTING: &str = "/staff/sittings/2018-1";

const fn look(name: &'static str) -> Look {
    Look { width: 1280, script: true, language: "zh-CN", dark: false, name }
}

/// season.md 1 to 4.
#[tokio::test(flavor = "multi_thread")]
async fn every_role_runs_its_season_on_the_web_from_the_copy_of_the_last_sitting_to_the_printed_lists() {
    let demo = Demo::start(None);
    let papers = Papers::of(&demo);
    let mut nation = Desk::open(&demo, "national", look("season-nation")).await;
    let mut second = Desk::open(&demo, "national-2", look("season-nation-2")).await;
    let from = the_nation_lays_down_the_sitting(&mut nation, &mut second).await;

    let mut province = Desk::open(&demo, "province-99", look("season-province")).await;
    let second_of_province = Desk::open(&demo, "province-99-2", look("season-province-2")).await;
    the_province_opens_its_schools(&mut province, &second_of_province, &from).await;

    let mut school = Desk::open(&demo, "school-99301", look("season-school")).await;
    the_school_prepares(&mut school, &papers).await;
    let mut other = Desk::open(&demo, "school-99101", look("season-school-2")).await;
    a_student_moves_to_another_school(&mut school, &mut other, &papers).await;

    candidates_meet_the_school(&demo, &mut school, &papers).await;
    the_school_enters_and_pays_for_its_class(&mut school).await;

    // Registration is over, and with it every session.
    let after = days(&from, 16);
    Client::new(&demo.url).post("/rehearsal/clock", &[("now", &after)]).await.leads_to("/rehearsal/clock");
    for desk in [&mut nation, &mut second, &mut school] {
        desk.enter_again().await;
    }
    the_nation_draws_and_publishes(&mut nation, &second).await;
    the_school_prints(&mut school).await;
    for desk in [nation, second, province, second_of_province, school, other] {
        desk.window.close().await;
    }
    demo.verify();
}

/// Copies the last sitting, sets its dates, fees and agreement, and publishes it; returns when registration begins.
async fn the_nation_lays_down_the_sitting(nation: &mut Desk, second: &mut Desk) -> String {
    nation.go("/staff/sittings").await;
    nation
        .put(&[
            ("from", "2017-2"),
            ("shift_days", "30"),
            ("code", "2018-1"),
            ("name", "2018年上半年CET考试"),
            ("name_en", "CET, first half of 2018"),
            ("year", "2018"),
            ("half", "1"),
        ])
        .await;
    nation.press("main form[action='/staff/sittings'][method='post'] button.btn:not(.alt)").await;
    nation.window.arrives("/2018-1").await;
    nation.window.look("01-draft").await;

    // The copy's window begins a month after the last one's; this one is to be open already.
    nation.go(&format!("{SITTING}/windows/99/written")).await;
    let from = days(&nation.value("from").await, -30);
    for mode in ["written", "oral"] {
        let window = [("from", from.as_str()), ("to", &days(&from, 50))];
        nation.set(&format!("{SITTING}/windows/nation/{mode}"), &window, "").await;
    }
    nation.go(&format!("{SITTING}/subjects/1")).await;
    let exam = [("exam_from", nation.value("exam_from").await), ("exam_to", nation.value("exam_to").await)];
    let exam = exam.map(|(name, at)| (name, days(&at, 7)));
    let exam = exam.each_ref().map(|(name, at)| (*name, at.as_str()));
    nation.set(&format!("{SITTING}/subjects/1"), &exam, "").await;
    nation.set(&format!("{SITTING}/fees/nation"), &[("fee.1", "30.00"), ("fee.2", "32.00")], "").await;
    let agreement = "# 报名协议\n\n考生须如实填写报名信息，遵守考场规则。";
    nation.set(&format!("{SITTING}/texts/agreement/zh"), &[("body", agreement)], "").await;
    nation.go(&format!("{SITTING}?place=99")).await;
    nation.window.look("02-board").await;

    nation.set(&format!("{SITTING}/publication"), &[], "报名准备就绪").await;
    nation.window.look("03-asked").await;
    assert_eq!(nation.window.count("[data-change][data-state=asked]").await, 1);
    // Who asked can't approve.
    assert_eq!(nation.window.count("main form[action$='/approval']").await, 0);
    second.approve().await;
    second.window.look("01-approved").await;
    from
}

async fn the_province_opens_its_schools(province: &mut Desk, second: &Desk, from: &str) {
    for mode in ["written", "oral"] {
        let path = format!("{SITTING}/windows/99/{mode}");
        province.set(&path, &[("from", from), ("to", &days(from, 15))], "本省报名两周").await;
        // It closes earlier than the copy did.
        second.approve().await;
    }
    province.set(&format!("{SITTING}/limits/99"), &[("capacity.1", "400")], "考场有限").await;
    second.approve().await;
    let notice = [("body", "一、请在规定时间内报名。\n\n二、照片由学校统一上传。")];
    province.set("/staff/notices/99/all", &notice, "省通告").await;
    province.go("/staff").await;
    province.window.look("01-board").await;
}

async fn the_school_prepares(school: &mut Desk, papers: &Papers) {
    school.go("/staff/pools").await;
    school.put(&[("capacity.993010.1", "2000")]).await;
    school.press("main form[action='/staff/pools'][method=post]:not([enctype]) button.btn").await;
    school.refused("outside-limits").await;
    school.put(&[("capacity.993010.1", "120")]).await;
    school.press("main form[action='/staff/pools'][method=post]:not([enctype]) button.btn").await;
    school.confirm("机房改造").await;
    let oral = [("elsewhere", "99101")];
    school.set(&format!("{SITTING}/oral/99301"), &[("elsewhere", "")], "暂不外送").await;
    school.set(&format!("{SITTING}/oral/99301"), &oral, "本校机位不足").await;

    school.upload("/staff/rosters", &papers.roster).await;
    school.becomes("ready").await;
    school.window.look("01-preview").await;
    let text = school.window.text().await;
    assert!(text.contains("序号"), "what was not read is not named: {text}");
    school.press("main form[action$='/publication'] button.btn").await;
    school.becomes("published").await;

    for photos in &papers.photos {
        school.upload("/staff/photos", photos).await;
        school.becomes("ready").await;
        school.window.look("02-photos").await;
        school.press("main form[action$='/publication'] button.btn").await;
        school.becomes("published").await;
    }

    school.open_student(&papers.barred).await;
    school.window.click("main input[name=barred][value='1']").await;
    school.press("main form:has(input[name=barred]) button.btn:not(.quiet)").await;
    school.sound().await;
    school.open_student(&papers.barred).await;
    assert_eq!(school.window.count("main input[name=barred][value='1']:checked").await, 1);
}

/// Another school's file names a student of this one, which lets the student go.
async fn a_student_moves_to_another_school(school: &mut Desk, other: &mut Desk, papers: &Papers) {
    other.upload("/staff/rosters", &papers.moved).await;
    other.becomes("ready").await;
    other.window.look("01-transfer").await;
    other.press("main form[action$='/publication'] button.btn").await;
    other.becomes("published").await;
    school.go("/staff/transfers").await;
    school.press("main tbody a").await;
    school.window.look("03-transfer").await;
    school.press("main form[action$='/release'] button.btn").await;
    school.sound().await;
    other.open_student(&papers.mover).await;
}

/// Candidates register while the school decides what they ask.
async fn candidates_meet_the_school(demo: &Demo, school: &mut Desk, papers: &Papers) {
    let mut barred = Client::new(&demo.url);
    barred.join("barred@example.cn").await;
    barred.bind(&papers.barred).await;
    let answer = barred.post("/registration/written", &[("subject", "1")]).await;
    assert_eq!(answer.codes(), ["not-eligible"], "{} {}\n{}", answer.status, answer.location, answer.text);

    let mut wang = Client::new(&demo.url);
    wang.join("wang@example.cn").await;
    wang.bind(&papers.reviewed).await;
    wang.post("/review", &[("ticket_number", WANG_TICKET), ("confirmed", "yes")]).await.leads_to("/review");
    school.go("/staff/reviews?state=pending").await;
    school.press("main tbody a").await;
    school.put(&[("decision", "approve"), ("evidence", "身份证件和成绩单一致")]).await;
    school.press("main form:has(select[name=decision]) button.btn:not(.quiet)").await;
    school.sound().await;
    wang.post("/registration/written", &[("subject", "2")]).await.leads_to("/registration");
    pay(&mut wang, PayBy::Alipay, "pay").await;

    let mut wrong = Client::new(&demo.url);
    wrong.join("wrong@example.cn").await;
    wrong.look_up(&papers.wrong).await.leads_to("/qualification/record");
    let report = [("field", "major"), ("right", "国际会计"), ("note", "")];
    assert_eq!(wrong.post("/record-report", &report).await.status, 303);
    school.go("/staff/record-reports").await;
    school.press("main tbody a").await;
    school.put(&[("value", "国际会计"), ("answer", "已按教务系统更正")]).await;
    school.press("main form[action$='/correction'] button.btn").await;
    school.window.look("04-correction").await;
    school.press("main form:has(input[name=confirm]) button.btn:not(.alt)").await;
    school.sound().await;
    assert!(has_mail(demo, "wrong@example.cn", "").await);
    let record = wrong.look_up(&papers.wrong).await;
    record.leads_to("/qualification/record");
    assert!(wrong.page("/qualification/record").await.contains("国际会计"));
    wrong.post("/qualification/record", &[("checked", "yes")]).await.leads_to("/registration/written");
    wrong.post("/registration/written", &[("subject", "1")]).await.leads_to("/registration");
    pay(&mut wrong, PayBy::PayEase, "pay").await;
    own_notices_are_shown(&mut wrong).await;
}

/// P2.
async fn own_notices_are_shown(candidate: &mut Client) {
    let page = candidate.page("/registration/written").await;
    assert!(page.contains("照片由学校统一上传"), "{page}");
}

async fn the_school_enters_and_pays_for_its_class(school: &mut Desk) {
    school.go(&format!("/staff/group-entry?class={CLASS}&subject=1")).await;
    school.window.look("05-class").await;
    school.tick_all("/staff/group-entry").await;
    school.press("main form[action='/staff/group-entry'][method=post] button.btn").await;
    school.window.look("06-entered").await;
    school.go(&format!("/staff/collective-payments/new?look=1&class={CLASS}&subject=1")).await;
    school.press("main form[action='/staff/collective-payments'] button.btn").await;
    school.press("main .acts a[href$='/confirmation']").await;
    school.press("main form[action$='/confirmation'] button.btn").await;
    assert_eq!(school.window.count("[data-state=paid]").await, 1, "{}", school.window.text().await);
    school.window.look("07-paid").await;
}

async fn the_nation_draws_and_publishes(nation: &mut Desk, second: &Desk) {
    nation.go("/staff/arrangements").await;
    nation.put(&[("campus", "99301"), ("seed", "42")]).await;
    nation.press("main form[action='/staff/arrangements/draw'] button.btn:not(.alt):not(.quiet)").await;
    nation.sound().await;
    nation.window.look("04-drawn").await;
    nation.put(&[("campus", "99301")]).await;
    nation.press("main button[formaction='/staff/arrangements/publication']").await;
    nation.sound().await;
    second.go("/staff/arrangements").await;
    second.put(&[("campus", "99301")]).await;
    second.press("main button[formaction='/staff/arrangements/approval']").await;
    second.sound().await;
}

async fn the_school_prints(school: &mut Desk) {
    school.go("/staff/arrangements").await;
    school.window.look("08-arranged").await;
    let (status, zip) = school.window.fetch("/staff/arrangements/993010/lists.zip").await;
    assert_eq!(status, 200);
    assert!(zip.starts_with(b"PK"));
}

/// A student's line.
fn of<'a>(students: &'a [Student], name: &str) -> &'a Student {
    students.iter().find(|student| student.name == name).unwrap()
}
