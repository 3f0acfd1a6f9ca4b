//! What is asked once, what the log tells of it, and what no sitting is published without.

use super::*;

on_both! {
    /// R20: of two, the other would live on when one is refused.
    async fn what_waits_already_is_not_asked_for_twice(t: TestDb) {
        world(&t.db, true).await;
        let first = change(&t.db, nation(), vec![fee(19)]).await.unwrap();
        assert!(matches!(first, Made::Asked(_)), "{first:?}");
        assert_eq!(change(&t.db, nation(), vec![fee(19)]).await.unwrap(), first);
        assert_ne!(change(&t.db, nation(), vec![fee(20)]).await.unwrap(), first);
        let other = by("another", "p7", Role::National, "");
        assert_eq!(change(&t.db, other, vec![fee(19)]).await.unwrap(), first, "whoever asks");
    }

    /// S7: what was changed stands in the log, however long the text before that place is.
    async fn the_end_of_a_long_text_is_changed_and_the_log_shows_it(t: TestDb) {
        world(&t.db, false).await;
        let text = |end: &str| {
            let body = format!("{}{end}", "一".repeat(500));
            (Key::Text(TextKind::GuidanceOral, Lang::Zh), Some(SettingValue::Text(body)))
        };
        change(&t.db, nation(), vec![text("")]).await.unwrap();
        change(&t.db, nation(), vec![text("尾")]).await.unwrap();
        let told = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert!(told.last().unwrap().contains("一尾"), "{told:?}");
        // A number that may be a document's is not logged, but that the text has changed is.
        change(&t.db, nation(), vec![text("110105194912310021")]).await.unwrap();
        change(&t.db, nation(), vec![text("110105194912310022")]).await.unwrap();
        let told = crate::audit::testing::told_of(&t.db, "change-made").await.unwrap();
        assert!(!told.last().unwrap().contains("11010519491231"), "{told:?}");
    }

    /// R23.
    async fn a_sitting_without_a_seat_is_not_published(t: TestDb) {
        world(&t.db, false).await;
        let pools = plan(&t.db).await.pools;
        let each = pools.iter().flat_map(|(campus, codes)| codes.iter().map(|code| Key::Pool(*campus, *code)));
        let none = each.map(|key| (key, Some(SettingValue::Pool(0)))).collect();
        change(&t.db, nation(), none).await.unwrap();
        let publish = vec![(Key::State, Some(SettingValue::State(SittingState::Published)))];
        let refused = change(&t.db, nation(), publish).await.unwrap_err();
        assert_eq!(refused, [ChangeRefusal::Missing(vec![M::Pool])]);
    }
}
