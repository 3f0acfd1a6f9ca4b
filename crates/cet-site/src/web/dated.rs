//! Sentences with dates, telephone numbers and names: no line break within a date or number, and Chinese names are Chinese on English pages too.

use cet_base::texts::Lang;

/// The forms of a date with its time, of a date, and of telephone numbers; `0` is any digit.
const FORMS: [&str; 5] = ["0000-00-00 00:00", "0000-00-00", "0000-00000000", "0000-0000000", "000-00000000"];

/// A text as HTML that keeps each date, time and telephone number on one line, and marks Chinese in English.
#[must_use]
pub fn html(lang: Lang, text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, date, after)) = first_date(rest) {
        words(lang, before, &mut out);
        out.push_str("<span class=\"num\">");
        out.push_str(date);
        out.push_str("</span>");
        rest = after;
    }
    words(lang, rest, &mut out);
    out
}

/// Text without dates.
fn words(lang: Lang, text: &str, out: &mut String) {
    let mut rest = text;
    while lang == Lang::En
        && let Some((before, name)) = rest.find(is_chinese).and_then(|at| rest.split_at_checked(at))
    {
        let end = name.find(|c: char| !is_chinese(c) && !c.is_ascii_digit()).unwrap_or(name.len());
        let (name, after) = name.split_at_checked(end).unwrap_or((name, ""));
        escape(before, out);
        out.push_str("<span lang=\"zh-CN\">");
        escape(name, out);
        out.push_str("</span>");
        rest = after;
    }
    escape(rest, out);
}

/// Characters, and the marks between them in names and sentences.
pub(super) const fn is_chinese(c: char) -> bool {
    matches!(
        c,
        '\u{2E80}'..='\u{2FFF}' | '\u{3001}'..='\u{303F}' | '\u{3400}'..='\u{9FFF}' | '\u{F900}'..='\u{FAFF}'
            | '\u{FF01}'..='\u{FF60}' | '\u{20000}'..='\u{3FFFF}'
    )
}

/// What stands before the first date, the date, and what stands behind it.
fn first_date(text: &str) -> Option<(&str, &str, &str)> {
    let starts = text.char_indices().filter(|(_, c)| c.is_ascii_digit()).map(|(at, _)| at);
    starts.into_iter().find_map(|at| {
        let (before, rest) = text.split_at_checked(at)?;
        let length = FORMS.into_iter().find(|form| fits(rest, form))?.len();
        let (date, after) = rest.split_at_checked(length)?;
        Some((before, date, after))
    })
}

fn fits(text: &str, form: &str) -> bool {
    let is = |(c, of): (u8, u8)| if of == b'0' { c.is_ascii_digit() } else { c == of };
    text.len() >= form.len() && text.bytes().zip(form.bytes()).all(is)
}

/// Escapes as the templates do.
fn escape(text: &str, out: &mut String) {
    for c in text.chars() {
        match c {
            '<' => out.push_str("&#60;"),
            '>' => out.push_str("&#62;"),
            '&' => out.push_str("&#38;"),
            '"' => out.push_str("&#34;"),
            '\'' => out.push_str("&#39;"),
            c => out.push(c),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lang;

    fn html(text: &str) -> String {
        super::html(Lang::Zh, text)
    }

    #[test]
    fn a_chinese_name_is_marked_on_an_english_page_and_nowhere_else() {
        let html = |text| super::html(Lang::En, text);
        let name = |name: &str| format!("<span lang=\"zh-CN\">{name}</span>");
        assert_eq!(
            html("School: 测试学校机构01, until 2017-09-20 <b>𠮷</b>"),
            format!(
                "School: {}, until <span class=\"num\">2017-09-20</span> &#60;b&#62;{}&#60;/b&#62;",
                name("测试学校机构01"),
                name("𠮷")
            )
        );
        assert_eq!(html("已按名单更正，请继续报名。"), name("已按名单更正，请继续报名。"));
        assert_eq!(html("¥0.01 it’s “paid” – 1"), "¥0.01 it’s “paid” – 1");
        assert_eq!(super::html(Lang::Zh, "测试学校"), "测试学校");
    }

    #[test]
    fn dates_stay_whole_and_everything_else_is_escaped() {
        let of = |date: &str| format!("<span class=\"num\">{date}</span>");
        assert_eq!(html("请在 2017-09-20 12:00 前支付"), format!("请在 {} 前支付", of("2017-09-20 12:00")));
        assert_eq!(html("2017-09-20"), of("2017-09-20"));
        assert_eq!(
            html("<b>2017-09-20 12:0x & 2017-09"),
            format!("&#60;b&#62;{} 12:0x &#38; 2017-09", of("2017-09-20"))
        );
        assert_eq!(html("12017-09-2 年"), "12017-09-2 年");
        assert_eq!(html("1-2017-01-02~2018-01-02"), format!("1-{}~{}", of("2017-01-02"), of("2018-01-02")));
        assert_eq!(html("请拨打 010-62987880。"), format!("请拨打 {}。", of("010-62987880")));
        assert_eq!(html(""), "");
    }
}
