//! Nonsense in every field of every form of settings: refused at its field, and nothing is stored.

use std::collections::BTreeSet;

use crate::registration::pages::tests::enrolled;
use crate::staff::tests::access::posts;
use crate::staff::tests::world::{member, staffed};
use crate::testing::TestApp;
use cet_base::on_both;
use cet_base::store::{DbError, Tx};

/// What no field but one of text takes.
const NONSENSE: [&str; 8] =
    ["-1", "1000000000000", "x", "31 February", "0001-01-01 00:00", "9999-12-31 00:00", "一", "<script>"];
const TIMES: [&str; 6] =
    ["x", "2017-02-31 08:00", "0001-01-01 00:00", "9999-12-31 23:59", "20/9/2017", "2017-09-20"];

/// A form, the fields that make it valid, and one field with the values that are refused there.
struct Case {
    account: &'static str,
    path: &'static str,
    good: &'static [(&'static str, &'static str)],
    field: &'static str,
    bad: &'static [&'static str],
}

const fn case(
    account: &'static str,
    path: &'static str,
    good: &'static [(&'static str, &'static str)],
    field: &'static str,
    bad: &'static [&'static str],
) -> Case {
    Case { account, path, good, field, bad }
}

const WINDOW: &[(&str, &str)] = &[("from", "2017-09-20 12:00"), ("to", "2017-09-21 12:00")];
const SUBJECT: &[(&str, &str)] =
    &[("code", "7"), ("name", "x"), ("mode", "written"), ("level", "4"), ("language", "俄语")];
const NEWS: &[(&str, &str)] = &[("title", "x"), ("body", "x"), ("publish_at", "2017-09-20 12:00")];
const SITTING: &[(&str, &str)] = &[("code", "2018-1"), ("name", "x"), ("year", "2018"), ("half", "1")];
const LONG: &str = "长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\
    长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\
    长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长\
    长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长长";

const WINDOWS: &str = "/staff/sittings/2017-2/windows/99301/written";
const LIMITS: &str = "/staff/sittings/2017-2/limits/99";
const SUBJECTS: &str = "/staff/sittings/2017-2/subjects/new";
const DRAW: &str = "/staff/arrangements/draw";
const ROOMS: &str = "/staff/sittings/2017-2/arrangement/993010";
const NAMES: &str = "/staff/arrangements/993010/1/room-names";

