//! Which campuses are allowed for the oral test is for provinces, schools and campuses to say (season.md 1).

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::world::{member, staffed};
use cet_base::on_both;
use cet_base::store::{DbError, Tx};

const LIST: &str = "/staff/sittings/2017-2/oral";

on_both! {
    /// R11.
    async fn the_nation_has_no_oral_setting_but_for_one_of_before_which_can_only_be_removed(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut national = member(&app, "national").await;
        let nation = format!("{LIST}/nation");
        let link = format!("href=\"{nation}\"");
        assert!(!national.get(LIST).await.text.contains(&link));
        let fields = [("elsewhere", "99"), ("confirm", "yes"), ("reason", "x")];
        assert_eq!(national.get(&nation).await.status, 404);
        for fields in [&fields[..1], &fields] {
            assert_eq!(national.post(&nation, fields).await.status, 404);
        }
        assert_eq!(national.post(&format!("{LIST}/99"), &fields).await.status, 303);

        let sql = "INSERT INTO oral_setting (sitting, scope, elsewhere) VALUES ('2017-2', '', '99')";
        let done: Result<(), DbError> = app.t.db.write(async move |tx: &mut Tx<'_>| {
            tx.execute(sql, &[]).await?;
            tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await.map(drop)
        }).await;
        done.unwrap();
        app.app.catalogue.refresh(&app.app.db).await.unwrap();
        assert!(national.get(LIST).await.text.contains(&link));
        let other = national.post(&nation, &[("elsewhere", "993"), ("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!((other.status.as_u16(), other.codes()), (422, vec!["place-unknown"]));
        let removed = national.post(&nation, &[("remove", "yes"), ("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!(removed.status, 303, "{:?}", removed.codes());
        assert_eq!(national.get(&nation).await.status, 404);
    }
}
