//! Forms about one student that are sent twice: answered as the first time, done once.

use jiff::SignedDuration;

use super::{NEW, href, import, row, world};
use crate::staff::tests::world::{member, twice};
use cet_base::on_both;

fn of(number: &'static str) -> Vec<(&'static str, &'static str)> {
    NEW.iter()
        .map(|(name, value)| (*name, if *name == "document_number" { number } else { *value }))
        .collect()
}

on_both! {
    /// S2.
    async fn a_student_is_entered_and_taken_out_once(t: TestDb) {
        let app = world(t).await;
        let one = twice(&app, "school-99301", "/staff/students/new", NEW).await;
        let mut school = member(&app, "school-99301").await;
        assert_eq!(school.post("/staff/students/new", NEW).await.location(), one);
        assert!(school.get(&one).await.text.contains("没有再办一次"));
        let removal = format!("{one}/removal");
        assert_eq!(twice(&app, "school-99301", &removal, &[("reason", "退学")]).await, "/staff/students");
        assert_eq!(school.post(&removal, &[("reason", "别的")]).await.status, 404, "another form");
        let mut other = member(&app, "school-99101").await;
        assert_eq!(other.post(&removal, &[("reason", "退学")]).await.status, 404);
    }

    /// S2.
    async fn a_student_whom_another_school_holds_is_asked_for_once_and_decided_once(t: TestDb) {
        let app = world(t).await;
        import(&app, &[row("E1", "991010", "甲班"), row("E2", "991010", "甲班")]).await;
        for number in ["E1", "E2"] {
            let to = twice(&app, "school-99301", "/staff/students/new", &of(number)).await;
            assert_eq!(to, "/staff/transfers?state=open");
        }
        let mut holder = member(&app, "school-99101").await;
        let one = href(&holder.get("/staff/transfers?state=open").await, "/staff/transfers/");
        assert_eq!(twice(&app, "school-99101", &format!("{one}/release"), &[("reason", "转学")]).await, one);
        assert!(holder.post(&format!("{one}/release"), &[("reason", "转学")]).await.status == 303);
        assert!(holder.get(&one).await.text.contains("没有再办一次"));
        for (act, reason) in [("release", "别的"), ("keep", "转学")] {
            let late = holder.post(&format!("{one}/{act}"), &[("reason", reason)]).await;
            assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]), "{act} {reason}");
        }
        let one = href(&holder.get("/staff/transfers?state=open").await, "/staff/transfers/");
        app.t.clock.set(app.t.clock.process_now().plus(SignedDuration::from_hours(73)));
        let decision = format!("{one}/decision");
        assert_eq!(twice(&app, "province-99", &decision, &[("decision", "keep"), ("reason", "")]).await, one);
        let late = member(&app, "province-99-2").await.post(&decision, &[("decision", "keep")]).await;
        assert_eq!((late.status.as_u16(), late.codes()), (409, vec!["changed-meanwhile"]), "somebody else decided");
    }
}
