use super::*;
use crate::on_both;
use crate::roster::tests::{key, sitting};
use crate::store::Db;
use crate::ticket::store::{keep, photo};
use crate::words::codes::SchoolCode;
use crate::words::document::DocumentKind;

fn code() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

fn school() -> SchoolCode {
    SchoolCode::parse("99301").unwrap()
}

async fn world(db: &Db) {
    sitting(db).await;
    for upload in 1..=3_i64 {
        let sql = "INSERT INTO upload
            (id, kind, place, sitting, campus, file_name, size, state, account, created_at, changed_at, worker, lease_until,
             tries, step, done, total, import_id, checked_at, turn, published_at, publisher, good_only, remove_gone, failure,
             summary, chosen, looked)
         VALUES ($1, 'photos', '99301', '2017-2', '', '', 0, 'published', '', 0, 0, NULL, NULL, 0, '', 0, 0, NULL, NULL, 0,
                 NULL, '', FALSE, FALSE, '', '', '', '')";
        db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, params![upload]).await).await.unwrap();
    }
}

/// Stores a picture of a person, named by a number or, if that is empty, by the document.
async fn put(db: &Db, upload: Option<i64>, who: &'static str, named_by: &'static str, picture: u8) {
    let put = async move |tx: &mut Tx<'_>| {
        let photo = Photo {
            school: school(),
            document_key: key(DocumentKind::Passport, who),
            named_by: named_by.to_owned(),
            student_number: who.to_owned(),
            jpeg: vec![picture],
        };
        keep(tx, &code(), &photo, upload).await
    };
    db.write(put).await.unwrap();
}

async fn back(db: &Db, upload: i64) -> Option<i64> {
    let kept: Result<_, DbError> = db.write(async move |tx: &mut Tx<'_>| take_back(tx, upload).await).await;
    kept.unwrap()
}

/// The picture that is printed for a person with this number.
async fn printed(db: &Db, who: &str, number: &'static str) -> Option<u8> {
    let key = key(DocumentKind::Passport, who).bytes();
    let read: Result<_, DbError> =
        db.read(async move |tx: &mut Tx<'_>| photo(tx, school(), &code(), &key, number).await).await;
    read.unwrap().map(|jpeg| jpeg[0])
}

on_both! {
    /// S2.
    async fn what_stood_before_stands_again_whichever_file_is_taken_back_first(t: TestDb) {
        let db = &t.db;
        world(db).await;
        for order in [[1, 2, 3], [3, 2, 1], [2, 1, 3], [2, 3, 1], [1, 3, 2], [3, 1, 2]] {
            put(db, None, "E1", "", 7).await;
            for upload in [1, 2, 3] {
                put(db, Some(upload), "E1", "", u8::try_from(upload).unwrap()).await;
                // A publication that begins again finds its own.
                put(db, Some(upload), "E1", "", u8::try_from(upload).unwrap()).await;
                put(db, Some(upload), "E2", "", u8::try_from(upload).unwrap()).await;
            }
            let mut left = vec![1, 2, 3];
            for upload in order {
                let stays = if left.last() == Some(&upload) { 0 } else { 2 };
                assert_eq!(back(db, upload).await, Some(stays), "{order:?} {upload}");
                left.retain(|other| *other != upload);
                let last = left.last().map(|upload| u8::try_from(*upload).unwrap());
                assert_eq!(printed(db, "E1", "").await, last.or(Some(7)), "{order:?} {upload}");
                assert_eq!(printed(db, "E2", "").await, last, "{order:?} {upload}");
            }
            assert_eq!(back(db, 1).await, None, "once is enough");
        }
    }

    /// S2.
    async fn who_lost_a_photo_to_another_ones_number_has_it_again(t: TestDb) {
        let db = &t.db;
        world(db).await;
        put(db, Some(1), "E1", "17", 1).await;
        put(db, Some(2), "E2", "17", 2).await;
        assert_eq!((printed(db, "E1", "17").await, printed(db, "E2", "17").await), (None, Some(2)));
        assert_eq!(back(db, 2).await, Some(0));
        assert_eq!((printed(db, "E1", "17").await, printed(db, "E2", "17").await), (Some(1), None));
        put(db, Some(2), "E2", "17", 2).await;
        put(db, Some(3), "E1", "", 3).await;
        assert_eq!(back(db, 2).await, Some(1), "a later file gave the first one another photo");
        assert_eq!((printed(db, "E1", "17").await, printed(db, "E2", "17").await), (Some(3), None));
        assert_eq!(back(db, 3).await, Some(0));
        assert_eq!(printed(db, "E1", "17").await, Some(1));
    }

    /// S2.
    async fn a_photo_that_came_by_a_command_since_stays(t: TestDb) {
        let db = &t.db;
        world(db).await;
        put(db, Some(1), "E1", "", 1).await;
        put(db, None, "E1", "", 7).await;
        assert_eq!(back(db, 1).await, Some(1));
        assert_eq!(printed(db, "E1", "").await, Some(7));
        put(db, Some(2), "E1", "", 2).await;
        let over = "UPDATE sitting SET state = 'closed'";
        db.write(async move |tx: &mut Tx<'_>| tx.execute(over, &[]).await).await.unwrap();
        let forgotten: Result<_, DbError> = db.write(async |tx: &mut Tx<'_>| forget(tx, 9).await).await;
        assert_eq!((forgotten.unwrap(), back(db, 2).await), (1, None), "of a sitting that is over nothing is kept");
    }
}
