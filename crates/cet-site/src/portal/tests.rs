//! The public site over the router, on both databases.

use crate::on_both;
use crate::testing::TestApp;

on_both! {
    /// P1.
    async fn the_front_page_has_its_ways_its_dates_and_the_mark_of_the_node(t: TestDb) {
        let app = TestApp::with(t, &[("CET_SERVER__NODE_MARK", "n77")]).await;
        let page = app.browser().get("/").await;
        assert_eq!(page.status, 200);
        for way in ["/", "/about", "/guide", "/schedule", "/process", "/faq", "/tips", "/login", "/register", "/retrieve"] {
            assert!(page.text.contains(&format!("href=\"{way}\"")), "{way}");
        }
        for shown in ["2017年下半年CET考试", "Powered by", "n77"] {
            assert!(page.text.contains(shown), "{shown}");
        }
    }

    /// P2.
    async fn the_dates_of_the_portal_are_those_of_the_sitting(t: TestDb) {
        let app = TestApp::on(t).await;
        let page = app.browser().get("/").await.text;
        for shown in ["9月20日", "9月30日", "12月16日", "11月18日", "2017-11-01"] {
            assert!(page.contains(shown), "{shown}");
        }
        let english = app.browser().get("/?lang=en").await.text;
        assert!(english.contains("CET, second half of 2017") && english.contains("16 Dec"), "{english}");
    }
}
