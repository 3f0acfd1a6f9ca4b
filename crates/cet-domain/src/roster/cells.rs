//! Parses the cells of a roster, in all the ways in which schools write them; also of scores.

use crate::import::fields::Fields;
use crate::import::findings::ENDS_IN_ZEROS;
use crate::sheet::words::Expected;
use crate::sheet::{Wrong, masked};
use crate::sitting::Plan;
use crate::sitting::subject::Subject;
use crate::words::codes::SubjectCode;
use crate::words::document::{CheckDigit, Document, DocumentKind, DocumentNumberError};
use crate::words::name::{NameError, PersonName};
use crate::words::subject_list::{join_codes, parse_codes};
use crate::words::text::ascii_form;

/// 姓名. A name with digits is an anomaly; if the student number has none but ideographs, the columns are swapped.
pub(crate) fn name(fields: &mut Fields<'_>, student_number: Option<&'static str>) -> Option<PersonName> {
    let text = fields.text("姓名")?;
    // The text itself is not shown: it may be any personal data.
    let name = match PersonName::parse(text) {
        Ok(name) => name,
        Err(NameError::Empty) if text.is_empty() => {
            fields.expected("姓名", "sheet-expect-name", "");
            return None;
        }
        Err(NameError::Empty) => {
            fields.error("姓名", Wrong::Own("sheet-own-only-marks"));
            return None;
        }
        Err(NameError::TooLong) => {
            fields.error("姓名", Wrong::TooLong { max: PersonName::MAX });
            return None;
        }
        Err(NameError::Control) => {
            let odd = text.chars().find(|c| c.is_control()).unwrap_or('\0');
            fields.error("姓名", Wrong::Character(odd));
            return None;
        }
    };
    let digits = name.as_str().chars().filter(|c| c.is_numeric() && !is_ideograph(*c)).count();
    if digits == 0 {
        return Some(name);
    }
    let other = student_number.and_then(|column| fields.peek(column)).unwrap_or_default();
    if other.chars().any(is_ideograph) && !other.chars().any(|c| c.is_ascii_digit()) {
        fields.error("姓名", Wrong::Own("sheet-own-exchanged"));
        return None;
    }
    fields.warn("姓名", Wrong::NameDigits);
    Some(name)
}

fn is_ideograph(c: char) -> bool {
    matches!(c, '\u{3007}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFD}')
}

