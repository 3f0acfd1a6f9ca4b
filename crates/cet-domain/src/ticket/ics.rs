//! The text of a calendar file (RFC 5545): lines that end in CRLF, folded at 75 octets, values escaped.

use ticket_pdf::printable;

use crate::words::time::Time;

/// The longest line in octets, without its end (RFC 5545, 3.1).
const LINE: usize = 75;

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Event {
    /// Stable: a calendar that imports the file again updates the event instead of duplicating it.
    pub uid: String,
    /// When it begins.
    pub from: Time,
    /// When it ends; `None` where that is not known.
    pub to: Option<Time>,
    /// What it is.
    pub summary: String,
    /// Where it is; may be empty.
    pub location: String,
    /// What to know of it; may be empty.
    pub description: String,
    /// Whether the time counts as busy.
    pub busy: bool,
}

/// A calendar as a file, made at `now`.
#[must_use]
pub fn calendar(events: &[Event], now: Time) -> String {
    let mut file = String::new();
    for line in ["BEGIN:VCALENDAR", "VERSION:2.0", "PRODID:-//cet//exams//ZH", "CALSCALE:GREGORIAN"] {
        put(&mut file, line);
    }
    for event in events {
        put(&mut file, "BEGIN:VEVENT");
        put(&mut file, &format!("UID:{}", escaped(&event.uid)));
        put(&mut file, &format!("DTSTAMP:{}", utc(now)));
        put(&mut file, &format!("DTSTART:{}", utc(event.from)));
        if let Some(to) = event.to {
            put(&mut file, &format!("DTEND:{}", utc(to)));
        }
        let texts =
            [("SUMMARY", &event.summary), ("LOCATION", &event.location), ("DESCRIPTION", &event.description)];
        for (name, text) in texts.into_iter().filter(|(_, text)| !text.is_empty()) {
            put(&mut file, &format!("{name}:{}", escaped(text)));
        }
        put(&mut file, if event.busy { "TRANSP:OPAQUE" } else { "TRANSP:TRANSPARENT" });
        put(&mut file, "END:VEVENT");
    }
    put(&mut file, "END:VCALENDAR");
    file
}

/// `20171216T010000Z`: in UTC, so that no table of time zones is needed.
fn utc(time: Time) -> String {
    time.timestamp().strftime("%Y%m%dT%H%M%SZ").to_string()
}

/// A text as a value (RFC 5545, 3.3.11); line breaks stay, what has no picture is left out.
fn escaped(text: &str) -> String {
    let lines: Vec<String> = text.lines().map(printable).collect();
    let text = lines.join("\n");
    text.replace('\\', "\\\\").replace(';', "\\;").replace(',', "\\,").replace('\n', "\\n")
}

/// Appends a line, folded between characters.
fn put(file: &mut String, line: &str) {
    let mut used: usize = 0;
    for c in line.chars() {
        let wide = c.len_utf8();
        if used.saturating_add(wide) > LINE {
            file.push_str("\r\n ");
            used = 1;
        }
        file.push(c);
        used = used.saturating_add(wide);
    }
    file.push_str("\r\n");
}

#[cfg(test)]
mod tests {
    use super::*;

    fn event(summary: &str) -> Event {
        Event {
            uid: "exam-7@cet.example".to_owned(),
            from: Time::parse_local("2017-12-16 09:00").unwrap(),
            to: Time::parse_local("2017-12-16 11:20").ok(),
            summary: summary.to_owned(),
            location: String::new(),
            description: String::new(),
            busy: true,
        }
    }

    /// What a reader puts together again.
    fn unfolded(file: &str) -> String {
        file.replace("\r\n ", "")
    }

    #[test]
    fn a_calendar_is_lines_that_end_in_crlf_with_times_of_utc() {
        let file = calendar(&[event("英语四级笔试")], Time::parse_local("2017-11-01 09:00").unwrap());
        let expected = "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//cet//exams//ZH\r\nCALSCALE:GREGORIAN\r\nBEGIN:VEVENT\r\n\
            UID:exam-7@cet.example\r\nDTSTAMP:20171101T010000Z\r\nDTSTART:20171216T010000Z\r\n\
            DTEND:20171216T032000Z\r\nSUMMARY:英语四级笔试\r\nTRANSP:OPAQUE\r\nEND:VEVENT\r\nEND:VCALENDAR\r\n";
        assert_eq!(file, expected);
    }

    #[test]
    fn a_long_line_is_folded_at_75_octets_and_no_character_is_cut() {
        for text in ["𠮷".repeat(60), "考".repeat(90), format!("a{}", "考试".repeat(50)), "x".repeat(300)]
        {
            let file = calendar(&[event(&text)], Time::from_micros(0));
            assert!(file.split("\r\n").all(|line| line.len() <= LINE), "{file}");
            assert!(unfolded(&file).contains(&format!("SUMMARY:{text}\r\n")), "{file}");
            assert!(!file.replace("\r\n", "").contains(['\r', '\n']), "{file}");
        }
    }

    #[test]
    fn what_has_a_meaning_in_the_file_is_escaped_and_nothing_can_break_out_of_its_line() {
        let file = calendar(&[event("a;b,c\\d\r\nEND:VEVENT\ne\u{0}\u{202E}f\rg")], Time::from_micros(0));
        assert!(unfolded(&file).contains("SUMMARY:a\\;b\\,c\\\\d\\nEND:VEVENT\\nef g\r\n"), "{file}");
        assert_eq!(file.matches("\r\nEND:VEVENT").count(), 1);
    }
}
