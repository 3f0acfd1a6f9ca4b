use std::path::PathBuf;

use super::*;
use crate::on_both;
use crate::roster::tests::{File, HEAD, key, sitting, vault};
use crate::testing::{JPEG, archive};
use crate::words::document::DocumentKind;

fn code() -> SittingCode {
    SittingCode::parse("2017-2").unwrap()
}

fn school() -> SchoolCode {
    SchoolCode::parse("99301").unwrap()
}

fn lines(of: &Listing) -> Vec<String> {
    of.lines.iter().map(ToString::to_string).collect()
}

async fn take(db: &Db, path: &Path, options: Options) -> Result<Report, PhotoError> {
    import(db, &vault(), path, "2017-2", options, &|_, _, _| {}).await
}

async fn good(db: &Db, files: &[(&str, &[u8])]) -> Report {
    let report = take(db, archive(files).path(), Options::default()).await.unwrap();
    assert!(report.stored && report.bad.count == 0, "{report:?}");
    report
}

async fn roster(db: &Db, rows: &[(&str, &str, &str)]) {
    let rows: String = rows
        .iter()
        .map(|(name, id, number)| {
            format!("{name},男,身份证,{id},99301,993010,本科,4,16,16,文学院,英语,1班,{number},,1,\n")
        })
        .collect();
    let file = File::of(format!("{HEAD}\n{rows}"));
    let watch = std::sync::Arc::new(|_, _, _| {});
    crate::roster::file::import(db, vault(), &file.path(), "2017-2", false, watch).await.unwrap();
}

const WANG: &str = "330199199601011234";
const LI: &str = "330199199601015678";

/// Whether a photo is printed for a resident's card with this student number.
async fn printed(db: &Db, id: &str, number: &'static str) -> bool {
    let key = key(DocumentKind::ResidentId, id).bytes();
    let read = db.read(async move |tx: &mut Tx<'_>| store::photo(tx, school(), &code(), &key, number).await);
    let photo: Result<_, DbError> = read.await;
    photo.unwrap().is_some()
}

fn field(name: &str) -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/fixtures/field").join(name)
}

/// Stored, unmatched, ambiguous, bad, other, junk.
fn counts(report: &Report) -> [usize; 6] {
    let stored = if report.stored { report.good } else { 0 };
    let Report { nobody, doubtful, bad, other, .. } = report;
    [stored, nobody.count, doubtful.count, bad.count, other.count, report.junk]
}

/// Real-world files of schools, with the expected counts of each.
const FIELD: [(&str, [usize; 6], &str); 39] = [
    ("p01-plain.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p02-chinese-folder-utf8.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p03-gbk-names.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p03b-gbk-folder-only.zip", [1, 0, 0, 0, 1, 0], "2017下半年/99301/说明.txt: no photo"),
    ("p04-thumbs-db.zip", [1, 0, 0, 0, 0, 1], ""),
    ("p05-macosx.zip", [1, 0, 0, 0, 0, 3], ""),
    ("p06-png-renamed.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p06b-bmp-renamed.zip", [0, 0, 0, 1, 0, 0], "found a BMP picture: save it as JPEG"),
    ("p06c-heic-like.zip", [0, 0, 0, 1, 0, 0], "found a HEIC picture, as iPhones take them: save it as JPEG"),
    ("p06d-webp-renamed.zip", [0, 0, 0, 1, 0, 0], "found a WebP picture: save it as JPEG"),
    ("p07-zero.zip", [0, 0, 0, 1, 0, 0], "99301/T000001.jpg: the file is empty"),
    ("p09-by-id.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p10-number-name.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p10c-copy.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p11-upper-jpeg.zip", [2, 0, 0, 0, 0, 0], ""),
    ("p12-cmyk.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p13-progressive.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p15-gray.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p16-truncated.zip", [0, 0, 0, 1, 0, 0], "the picture is cut off: its end is missing"),
    (
        "p17-unknown-student.zip",
        [0, 1, 0, 0, 0, 0],
        "99301/NOSUCH9999.jpg: nobody in the roster of school 99301",
    ),
    ("p17b-unknown-school.zip", [0, 1, 0, 0, 0, 0], "no school or campus 99999 is known"),
    ("p18-doubled-case.zip", [0, 0, 2, 0, 0, 0], "2 files of the ZIP file are photos of this student"),
    ("p19-no-folder.zip", [0, 1, 0, 0, 0, 0], "T000001.jpg: no folder names its school"),
    ("p20-school-name-folder.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p21-4000px.zip", [1, 0, 0, 0, 0, 0], ""),
    ("p22-nested.zip", [0, 0, 0, 1, 0, 0], "99301.zip: a packed file in the ZIP file: unpack it first"),
    ("p23-huge-dims-garbage.zip", [0, 0, 0, 1, 0, 0], "99301/T000001.jpg: the picture is"),
    ("p25-rar-renamed.zip", [0; 6], "this is a RAR file: pack the photos as ZIP, without a password"),
    ("p26-7z-renamed.zip", [0; 6], "this is a 7z file: pack the photos as ZIP, without a password"),
    ("p27-encrypted.zip", [0; 6], "the ZIP file is locked with a password: pack it again without one"),
    ("p27b-zip-cli-with-dirs.zip", [1, 0, 0, 0, 0, 0], ""),
    (
        "p27c-lzma.zip",
        [0; 6],
        "packed by LZMA, which is not read: pack it again as an ordinary ZIP (Deflate)",
    ),
    ("p27d-deflate64.zip", [0; 6], "packed by Deflate64, which is not read"),
    ("p31-one-photo-two-people.zip", [0, 0, 1, 0, 0, 0], "2 students of the school have this student number"),
    ("cut-off.zip", [0; 6], "the ZIP file is cut off or damaged: copy it again, or pack it again"),
    ("empty.zip", [0; 6], "the file is empty"),
    ("text.zip", [0; 6], "this is no ZIP file: pack the photos as ZIP"),
    ("picture.zip", [0; 6], "this is one picture: pack the photos as ZIP"),
    ("none.zip", [0; 6], "none.zip: "),
];

