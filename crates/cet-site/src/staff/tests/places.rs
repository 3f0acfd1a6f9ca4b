//! Fields that choose a place show enough of its name to tell two places apart.

use super::world::{member, staffed};
use crate::registration::pages::tests::enrolled;
use cet_base::on_both;

on_both! {
    async fn a_field_that_chooses_a_place_has_room_for_its_name_and_begins_with_its_code(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut province = member(&app, "province-99").await;
        for page in ["/staff/statistics", "/staff/pools"] {
            let text = province.get(page).await.text;
            // On a wide page it takes two columns of the row of filters, on a narrow one the row is one column.
            assert!(text.contains("<div class=\"field wide\"><label for=\"place\">"), "{page}: {text}");
            let select = text.split("<select class=\"in\" id=\"place\"").nth(1).unwrap().split("</select>").next().unwrap();
            for option in select.split("<option ").skip(1) {
                let (value, words) = (option.split('"').nth(1).unwrap(), option.split('>').nth(1).unwrap());
                assert!(words.starts_with(&format!("({value})")), "{page}: {option}");
            }
        }
        assert!(include_str!("../../../assets/staff.css").contains(".filter .wide { grid-column: span 2; }"));
    }
}
