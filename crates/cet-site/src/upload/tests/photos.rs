//! Files of photos, as their sender reads of them.

use super::{body, count as count_of, csv, row, send, send_bytes, state, work, world};
use crate::staff::tests::world::member;
use cet_base::on_both;
use cet_domain::testing::{JPEG, archive};

on_both! {
    /// season.md 3.7.
    async fn who_has_no_photo_is_told_without_those_of_the_file_and_all_of_them_are_a_file(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "school-99301").await;
        let rows: Vec<String> = (0..30).map(|n| row(&format!("张{n}"), &format!("E{n:02}"), "1班")).collect();
        let sent = send(&mut school, "/staff/rosters", body(&[], Some(("a.csv", &csv(&rows))))).await;
        work(&app).await;
        school.post(&format!("{}/publication", sent.location()), &[]).await;
        work(&app).await;
        let zip = |names: &[&str]| {
            let parts: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, JPEG)).collect();
            std::fs::read(archive(&parts).path()).unwrap()
        };
        // One by the student number, one by the document; the third student comes with the next file.
        for (names, there, counts) in [
            (&["99301/SE00.jpg", "99301/E01.jpg"][..], 2, ",2,0,0,"),
            (&["99301/SE00.jpg", "99301/SE02.jpg"][..], 3, ",1,1,0,"),
        ] {
            let sent = send_bytes(&mut school, "/staff/photos", "a.zip", &zip(names)).await;
            work(&app).await;
            let href = sent.location().to_owned();
            let told = async |browser: &mut crate::testing::Browser<'_>| {
                let page = browser.get(&href).await.text;
                let file = browser.get(&format!("{href}/missing.csv")).await;
                assert_eq!(file.status, 200);
                assert!(page.contains(&format!("href=\"{href}/missing.csv\"")), "{page}");
                assert!(page.contains(&format!("href=\"{href}/missing.xlsx\"")), "{page}");
                let count = page.split("<dt>还缺照片的人</dt><dd>").nth(1).and_then(|rest| rest.split('<').next());
                let numbers: Vec<String> =
                    (0..30).map(|n| format!("SE{n:02}")).filter(|number| file.text.contains(number)).collect();
                (count.unwrap().parse::<usize>().unwrap(), numbers, page)
            };
            let (count, numbers, page) = told(&mut school).await;
            assert!(!numbers.contains(&"SE00".to_owned()) && !numbers.contains(&"SE01".to_owned()), "{numbers:?}");
            assert_eq!(numbers.len(), 30 - there);
            let of_others = count - numbers.len();
            assert!(!page.contains("SE00,") && !page.contains("SE00</p>"), "{page}");
            assert_eq!(school.post(&format!("{href}/publication"), &[]).await.status, 303);
            work(&app).await;
            assert_eq!(state(&school.get(&href).await), "published");
            let left = "SELECT COUNT(*) FROM upload_finding WHERE level = 'fits'";
            assert_eq!(count_of(&app, left).await, 0, "whose they are is kept by the photos alone");
            let (count, numbers, _) = told(&mut school).await;
            assert_eq!((count, numbers.len()), (30 - there + of_others, 30 - there), "the preview told it");
            let list = school.get("/staff/photos.csv").await.text;
            assert!(list.contains(counts), "{counts} {list}");
        }
        let mut other = member(&app, "school-99101").await;
        let list = school.get("/staff/photos").await;
        let id = list.text.split("data-import=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap().to_owned();
        for ending in ["csv", "xlsx"] {
            assert_eq!(other.get(&format!("/staff/photos/{id}/missing.{ending}")).await.status, 404);
            assert_eq!(school.get(&format!("/staff/photos/{id}/missing.{ending}")).await.status, 200);
        }
        school.post(&format!("/staff/photos/{id}/withdrawal"), &[("confirm", "yes")]).await;
        assert_eq!(school.get(&format!("/staff/photos/{id}/missing.csv")).await.status, 404, "it would be of before");
    }
}
