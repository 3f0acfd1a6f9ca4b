//! The same change, asked by two.

use super::*;
use crate::audit::testing::told_of;
use crate::change::store;
use crate::store::testing::NOON;

fn other() -> By {
    by("zhao", "p5", Role::National, "")
}

async fn state(db: &Db, id: i64) -> String {
    let found = db.read(async move |tx: &mut Tx<'_>| store::one(tx, &Scope::nation(), id).await).await;
    found.unwrap().unwrap().state
}

on_both! {
    /// R21.
    async fn the_same_change_waits_once_whoever_asks_it_again_and_why(t: TestDb) {
        world(&t.db, true).await;
        let asked = change(&t.db, nation(), vec![fee(2)]).await.unwrap();
        assert_eq!(change(&t.db, other(), vec![fee(2)]).await.unwrap(), asked);
        let for_another_reason = Proposal { reason: "cheaper".to_owned(), ..web(vec![fee(2)]) };
        let again = t.db.write(async move |tx| make(tx, &other(), &policy(), &for_another_reason).await).await;
        assert_eq!(again.ok(), Some(asked.clone()));
        assert_ne!(change(&t.db, other(), vec![fee(3)]).await.unwrap(), asked);
        decide(&t.db, other(), asked.id()).await.unwrap();
    }

    /// R19, R21.
    async fn what_is_so_already_is_not_approved_but_ended(t: TestDb) {
        world(&t.db, true).await;
        // The one at once, the other from an hour later on.
        let one = change(&t.db, nation(), vec![fee(2)]).await.unwrap().id();
        let later = NOON.plus(crate::entry::testing::hours(1));
        let proposal = Proposal { from: Some(later), ..web(vec![fee(2)]) };
        let made = t.db.write(async move |tx| make(tx, &nation(), &policy(), &proposal).await).await;
        let Ok(Made::Asked(two)) = made else { panic!("it took effect") };
        decide(&t.db, other(), one).await.unwrap();
        assert_eq!(decide(&t.db, other(), two).await, Err(vec![ChangeRefusal::AlreadySo]));
        assert_eq!(state(&t.db, two).await, "asked", "nothing of a refusal is kept");
        let end = async move |tx: &mut Tx<'_>| end_already_so(tx, &other(), &policy(), two).await;
        assert!(t.db.write(end).await.is_ok());
        assert_eq!(state(&t.db, two).await, "overtaken");
        assert_eq!(decide(&t.db, other(), two).await, Err(vec![ChangeRefusal::Over]));
        assert_eq!(told_of(&t.db, "change-overtaken").await.unwrap().len(), 1);
        assert_eq!(sound(&t.db).await, [""; 0]);
        // One that would still change something is not ended.
        let open = change(&t.db, nation(), vec![fee(5)]).await.unwrap().id();
        let end = async move |tx: &mut Tx<'_>| end_already_so(tx, &other(), &policy(), open).await;
        assert!(t.db.write(end).await.is_ok());
        assert_eq!(state(&t.db, open).await, "asked");
    }
}
