//! Made-up students: each number always generates the same one.

use std::path::Path;

use cet_base::params;
use cet_base::store::{DbError, Tx};
use cet_base::words::document::{Document, DocumentKind};

/// Campuses over which the students are spread.
pub(crate) const CAMPUSES: u64 = 2_000;

const SURNAMES: [&str; 12] = ["王", "李", "张", "刘", "陈", "杨", "黄", "赵", "欧阳", "周", "徐", "孙"];
const GIVEN: [&str; 16] = [
    "伟", "芳", "娜", "秀英", "敏", "静", "丽", "强", "子涵", "雨欣", "俊豪", "思远", "一诺", "沐阳", "𬭸",
    "梓轩",
];
const COLLEGES: [(&str, &str); 5] = [
    ("化学学院", "高分子化学与物理"),
    ("管理学院", "工商管理"),
    ("外国语学院", "英语"),
    ("计算机学院", "计算机科学与技术"),
    ("医学院", "临床医学"),
];

/// A student's roster data.
pub(crate) struct Student {
    pub(crate) name: String,
    pub(crate) sex: &'static str,
    pub(crate) college: &'static str,
    pub(crate) major: &'static str,
    pub(crate) class: String,
    pub(crate) number: String,
}

/// A pseudo-random number, the same for the same `n`.
pub(crate) fn scatter(n: u64) -> u64 {
    let n = (n ^ (n >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    let n = (n ^ (n >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    n ^ (n >> 31)
}

fn pick<T: Copy>(list: &[T], by: u64) -> Option<T> {
    let length = u64::try_from(list.len()).ok().filter(|length| *length > 0)?;
    usize::try_from(by % length).ok().and_then(|at| list.get(at)).copied()
}

/// The student with this number.
pub(crate) fn student(n: u64) -> Student {
    let by = scatter(n.wrapping_add(1 << 40));
    let (college, major) = pick(&COLLEGES, by >> 16).unwrap_or_default();
    let (surname, given) =
        (pick(&SURNAMES, by).unwrap_or_default(), pick(&GIVEN, by >> 8).unwrap_or_default());
    Student {
        name: format!("{surname}{given}"),
        sex: if number(n).as_bytes().get(16).is_some_and(|digit| digit % 2 == 1) { "男" } else { "女" },
        college,
        major,
        class: format!("{:02}", 1 + (by >> 24) % 12),
        number: format!("16{n:08}"),
    }
}

/// The code of a campus.
pub(crate) fn campus(n: u64) -> String {
    (110_000 + 10 * (n % CAMPUSES)).to_string()
}

/// The number of a student's resident identity card, with its check digit.
pub(crate) fn number(n: u64) -> String {
    const WEIGHTS: [u64; 17] = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
    let (serial, rest) = (n % 1_000, n / 1_000);
    let (day, rest) = (1 + rest % 28, rest / 28);
    let (month, rest) = (1 + rest % 12, rest / 12);
    let (year, area) = (1996 + rest % 10, 110_101 + rest / 10);
    let body = format!("{area:06}{year:04}{month:02}{day:02}{serial:03}");
    let sum: u64 = body.bytes().zip(WEIGHTS).map(|(digit, weight)| u64::from(digit - b'0') * weight).sum();
    let check = pick(b"10X98765432", sum % 11).map(char::from);
    body.chars().chain(check).collect()
}

/// The same as a document.
pub(crate) fn document(n: u64) -> Result<Document, Box<dyn std::error::Error>> {
    Document::parse(DocumentKind::ResidentId, &number(n)).map_err(|_| "a document".into())
}

/// A ticket of December 2016 in English 4; it increases with `n`.
pub(crate) fn ticket(n: u64) -> String {
    let (seat, rest) = (1 + n % 30, n / 30);
    let (room, place) = (1 + rest % 900, rest / 900);
    format!("{:06}1621{room:03}{seat:02}", 110_000 + place)
}

/// Writes a roster of these students, at random campuses.
pub(crate) fn write_roster(
    path: &Path,
    students: std::ops::Range<u64>,
) -> Result<(), Box<dyn std::error::Error>> {
    let mut file = csv::Writer::from_path(path)?;
    file.write_record(cet_domain::roster::file::COLUMNS)?;
    for n in students {
        let (of, campus) = (student(n), campus(scatter(n)));
        let school = campus.get(..5).unwrap_or_default();
        let number = number(n);
        file.write_record([
            of.name.as_str(),
            of.sex,
            "中华人民共和国居民身份证",
            &number,
            school,
            &campus,
            "本科",
            "4",
            "16",
            "02",
            of.college,
            of.major,
            &of.class,
            &of.number,
            "",
            "",
            if n % 100 == 0 { "1" } else { "" },
        ])?;
    }
    file.flush()?;
    Ok(())
}

/// A sitting with English 4, and the campuses.
pub(crate) async fn reference(tx: &mut Tx<'_>) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', '2017年下半年', '', 2017, 2, FALSE, 0)",
        &[],
    )
    .await?;
    tx.execute(
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs)
         VALUES ('2017-2', '1', 1, '英语四级笔试', '', 'written', 4, '英语', '')",
        &[],
    )
    .await?;
    for n in 0..CAMPUSES {
        let code = campus(n);
        tx.execute("INSERT INTO campus (code, name) VALUES ($1, '校区')", params![code]).await?;
    }
    Ok(())
}
