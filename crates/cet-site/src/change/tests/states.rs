//! The states of a sitting by their forms (season.md 1.5).

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use cet_base::on_both;
use cet_base::params;
use cet_base::store::{DbError, Tx};

on_both! {
    /// R23.
    async fn what_is_closed_or_archived_has_no_way_back_by_any_form(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut national = member(&app, "national").await;
        for (state, acts) in [
            ("closed", &["publication", "withdrawal"][..]),
            ("archived", &["publication", "withdrawal", "closing"][..]),
        ] {
            let sql = "UPDATE sitting SET state = $1 WHERE code = '2017-2'";
            let put: Result<u64, DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![state]).await).await;
            assert_eq!(put.unwrap(), 1);
            for act in acts {
                let path = format!("/staff/sittings/2017-2/{act}");
                for fields in [&[][..], &[("confirm", "yes"), ("reason", "x")]] {
                    let refused = national.post(&path, fields).await;
                    assert_eq!((refused.status.as_u16(), refused.codes()), (409, vec!["sitting-state"]), "{state} {path}");
                }
            }
            let page = national.get("/staff/sittings/2017-2/publication").await.text;
            for act in acts {
                assert!(!page.contains(&format!("action=\"/staff/sittings/2017-2/{act}\"")), "{state} {act}");
            }
        }
    }

    /// R23.
    async fn a_closing_has_no_button_that_takes_it_back_and_none_works(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let over = app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(24 * 365));
        app.t.clock.set(over);
        let mut national = member(&app, "national").await;
        let done = national.post("/staff/sittings/2017-2/closing", &[("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!(done.status, 303, "{:?}", done.codes());
        let list = national.get("/staff/changes").await;
        let id = list.text.split("href=\"/staff/changes/").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
        let path = format!("/staff/changes/{id}");
        assert!(!national.get(&path).await.text.contains(&format!("{path}/undo")));
        let refused = national.post(&format!("{path}/undo"), &[]).await;
        assert_eq!((refused.status.as_u16(), refused.codes()), (409, vec!["sitting-state"]));
    }
}
