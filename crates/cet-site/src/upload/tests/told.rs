//! What the page says of a file is what is the matter, and what will happen.

use super::*;

async fn sent(app: &TestApp, browser: &mut Browser<'_>, list: &str, text: &str) -> String {
    let answer = send(browser, list, body(&[], Some(("a.csv", text)))).await;
    assert_eq!(answer.status, 303, "{:?}", answer.codes());
    work(app).await;
    answer.location().to_owned()
}

async fn publish(app: &TestApp, browser: &mut Browser<'_>, href: &str) {
    assert_eq!(browser.post(&format!("{href}/publication"), &[]).await.location(), href);
    work(app).await;
    assert_eq!(state(&browser.get(href).await), "published");
}

on_both! {
    /// season.md 3.2, 3.3.
    async fn a_header_that_lacks_a_column_is_told_which_and_the_whole_file_may_have_one_value_there(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        for (text, lacks, more) in [
            ("姓名,证件类型,证件号码,校区代码,学号\n张三,护照,E1,993010,S1\n", &["学历"][..], &[][..]),
            ("姓名,身份证号,学号,学院\n张三,E2,S2,外语学院\n", &["证件类型", "校区代码", "学历"], &[("fixed.kind", "护照"), ("fixed.campus", "993010")]),
            ("姓名,学号\n张三,S3\n", &["证件类型", "证件号码", "校区代码", "学历"], &[]),
        ] {
            let href = sent(&app, &mut school, "/staff/rosters", text).await;
            let page = school.get(&href).await;
            assert_eq!(state(&page), "columns", "{text}");
            assert!(!page.text.contains("没有找到表头"), "{}", page.text);
            for column in lacks {
                assert!(page.text.contains(&format!("缺少“{column}”列")), "{column}: {}", page.text);
            }
            assert!(page.text.contains("name=\"fixed.education\""), "{}", page.text);
            let columns: Vec<(String, String)> = (0..5)
                .filter_map(|at| {
                    let field = format!("column.{at}");
                    let rest = page.text.split(&format!("name=\"{field}\"")).nth(1)?;
                    let chosen = rest.split("</select>").next()?.split("\" selected").next()?;
                    Some((field, chosen.rsplit('"').next()?.to_owned()))
                })
                .collect();
            let mut fields: Vec<(&str, &str)> = columns.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
            fields.extend([("header", "1"), ("fixed.education", "本科")]);
            fields.extend(more);
            let taken = school.post(&format!("{href}/columns"), &fields).await;
            if lacks.contains(&"证件号码") {
                assert_eq!((taken.status.as_u16(), taken.codes().contains(&"columns-unclear")), (422, true));
                continue;
            }
            assert_eq!(taken.status, 303, "{fields:?} {:?}", taken.codes());
            work(&app).await;
            let look = school.get(&href).await;
            assert_eq!(state(&look), "ready", "{}", look.text);
        }
    }

    /// S2.
    async fn columns_of_a_file_that_was_given_up_are_refused_for_its_state(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let href = sent(&app, &mut school, "/staff/rosters", "姓名,学号\n张三,S3\n").await;
        assert_eq!(school.post(&format!("{href}/discard"), &[]).await.status, 303);
        let fields = [("header", "1"), ("column.0", "姓名"), ("column.1", "学号")];
        let late = school.post(&format!("{href}/columns"), &fields).await;
        assert!(late.status == 409 && late.codes().contains(&"changed-meanwhile"), "{:?}", late.codes());
    }

    /// S2.
    async fn the_button_counts_what_goes_in_now_and_says_who_waits_for_another_school(t: TestDb) {
        let app = world(t).await;
        {
            let mut other = member(&app, "school-99101").await;
            let theirs = |row: String| row.replace("99301,993010", "99101,991010");
            let text = csv(&[theirs(row("张三", "E1", "1")), theirs(row("李四", "E2", "1"))]);
            let href = sent(&app, &mut other, "/staff/rosters", &text).await;
            publish(&app, &mut other, &href).await;
        }
        let mut school = member(&app, "school-99301").await;
        let rows = [row("张三", "E1", "1"), row("李四", "E2", "1"), row("王五", "E3", "1")];
        let href = sent(&app, &mut school, "/staff/rosters", &csv(&rows)).await;
        let page = school.get(&href).await;
        assert!(page.text.contains("发布 1 行") && page.text.contains("另有 2 人在别的学校的学籍里"), "{}", page.text);
        let href = sent(&app, &mut school, "/staff/rosters", &csv(&rows[..2])).await;
        let page = school.get(&href).await;
        assert!(page.text.contains("发布，等别的学校决定") && !page.text.contains("发布 0 行"), "{}", page.text);
    }

    /// S2.
    async fn a_withdrawn_file_says_who_stayed_and_asks_again_what_to_do_with_whom_it_lacks(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let first = sent(&app, &mut school, "/staff/rosters", &csv(&[row("张三", "E1", "1"), row("李四", "E2", "1")])).await;
        publish(&app, &mut school, &first).await;
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_secs(1)));
        let href = sent(&app, &mut school, "/staff/rosters", &csv(&[row("张三", "E1", "2")])).await;
        assert!(school.get(&href).await.text.contains("name=\"gone\""));
        publish(&app, &mut school, &href).await;
        assert_eq!(school.post(&format!("{href}/withdrawal"), &[("confirm", "yes")]).await.status, 303);
        let page = school.get(&href).await;
        assert_eq!(state(&page), "withdrawn");
        assert!(page.text.contains("再发布一次") && page.text.contains("name=\"gone\""), "{}", page.text);
        assert!(!page.text.contains("学籍保留"), "nobody had saved");
        let kept = "UPDATE upload SET summary = '{\"rows\":1,\"good\":1,\"kept\":2}' WHERE state = 'withdrawn'";
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(kept, &[]).await).await.unwrap();
        let page = school.get(&href).await;
        assert!(page.text.contains("2 人已保存报名，学籍保留"), "{}", page.text);
    }

    /// season.md 3.4.
    async fn scores_are_compared_with_those_before_and_take_subjects_by_name(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let head = "准考证号,姓名,证件类型,证件号码,科目,成绩,考次\n";
        let before = format!("{head}110010161100101,张三,护照,E1,英语四级笔试,500,\n110010161100102,李四,护照,E2,1,510,\n");
        let href = sent(&app, &mut national, "/staff/scores", &before).await;
        let page = national.get(&href).await;
        assert_eq!(state(&page), "ready", "{}", page.text);
        let counts = |text: &str, new: u8, changed: u8, unchanged: u8| {
            [("新增", new), ("修改", changed), ("不变", unchanged)]
                .iter()
                .all(|(word, count)| text.contains(&format!("<dt>{word}</dt><dd>{count}<")))
        };
        assert!(counts(&page.text, 2, 0, 0), "{}", page.text);
        publish(&app, &mut national, &href).await;
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_secs(1)));
        let after = format!("{head}110010161100101,张三,护照,E1,1,500,\n110010161100102,李四,护照,E2,1,520,\n110010161100103,王五,护照,E3,1,530,\n");
        let href = sent(&app, &mut national, "/staff/scores", &after).await;
        let page = national.get(&href).await;
        assert!(counts(&page.text, 1, 1, 1), "{}", page.text);
    }

    /// S2.
    async fn a_student_number_in_full_width_is_kept_and_found_in_half_width(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let rows = [row("张三", "E1", "1").replace("SE1", "Ｆ００８１").replace("993010", "993010.0").replace("本科", "高中")];
        let href = sent(&app, &mut school, "/staff/rosters", &csv(&rows)).await;
        let page = school.get(&href).await;
        assert_eq!(state(&page), "ready", "{}", page.text);
        assert!(page.text.contains("F0081") && page.text.contains("学历“高中”不是"), "{}", page.text);
        publish(&app, &mut school, &href).await;
        for q in ["F0081", "Ｆ００８１"] {
            let found = school.post("/staff/students/search", &[("q", q)]).await;
            assert!(found.status == 303 && found.location().starts_with("/staff/students/99301-"), "{q} {:?}", found.codes());
        }
    }

    /// season.md 3.4: what is counted is what is listed, on files from the field.
    async fn the_number_of_warnings_is_the_sum_of_their_list_and_of_no_good_row_nothing_is_new(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let field = |name: &str| std::fs::read(format!("{}/../cet-domain/tests/fixtures/field/{name}", env!("CARGO_MANIFEST_DIR"))).unwrap();
        for (name, warns) in [("s05-all-ids-end-000.xlsx", true), ("c10-ends000.csv", true), ("s12-same-stuno.csv", true), ("passing/x01-openpyxl.xlsx", false)] {
            let answer = send_bytes(&mut school, "/staff/rosters", name.rsplit('/').next().unwrap(), &field(name)).await;
            work(&app).await;
            let page = school.get(&format!("{}?lang=zh", answer.location())).await.text;
            let counted = page.split("<dt>警告</dt><dd>").nth(1).and_then(|rest| rest.split('<').next()).unwrap().to_owned();
            let listed: u64 = page.split(" 处：").filter_map(|before| before.rsplit('>').next()?.trim().parse::<u64>().ok()).sum();
            assert_eq!(counted, listed.to_string(), "{name}: {page}");
            assert!(listed > 0 || !warns, "{name}: {page}");
            let found = summary(&app).await;
            assert_eq!(found.new + found.changed + found.unchanged + found.transfers, found.good, "{name}: {found:?}");
            assert_eq!(found.rows, found.good + found.errors, "{name}: {found:?}");
            assert_eq!(page.contains("没有一行能用"), found.good == 0, "{name}: {page}");
        }
    }
}
