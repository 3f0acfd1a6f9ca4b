//! News that are only taken back (P5, season.md 2).

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use cet_base::on_both;

const NEWS: &str = "/staff/portal/news";

on_both! {
    /// P5.
    async fn news_are_taken_back_without_saying_again_what_they_say(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut national = member(&app, "national").await;
        let typed = [
            ("title", "报名公告"), ("body", "详见"), ("title_en", "Registration"), ("body_en", "See below"),
            ("id", "77"), ("confirm", "yes"), ("reason", "x"),
        ];
        assert_eq!(national.post(NEWS, &typed).await.location(), NEWS);
        assert_eq!(app.browser().get("/news/77").await.status, 200);
        let one = format!("{NEWS}/77");
        let look = national.post(&one, &[("withdraw", "yes")]).await;
        assert_eq!((look.status.as_u16(), look.codes()), (200, vec![]), "{}", look.text);
        assert_eq!(app.browser().get("/news/77").await.status, 200, "nothing is written yet");
        for _ in 0..2 {
            let back = national.post(&one, &[("withdraw", "yes"), ("confirm", "yes"), ("reason", "x")]).await;
            assert_eq!(back.location(), NEWS, "{:?}", back.codes());
        }
        assert_eq!(app.browser().get("/news/77").await.status, 404);
        let form = national.get(&one).await;
        assert_eq!((form.value("title"), form.value("title_en")), (Some("报名公告"), Some("Registration")));
        for text in ["详见</textarea>", "See below</textarea>", "value=\"2017-09-20"] {
            assert!(form.text.contains(text), "{text}: {}", form.text);
        }
        // Only what there is is taken back, and nothing is emptied beside it.
        for (path, fields) in [
            ("/staff/portal/news/new", &[("withdraw", "yes")][..]),
            (&*one, &[("withdraw", "")]),
            (&*one, &[("withdraw", "yes"), ("title", "x")]),
        ] {
            let refused = national.post(path, fields).await;
            assert_eq!((refused.status.as_u16(), refused.codes().first()), (422, Some(&"field-invalid")), "{path} {fields:?}");
        }
    }
}
