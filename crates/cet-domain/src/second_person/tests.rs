//! The second person on both databases.

use jiff::SignedDuration;

use super::*;
use crate::on_both;
use crate::staff::store::{grant, note_granter};
use crate::staff::{Role, Scope};
use crate::store::testing::NOON;

on_both! {
    /// TH24.
    async fn two_accounts_of_one_hand_are_apart_again_a_week_after_the_newer_one_was_made(t: TestDb) {
        let made: Result<(), DbError> = t.db.write(async |tx: &mut Tx<'_>| {
            for account in ["one", "two", "operators"] {
                grant(tx, account, Role::Finance, &Scope::nation()).await?;
            }
            note_granter(tx, "one", "anna").await?;
            note_granter(tx, "two", "anna").await
        })
        .await;
        made.unwrap();
        let close = async |one: &'static str, other: &'static str| {
            let read: Result<bool, DbError> =
                t.db.read(async move |tx: &mut Tx<'_>| too_close(tx, (one, one), (other, other)).await).await;
            read.unwrap()
        };
        assert!(close("one", "two").await && close("anna", "one").await);
        assert!(!close("one", "operators").await);
        t.clock.set(NOON.plus(YOUNG));
        assert!(!close("one", "two").await && !close("anna", "one").await);
        t.clock.set(NOON.plus(YOUNG).plus(SignedDuration::from_hours(1)));
        let again: Result<(), DbError> = t.db.write(async |tx: &mut Tx<'_>| {
            grant(tx, "two", Role::Finance, &Scope::nation()).await?;
            note_granter(tx, "two", "anna").await
        })
        .await;
        again.unwrap();
        assert!(close("one", "two").await, "a role that was given anew is new");
    }
}
