//! Copies of a sitting.

use super::*;
use crate::change::copy::wanted;
use crate::sitting::store::write::Head;

on_both! {
    /// A limit may be younger than the capacities below it.
    async fn a_sitting_is_copied_with_capacities_that_a_later_limit_would_refuse(t: TestDb) {
        world(&t.db, false).await;
        let on = LimitOn::Capacity(SubjectCode::CET4);
        let limit = (Key::Limit(Place::National, on), Some(SettingValue::Limit(Limit::Seats(1))));
        change(&t.db, nation(), vec![limit]).await.unwrap();
        assert_eq!(change(&t.db, nation(), vec![pool(9999)]).await.unwrap_err()[0].code(), "outside-limits");
        let copied = t.db.write(async |tx: &mut Tx<'_>| {
            let sitting = SittingCode::parse("2018-2").unwrap();
            let head = Head {
                name: "2018年下半年".to_owned(),
                name_en: String::new(),
                year: 2018,
                half: 2,
                ask_student_number: false,
                province_fees: false,
            };
            let wanted = wanted(tx, Some(&code()), &head, 364).await?;
            make(tx, &nation(), &policy(), &Proposal { sitting, origin: "copy", ..web(wanted) }).await
        });
        assert!(matches!(copied.await, Ok(Made::Done(_))));
        assert_eq!(sound(&t.db).await, [""; 0]);
    }
}
