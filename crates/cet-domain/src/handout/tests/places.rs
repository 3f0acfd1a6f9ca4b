//! What pages show of places in line (R16).

use super::tests::world::*;
use crate::entry::testing::*;
use crate::on_both;
use crate::standby::rules::Chance;
use crate::store::testing::NOON;

on_both! {
    /// R16.
    async fn a_place_is_shown_with_its_chance_from_what_came_free_at_its_pool(t: TestDb) {
        let world = World::with_seats(t, 1).await;
        let who = world.candidates(3).await;
        let entry = world.enter(who[0], "1").await.unwrap()[0];
        waits(&world, who[1], "1").await;
        waits(&world, who[2], "1").await;
        let at = own_places(&world, who[1]).await.remove(0);
        assert_eq!((at.at[0].place, at.at[0].total, at.at[0].chance, at.at[0].freed), (1, 2, Chance::Unknown, None));
        assert_eq!((at.until(), at.fee.map(cet_base::words::fen::Fen::get)), (Some(NOON.plus(hours(240)).minus(minutes(30))), Some(1)));

        // Registration has been open for a day: something is known.
        world.cancel(who[0], entry).await.unwrap();
        world.advance(hours(24));
        let at = own_places(&world, who[2]).await.remove(0);
        assert_eq!((at.at[0].place, at.at[0].total, at.at[0].freed.unwrap().seats), (2, 2, 1));
        assert_eq!(at.at[0].chance, Chance::Good, "one a day, and nine days are left");
    }
}
