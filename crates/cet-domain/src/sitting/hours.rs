//! Times of exams as text.

use super::subject::Subject;
use crate::words::time::Time;

/// How long a batch of an oral subject takes, in minutes (facts 1.2).
pub(crate) const SESSION_MINUTES: i64 = 30;

/// When the candidate is examined: the subject's hours, or those of the oral batch on the subject's day.
#[must_use]
pub fn hours(subject: Option<&Subject>, begins: Option<i64>) -> (Option<Time>, Option<Time>) {
    let Some(subject) = subject else { return (None, None) };
    let Some(minutes) = begins else { return (subject.exam_from, subject.exam_to) };
    let clock = |minutes: i64| {
        let (hour, minute) = (minutes.div_euclid(60), minutes.rem_euclid(60));
        subject
            .exam_from
            .and_then(|day| Time::parse_local(&format!("{} {hour:02}:{minute:02}", day.page_date())).ok())
    };
    (clock(minutes), clock(minutes.saturating_add(SESSION_MINUTES)))
}

/// `2017年6月17日（周六）上午 9:00 – 11:20`; empty if the time is not set.
#[must_use]
pub fn exam_time(from: Option<Time>, to: Option<Time>) -> String {
    let Some(from) = from else { return String::new() };
    let day = match from.local("%w").as_str() {
        "0" => "日",
        "1" => "一",
        "2" => "二",
        "3" => "三",
        "4" => "四",
        "5" => "五",
        _ => "六",
    };
    let half = if from.local("%H").as_str() < "12" { "上午" } else { "下午" };
    let until = to.map(|to| format!(" – {}", to.local("%-H:%M"))).unwrap_or_default();
    format!("{}（周{day}）{half} {}{until}", from.local("%Y年%-m月%-d日"), from.local("%-H:%M"))
}

/// `Saturday 17 June 2017, 09:00 – 11:20`; empty where the time is not set.
#[must_use]
pub(crate) fn exam_time_in_english(from: Option<Time>, to: Option<Time>) -> String {
    let Some(from) = from else { return String::new() };
    let until = to.map(|to| format!(" – {}", to.local("%H:%M"))).unwrap_or_default();
    format!("{}{until}", from.local("%A %-d %B %Y, %H:%M"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_time_of_the_exam_is_written_as_people_say_it() {
        let at = |text: &str| Time::parse_local(text).ok();
        let written = exam_time(at("2017-06-17 09:00"), at("2017-06-17 11:20"));
        assert_eq!(written, "2017年6月17日（周六）上午 9:00 – 11:20");
        assert_eq!(exam_time(at("2017-06-18 15:00"), None), "2017年6月18日（周日）下午 15:00");
        assert_eq!(exam_time(None, None), "");
        let english = exam_time_in_english(at("2017-06-17 09:00"), at("2017-06-17 11:20"));
        assert_eq!(english, "Saturday 17 June 2017, 09:00 – 11:20");
        assert_eq!(exam_time_in_english(None, None), "");
    }
}