const CASES: &[Case] = &[
    case("school-99301", "/staff/pools", &[], "capacity.993010.1", &NONSENSE),
    case(
        "school-99301",
        "/staff/pools",
        &[],
        "rows",
        &["x", "993010\t1", "993010\t1\t-1", "993010\tZ\t5", "993010\t1\t5\n993010\t1\t6"],
    ),
    case("school-99301", WINDOWS, WINDOW, "from", &TIMES),
    case("school-99301", WINDOWS, WINDOW, "to", &TIMES),
    case("school-99301", WINDOWS, WINDOW, "outsiders_from", &TIMES),
    case("province-99", LIMITS, &[], "written_from", &TIMES),
    case("province-99", LIMITS, &[], "oral_to", &TIMES),
    case("province-99", LIMITS, &[], "capacity.1", &NONSENSE),
    case(
        "national",
        "/staff/sittings/2017-2/fees/nation",
        &[],
        "fee.1",
        &["0", "-1", "0.001", "10000.01", "1e3", "x", "一"],
    ),
    case(
        "school-99301",
        "/staff/sittings/2017-2/oral/99301",
        &[],
        "elsewhere",
        &["-1", "9930101", "x", "99 30"],
    ),
    case(
        "province-99",
        DRAW,
        &[],
        "seed",
        &["-1", "x", "1e3", "１", "0x7", "9223372036854775808", "<script>"],
    ),
    case("province-99", DRAW, &[], "campus", &["x", "9", "9930101", "98", "983010", "99 30", "９９"]),
    case("province-99", DRAW, &[], "subject", &["Z", "11", "１"]),
    case("province-99", "/staff/arrangements/publication", &[], "campus", &["x", "98"]),
    case("province-99", "/staff/arrangements/approval", &[], "campus", &["x", "98"]),
    case("province-99", "/staff/arrangements/refusal", &[], "subject", &["Z"]),
    case(
        "school-99301",
        NAMES,
        &[],
        "rows",
        &["x", "0 a", "1000 a", "1.5 a", "7", "7\t", "1 a\n1 b", LONG, "1 \u{7}"],
    ),
    case("school-99301", NAMES, &[], "name.1", &[LONG, "a\nb", "a\u{7}b"]),
    case("school-99301", ROOMS, &[], "room_size", &["0", "100", "-1", "x"]),
    case("school-99301", ROOMS, &[], "columns", &["0", "100", "x"]),
    case("school-99301", ROOMS, &[], "spare_seats", &["99", "-1"]),
    case("school-99301", ROOMS, &[], "oral_rooms", &["0", "x"]),
    case("school-99301", ROOMS, &[], "machines", &["0", "x"]),
    case("school-99301", ROOMS, &[], "tail", &["x"]),
    case("school-99301", ROOMS, &[], "oral_sessions", &["25:00", "x"]),
    case("school-99301", ROOMS, &[], "oral_ticket", &["x"]),
    case("school-99301", ROOMS, &[], "arrange_as", &["x", "99301", "991010"]),
    case("school-99301", "/staff/notices/99301/all", &[("body_en", "x")], "body", &[""]),
    case("national", "/staff/sittings/2017-2/texts/agreement/zh", &[], "body", &["", " \n "]),
    case("national", "/staff/portal/faq/zh", &[], "body", &["", " \n "]),
    case("national", "/staff/portal/news/new", NEWS, "title", &["", "a\nb", LONG]),
    case("national", "/staff/portal/news", NEWS, "title", &["", "a\nb", LONG]),
    case("national", "/staff/portal/news/new", NEWS, "title_en", &["a\nb", LONG]),
    case("national", "/staff/portal/news/new", NEWS, "body", &["", " \n "]),
    case("national", "/staff/portal/news/new", NEWS, "publish_at", &TIMES),
    case("national", SUBJECTS, SUBJECT, "code", &["", "11", "a", "1"]),
    case("national", SUBJECTS, SUBJECT, "name", &["", "a\nb", LONG]),
    case("national", SUBJECTS, SUBJECT, "name_en", &["a\nb", LONG]),
    case("national", SUBJECTS, SUBJECT, "mode", &["", "x"]),
    case("national", SUBJECTS, SUBJECT, "level", &["", "5", "-4", "44"]),
    case("national", SUBJECTS, SUBJECT, "language", &[""]),
    case("national", SUBJECTS, SUBJECT, "needs", &["11", "x;y"]),
    case("national", SUBJECTS, SUBJECT, "exam_from", &TIMES),
    case("national", SUBJECTS, SUBJECT, "exam_to", &TIMES),
    case("national", SUBJECTS, SUBJECT, "printing_from", &TIMES),
    case("national", SUBJECTS, SUBJECT, "printing_to", &TIMES),
    case("national", "/staff/sittings", SITTING, "code", &["", "2018/1", "12345678901234567"]),
    case("national", "/staff/sittings", SITTING, "name", &["", LONG]),
    case("national", "/staff/sittings", SITTING, "name_en", &["a\nb"]),
    case("national", "/staff/sittings", SITTING, "year", &["", "1", "9999", "x"]),
    case("national", "/staff/sittings", SITTING, "half", &["", "0", "3"]),
    case("national", "/staff/sittings", SITTING, "from", &["2016-1", "x/y"]),
    case("national", "/staff/sittings", SITTING, "shift_days", &["x", "1.5", "3661", "-3661", "--1"]),
    case("national", "/staff/sittings/2017-2/settings", SITTING, "name", &["", LONG]),
    case("national", "/staff/sittings/2017-2/settings", SITTING, "year", &["", "1986", "2101"]),
    case("national", "/staff/sittings/2017-2/settings", SITTING, "half", &["", "3"]),
];