/// 性别: in Chinese, in English, or as a code of GB/T 2261.1.
pub(super) fn sex(fields: &mut Fields<'_>) -> Option<&'static str> {
    let text = fields.text("性别")?;
    if let Some(plain) = ["男", "女", ""].into_iter().find(|plain| *plain == text) {
        return Some(plain);
    }
    match upper(text).as_str() {
        "男" | "男性" | "男生" | "M" | "MALE" | "1" => Some("男"),
        "女" | "女性" | "女生" | "F" | "FEMALE" | "2" => Some("女"),
        "" => Some(""),
        _ => {
            fields.expected("性别", "sheet-expect-sex", text);
            None
        }
    }
}

/// Full-width forms as ASCII, without blanks, in upper case.
pub(crate) fn upper(text: &str) -> String {
    let mut plain = String::with_capacity(text.len());
    for c in text.chars().filter(|c| !c.is_whitespace()) {
        match ascii_form(c) {
            Some(ascii) => plain.extend(ascii.map(|c| c.to_ascii_uppercase())),
            None => plain.push(c),
        }
    }
    plain
}

/// 证件类型 and 证件号码; a wrong check digit is only a warning (R3). Also for scores.
pub(crate) fn document(fields: &mut Fields<'_>) -> Option<Document> {
    let kind = kind(fields);
    let number = fields.exact("证件号码")?;
    let document = match Document::parse(kind?, &number) {
        Ok(document) => document,
        Err(DocumentNumberError::Empty) => {
            fields.expected("证件号码", "sheet-expect-document", "");
            return None;
        }
        Err(DocumentNumberError::TooLong) => {
            fields.error("证件号码", Wrong::TooLong { max: 32 });
            return None;
        }
        Err(DocumentNumberError::Impossible) => {
            let wrong = match number.chars().find(|c| c.is_control()) {
                Some(c) => Wrong::Character(c),
                None if number.contains('*') => Wrong::Own("sheet-own-masked"),
                None => Wrong::Own("sheet-own-number"),
            };
            fields.error("证件号码", wrong);
            return None;
        }
    };
    let digits = document.number.as_str();
    if digits.len() >= 16 && digits.ends_with("000") {
        fields.tally(ENDS_IN_ZEROS);
    }
    if document.check() == CheckDigit::Bad {
        fields.warn("证件号码", Wrong::CheckDigit { found: document.number.masked() });
    }
    Some(document)
}

/// The kind of document; an error for an ambiguous or unknown name.
fn kind(fields: &mut Fields<'_>) -> Option<DocumentKind> {
    let text = fields.text("证件类型")?;
    let kind = DocumentKind::from_roster(text);
    if kind.is_some() {
        return kind;
    }
    let name: String = text.chars().filter(|c| !c.is_whitespace()).collect();
    let own = if name.contains("居住证") {
        "sheet-own-residence"
    } else if name.contains("永久居留") {
        "sheet-own-permanent"
    } else if name.contains("港澳台") {
        "sheet-own-which"
    } else if name.contains('军') || name.contains('警') {
        "sheet-own-soldier"
    } else {
        let kinds: Vec<&str> = DocumentKind::ALL.into_iter().map(DocumentKind::chinese).collect();
        let expected = Expected { key: "sheet-expect-kinds", value: kinds.join(", ") };
        fields.expected_value("证件类型", expected, text);
        return None;
    };
    fields.error("证件类型", Wrong::Own(own));
    None
}

/// What the template offers for 学历.
pub const EDUCATIONS: [&str; 3] = ["专科", "本科", "研究生"];
/// What else schools call them.
const SAME_EDUCATIONS: [&str; 5] = ["大专", "高职", "高专", "硕士", "博士"];

/// 学历: what is none of the template's is taken, with a warning.
pub(super) fn education(fields: &mut Fields<'_>) -> Option<String> {
    let text = fields.line::<40>("学历")?;
    let is_known = || EDUCATIONS.iter().chain(&SAME_EDUCATIONS).any(|known| text.contains(known));
    if !text.is_empty() && !is_known() {
        fields.warn("学历", Wrong::Education { found: masked(&text) });
    }
    Some(text)
}

/// Subjects of the sitting by their codes or names, separated by `;` or whatever else people use.
pub(super) fn subjects(fields: &mut Fields<'_>, column: &'static str, plan: &Plan) -> Option<String> {
    let text = fields.text(column)?;
    let known = |codes: &Vec<SubjectCode>| codes.iter().all(|code| plan.subject(*code).is_some());
    if let Some(codes) = parse_codes(text).ok().filter(known) {
        return Some(join_codes(&codes));
    }
    let mut codes: Vec<SubjectCode> = Vec::new();
    for part in text.split([';', '；', ',', '，', '、', '/', '／', '|', '｜']).map(str::trim) {
        // A name may contain a blank; codes may be separated by one.
        let found = match subject(part, plan) {
            Some(code) => Some(vec![code]),
            None => part.split_whitespace().map(|part| subject(part, plan)).collect(),
        };
        let Some(found) = found else {
            fields.expected(column, "sheet-expect-subjects", text);
            return None;
        };
        for code in found {
            if !codes.contains(&code) {
                codes.push(code);
            }
        }
    }
    Some(join_codes(&codes))
}

fn subject(part: &str, plan: &Plan) -> Option<SubjectCode> {
    let plain = upper(part);
    if let Ok(code) = SubjectCode::parse(&plain) {
        return plan.subject(code).map(|_| code);
    }
    let named = |subject: &&Subject| {
        upper(&subject.name) == plain || (!subject.name_en.is_empty() && upper(&subject.name_en) == plain)
    };
    plan.subjects().iter().find(named).map(|subject| subject.code)
}
