//! The versions of the agreement and the guidance: nothing is lost when a new one is published.

use crate::registration::pages::tests::{accept, enrolled};
use crate::staff::tests::world::{member, staffed};
use crate::testing::{Answer, TestApp};
use cet_base::on_both;

const AGREEMENT: &str = "/staff/sittings/2017-2/texts/agreement/zh";
const GUIDANCE: &str = "/staff/sittings/2017-2/texts/guidance-written/en";

/// The row of a version.
fn row(page: &Answer, number: u32) -> String {
    let row = page.text.split(&format!("<tr data-version=\"{number}\">")).nth(1).unwrap_or_default();
    row.split("</tr>").next().unwrap_or_default().to_owned()
}

async fn published(app: &TestApp, path: &str, body: &str) -> String {
    let fields = [("body", body), ("confirm", "yes"), ("reason", "改版")];
    member(app, "national").await.post(path, &fields).await.location().to_owned()
}

on_both! {
    /// R2, season.md 2.
    async fn every_version_of_the_agreement_is_there_as_it_stood_with_who_made_it_and_how_many_accepted(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        for n in [1, 2] {
            accept(&mut app.signed_in(n).await).await;
        }
        let change = published(&app, AGREEMENT, "# 第二版协议").await;
        let mut second = member(&app, "national-2").await;
        assert_eq!(second.post(&format!("{change}/approval"), &[]).await.status, 303);
        accept(&mut app.signed_in(2).await).await;

        let page = second.get(AGREEMENT).await;
        let (old, new) = (row(&page, 1), row(&page, 2));
        assert!(old.contains("href=\"/staff/changes/"), "{old}");
        assert!(old.contains("<td class=\"r num\">2</td>"), "{old}");
        assert!(new.contains(&format!("href=\"{change}\"")) && new.contains("2017-09-20 12:00"), "{new}");
        assert!(new.contains(">national</td>") && new.contains(">national-2</td>"), "{new}");
        assert!(new.contains("<td class=\"r num\">1</td>"), "{new}");
        let stood = second.get(&format!("{AGREEMENT}?version=1")).await;
        let text = stood.text.split("id=\"version\"").nth(1).unwrap().split("</section>").next().unwrap();
        assert!(text.contains("第 1 版") && text.contains("agreement.zh.md") && !text.contains("第二版协议"), "{text}");
        for wrong in ["0", "3", "x", "99999999999999999999"] {
            assert_eq!(second.get(&format!("{AGREEMENT}?version={wrong}")).await.status, 404, "{wrong}");
        }
        let english = second.get(&format!("{AGREEMENT}?lang=en")).await.text;
        assert!(english.contains("Candidates who accepted it") && english.contains("In force since"), "{english}");
    }

    async fn a_guidance_keeps_its_versions_and_nobody_has_to_accept_one(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        for body in ["# two", "# three", "# two"] {
            published(&app, GUIDANCE, body).await;
        }
        let page = member(&app, "national").await.get(GUIDANCE).await;
        let rows: Vec<String> = (1..=4).map(|number| row(&page, number)).collect();
        let changes: std::collections::BTreeSet<&str> =
            rows.iter().filter_map(|row| row.split("href=\"/staff/changes/").nth(1)?.split('"').next()).collect();
        assert_eq!(changes.len(), 4, "each has a change of its own: {rows:?}");
        assert!(!page.text.contains("已同意的考生"), "{}", page.text);
        for (version, words) in [("1", "written.en.md"), ("2", "two"), ("3", "three")] {
            let stood = member(&app, "national").await.get(&format!("{GUIDANCE}?version={version}")).await.text;
            let text = stood.split("id=\"version\"").nth(1).unwrap().split("</section>").next().unwrap();
            assert!(text.contains(words), "{version}: {text}");
        }
    }
}