/// Each number that staff type in a form of settings, with what it may be; `*` for any subject.
const NUMBERS: &[(&str, &str, &str, (&str, &str))] = &[
    ("school-99301", "/staff/pools", "capacity.993010.*", ("0 到 1000000", "0 to 1000000")),
    ("province-99", LIMITS, "capacity.*", ("0 到 1000000", "0 to 1000000")),
    ("national", "/staff/sittings/2017-2/fees/nation", "fee.*", ("0.01 到 10000.00", "0.01 to 10000.00")),
    ("school-99301", ROOMS, "room_size", ("1 到 99", "1 to 99")),
    ("school-99301", ROOMS, "columns", ("1 到 99", "1 to 99")),
    ("school-99301", ROOMS, "spare_seats", ("0 到 98", "0 to 98")),
    ("school-99301", ROOMS, "oral_rooms", ("1 到 99", "1 to 99")),
    ("school-99301", ROOMS, "machines", ("1 到 99", "1 to 99")),
    ("national", SUBJECTS, "level", ("4 或 6", "4 or 6")),
    ("national", "/staff/sittings", "year", ("1987 到 2100", "1987 to 2100")),
    ("national", "/staff/sittings", "half", ("1 或 2", "1 or 2")),
    ("national", "/staff/sittings", "shift_days", ("-3660 到 3660", "-3660 to 3660")),
    ("national", "/staff/sittings/2017-2/settings", "year", ("1987 到 2100", "1987 to 2100")),
    ("national", "/staff/sittings/2017-2/settings", "half", ("1 或 2", "1 or 2")),
    ("province-99", DRAW, "seed", ("0 到 9223372036854775807", "0 to 9223372036854775807")),
    ("school-99301", NAMES, "rows", ("1 到 999", "1 to 999")),
];

