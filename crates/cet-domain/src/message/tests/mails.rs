//! The mails that messages owe.

use std::sync::Arc;

use super::*;
use crate::config::Config;
use crate::context::Context;
use crate::testing::vault;

const CONFIG: &str = "rehearsal = true\n[server]\nlisten = \"127.0.0.1:8080\"\npublic_origin = \"http://127.0.0.1:8080\"\n\
                      [database]\nurl = \"sqlite:x\"\n[vault]\nkey_file = \"keys\"\n";

pub(super) fn context(world: &World) -> Context {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("keys"), "").unwrap();
    let config = Config::parse("cet.toml", CONFIG, folder.path().to_owned(), std::iter::empty()).unwrap();
    Context { config: Arc::new(config), db: world.t.db.clone(), vault: vault() }
}

on_both! {
    /// A10, R24, I20: a dispute ends for two people.
    async fn each_of_two_who_are_told_of_one_event_gets_a_mail_and_a_missing_one_is_found(t: TestDb) {
        let world = World::with_seats(t, 5).await;
        let both = [world.passport(1, "zh").await, world.passport(2, "en").await];
        let told: Result<(), DbError> = world.t.db.write(async move |tx: &mut Tx<'_>| {
            for (who, end) in both.into_iter().zip([DisputeEnd::GivenAway, DisputeEnd::Given]) {
                tell(tx, who, "7", &Facts::DisputeEnded { end, lines: Vec::new(), until: None }).await?;
            }
            Ok(())
        }).await;
        told.unwrap();
        let context = context(&world);
        assert_eq!(jobs::mail_owed(&context).await.unwrap().done, 2);
        let mails = "SELECT COUNT(*) FROM outbox WHERE kind = 'dispute-ended'";
        assert_eq!(world.count(mails).await, 2);
        let broken = async || {
            let found = crate::verify::run(&world.t.db, &world.catalogue).await.unwrap();
            found.into_iter().filter(|one| !one.violations.is_empty()).map(|one| one.says).collect::<Vec<_>>()
        };
        assert_eq!(broken().await, Vec::<&str>::new());
        world.sql("DELETE FROM outbox WHERE id = (SELECT MAX(id) FROM outbox WHERE kind = 'dispute-ended')").await;
        assert_eq!(broken().await, ["each message that must be mailed is owed its mail, or has it"]);
    }
}
