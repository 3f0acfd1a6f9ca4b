//! Photos and campuses that are taken back: what stood before stands again.

use super::*;
use cet_domain::testing::{JPEG, archive};

const PHOTOS: &str = "SELECT COUNT(*) FROM photo";
const NAMED: &str = "SELECT COUNT(*) FROM campus WHERE code = '993010' AND name = '新名'";
const NEW: &str = "SELECT COUNT(*) FROM campus WHERE code IN ('993018', '993019')";

/// Sends a file and publishes it; returns its page.
async fn published(app: &TestApp, browser: &mut Browser<'_>, path: &str, name: &str, bytes: &[u8]) -> String {
    let sent = send_bytes(browser, path, name, bytes).await;
    work(app).await;
    let href = sent.location().to_owned();
    let done = browser.post(&format!("{href}/publication"), &[]).await;
    assert_eq!(done.location(), href, "{:?}", done.codes());
    work(app).await;
    assert_eq!(state(&browser.get(&href).await), "published");
    href
}

async fn taken_back(browser: &mut Browser<'_>, href: &str) -> Answer {
    browser.post(&format!("{href}/withdrawal"), &[]).await
}

on_both! {
    /// S2.
    async fn photos_are_taken_back_in_any_order_and_published_again(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let zip = std::fs::read(archive(&[("99301/20160001.jpg", JPEG), ("99301/20160002.jpg", JPEG)]).path()).unwrap();
        let first = published(&app, &mut school, "/staff/photos", "a.zip", &zip).await;
        assert_eq!(count(&app, PHOTOS).await, 2);
        let asked = school.get(&format!("{first}/withdrawal")).await;
        assert!(asked.status == 200 && asked.text.contains("原来的照片回来"), "{}", asked.text);
        assert_eq!(asked.value("reason"), None, "a reason changes nothing here");
        assert_eq!(count(&app, PHOTOS).await, 2, "asking does nothing");
        for _ in 0..2 {
            assert_eq!(taken_back(&mut school, &first).await.location(), first);
        }
        let page = school.get(&first).await;
        assert_eq!((count(&app, PHOTOS).await, state(&page).as_str()), (0, "withdrawn"));
        assert!(!page.text.contains("还缺照片的人"), "who has none was counted before");
        assert_eq!(school.post(&format!("{first}/publication"), &[]).await.location(), first);
        work(&app).await;
        assert_eq!(count(&app, PHOTOS).await, 2);
        let zip = std::fs::read(archive(&[("99301/20160001.jpg", JPEG)]).path()).unwrap();
        let second = published(&app, &mut school, "/staff/photos", "b.zip", &zip).await;
        assert_eq!(taken_back(&mut school, &first).await.location(), first);
        assert_eq!(count(&app, PHOTOS).await, 1, "the later one stays");
        assert_eq!(taken_back(&mut school, &second).await.location(), second);
        assert_eq!(count(&app, PHOTOS).await, 0, "and brings nothing of the first one back");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM photo_before").await, 0);
        let mut other = member(&app, "school-99101").await;
        assert_eq!(taken_back(&mut other, &first).await.status, 404);
        assert_eq!(other.get(&format!("{first}/withdrawal")).await.status, 404);
        let sql = "DELETE FROM upload_part";
        app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await.unwrap();
        let lost = school.post(&format!("{first}/publication"), &[]).await;
        assert_eq!((lost.status.as_u16(), lost.codes()), (409, vec!["changed-meanwhile"]), "its file is gone");
    }

    /// season.md 3.2.
    async fn what_the_columns_of_campuses_are_is_asked_for_and_remembered(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        for (at, code) in ["993018", "993019"].into_iter().enumerate() {
            let file = format!("编号甲,称呼乙\n{code},新校区\n");
            let sent = send_bytes(&mut national, "/staff/campuses", "c.csv", file.as_bytes()).await;
            work(&app).await;
            let href = sent.location().to_owned();
            if at == 0 {
                let asked = national.get(&href).await;
                assert!(asked.status == 200 && asked.text.contains("编号甲") && asked.text.contains(&format!("action=\"{href}/columns\"")), "{}", asked.text);
                let half = national.post(&format!("{href}/columns"), &[("header", "1"), ("column.0", "code")]).await;
                assert!(half.status == 422 && half.codes().contains(&"columns-unclear"), "{:?}", half.codes());
                let columns = [("header", "1"), ("column.0", "code"), ("column.1", "name"), ("keep", "yes")];
                assert_eq!(national.post(&format!("{href}/columns"), &columns).await.location(), href);
                work(&app).await;
            }
            assert_eq!(state(&national.get(&href).await), "ready", "the same header is not asked for again");
            assert_eq!(national.post(&format!("{href}/publication"), &[]).await.status, 303);
            work(&app).await;
        }
        assert_eq!(count(&app, NEW).await, 2);
    }

    /// S2.
    async fn campuses_get_their_names_of_before_and_new_ones_that_nobody_uses_are_gone(t: TestDb) {
        let app = world(t).await;
        let mut national = member(&app, "national").await;
        let file = "校区代码,校区名称\n993010,新名\n993018,甲\n993019,乙\n".as_bytes();
        let href = published(&app, &mut national, "/staff/campuses", "c.csv", file).await;
        let shown = national.get(&format!("{href}?lang=zh")).await.text;
        for part in ["<dt>新增</dt><dd>2<", "<dt>修改</dt><dd>1<", "测试校区机构001 → 新名"] {
            assert!(shown.contains(part), "{part} {shown}");
        }
        assert_eq!((count(&app, NAMED).await, count(&app, NEW).await), (1, 2));
        let same = published(&app, &mut national, "/staff/campuses", "d.csv", file).await;
        let none = taken_back(&mut national, &same).await;
        assert_eq!((none.status.as_u16(), none.codes()), (409, vec!["undo-impossible"]), "it changed nothing");
        let seats = [("capacity.993019.1", "5"), ("confirm", "yes"), ("reason", "x")];
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        assert_eq!(national.post("/staff/pools", &seats).await.status, 303);
        assert_eq!(taken_back(&mut national, &href).await.location(), href);
        assert_eq!((count(&app, NAMED).await, count(&app, NEW).await), (0, 1), "the one with seats stays");
        assert_eq!(count(&app, "SELECT COUNT(*) FROM campus WHERE code = '993010'").await, 1);
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log WHERE action = 'campuses-taken-back'").await, 1);
    }
}
