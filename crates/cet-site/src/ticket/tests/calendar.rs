//! `/tickets.ics`.

use super::tests::{clock, paid, publish};
use crate::registration::pages::tests::{bound, enrolled, refused};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;

/// The lines of the file, put together again; every line of the file itself keeps to the form.
fn lines(answer: &Answer) -> Vec<String> {
    assert_eq!(
        (answer.status.as_u16(), answer.headers["content-type"].to_str().unwrap()),
        (200, "text/calendar; charset=utf-8")
    );
    assert_eq!(answer.headers["cache-control"], "no-store");
    assert!(
        answer.text.ends_with("\r\n")
            && answer.text.split("\r\n").all(|line| line.len() <= 75 && !line.contains('\n'))
    );
    answer.text.replace("\r\n ", "").split("\r\n").map(str::to_owned).collect()
}

fn all<'l>(lines: &'l [String], name: &str) -> Vec<&'l str> {
    lines.iter().filter_map(|line| line.strip_prefix(name)).collect()
}

async fn undated(app: &TestApp) {
    let sqls = [
        "UPDATE subject SET exam_from = NULL, exam_to = NULL",
        "UPDATE catalogue_version SET version = version + 1",
    ];
    for sql in sqls {
        app.t.db.write(async move |tx| tx.execute(sql, &[]).await).await.unwrap();
    }
    app.app.catalogue.refresh(&app.app.db).await.unwrap();
}

on_both! {
    async fn the_calendar_holds_each_paid_exam_and_the_day_of_printing(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &["F"]).await;
        let mut browser = app.signed_in(1).await;
        let answer = browser.get("/tickets.ics").await;
        assert_eq!(answer.headers["content-disposition"], "attachment; filename=\"exams-2017-2.ics\"");
        let file = lines(&answer);
        assert_eq!(all(&file, "BEGIN:VEVENT").len(), 3, "{file:#?}");
        assert_eq!(all(&file, "UID:exam-"), own.iter().map(|id| format!("{id}@127.0.0.1:8080")).collect::<Vec<_>>());
        assert_eq!(all(&file, "DTSTART:")[0], "20171216T010000Z");
        assert_eq!(all(&file, "DTEND:")[0], "20171216T032000Z");
        assert_eq!(all(&file, "DTSTAMP:"), ["20170920T040000Z"; 3]);
        assert_eq!(all(&file, "SUMMARY:")[0], "英语四级笔试");
        assert_eq!(all(&file, "LOCATION:")[0], "测试学校机构01 测试校区机构001");
        assert!(!answer.text.contains("考场") && answer.text.contains("身份证件"));
        assert_eq!(all(&file, "DTSTART:")[2], "20171101T010000Z");
        assert!(all(&file, "SUMMARY:")[2].starts_with("可以打印准考证：英语四级笔试、"), "{file:#?}");
        assert_eq!(all(&file, "TRANSP:"), ["OPAQUE", "OPAQUE", "TRANSPARENT"]);
        // With the seats, and in English; the same events.
        publish(&app).await;
        let mut browser = app.signed_in(1).await;
        let later = lines(&browser.get("/tickets.ics?lang=en").await);
        assert_eq!(all(&later, "UID:"), all(&file, "UID:"));
        assert_eq!(all(&later, "SUMMARY:")[0], "English band 4");
        assert!(all(&later, "DESCRIPTION:")[0].starts_with("Room 001\\, seat 01\\nBring your printed admission ticket\\,"), "{later:#?}");
        assert_eq!(all(&later, "DTEND:")[1], "20171118T010000Z", "the batch ends half an hour after 8:30");
        assert_ne!(all(&later, "DTEND:")[1], all(&file, "DTEND:")[1]);
        assert!(all(&later, "SUMMARY:")[2].starts_with("Print the admission ticket: English band 4\\, "));
    }

    async fn without_a_paid_exam_that_has_a_date_there_is_no_calendar(t: TestDb) {
        let app = enrolled(t).await;
        let mut stranger = app.signed_in(9).await;
        assert_eq!(refused(&stranger.get("/tickets.ics").await), (403, vec!["not-printable"]));
        assert_eq!(app.browser().get("/tickets.ics").await.location(), "/login?next=%2Ftickets.ics");
        let mut unpaid = bound(&app, 2).await;
        unpaid.post("/registration/written", &[("subject", "1")]).await;
        let answer = unpaid.get("/tickets.ics").await;
        assert_eq!(refused(&answer), (403, vec!["not-printable"]));
        assert!(answer.text.contains("还没有已支付的科目"), "{}", answer.text);
        paid(&app, 1, &["1"], &[]).await;
        undated(&app).await;
        let mut browser = app.signed_in(1).await;
        let answer = browser.get("/tickets.ics").await;
        assert_eq!(refused(&answer), (403, vec!["not-printable"]));
        assert!(answer.text.contains("考试时间还没有公布"), "{}", answer.text);
    }

    /// T3.
    async fn who_reads_the_site_in_english_gets_a_ticket_in_both_languages(t: TestDb) {
        let app = enrolled(t).await;
        let own = paid(&app, 1, &["1"], &["F"]).await;
        publish(&app).await;
        clock(&app, "2017-11-02 09:00");
        let mut browser = app.signed_in(1).await;
        for path in [format!("/tickets/{}.pdf", own[0]), format!("/tickets/{}.pdf", own[1]), "/tickets.pdf".to_owned()] {
            let chinese = browser.get(&path).await;
            let english = browser.get(&format!("{path}?lang=en")).await;
            browser.get("/home?lang=zh").await;
            assert_eq!((chinese.status.as_u16(), english.status.as_u16()), (200, 200));
            assert!(english.bytes.len() > chinese.bytes.len() + 1_000, "{path}: {} {}", english.bytes.len(), chinese.bytes.len());
        }
    }
}
