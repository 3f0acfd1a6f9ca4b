//! Sessions that are ended from outside, and what is written of access that was refused.

use std::io::Write;
use std::sync::{Arc, Mutex};

use super::lists::world;
use super::world::member;
use crate::passport::mail_tests::{EMAIL, member as candidate};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::store::DbError;
use cet_domain::audit::Actor;
use cet_domain::staff::ending::{Whose, end};

async fn ended(app: &TestApp, whose: Whose) -> Option<u64> {
    let done: Result<Option<u64>, DbError> =
        app.t.db.write(async move |tx| end(tx, &whose, Actor::Command("staff"), "").await).await;
    done.unwrap()
}

async fn is_in(browser: &mut Browser<'_>, path: &str) -> bool {
    browser.get(path).await.status == 200
}

on_both! {
    /// ASVS 7.4.5.
    async fn the_sessions_of_one_account_of_all_staff_or_of_all_candidates_are_ended_and_the_accounts_stay(t: TestDb) {
        let app = world(t).await;
        let mut person = candidate(&app, EMAIL).await;
        let (mut one, mut again) = (member(&app, "finance").await, member(&app, "finance").await);
        let mut other = member(&app, "auditor").await;
        assert_eq!(ended(&app, Whose::Account("nobody".to_owned())).await, None);
        assert_eq!(ended(&app, Whose::Account("finance".to_owned())).await, Some(2));
        assert!(!is_in(&mut one, "/staff").await && !is_in(&mut again, "/staff").await);
        assert!(is_in(&mut other, "/staff").await && is_in(&mut person, "/account").await);
        let mut back = member(&app, "finance").await;
        assert!(is_in(&mut back, "/staff").await, "the account goes on");
        assert_eq!(ended(&app, Whose::Staff).await, Some(2));
        assert!(!is_in(&mut back, "/staff").await && !is_in(&mut other, "/staff").await);
        assert!(is_in(&mut person, "/account").await);
        assert!(ended(&app, Whose::Candidates).await.is_some_and(|sessions| sessions > 0));
        assert!(!is_in(&mut person, "/account").await);
        let lines: Result<Vec<(String,)>, DbError> = app.t.db.read(async |tx| {
            tx.query(
                "SELECT object FROM audit_log WHERE action = 'sessions-ended' AND actor_kind = 'command' ORDER BY id",
                &[],
            ).await
        }).await;
        let lines: Vec<String> = lines.unwrap().into_iter().map(|(object,)| object).collect();
        assert_eq!(lines, ["finance", "all staff", "all candidates"]);
    }

    /// ASVS 16.3.2.
    async fn access_that_a_role_has_not_is_a_line_with_the_role_and_what_it_wanted(t: TestDb) {
        let app = world(t).await;
        let mut school = member(&app, "auditor").await;
        let log = Log::default();
        let writer = log.clone();
        let subscriber = tracing_subscriber::fmt().with_writer(move || writer.clone()).with_ansi(false).finish();
        let _logging = tracing::subscriber::set_default(subscriber);
        assert_eq!(school.get("/staff/account/sessions").await.status, 200);
        assert!(!log.text().contains("access refused"));
        assert_eq!(school.get("/staff/refunds").await.status, 404);
        let text = log.text();
        let line = text.lines().find(|line| line.contains("access refused")).unwrap_or_else(|| panic!("{text}"));
        assert!(line.contains("role=Auditor") && line.contains("route=\"/staff/refunds\""), "{line}");
        assert!(!line.contains("\"auditor\""), "nothing of a person: {line}");
    }
}

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Log {
    fn text(&self) -> String {
        String::from_utf8_lossy(&self.0.lock().unwrap()).into_owned()
    }
}

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
