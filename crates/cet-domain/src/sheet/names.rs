//! Column names in real files: with marks, synonyms, traditional characters.

use crate::words::text::is_invisible;

/// The names that schools, and the systems they export from, give the columns.
const SYNONYMS: &[(&str, &[&str])] = &[
    ("姓名", &["考生姓名", "学生姓名", "名字"]),
    ("性别", &["考生性别", "学生性别"]),
    ("证件类型", &["证件类别", "证件种类", "身份证件类型", "身份证件类别"]),
    (
        "证件号码",
        &[
            "证件号",
            "身份证号",
            "身份证号码",
            "身份证",
            "身份证件号",
            "身份证件号码",
            "证件编号",
            "公民身份号码",
            "身份号码",
        ],
    ),
    ("学校代码", &["学校编码", "学校代号", "学校编号", "院校代码", "学校标识码"]),
    ("校区代码", &["校区编码", "校区代号", "校区编号", "报名校区代码", "笔试报名校区代码"]),
    ("学历", &["学历层次", "培养层次", "层次", "学历类别"]),
    ("学制", &["学制年限", "修业年限", "学制年"]),
    ("入学年份", &["入学年", "入学年度"]),
    ("年级", &["所在年级", "当前年级"]),
    (
        "院系",
        &[
            "学院",
            "院系名称",
            "学院名称",
            "二级学院",
            "所属院系",
            "所属学院",
            "所在院系",
            "所在学院",
            "系部",
            "院系部",
        ],
    ),
    ("专业", &["专业名称", "所学专业", "所在专业"]),
    ("班级", &["班级名称", "行政班", "行政班级", "所在班级"]),
    ("学号", &["学生学号", "考生学号"]),
    ("备注", &["备注信息"]),
    ("资格科目", &["报考资格科目", "可报科目"]),
    ("限制科目", &["限报科目", "禁报科目"]),
    ("准考证号", &["准考证号码", "准考证"]),
    ("科目", &["科目代码", "考试科目"]),
    ("成绩", &["总分", "分数", "总成绩"]),
    ("考次", &["考试批次", "考试场次"]),
    ("名称", &["账号", "用户名", "登录名", "账号名称"]),
    ("范围", &["管理范围", "所属代码"]),
    ("人员编号", &["工号", "人员号", "职工号"]),
    ("邮箱", &["电子邮箱", "邮件", "电子邮件", "邮箱地址"]),
    ("容量", &["考位数", "考位", "座位数", "计划数"]),
    ("考场号", &["考场", "考场编号", "考场序号", "Room", "Roomnumber"]),
    ("考场名称", &["考场名", "考场地点", "考场位置", "地点", "教室", "名称", "Name", "Roomname"]),
    ("code", &["校区代码", "校区编码", "校区代号", "校区编号"]),
    ("name", &["校区名称", "校区名", "校区"]),
];

/// A column's name as pages show it: files of campuses may also have their columns named in English.
#[must_use]
pub fn column_shown(column: &str) -> &str {
    match column {
        "code" => "校区代码",
        "name" => "校区名称",
        column => column,
    }
}

/// Traditional characters of the columns' names and their simplified ones.
const TRADITIONAL: &str =
    "別别證证類类號号碼码學学區区歷历級级專专業业備备註注資资報报試试準准績绩稱称層层編编";

/// A column's name as spelled in a file.
pub(super) struct Spelling {
    /// Without invisible characters.
    plain: String,
    /// In simplified characters, without asterisks and remarks such as （必填）.
    simple: String,
}

impl Spelling {
    /// In how many ways a name may match the column: exactly, without marks, as a synonym.
    pub(super) const WAYS: usize = 3;

    pub(super) fn of(name: &str) -> Self {
        let plain: String = name.chars().filter(|&c| !c.is_whitespace() && !is_invisible(c)).collect();
        let head = plain.split(['(', '（', '[', '［', '【', '〔']).next().unwrap_or_default();
        let head = if head.is_empty() {
            // （必填）姓名
            plain.rsplit([')', '）', ']', '］', '】', '〕']).next().unwrap_or_default()
        } else {
            head
        };
        let marks = ['*', '＊', '※', '#', ':', '：', '?', '？', '.', '\''];
        let simple = head.trim_matches(marks).chars().map(simplified).collect();
        Self { plain, simple }
    }

    pub(super) fn is_empty(&self) -> bool {
        self.plain.is_empty()
    }

    pub(super) fn as_str(&self) -> &str {
        &self.plain
    }

    /// Whether this is the column, by the given way of matching.
    pub(super) fn names(&self, column: &str, way: usize) -> bool {
        match way {
            0 => same(&self.plain, column),
            1 => same(&self.simple, column),
            _ => {
                let synonyms =
                    SYNONYMS.iter().find(|(name, _)| same(name, column)).map(|(_, others)| *others);
                synonyms.is_some_and(|others| others.contains(&self.simple.as_str()))
            }
        }
    }

    /// Whether it is exactly the name of one of these columns.
    pub(super) fn is_any(&self, columns: &[&str]) -> bool {
        columns.iter().any(|column| same(&self.plain, column))
    }
}

/// Whether two names are equal.
pub(super) fn same(one: &str, other: &str) -> bool {
    one.eq_ignore_ascii_case(other)
}

fn simplified(c: char) -> char {
    let mut pairs = TRADITIONAL.chars();
    while let (Some(traditional), Some(simple)) = (pairs.next(), pairs.next()) {
        if traditional == c {
            return simple;
        }
    }
    c
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_other_words_and_traditional_characters_name_the_same_column() {
        for name in [
            "证件号码",
            " 证件 号码",
            "*证件号码",
            "证件号码*",
            "证件号码（必填）",
            "（必填）证件号码",
            "身份证号",
            "證件號碼",
            "证件号码：",
        ] {
            assert!((0..Spelling::WAYS).any(|way| Spelling::of(name).names("证件号码", way)), "{name}");
        }
        for name in ["手机号码", "", "备注", "*"] {
            assert!(!(0..Spelling::WAYS).any(|way| Spelling::of(name).names("证件号码", way)), "{name}");
        }
    }
}
