//! A sitting that is prepared with the dates of another year.

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use cet_base::on_both;

const SITTING: &[(&str, &str)] = &[
    ("from", "2017-2"),
    ("code", "2018-1"),
    ("name", "2018年上半年"),
    ("year", "2018"),
    ("half", "1"),
    ("shift_days", "182"),
];
const TOLD: &str = "报名时间已经全部过去";

on_both! {
    /// R23.
    async fn a_sitting_for_which_nobody_can_enter_any_more_is_published_with_a_warning_only(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let (board, publication) = ("/staff/sittings/2018-1", "/staff/sittings/2018-1/publication");
        let check = "data-check=\"dates\" data-state=\"todo\"";
        let mut before = member(&app, "national").await;
        assert_eq!(before.post("/staff/sittings", SITTING).await.location(), board);
        assert!(!before.get(board).await.text.contains("data-check=\"dates\""));
        for page in [before.get(publication).await, before.post(publication, &[]).await] {
            assert!(page.status == 200 && !page.text.contains(TOLD), "{}", page.text);
        }
        app.t.clock.set(app.t.clock.process_now().plus(jiff::SignedDuration::from_hours(24 * 400)));
        let mut late = member(&app, "national").await;
        assert!(late.get(board).await.text.contains(check));
        let mut province = member(&app, "province-99").await;
        assert!(province.get(board).await.text.contains(check));
        for page in [late.get(publication).await, late.post(publication, &[]).await] {
            assert!(page.status == 200 && page.text.contains(TOLD), "{}", page.text);
        }
        let made = late.post(publication, &[("confirm", "yes"), ("reason", "x")]).await;
        assert!(made.status == 303, "it is no obstacle: {:?}", made.codes());
        let mut approver = member(&app, "national-2").await;
        let asked = approver.get(made.location()).await.text;
        assert!(asked.contains(TOLD), "whoever approves sees it too: {asked}");
        // A sitting that ran has had its time.
        assert!(!late.get("/staff/sittings/2017-2").await.text.contains("data-check=\"dates\""));
    }
}
