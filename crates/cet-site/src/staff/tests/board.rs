//! The board at `/staff`, and the statistics down the tree.

use super::lists::{paid, world};
use super::world::{counted, member};
use crate::registration::pages::tests::bound;
use cet_base::on_both;
use cet_base::params;
use cet_base::store::{DbError, Tx};

on_both! {
    async fn the_board_names_what_is_missing_at_its_own_place_and_what_was_changed(t: TestDb) {
        let app = world(t).await;
        counted(&app).await;
        for (account, place, check) in [("school-99301", "99301", "oral"), ("province-99", "99", "rosters"), ("national", "nation", "agreement")] {
            let mut browser = member(&app, account).await;
            let page = browser.get("/staff").await;
            let board = page.text.split(&format!("data-place=\"{place}\"")).nth(1).and_then(|rest| rest.split("</section>").next());
            let board = board.unwrap_or_default();
            assert!(board.contains(&format!("data-check=\"{check}\" data-state=\"")), "{account}: {board}");
            assert!(board.contains(&format!("href=\"/staff/sittings/2017-2?place={place}\"")), "{account}: {board}");
            assert_eq!(board.contains("data-check=\"guidance\""), account == "national", "{account}");
        }
        let mut school = member(&app, "school-99301").await;
        let fields = [("capacity.993010.1", "77"), ("confirm", "yes"), ("reason", "多一间教室")];
        assert_eq!(school.post("/staff/pools", &fields).await.status, 303);
        assert!(school.get("/staff").await.text.contains("多一间教室"));
        let mut elsewhere = member(&app, "school-99101").await;
        assert!(!elsewhere.get("/staff").await.text.contains("多一间教室"));
    }

    async fn the_board_says_how_long_something_waits_and_tells_finance_and_the_auditor_theirs(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        counted(&app).await;
        let mut school = member(&app, "school-99301").await;
        let fields = [("what", "registrations"), ("form", "csv"), ("whole", "yes"), ("reason", "x")];
        assert_eq!(school.post("/staff/exports", &fields).await.status, 303);
        // As if the file were a long one.
        let asked: Result<u64, DbError> =
            app.t.db.write(async |tx: &mut Tx<'_>| tx.execute("UPDATE staff_export SET state = 'asked'", &[]).await).await;
        asked.unwrap();
        let later = app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(3));
        let mut finance = member(&app, "finance").await;
        let page = finance.get("/staff").await;
        assert!(page.text.contains("每日收款与退款") && page.text.contains("¥0.02") && !page.text.contains("data-check="));
        let mut auditor = member(&app, "auditor").await;
        assert!(auditor.get("/staff").await.text.contains("24 小时内没有人导出"));
        assert_eq!(school.get("/staff/students.csv").await.status, 200);
        let page = auditor.get("/staff").await;
        assert!(page.text.contains("action=list-exported&#38;actor=school-99301") && page.text.contains("学籍库"), "{}", page.text);
        app.t.clock.set(later);
        let mut province = member(&app, "province-99").await;
        let page = province.get("/staff").await;
        assert!(page.text.contains("1 个导出申请等另一人批准") && page.text.contains("已等 3 小时"), "{}", page.text);
    }

    /// S6, TH22.
    async fn figures_go_down_the_tree_to_the_campus_and_never_out_of_the_scope(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        let mut national = member(&app, "national").await;
        let before = national.get("/staff/statistics").await;
        assert!(before.text.contains("还没有统计过"), "{}", before.text);
        counted(&app).await;
        for (place, below) in [("nation", "99"), ("99", "99301"), ("99301", "993010")] {
            let page = national.get(&format!("/staff/statistics?place={place}")).await;
            let row = format!("<tr data-place=\"{below}\">");
            let row = page.text.split(&row).nth(1).and_then(|rest| rest.split("</tr>").next()).unwrap_or_default();
            assert!(row.contains(&format!("href=\"/staff/statistics?place={below}\"")), "{place}: {row}");
            assert!(row.contains("<td class=\"r\">1</td><td class=\"r\">0</td><td class=\"r\">1</td>"), "{place}: {row}");
        }
        let campus = national.get("/staff/statistics?place=993010").await;
        assert!(campus.text.contains("<dt>报名人数</dt><dd>1</dd>") && !campus.text.contains("<tr data-place="));
        let file = national.get("/staff/statistics.csv?place=99301").await;
        assert!(file.text.contains("各校区,993010,") && !file.text.contains("991010"), "{}", file.text);
        let mut school = member(&app, "school-99301").await;
        for (place, status) in [("99301", 200), ("993010", 200), ("99", 404), ("nation", 404), ("99101", 404), ("%3Cb%3E", 404)] {
            for ending in ["", ".csv", ".xlsx"] {
                let answer = school.get(&format!("/staff/statistics{ending}?place={place}")).await;
                assert_eq!(answer.status.as_u16(), status, "{place} {ending}");
            }
        }
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_secs(61)));
        assert!(school.get("/staff/statistics").await.text.contains("超过一分钟没有更新"));
    }

    /// S6.
    async fn how_far_candidates_came_and_when_is_told_with_its_numbers(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await.post("/registration/written", &[("subject", "1")]).await;
        counted(&app).await;
        let mut province = member(&app, "province-99").await;
        let page = province.get("/staff/statistics").await.text;
        let part = |id: &str| page.split(&format!("<h2 id=\"{id}\">")).nth(1).and_then(|rest| rest.split("</section>").next()).unwrap().to_owned();
        let funnel = part("funnel");
        for (step, row) in [("保存报名信息", "1</td><td class=\"r\">100.0%"), ("报考科目", "1</td><td class=\"r\">100.0%"), ("支付完", "0</td><td class=\"r\">0.0%")] {
            assert!(funnel.contains(&format!("{step}</th><td class=\"r\">{row}</td>")), "{funnel}");
        }
        assert!(funnel.contains("还有未支付 1 人") && !funnel.contains("未报科目"), "{funnel}");
        let hours = part("hours");
        assert!(hours.contains("保存 1 人，报考 1 科次，支付 0 科次"), "{hours}");
        assert_eq!(hours.matches("<th scope=\"row\"").count(), 24);
        assert_eq!(hours.matches("<td class=\"r\">1</td><td class=\"r\">1</td><td class=\"r\">0</td>").count(), 1, "in one hour");
        assert!(!page.contains(" style=") && page.contains("data-outlook=\"none\"") && page.contains("没有上一考次从报名开始起的逐日数字"), "{page}");
        assert!(province.get("/staff/statistics?lang=en").await.text.contains("1 still has something to pay"));
        let file = province.get("/staff/statistics.csv?lang=zh").await.text;
        assert_eq!(file.matches("最近 24 小时的保存、报考与支付").count(), 24, "{file}");
        let mut elsewhere = member(&app, "school-99101").await;
        let page = elsewhere.get("/staff/statistics").await.text;
        assert!(page.contains("保存 0 人，报考 0 科次"), "{page}");
    }

    /// S6.
    async fn money_is_told_by_day_and_by_gateway_in_yuan(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        let now = app.t.clock.process_now();
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE receipt SET received_at = $1, amount = 1234", params![now]).await?;
            tx.execute("UPDATE refund SET done_at = $1, state = 'done', try_at = NULL", params![now]).await
        }).await;
        done.unwrap();
        counted(&app).await;
        let mut province = member(&app, "province-99").await;
        let page = province.get("/staff/statistics").await;
        let row = "<td class=\"r\">12.34</td><td class=\"r\">1</td><td class=\"r\">0.02</td><td class=\"r\">1</td><td class=\"r\">12.32</td>";
        assert!(page.text.contains(row) && page.text.contains("共收 12.34 元，退 0.02 元，净 12.32 元"), "{}", page.text);
        let file = province.get("/staff/statistics.csv").await;
        assert!(file.text.contains(&format!("{},,,,,,,,首信易支付,12.34,0.02,12.32", now.page_date())), "{}", file.text);
        let english = province.get("/staff/statistics?lang=en").await;
        assert!(english.text.contains("12.34 yuan received"), "{}", english.text);
        let mut elsewhere = member(&app, "school-99101").await;
        assert!(!elsewhere.get("/staff/statistics").await.text.contains("12.34"));
    }

    /// S6.
    async fn finance_has_the_money_of_all_days_as_a_file_and_what_was_paid_by_hand_under_its_own_name(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        let now = app.t.clock.process_now();
        let before = now.minus(jiff::SignedDuration::from_hours(24 * 40));
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE receipt SET received_at = $1, amount = 1234", params![before]).await?;
            let sql = "UPDATE refund SET done_at = $1, state = 'by-hand', try_at = NULL, settled_by = 'finance', note = '7'";
            tx.execute(sql, params![now]).await
        }).await;
        done.unwrap();
        counted(&app).await;
        let mut finance = member(&app, "finance").await;
        let page = finance.get("/staff").await.text;
        for words in ["href=\"/staff/money.csv\"", "href=\"/staff/money.xlsx\"", "<td>已在系统外办理</td>"] {
            assert!(page.contains(words), "{words}: {page}");
        }
        assert!(!page.contains(&before.page_date()), "{page}");
        let file = finance.get("/staff/money.csv").await;
        assert_eq!((file.status.as_u16(), file.header(http::header::CONTENT_TYPE)), (200, "text/csv; charset=utf-8"));
        let rows = format!(
            "{},已在系统外办理,0.00,0,0.02,1,-0.02\r\n{},首信易支付,12.34,1,0.00,0,12.34\r\n",
            now.page_date(),
            before.page_date()
        );
        assert!(file.text.contains(&rows), "{rows}: {}", file.text);
        assert_eq!(finance.get("/staff/money.xlsx").await.status, 200);
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.get("/staff/money.csv").await.status, 404);
        assert!(!school.get("/staff").await.text.contains("/staff/money."));
    }

    /// S6.
    async fn figures_and_the_money_of_a_former_sitting_are_there_by_its_code_on_pages_and_in_files(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        let now = app.t.clock.process_now();
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE receipt SET received_at = $1, amount = 1234", params![now]).await
        }).await;
        done.unwrap();
        counted(&app).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            let sql = "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
                       VALUES ('2018-1', '2018年上半年', 'first', 2018, 1, FALSE, 0)";
            tx.execute(sql, &[]).await?;
            tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await
        }).await;
        done.unwrap();
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let (mut finance, mut national) = (member(&app, "finance").await, member(&app, "national").await);
        let row = format!("{},首信易支付,12.34,1,0.00,0,12.34\r\n", now.page_date());
        let files = ["/staff/money.csv", "/staff/statistics.csv"];
        assert!(finance.get(files[0]).await.text.contains(&row), "the money of every sitting");
        assert!(!finance.get(&format!("{}?sitting=2018-1", files[0])).await.text.contains(&row), "the newest one has none");
        assert!(finance.get(&format!("{}?sitting=2017-2", files[0])).await.text.contains(&row));
        let page = finance.get("/staff?sitting=2017-2").await.text;
        for ending in ["csv", "xlsx"] {
            let link = format!("/staff/money.{ending}?sitting=2017-2");
            assert!(page.contains(&format!("href=\"{link}\"")), "{link}: {page}");
            assert_eq!(finance.get(&link).await.status, 200);
        }
        let figures = national.get("/staff/statistics?sitting=2017-2").await.text;
        assert!(figures.contains("12.34") && figures.contains("statistics.csv?place=nation&#38;sitting=2017-2"), "{figures}");
        assert!(figures.contains("<option value=\"2017-2\" selected"), "{figures}");
        assert!(national.get(&format!("{}?sitting=2017-2", files[1])).await.text.contains("12.34"));
        assert!(!national.get(files[1]).await.text.contains("12.34"));
        // Nonsense is refused by page and file alike.
        for code in ["x", "1917-1", "2017-2%27", "%ff", "-1", "2017-22222222222222222222"] {
            for path in ["/staff", "/staff/money.csv", "/staff/money.xlsx"] {
                assert_eq!(finance.get(&format!("{path}?sitting={code}")).await.status, 404, "{path} {code}");
            }
            for path in ["/staff/statistics", "/staff/statistics.csv", "/staff/statistics.xlsx"] {
                assert_eq!(national.get(&format!("{path}?sitting={code}")).await.status, 404, "{path} {code}");
            }
        }
        assert_eq!(finance.get("/staff/money.csv?sitting=%20").await.status, 200, "an empty filter filters nothing");
    }

    /// S6: what goes back of a former sitting is money of the day on which it went.
    async fn money_of_a_former_sitting_that_moves_later_is_in_the_file_of_all(t: TestDb) {
        let app = world(t).await;
        bound(&app, 1).await;
        paid(&app).await;
        counted(&app).await;
        let done: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            let sql = "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
                       VALUES ('2018-1', '2018年上半年', 'first', 2018, 1, FALSE, 0)";
            tx.execute(sql, &[]).await?;
            tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await
        }).await;
        done.unwrap();
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        let later = app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(30));
        app.t.clock.set(later);
        let done: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute("UPDATE refund SET done_at = $1, state = 'done', try_at = NULL", params![later]).await
        }).await;
        done.unwrap();
        counted(&app).await;
        let row = format!("{},首信易支付,0.00,0,0.02,1,-0.02\r\n", later.page_date());
        let mut finance = member(&app, "finance").await;
        for file in ["/staff/money.csv", "/staff/money.csv?sitting=2017-2"] {
            let text = finance.get(file).await.text;
            assert!(text.contains(&row), "{file}: {text}");
        }
    }

    /// S6.
    async fn figures_are_cut_to_a_mode_and_to_days_and_days_that_are_none_widen_nothing(t: TestDb) {
        let app = world(t).await;
        let mut one = bound(&app, 1).await;
        one.post("/registration/written", &[("subject", "1")]).await;
        counted(&app).await;
        let mut school = member(&app, "school-99301").await;
        let paid = |page: &str, n: &str| page.contains(&format!("<dt>未支付科目</dt><dd>{n}</dd>"));
        let written = school.get("/staff/statistics?mode=written").await.text;
        assert!(paid(&written, "1") && written.contains("保存 1 人，报考 1 科次"), "{written}");
        assert!(written.contains("<option value=\"written\" selected") && written.contains("place=993010&#38;mode=written"), "{written}");
        let oral = school.get("/staff/statistics?mode=oral").await.text;
        assert!(paid(&oral, "0") && oral.contains("报考 0 科次") && !oral.contains("报考 1 科次"), "{oral}");
        let funnel = |page: &str| page.split("<h2 id=\"funnel\">").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap().to_owned();
        for (page, mode, entered, stopped) in [
            (&written, "笔试", "报考笔试科目</th><td class=\"r\">1</td>", "还有未支付 1 人"),
            (&oral, "口试", "报考口试科目</th><td class=\"r\">0</td>", "未报口试 1 人"),
        ] {
            let funnel = funnel(page);
            assert!(funnel.contains(entered) && funnel.contains(stopped) && funnel.contains("保存报名信息</th><td class=\"r\">1</td>"), "{mode} {funnel}");
            assert!(funnel.contains(&format!("{mode}科目支付完</th><td class=\"r\">0</td>")), "{funnel}");
        }
        let english = school.get("/staff/statistics?mode=oral&lang=en").await.text;
        assert!(funnel(&english).contains("1 entered none"), "{english}");
        school.get("/staff/statistics?lang=zh").await;
        let (now, day) = (app.t.clock.process_now(), jiff::SignedDuration::from_hours(24));
        let (today, yesterday) = (now.page_date(), now.minus(day).page_date());
        let range = school.get(&format!("/staff/statistics?from={yesterday}&to={today}")).await.text;
        assert!(range.contains(&format!("{yesterday} 至 {today}：保存 1 人，报考 1 科次")) && range.contains("id=\"hours\""), "{range}");
        let before = now.minus(day * 3).page_date();
        let past = school.get(&format!("/staff/statistics?from={before}&to={before}")).await.text;
        assert!(past.contains("保存 0 人，报考 0 科次") && !past.contains("id=\"hours\""), "{past}");
        for (query, code) in [
            ("from=2017-02-31", "field-invalid"), ("to=yesterday", "field-invalid"), ("from=%3Cb%3E", "field-invalid"),
            (&*format!("from={today}&to={yesterday}"), "date-order"),
        ] {
            let refused = school.get(&format!("/staff/statistics?{query}")).await;
            assert_eq!((refused.status.as_u16(), refused.codes()), (422, vec![code]), "{query}");
            assert_eq!(school.get(&format!("/staff/statistics.csv?{query}")).await.status, 422, "{query}");
        }
        for query in ["from=0001-01-01&to=9999-12-30", "from=9999-12-30", "to=0001-01-01", "mode="] {
            assert_eq!(school.get(&format!("/staff/statistics?{query}")).await.status, 200, "{query}");
        }
        let strange = school.get("/staff/statistics?mode=x").await;
        assert_eq!((strange.status.as_u16(), strange.codes()), (422, vec!["field-invalid"]));
        let file = school.get(&format!("/staff/statistics.csv?mode=oral&from={yesterday}&to={today}")).await.text;
        assert_eq!(file.matches("每日保存、报考与支付").count(), 2, "{file}");
    }

    /// S6.
    async fn a_pool_says_when_it_will_be_full_at_this_pace_and_what_can_be_done(t: TestDb) {
        let app = world(t).await;
        for n in [1, 2] {
            bound(&app, n).await.post("/registration/written", &[("subject", "1")]).await;
        }
        counted(&app).await;
        let mut school = member(&app, "school-99301").await;
        let page = school.get("/staff/statistics").await.text;
        let fill = page.split("<h2 id=\"fill\">").nth(1).and_then(|rest| rest.split("</section>").next()).unwrap();
        let row = fill.split("<tr>").find(|row| row.contains("(993010)") && row.contains("英语四级笔试")).unwrap();
        assert!(row.contains("<td class=\"r\">5</td><td class=\"r\">2</td><td class=\"r\">40.0%</td><td class=\"r\">1</td>"), "{row}");
        let in_three_hours = app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(3)).page();
        assert!(row.contains(&in_three_hours) && row.contains("将满") && row.contains("可以增加容量"), "{row}");
        let filled: Result<u64, DbError> = app.t.db.write(async |tx: &mut Tx<'_>| {
            tx.execute("UPDATE seat_pool SET capacity = 2 WHERE campus = '993010' AND subject = '1'", &[]).await
        }).await;
        filled.unwrap();
        let page = school.get("/staff/statistics").await.text;
        assert!(page.contains("已满") && school.get("/staff/statistics?lang=en").await.text.contains(">Full</span>"), "{page}");
        let nation = member(&app, "national").await.get("/staff/statistics").await.text;
        assert!(nation.contains("登录并同意报名协议") && nation.contains("保存报名信息"), "{nation}");
    }
}