/// Forms with several wrong fields: each is named.
type Form = (&'static str, &'static str, &'static [(&'static str, &'static str)]);
const MANY: &[Form] = &[
    ("school-99301", WINDOWS, &[("from", "x"), ("to", "x"), ("outsiders_from", "x")]),
    ("school-99301", "/staff/pools", &[("capacity.993010.1", "x"), ("capacity.993010.2", "-1")]),
    (
        "province-99",
        LIMITS,
        &[("written_from", "x"), ("oral_to", "x"), ("capacity.1", "x"), ("capacity.2", "-1")],
    ),
    ("national", "/staff/sittings/2017-2/fees/nation", &[("fee.1", "x"), ("fee.2", "-1")]),
    (
        "national",
        SUBJECTS,
        &[
            ("code", "1"),
            ("name", ""),
            ("name_en", LONG),
            ("mode", "x"),
            ("level", "x"),
            ("language", ""),
            ("needs", "11"),
        ],
    ),
    (
        "national",
        "/staff/sittings",
        &[
            ("code", "2017-2"),
            ("name", ""),
            ("year", "1"),
            ("half", "3"),
            ("from", "2016-1"),
            ("shift_days", "x"),
        ],
    ),
    ("national", "/staff/sittings/2017-2/settings", &[("name", ""), ("year", "1"), ("half", "3")]),
    (
        "national",
        "/staff/portal/news/new",
        &[("title", ""), ("title_en", LONG), ("body", ""), ("publish_at", "x")],
    ),
    ("school-99301", ROOMS, &[("room_size", "x"), ("columns", "x"), ("tail", "x"), ("oral_ticket", "x")]),
];

/// Forms without a field of their own besides the reason.
const WITHOUT_FIELDS: [&str; 7] = [
    "/staff/changes/{id}/approval",
    "/staff/changes/{id}/refusal",
    "/staff/changes/{id}/undo",
    "/staff/sittings/{code}/publication",
    "/staff/sittings/{code}/withdrawal",
    "/staff/sittings/{code}/closing",
    "/staff/sittings/{code}/archiving",
];

fn fits(route: &str, path: &str) -> bool {
    let (route, path): (Vec<_>, Vec<_>) = (route.split('/').collect(), path.split('/').collect());
    route.len() == path.len() && route.iter().zip(&path).all(|(of, is)| of.starts_with('{') || of == is)
}

#[test]
fn every_form_of_settings_is_in_the_table() {
    let of_season = [
        "/staff/portal/",
        "/staff/pools",
        "/staff/notices/",
        "/staff/sittings",
        "/staff/changes/",
        "/staff/arrangements/",
    ];
    let forms: BTreeSet<&str> =
        posts().filter(|route| of_season.iter().any(|start| route.starts_with(start))).collect();
    assert!(forms.len() > 15, "only {} forms were found", forms.len());
    let known =
        |route: &str| WITHOUT_FIELDS.contains(&route) || CASES.iter().any(|case| fits(route, case.path));
    let missing: Vec<_> = forms.into_iter().filter(|route| !known(route)).collect();
    assert!(missing.is_empty(), "forms without a case: {missing:?}");
}

async fn changes(app: &TestApp) -> i64 {
    let read: Result<(i64,), DbError> = app
        .t
        .db
        .read(async |tx: &mut Tx<'_>| tx.query_one("SELECT COUNT(*) FROM setting_change", &[]).await)
        .await;
    read.unwrap().0
}

on_both! {
    async fn nonsense_is_refused_at_its_field_and_changes_nothing(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        crate::arrangement::pages::tests::published_without_seats(&app).await;
        let before = changes(&app).await;
        let mut faults = Vec::new();
        for case in CASES {
            let mut browser = member(&app, case.account).await;
            for bad in case.bad {
                let mut fields: Vec<(&str, &str)> =
                    case.good.iter().copied().filter(|(name, _)| *name != case.field).collect();
                fields.extend([(case.field, *bad), ("confirm", "yes"), ("reason", "x")]);
                let answer = browser.post(case.path, &fields).await;
                let at_field = answer.text.contains(&format!("href=\"#{}\"", case.field));
                if answer.status != 422 || answer.codes() != ["field-invalid"] || !at_field {
                    faults.push(format!("{} {} = {bad:?}: {} {:?}", case.path, case.field, answer.status, answer.codes()));
                }
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(changes(&app).await, before);
    }

    async fn a_refused_number_names_what_it_may_be_in_both_languages(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        crate::arrangement::pages::tests::published_without_seats(&app).await;
        for (account, path, field, (zh, en)) in NUMBERS {
            let mut browser = member(&app, account).await;
            let field = field.replace('*', "1");
            for (lang, words) in [("zh", zh), ("en", en)] {
                let bad = if field == "rows" { "1000 a" } else { "x" };
                let fields = [(field.as_str(), bad), ("confirm", "yes"), ("reason", "x")];
                let answer = browser.post(&format!("{path}?lang={lang}"), &fields).await;
                assert_eq!(answer.status, 422, "{path} {field}");
                assert!(answer.text.contains(words), "{path} {field} says nothing of {words}: {}", answer.text);
            }
        }
    }

    async fn every_number_of_a_form_of_settings_is_in_the_table_of_ranges(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        crate::arrangement::pages::tests::published_without_seats(&app).await;
        let mut found = 0;
        for case in CASES {
            let page = member(&app, case.account).await.get(case.path).await.text;
            for tag in page.split("<input").skip(1).filter_map(|rest| rest.split('>').next()) {
                if !tag.contains("inputmode=\"numeric\"") && !tag.contains("inputmode=\"decimal\"") {
                    continue;
                }
                let name = tag.split(" name=\"").nth(1).and_then(|rest| rest.split('"').next()).unwrap();
                let known = |of: &str| of.strip_suffix('*').map_or(of == name, |start| name.starts_with(start));
                assert!(NUMBERS.iter().any(|(_, path, of, _)| *path == case.path && known(of)), "{} {name}", case.path);
                found += 1;
            }
        }
        assert!(found > 50, "only {found} numbers were found");
    }

    async fn every_wrong_field_of_a_form_is_named_at_once(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let before = changes(&app).await;
        for (account, path, fields) in MANY {
            let mut browser = member(&app, account).await;
            let mut sent = fields.to_vec();
            sent.extend([("confirm", "yes"), ("reason", "x")]);
            let answer = browser.post(path, &sent).await;
            assert_eq!(answer.status, 422, "{path} {:?}", answer.codes());
            for (field, _) in *fields {
                assert!(answer.text.contains(&format!("href=\"#{field}\"")), "{path} {field}: {:?}", answer.codes());
            }
            assert_eq!(answer.codes().len(), fields.len(), "{path}");
        }
        assert_eq!(changes(&app).await, before);
    }

    /// TH56.
    async fn a_field_that_is_sent_twice_is_refused_whichever_of_the_two_is_meant(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        crate::arrangement::pages::tests::published_without_seats(&app).await;
        let before = changes(&app).await;
        let mut faults = Vec::new();
        for case in CASES {
            let mut browser = member(&app, case.account).await;
            let good = case.good.iter().copied().filter(|(name, _)| *name != case.field);
            let mut fields: Vec<(&str, &str)> = good.collect();
            let bad = case.bad[0];
            fields.extend([(case.field, bad), (case.field, bad), ("confirm", "yes"), ("reason", "x")]);
            let answer = browser.post(case.path, &fields).await;
            // The protocol's own page, which lists no other refusal.
            if answer.status != 422 || !answer.text.contains("data-code=\"field-invalid\"") || answer.codes().len() != 1 {
                faults.push(format!("{} {}: {} {:?}", case.path, case.field, answer.status, answer.codes()));
            }
        }
        assert!(faults.is_empty(), "{}", faults.join("\n"));
        assert_eq!(changes(&app).await, before);
    }

    async fn what_is_not_there_has_no_form(t: TestDb) {
        let app = enrolled(t).await;
        staffed(&app).await;
        let mut national = member(&app, "national").await;
        for path in [
            "/staff/sittings/2099-1", "/staff/sittings/2017-2/subjects/Z", "/staff/sittings/2017-2/windows/98301/written",
            "/staff/sittings/2017-2/windows/9/written", "/staff/sittings/2017-2/windows/99301/both",
            "/staff/sittings/2017-2/limits/993010", "/staff/sittings/2017-2/texts/x/zh", "/staff/sittings/2017-2/texts/agreement/fr",
            "/staff/notices/99301/x", "/staff/changes/1", "/staff/changes/x", "/staff/pools?place=98301", "/staff/pools?sitting=x",
        ] {
            assert_eq!(national.get(path).await.status, 404, "{path}");
        }
        let school = member(&app, "school-99301").await.post("/staff/pools", &[("capacity.991010.1", "5")]).await;
        assert_eq!(school.status, 404, "another school's pool");
        let nowhere = [("arrange_as", "993019"), ("confirm", "yes"), ("reason", "x")];
        let nowhere = national.post(ROOMS, &nowhere).await;
        assert_eq!((nowhere.status.as_u16(), nowhere.codes()), (422, vec!["place-unknown"]));
        assert!(nowhere.text.contains("href=\"#arrange_as\""), "{}", nowhere.text);
        let unknown = national.post("/staff/pools", &[("capacity.993010.Z", "5")]).await;
        assert_eq!(unknown.status, 404);
        let script = national.post("/staff/sittings/2017-2/texts/guidance-oral/zh", &[("body", "<script>alert(1)</script>\n\n**x**"), ("confirm", "yes"), ("reason", "x")]).await;
        assert_eq!(script.status, 303, "{:?}", script.codes());
        let shown = national.get("/staff/sittings/2017-2/texts/guidance-oral/zh").await;
        assert!(shown.text.contains("<strong>x</strong>") && !shown.text.contains("<script>alert"));
    }
}
