//! Sentences with dates: no line breaks within one.

/// The forms of a date with its time and of a date; `0` is any digit.
const FORMS: [&str; 2] = ["0000-00-00 00:00", "0000-00-00"];

/// A text as HTML that keeps each date and time on one line.
#[must_use]
pub fn html(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some((before, date, after)) = first_date(rest) {
        escape(before, &mut out);
        out.push_str("<span class=\"num\">");
        out.push_str(date);
        out.push_str("</span>");
        rest = after;
    }
    escape(rest, &mut out);
    out
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
    use super::html;

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
        assert_eq!(html(""), "");
    }
}
