//! TH21 and TH69: what belongs to someone else looks the same as what does not exist.

use super::routes::{all, filled};
use crate::passport::mail_tests::count;
use crate::registration::pages::tests::{bound, enrolled};
use crate::testing::{Browser, TestApp};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::DbError;

/// How to request each candidates' route that takes an id. A new route must be added here.
const ROUTES: [(&str, &str, &str); 12] = [
    ("GET", "/account/payments/{order}/receipt.pdf", "/account/payments/ID/receipt.pdf"),
    ("GET", "/payment/{order}", "/payment/ID"),
    ("GET", "/registration/entries/{id}/cancellation", "/registration/entries/ID/cancellation"),
    ("POST", "/registration/entries/{id}/cancellation", "/registration/entries/ID/cancellation"),
    ("GET", "/registration/waiting-list/{id}/leaving", "/registration/waiting-list/ID/leaving"),
    ("POST", "/registration/waiting-list/{id}/leaving", "/registration/waiting-list/ID/leaving"),
    ("POST", "/account/sessions/{id}/end", "/account/sessions/ID/end"),
    ("GET", "/tickets/{file}", "/tickets/ID.pdf"),
    ("GET", "/payment/{order}/code", "/payment/ID/code"),
    ("GET", "/payment/{order}/code.svg", "/payment/ID/code.svg"),
    ("POST", "/payment/{order}/code", "/payment/ID/code"),
    ("POST", "/payment/{order}/phone", "/payment/ID/phone"),
];

/// Routes that take a secret or the name of something public instead.
const SECRETS: [&str; 7] = [
    // News are for everyone.
    "/news/{id}",
    // So are the gateways' codes.
    "/payment/return/{gateway}",
    "/recover/{token}",
    "/account/verification/{token}",
    "/account/undo/{token}",
    "/captcha/{id}",
    "/assets/{name}",
];

/// Status and text, byte for byte: the page does not even contain the requested id.
async fn ask(browser: &mut Browser<'_>, method: &str, path: &str, id: &str) -> (u16, String) {
    let path = path.replace("ID", id);
    let answer = if method == "GET" { browser.get(&path).await } else { browser.post(&path, &[]).await };
    (answer.status.as_u16(), answer.text)
}

/// The ids of the first candidate's entry, registration and (planted) order.
async fn ids(app: &TestApp) -> Vec<String> {
    let done: Result<Vec<i64>, DbError> = app
        .t
        .db
        .write(async |tx| {
            tx.execute(
                "INSERT INTO payment_order
                    (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at,
                     deadline_at, settled_at, closed_for, ask_at, asked)
                 SELECT school, 4242, '99301000000000004242', id, passport_id, sitting, 'alipay', '', 1, 'closed', 0, 0, 0, 'deadline',
                        NULL, 0
                   FROM registration
                  WHERE passport_id = 1",
                &[],
            )
            .await?;
            let (entry,): (i64,) = tx.query_one("SELECT id FROM entry", params![]).await?;
            let (registration,): (i64,) = tx.query_one("SELECT id FROM registration WHERE passport_id = 1", params![]).await?;
            Ok(vec![entry, registration, 4242])
        })
        .await;
    done.unwrap().into_iter().map(|id| id.to_string()).collect()
}

#[test]
fn th21_every_route_of_candidates_that_takes_an_id_is_in_the_matrix() {
    let taken: Vec<String> =
        all().into_iter().map(|route| route.path).filter(|path| path.contains('{')).collect();
    let unknown: Vec<&String> = taken
        .iter()
        // Gateways speak their protocols there, and nobody else.
        .filter(|path| !path.starts_with("/staff/") && !path.starts_with("/notify/"))
        .filter(|path| !ROUTES.iter().any(|(_, route, _)| route == path) && !SECRETS.contains(&path.as_str()))
        .collect();
    assert!(unknown.is_empty(), "no row for {unknown:?}");
    assert!(ROUTES.iter().all(|(_, route, _)| taken.iter().any(|path| path == route)));
}

on_both! {
    async fn th21_what_is_another_candidates_is_answered_as_what_is_made_up(t: TestDb) {
        let app = enrolled(t).await;
        let mut owner = bound(&app, 1).await;
        assert_eq!(owner.post("/registration/written", &[("subject", "1")]).await.status, 303);
        let mut other = bound(&app, 2).await;
        let ids = ids(&app).await;
        let before = count(&app, "SELECT COUNT(*) FROM audit_log").await;
        for (method, route, path) in ROUTES {
            for id in &ids {
                let made_up = "1".repeat(id.len());
                let (of_another, of_nobody) = (ask(&mut other, method, path, id).await, ask(&mut other, method, path, &made_up).await);
                assert_eq!(of_another.0, 404, "{route} with {id}");
                assert_eq!(of_another, of_nobody, "{route}");
            }
        }
        let forms = [("/payment", "entry"), ("/registration/written", "entry")];
        for (path, field) in forms {
            let of_another = other.post(path, &[(field, ids[0].as_str()), ("gateway", "alipay")]).await;
            assert_ne!(of_another.status, 303, "{path}");
        }
        assert_eq!(count(&app, "SELECT COUNT(*) FROM audit_log").await, before, "nothing was done");
        assert_eq!(ask(&mut owner, "GET", "/payment/ID", &ids[2]).await.0, 200, "the owner's is there");
        assert_eq!(ask(&mut owner, "GET", ROUTES[2].2, &ids[0]).await.0, 200, "the owner is asked");
        assert_eq!(ask(&mut owner, "POST", ROUTES[3].2, &ids[0]).await.0, 303);
    }

    async fn th69_a_passport_id_opens_no_route(t: TestDb) {
        let app = enrolled(t).await;
        let _owner = bound(&app, 1).await;
        let mut other = bound(&app, 2).await;
        let public_id = format!("{:032X}", 1);
        for (method, route, path) in ROUTES {
            assert_eq!(ask(&mut other, method, path, &public_id).await.0, 404, "{route}");
        }
        for secret in SECRETS {
            let path = filled(secret, &public_id);
            assert_eq!(other.get(&path).await.status, 404, "{path}");
        }
        for query in ["passport", "id", "passport_id", "public_id"] {
            for page in ["/account", "/home", "/registration"] {
                let asked = other.get(&format!("{page}?{query}={public_id}")).await;
                assert!(!asked.text.contains("学生1") && asked.text.contains("学生2"), "{page}");
            }
        }
    }
}
