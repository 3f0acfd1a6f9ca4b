//! The list of an account's sessions (A9), and the mails about its secrets.

use super::world::{member, staffed};
use crate::passport::mail_tests::mails;
use crate::registration::pages::tests::enrolled;
use cet_base::on_both;

const SESSIONS: &str = "/staff/account/sessions";

fn end_of_other(page: &str) -> Option<String> {
    let other = page.split("data-session=\"other\"").nth(1)?;
    other.split("action=\"").nth(1)?.split('"').next().map(str::to_owned)
}

on_both! {
    /// A9.
    async fn staff_see_and_end_their_own_sessions_and_nobody_elses(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut here = member(&app, "school-99301").await;
        let mut there = member(&app, "school-99301").await;
        let mut third = member(&app, "school-99301").await;
        let end = end_of_other(&here.get(SESSIONS).await.text).unwrap();
        let mut other = member(&app, "national").await;
        assert_eq!(end_of_other(&other.get(SESSIONS).await.text), None, "of another account none is listed");
        assert_eq!(other.post(&end, &[]).await.status, 404);
        assert_eq!(here.post(&end, &[]).await.location(), SESSIONS);
        let in_there = there.get("/staff").await.status == 200;
        assert_ne!(in_there, third.get("/staff").await.status == 200, "exactly one was ended");
        assert_eq!(here.post(SESSIONS, &[]).await.location(), SESSIONS);
        assert_eq!(end_of_other(&here.get(SESSIONS).await.text), None);
        assert_eq!(there.get("/staff").await.status, 303);
        assert_eq!(third.get("/staff").await.status, 303);
        assert_eq!(other.get("/staff").await.status, 200);
        assert!(mails(&app).await.is_empty());
    }
}
