//! The example people of the manual.

use serde::Serialize;

use super::students;

/// One person of the demo, as `demo.json` lists the candidates.
#[derive(Clone, Debug, Serialize)]
pub struct Person {
    /// The name.
    pub name: String,
    /// The kind of document, as in forms.
    pub document_kind: &'static str,
    /// The number.
    pub document_number: String,
    /// The campus code.
    pub campus: &'static str,
    /// The student number.
    pub student_number: String,
    /// The recorded CET4 ticket number, if any.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub cet4_ticket: Option<&'static str>,
    #[serde(skip)]
    rest: [&'static str; 9],
    #[serde(skip)]
    listed: &'static str,
}

/// The roster's header.
pub(super) const ROSTER_HEADER: &str = "姓名,性别,证件类型,证件号码,学校代码,校区代码,学历,学制,入学年份,年级,院系,专业,班级,学号,备注,资格科目,限制科目";

/// The header of the score file.
pub(super) const SCORE_HEADER: &str = "准考证号,姓名,证件类型,证件号码,科目,成绩,考次";

/// 性别, 学历, 学制, 入学年份, 年级, 院系, 专业, 班级, 备注.
const CHEMIST: [&str; 9] = ["女", "专科", "6", "16", "11", "化学学院", "高分子化学与物理", "1", ""];
const ACCOUNTANT: [&str; 9] = ["男", "本科", "4", "16", "01", "工商管理", "会计", "01", ""];

/// The people, in the manual's order.
#[must_use]
pub fn people() -> Vec<Person> {
    let resident = |name: &str, body: &str, number: &str| Person {
        name: name.to_owned(),
        document_kind: "resident-id",
        document_number: students::with_check_digit(body),
        campus: "993010",
        student_number: number.to_owned(),
        cet4_ticket: None,
        rest: ACCOUNTANT,
        listed: "1;2;F;S",
    };
    let macau =
        |name: &str, document: &str, campus: &'static str, number: &str, listed: &'static str| Person {
            name: name.to_owned(),
            document_kind: "macau-id",
            document_number: document.to_owned(),
            campus,
            student_number: number.to_owned(),
            cet4_ticket: None,
            rest: ACCOUNTANT,
            listed,
        };
    let liao = Person {
        name: "廖晓儿".to_owned(),
        document_kind: "resident-id",
        document_number: "330101199001010000".to_owned(),
        campus: "991010",
        student_number: "00001".to_owned(),
        cet4_ticket: None,
        rest: CHEMIST,
        listed: "1;F",
    };
    let li = Person {
        cet4_ticket: Some("991010151100101"),
        ..macau("李博", "99101000001", "991010", "00002", "1;3;4;J")
    };
    let wang = Person {
        name: "王小明".to_owned(),
        document_kind: "resident-id",
        document_number: "11010519491231002X".to_owned(),
        campus: "993010",
        student_number: "00003".to_owned(),
        cet4_ticket: Some("993010151100102"),
        rest: ACCOUNTANT,
        listed: "1;3;4;5;6;F",
    };
    vec![
        liao,
        li,
        wang,
        macau("颜", "993010", "993010", "00004", ""),
        macau("颜", "WW1", "993010", "00005", ""),
        resident("张三", "11010119980312317", "00006"),
        resident("李四", "31011519970705125", "00007"),
        resident("王五", "44030519990921453", "00008"),
    ]
}

impl Person {
    /// The person's line in the roster file.
    pub(super) fn roster_line(&self) -> String {
        let [sex, education, duration, year, grade, college, major, class, remark] = self.rest;
        let school = self.campus.get(..5).unwrap_or_default();
        let kind = kind_in_roster(self.document_kind);
        format!(
            "{},{sex},{kind},{},{school},{},{education},{duration},{year},{grade},{college},{major},{class},{},{remark},{},",
            self.name, self.document_number, self.campus, self.student_number, self.listed
        )
    }
}

/// 李博's score is recorded under his own document, 王小明's under another one: a typing error of the school.
pub(super) fn score_lines() -> Vec<String> {
    vec![
        "991010151100101,李博,澳门身份证,99101000001,1,430,2015年上半年".to_owned(),
        "993010151100102,王小明,中华人民共和国居民身份证,110105194912310038,1,431,2015年上半年".to_owned(),
    ]
}

fn kind_in_roster(kind: &str) -> &'static str {
    if kind == "macau-id" { "澳门身份证" } else { "中华人民共和国居民身份证" }
}
