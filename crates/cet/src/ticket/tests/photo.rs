use std::io::Write as _;

use super::*;
use crate::on_both;
use crate::registration::pages::tests::enrolled;

const JPEG: &[u8] = include_bytes!("../../../../ticket-pdf/src/tests/photo.jpg");

pub(in crate::ticket) fn archive(files: &[(&str, &[u8])]) -> tempfile::NamedTempFile {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    let mut zip = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    for (name, bytes) in files {
        zip.start_file(*name, zip::write::SimpleFileOptions::default()).unwrap();
        zip.write_all(bytes).unwrap();
    }
    file.write_all(&zip.finish().unwrap().into_inner()).unwrap();
    file
}

#[test]
fn a_photo_is_named_by_school_and_student_number() {
    let named = |name: &str| named(name, None).map(|(school, number)| format!("{school} {number}"));
    assert_eq!(named("99301/20160001.jpg").as_deref(), Some("99301 20160001"));
    assert_eq!(named("photos/99301/B-1.JPEG").as_deref(), Some("99301 B-1"));
    for bad in ["20160001.jpg", "99301/1.png", "99301/.jpg", "99301/a b.jpg", "99301/1", "x/1.jpg"] {
        assert_eq!(named(bad), None, "{bad}");
    }
    let school = SchoolCode::parse("99301").ok();
    assert!(super::named("20160001.jpg", school).is_some());
}

#[test]
fn only_jpegs_of_a_fitting_size_pass() {
    assert_eq!(check(JPEG), Ok(()));
    for cut in 0..JPEG.len().min(600) {
        let _no_panic = check(&JPEG[..cut]);
    }
    assert_eq!(check(b"\x89PNG\r\n"), Err("not a JPEG file"));
    assert_eq!(check(&[JPEG, &vec![0; 400 * 1024]].concat()), Err("expected at most 300 KiB"));
    let tiny = [0xFF, 0xD8, 0xFF, 0xC0, 0, 17, 8, 0, 10, 0, 10, 3];
    assert_eq!(check(&tiny), Err("expected 50 to 2000 pixels on each side"));
}

on_both! {
    async fn a_file_with_one_bad_photo_stores_nothing_and_a_good_one_all(t: TestDb) {
        let app = enrolled(t).await;
        let sitting = SittingCode::parse("2017-2").unwrap();
        let school = SchoolCode::parse("99301").unwrap();
        let photo = async |number: &'static str| {
            let sitting = sitting.clone();
            let found: Result<_, DbError> =
                app.t.db.read(async move |tx| store::photo(tx, school, &sitting, number).await).await;
            found.unwrap()
        };
        let bad = archive(&[("99301/20160001.jpg", JPEG), ("99301/20160002.jpg", b"text"), ("99301/x.gif", b"")]);
        let Err(PhotoError::Photos(faults)) = import(&app.t.db, bad.path(), &sitting, None).await else { panic!() };
        assert_eq!(faults, ["99301/20160002.jpg: not a JPEG file", "99301/x.gif: expected SCHOOL/STUDENT-NUMBER.jpg"]);
        let huge = archive(&[("99301/20160001.jpg", &[JPEG, &vec![0; 400 * 1024]].concat())]);
        let Err(PhotoError::Photos(faults)) = import(&app.t.db, huge.path(), &sitting, None).await else { panic!() };
        assert_eq!(faults, ["99301/20160001.jpg: expected at most 300 KiB"]);
        assert!(photo("20160001").await.is_none());
        let twice = archive(&[("99301/20160001.jpg", JPEG), ("a/99301/20160001.jpg", JPEG)]);
        assert!(import(&app.t.db, twice.path(), &sitting, None).await.is_err());
        let good = archive(&[("20160001.jpg", JPEG), ("99301/20160002.jpg", JPEG)]);
        for _ in 0..2 {
            assert_eq!(import(&app.t.db, good.path(), &sitting, Some(school)).await.unwrap(), 2);
        }
        assert!(photo("20160001").await.as_deref() == Some(JPEG) && photo("20160003").await.is_none());
    }
}