on_both! {
    /// TH22.
    async fn a_campus_is_told_of_its_own_students_without_a_photo_only(t: TestDb) {
        sitting(&t.db).await;
        let more = "INSERT INTO campus (code, name) VALUES ('993011', 'c')";
        t.db.write(async move |tx: &mut Tx<'_>| tx.execute(more, &[]).await).await.unwrap();
        roster(&t.db, &[("王测试", WANG, "T1")]).await;
        let row = format!("李测试,男,身份证,{LI},99301,993011,本科,4,16,16,文学院,英语,1班,T2,,1,");
        let file = File::of(format!("{HEAD}\n{row}\n"));
        let watch = std::sync::Arc::new(|_, _, _| {});
        crate::roster::file::import(&t.db, vault(), &file.path(), "2017-2", false, watch).await.unwrap();
        for (place, numbers) in [("993010", vec!["T1"]), ("993011", vec!["T2"]), ("99301", vec!["T1", "T2"])] {
            let within = crate::words::staff::Scope::parse(place);
            let options = Options { school: Some(school()), dry_run: true, within, ..Options::default() };
            let report = take(&t.db, archive(&[("99301/x.jpg", JPEG)]).path(), options).await.unwrap();
            let [missing] = &report.missing[..] else { panic!("{report:?}") };
            assert_eq!((&missing.numbers[..], missing.of), (&numbers.iter().map(ToString::to_string).collect::<Vec<_>>()[..], numbers.len()));
        }
    }

    /// TH22.
    async fn photos_named_with_another_schools_numbers_are_all_answered_alike(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "T1"), ("李测试", LI, "T2")]).await;
        let (by_document, unknown) = (format!("99301/{WANG}.jpg"), "99301/330199199601019999.jpg");
        let names = ["99301/T1.jpg", "99301/T1 李四.jpg", "99301/T9.jpg", by_document.as_str(), unknown];
        let files: Vec<(&str, &[u8])> = names.iter().map(|name| (*name, JPEG)).collect();
        let within = crate::words::staff::Scope::parse("99101");
        let options = Options { dry_run: true, within, ..Options::default() };
        let report = take(&t.db, archive(&files).path(), options).await.unwrap();
        assert_eq!((report.good, report.doubtful.count, report.nobody.count), (0, 0, names.len()));
        assert!(report.nobody.lines.iter().all(|line| line.what == Phrase::of("upload-photo-elsewhere")), "{report:?}");
        assert!(report.missing.is_empty(), "{report:?}");
    }

    async fn each_file_from_the_field_ends_as_its_sender_would_wish(t: TestDb) {
        sitting(&t.db).await;
        let named = "INSERT INTO school (code, name) VALUES ('99301', '测试学校机构01')";
        t.db.write(async move |tx: &mut Tx<'_>| tx.execute(named, &[]).await.map(drop)).await.map_err(|e: DbError| e).unwrap();
        roster(&t.db, &[("王测试", WANG, "T000001"), ("李四", LI, "T000002")]).await;
        roster(&t.db, &[("同号甲", "330199200103156041", "2016000999"), ("同号乙", "33019920010315605X", "2016000999")]).await;
        let folder = tempfile::tempdir().unwrap();
        let whole = std::fs::read(field("p11-upper-jpeg.zip")).unwrap();
        for (name, bytes) in [("cut-off.zip", &whole[..4000]), ("empty.zip", b""), ("text.zip", b"text"), ("picture.zip", JPEG)] {
            std::fs::write(folder.path().join(name), bytes).unwrap();
        }
        for (name, wanted, told) in FIELD {
            let path = if field(name).exists() { field(name) } else { folder.path().join(name) };
            match take(&t.db, &path, Options::default()).await {
                Ok(report) => {
                    assert_eq!(counts(&report), wanted, "{name}: {report:?}");
                    let Report { nobody, doubtful, bad, other, odd, .. } = &report;
                    let all = [nobody, doubtful, bad, other, odd].map(lines).concat().join("\n");
                    assert!(all.contains(told) && (told.is_empty() == all.trim().is_empty()), "{name}: {all}");
                }
                Err(error) => assert!(wanted == [0; 6] && error.to_string().contains(told) && !told.is_empty(), "{name}: {error}"),
            }
        }
        let used: std::collections::BTreeSet<&str> = FIELD.iter().map(|(name, _, _)| *name).collect();
        for file in std::fs::read_dir(field("")).unwrap() {
            let name = file.unwrap().file_name().into_string().unwrap();
            let photos = name.starts_with('p') && Path::new(&name).extension().is_some_and(|ending| ending == "zip");
            assert!(!photos || used.contains(name.as_str()), "{name} is not tried");
        }
    }

    async fn a_bad_photo_stops_the_file_unless_it_may_be_skipped(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "N1"), ("李四", LI, "N2"), ("张三", "330199199601019012", "N3")]).await;
        let cut = &JPEG[..900];
        let mixed = archive(&[("99301/N1.jpg", JPEG), ("99301/N2.jpg", cut), ("99301/N3.jpg", b"text")]);
        let report = take(&t.db, mixed.path(), Options::default()).await.unwrap();
        let told = ["99301/N2.jpg: the picture is cut off: its end is missing", "99301/N3.jpg: expected a JPEG or PNG picture, found something else"];
        assert_eq!((report.stored, report.good, &lines(&report.bad)[..]), (false, 1, &told.map(str::to_owned)[..]));
        assert!(!printed(&t.db, WANG, "N1").await);
        let report = take(&t.db, mixed.path(), Options { skip_bad: true, ..Options::default() }).await.unwrap();
        assert_eq!((report.stored, report.good, report.bad.count), (true, 1, 2));
        assert!(printed(&t.db, WANG, "N1").await && !printed(&t.db, LI, "N2").await);
        let missing = Missing { school: school(), count: 2, of: 3, numbers: vec!["N2".to_owned(), "N3".to_owned()] };
        assert_eq!(report.missing, [missing]);
        // Without a folder the given school, and again exactly the same.
        let options = Options { school: Some(school()), ..Options::default() };
        for _ in 0..2 {
            let report = take(&t.db, archive(&[("N2.jpg", JPEG)]).path(), options.clone()).await.unwrap();
            assert_eq!((report.good, report.missing[0].count), (1, 1));
        }
        // A folder of an unknown school does not fall back to the given one.
        let report = take(&t.db, archive(&[("99999/N2.jpg", JPEG)]).path(), options).await.unwrap();
        assert_eq!((report.good, report.nobody.count), (0, 1));
        let wrong = import(&t.db, &vault(), mixed.path(), "2099-1", Options::default(), &|_, _, _| {}).await;
        assert_eq!(wrong.unwrap_err().to_string(), "2099-1: no such sitting");
    }

    async fn a_damaged_zip_file_stores_nothing(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "N1"), ("李四", LI, "N2")]).await;
        let zip = archive(&[("99301/N1.jpg", JPEG), ("99301/N2.jpg", JPEG)]);
        let mut bytes = std::fs::read(zip.path()).unwrap();
        let place = bytes.len() / 2 + 200;
        bytes[place] ^= 0xFF;
        std::fs::write(zip.path(), bytes).unwrap();
        for skip_bad in [false, true] {
            let error = take(&t.db, zip.path(), Options { skip_bad, ..Options::default() }).await.unwrap_err();
            assert!(error.to_string().contains("the ZIP file is damaged"), "{error}");
        }
        assert!(!printed(&t.db, WANG, "N1").await);
    }

    async fn two_students_of_one_number_get_no_face_by_it_and_each_their_own_by_document(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "77"), ("李四", LI, "77")]).await;
        let report = good(&t.db, &[("99301/77.jpg", JPEG)]).await;
        assert_eq!(lines(&report.doubtful), ["99301/77.jpg: 2 students of the school have this student number: name their photos by document number"]);
        assert!(!printed(&t.db, WANG, "77").await && !printed(&t.db, LI, "77").await);
        let report = good(&t.db, &[(&format!("99301/{WANG}.jpg"), JPEG)]).await;
        assert_eq!((report.good, report.missing[0].count), (1, 1));
        assert!(printed(&t.db, WANG, "77").await && !printed(&t.db, LI, "77").await);
        // A corrected number does not affect a student who is known by the document.
        roster(&t.db, &[("王测试", WANG, "78")]).await;
        assert!(printed(&t.db, WANG, "78").await);
    }

    async fn a_number_that_is_corrected_or_becomes_shared_never_carries_a_face_to_another(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "N1")]).await;
        good(&t.db, &[("99301/N1.jpg", JPEG)]).await;
        assert!(printed(&t.db, WANG, "N1").await);
        // A later file adds another student with the same number.
        roster(&t.db, &[("李四", LI, "N1")]).await;
        assert!(!printed(&t.db, WANG, "N1").await && !printed(&t.db, LI, "N1").await);
        // The school corrects: N1 is the other's. Whose face it is stays unknown until it is delivered again.
        roster(&t.db, &[("王测试", WANG, "N9")]).await;
        assert!(!printed(&t.db, WANG, "N9").await && !printed(&t.db, LI, "N1").await);
        let report = good(&t.db, &[("99301/N1.jpg", JPEG)]).await;
        assert_eq!(report.missing[0].numbers, ["N9"]);
        assert!(printed(&t.db, LI, "N1").await && !printed(&t.db, WANG, "N9").await);
        // And back: the photo stored for the first by that number is gone.
        roster(&t.db, &[("李四", LI, "N2"), ("王测试", WANG, "N1")]).await;
        assert!(!printed(&t.db, WANG, "N1").await && !printed(&t.db, LI, "N2").await);
    }

    async fn what_a_candidate_saved_counts_with_its_own_number(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "N1"), ("李四", LI, "N2")]).await;
        good(&t.db, &[("99301/N1.jpg", JPEG)]).await;
        let wang = key(DocumentKind::ResidentId, WANG).bytes().to_vec();
        let saved = "INSERT INTO registration
                (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus, school_name,
                 campus_name, name, name_key, sex, document_kind, document_sealed, document_key, education, duration,
                 entry_year, grade, college, major, class, student_number, remark, subjects, listed_subjects,
                 barred_subjects, snapshot_hash)
             VALUES ('99301', 1, '2017-2', 1, 1, 'live', 0, NULL, 1, '993010', '', '', '', '', '', '', $1, $1, '', '', '', '',
                     '', '', '', 'N1', '', '', '', '', '')";
        t.db.write(async move |tx: &mut Tx<'_>| tx.execute(saved, crate::params![wang]).await.map(drop)).await.map_err(|e: DbError| e).unwrap();
        // Later rosters: 王测试 has N9, and N1 is 李四's. 王测试's ticket still has N1.
        roster(&t.db, &[("王测试", WANG, "N9"), ("李四", LI, "N1")]).await;
        assert!(!printed(&t.db, WANG, "N1").await && !printed(&t.db, LI, "N1").await);
    }

    async fn a_photo_of_before_prints_for_who_has_the_number_alone_and_only_if_it_is_whole(t: TestDb) {
        sitting(&t.db).await;
        roster(&t.db, &[("王测试", WANG, "N1"), ("李四", LI, "N2")]).await;
        let (whole, cut) = (JPEG.to_vec(), JPEG[..900].to_vec());
        let old = async move |tx: &mut Tx<'_>| {
            for (number, jpeg) in [("N1", &whole), ("N2", &cut), ("", &whole)] {
                let sql = "INSERT INTO student_photo (school, sitting, student_number, jpeg, imported_at) VALUES ('99301', '2017-2', $1, $2, 0)";
                tx.execute(sql, crate::params![number, jpeg]).await?;
            }
            Ok::<_, DbError>(())
        };
        t.db.write(old).await.unwrap();
        assert!(printed(&t.db, WANG, "N1").await && !printed(&t.db, LI, "N2").await && !printed(&t.db, LI, "").await);
        roster(&t.db, &[("张三", "330199199601019012", "N1")]).await;
        assert!(!printed(&t.db, WANG, "N1").await);
    }
}
