//! Forms of an upload that are sent twice, or long after it was decided.

use super::*;
use crate::staff::tests::world::twice;
use cet_domain::testing::archive;

async fn sent(app: &TestApp, browser: &mut Browser<'_>, text: &str) -> String {
    let sent = send(browser, "/staff/rosters", body(&[], Some(("a.csv", text)))).await;
    work(app).await;
    sent.location().to_owned()
}

on_both! {
    /// S2.
    async fn a_file_is_published_taken_back_and_given_up_once(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let href = sent(&app, &mut school, &csv(&[row("张三", "E1", "1")])).await;
        let publication = format!("{href}/publication");
        assert_eq!(twice(&app, "school-99301", &publication, &[]).await, href);
        work(&app).await;
        assert_eq!(school.post(&publication, &[]).await.location(), href);
        assert!(school.get(&href).await.text.contains("没有再办一次"));
        let confirmed = [("confirm", "yes"), ("reason", "")];
        assert_eq!(twice(&app, "school-99301", &format!("{href}/withdrawal"), &confirmed).await, href);
        assert_eq!(twice(&app, "school-99301", &format!("{href}/discard"), &[]).await, href);
        let page = school.get(&href).await.text;
        assert!(page.contains("已放弃</span>") && page.contains("由 school-99301 放弃"), "{page}");
        // Old forms of a file that was given up: never a failure, but the page as it is now.
        for act in ["publication", "withdrawal", "columns"] {
            let late = school.post(&format!("{href}/{act}"), &confirmed).await;
            assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]), "{act}");
            assert_eq!(state(&late), "discarded", "{act}");
        }
    }

    /// S2.
    async fn old_forms_of_a_published_file_show_what_became_of_it(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let href = sent(&app, &mut school, &csv(&[row("张三", "E1", "1")])).await;
        assert_eq!(school.post(&format!("{href}/publication"), &[]).await.status, 303);
        work(&app).await;
        for act in ["discard", "columns"] {
            let late = school.post(&format!("{href}/{act}"), &[("header", "1"), ("column.0", "姓名")]).await;
            assert_eq!((late.status.as_u16(), late.codes(), state(&late)), (409, vec!["changed-meanwhile"], "published".to_owned()), "{act}");
        }
        assert_eq!(school.get(&format!("{href}/columns")).await.location(), href);
        assert_eq!(count(&app, CURRENT).await, 1);
    }

    /// S2.
    async fn the_errors_of_photos_are_a_file_with_its_own_headings(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let zip = std::fs::read(archive(&[("99301/20160001.jpg", &b"no picture"[..])]).path()).unwrap();
        let href = send_bytes(&mut school, "/staff/photos", "a.zip", &zip).await.location().to_owned();
        work(&app).await;
        for (lang, headings) in [("zh", ["照片文件名", "原因"]), ("en", ["Name of the picture", "Reason"])] {
            let file = school.get(&format!("{href}/errors.xlsx?lang={lang}")).await;
            assert_eq!(file.status, 200);
            let mut text = String::new();
            let mut zip = zip::ZipArchive::new(std::io::Cursor::new(file.bytes)).unwrap();
            std::io::Read::read_to_string(&mut zip.by_name("xl/sharedStrings.xml").unwrap(), &mut text).unwrap();
            let cells: Vec<&str> = text.split("<t").skip(1).filter_map(|rest| rest.split(['>', '<']).nth(1)).collect();
            assert_eq!(cells[..2], headings, "{text}");
            assert!(cells[2].contains("20160001") && !cells.contains(&"行") && !cells.contains(&"Line"), "{cells:?}");
        }
    }
}
