//! The demo's sitting, as a file for `cet import sitting`.

use std::fmt::Write as _;

use jiff::SignedDuration;

use crate::words::time::Time;

/// Code, Chinese name, English name, mode, level, language, the written subject that an oral one requires.
const SUBJECTS: [(&str, &str, &str, &str, u8, &str, &str); 12] = [
    ("1", "英语四级笔试", "English band 4 (CET4)", "written", 4, "英语", ""),
    ("2", "英语六级笔试", "English band 6 (CET6)", "written", 6, "英语", ""),
    ("3", "日语四级笔试", "Japanese band 4 (CJT4)", "written", 4, "日语", ""),
    ("4", "日语六级笔试", "Japanese band 6 (CJT6)", "written", 6, "日语", ""),
    ("5", "德语四级笔试", "German band 4", "written", 4, "德语", ""),
    ("6", "德语六级笔试", "German band 6", "written", 6, "德语", ""),
    ("7", "俄语四级笔试", "Russian band 4 (CRT4)", "written", 4, "俄语", ""),
    ("8", "俄语六级笔试", "Russian band 6 (CRT6)", "written", 6, "俄语", ""),
    ("9", "法语四级笔试", "French band 4", "written", 4, "法语", ""),
    ("F", "英语四级口试", "English band 4 oral (CET-SET4)", "oral", 4, "英语", "1"),
    ("S", "英语六级口试", "English band 6 oral (CET-SET6)", "oral", 6, "英语", "2"),
    ("J", "日语四级口试", "Japanese band 4 oral", "oral", 4, "日语", "3"),
];

/// Seats of each subject at both campuses, with the exception below.
const SEATS: &[(&str, i64)] = &[("1", 1500), ("2", 1200), ("F", 60), ("S", 60), ("J", 30)];
const SEATS_OF_OTHERS: i64 = 120;
/// Campus 993010 has two seats of F, so that the third candidate sees 无 there.
const SCARCE: (&str, &str, i64) = ("993010", "F", 2);

/// A sitting of the demo.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Half {
    /// The last one, of the season.
    First,
    /// The current one.
    Second,
}

impl Half {
    const fn head(self) -> &'static str {
        match self {
            Self::First => {
                "code = \"2017-1\"\nname = \"2017年上半年CET考试\"\nname_en = \"CET, first half of 2017\"\nyear = 2017\nhalf = 1\n"
            }
            Self::Second => {
                "code = \"2017-2\"\nname = \"2017年下半年CET考试\"\nname_en = \"CET, second half of 2017\"\nyear = 2017\nhalf = 2\n"
            }
        }
    }
}

/// Registration opens a day before `start` and closes after this many days.
pub(super) const OPEN_FOR: i64 = 20;

/// The file of a sitting whose times are counted from `start`: for the current one, the demo's first start.
pub(super) fn file(start: Time, half: Half) -> String {
    let days = |n: i64| start.plus(SignedDuration::from_hours(24 * n));
    let mut out = String::from("# The demo's sitting. Times are counted from the demo's first start.\n");
    out.push_str(half.head());
    for (kind, file) in
        [("agreement", "agreement"), ("guidance_written", "written"), ("guidance_oral", "oral")]
    {
        let _infallible = writeln!(out, "{kind} = \"{file}.zh.md\"\n{kind}_en = \"{file}.en.md\"");
    }
    out.push_str(
        "\n[[province]]\ncode = \"99\"\nname = \"测试省\"\n\n[[school]]\ncode = \"99101\"\nname = \"测试学校\"\n\n[[school]]\ncode = \"99301\"\nname = \"测试学校机构01\"\n\n[[campus]]\ncode = \"991010\"\nname = \"99101-0校区\"\n\n[[campus]]\ncode = \"993010\"\nname = \"测试校区机构001\"\n",
    );
    for (code, name, name_en, mode, level, language, needs) in SUBJECTS {
        let (from, to) = exam(&days, mode, level);
        let needs = if needs.is_empty() { String::new() } else { format!("needs = [\"{needs}\"]\n") };
        let _infallible = write!(
            out,
            "\n[[subject]]\ncode = \"{code}\"\nname = \"{name}\"\nname_en = \"{name_en}\"\nmode = \"{mode}\"\nlevel = {level}\nlanguage = \"{language}\"\n{needs}exam_from = \"{from}\"\nexam_to = \"{to}\"\nprinting_from = \"{}\"\n",
            days(30)
        );
    }
    for mode in ["written", "oral"] {
        let _infallible = write!(
            out,
            "\n[[window]]\nprovince = \"99\"\nmode = \"{mode}\"\nfrom = \"{}\"\nto = \"{}\"\n",
            days(-1),
            days(OPEN_FOR)
        );
    }
    let codes: Vec<String> = SUBJECTS.iter().map(|subject| format!("\"{}\"", subject.0)).collect();
    let _infallible = write!(out, "\n[[fee]]\nsubjects = [{}]\namount = \"0.01\"\n", codes.join(", "));
    for campus in ["991010", "993010"] {
        for (code, ..) in SUBJECTS {
            let seats =
                SEATS.iter().find(|(known, _)| *known == code).map_or(SEATS_OF_OTHERS, |(_, seats)| *seats);
            let seats = if (campus, code) == (SCARCE.0, SCARCE.1) { SCARCE.2 } else { seats };
            let _infallible =
                write!(out, "\n[[pool]]\ncampus = \"{campus}\"\nsubject = \"{code}\"\ncapacity = {seats}\n");
        }
    }
    out.push_str(
        "\n[[notice]]\nprovince = \"99\"\ntext = \"\"\"\n一、遵守时间\n\n二、遵守纪律\n\n三、不得迟到，不许早退\n\n四、尊敬老师、友爱同学\n\"\"\"\n",
    );
    for (school, other) in [("99101", "99301"), ("99301", "99101")] {
        let _infallible = write!(out, "\n[[oral]]\nschool = \"{school}\"\nelsewhere = [\"{other}\"]\n");
    }
    out
}

/// Written tests on day 50, level 4 in the morning and 6 in the afternoon; oral tests on days 40 and 41.
fn exam(days: &impl Fn(i64) -> Time, mode: &str, level: u8) -> (String, String) {
    let (day, from, to) = match (mode, level) {
        ("written", 4) => (50, "09:00", "11:20"),
        ("written", _) => (50, "15:00", "17:25"),
        (_, 4) => (40, "08:30", "18:15"),
        (_, _) => (41, "08:30", "18:15"),
    };
    let date = days(day).page_date();
    (format!("{date} {from}"), format!("{date} {to}"))
}
