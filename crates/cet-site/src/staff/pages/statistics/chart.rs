//! Bar charts of days and hours as SVG, positioned in tenths of a percent and in pixels. The table below each has the numbers.

use super::percent;
use crate::staff::views::{Bar, Chart, ChartLine, Mark};
use crate::web::page::Page;
use cet_base::words::time::Time;
use cet_domain::statistics::OfDay;

/// The base line of the bars, in pixels from the top.
const FLOOR: i64 = 170;
/// The top of the highest bar.
const TOP: i64 = 10;
/// The left edge of the first bar, in tenths of a percent.
const LEFT: i64 = 60;
/// The most labels below a chart.
const LABELS: i64 = 8;

/// The class of a bar, and its figure.
type Part = (&'static str, fn(&OfDay) -> i64);

/// What is done, with the class of its bar, from left to right.
const PARTS: [Part; 3] = [("bgd", |of| of.saved), ("unpaid", |of| of.entered), ("paid", |of| of.paid)];

/// The next higher number that is easy to read: 1, 2, 4 or 8 times a power of ten.
fn round_up(most: i64) -> i64 {
    let mut power = 1_i64;
    loop {
        for step in [4, 8, 20, 40] {
            let top = power.saturating_mul(step);
            if top >= most {
                return top;
            }
        }
        power = power.saturating_mul(10);
    }
}

/// The chart of these days or hours; `label` says it in one sentence, `form` is how a day or an hour is written below it.
fn of(page: &Page, rows: &[(Time, OfDay)], label: &'static str, form: &'static str) -> Chart {
    let numbers = rows.iter().flat_map(|(_, of)| PARTS.map(|(_, part)| part(of)));
    let top = round_up(numbers.max().unwrap_or(0).max(1));
    let lines = (0..=4_i64)
        .map(|quarter| {
            let y = FLOOR.saturating_sub(quarter.saturating_mul(FLOOR.saturating_sub(TOP)) / 4);
            let value = top.saturating_mul(quarter) / 4;
            ChartLine { y, text_y: y.saturating_add(4), value }
        })
        .collect();
    let count = i64::try_from(rows.len()).unwrap_or(1).max(1);
    let every = count.saturating_add(LABELS.saturating_sub(1)) / LABELS;
    let step = (1000_i64).saturating_sub(LEFT) / count;
    let width = step * 3 / 10;
    let bar = |class, at: i64, value: i64| {
        let height = value.saturating_mul(FLOOR.saturating_sub(TOP)) / top;
        Bar { class, x: percent(at), y: FLOOR.saturating_sub(height), width: percent(width), height }
    };
    let mut bars = Vec::new();
    let mut marks = Vec::new();
    for (n, (at, of)) in (0_i64..).zip(rows) {
        let mut left = LEFT.saturating_add(n.saturating_mul(step));
        if n % every == 0 {
            marks.push(Mark { x: percent(left), text: at.local(form) });
        }
        for (class, part) in PARTS {
            bars.push(bar(class, left, part(of)));
            left = left.saturating_add(width);
        }
    }
    let [saved, entered, paid] =
        PARTS.map(|(_, part)| rows.iter().map(|(_, of)| part(of)).sum::<i64>().to_string());
    let day = |of: Option<&(Time, OfDay)>| of.map(|(at, _)| at.page_date()).unwrap_or_default();
    let (from, to) = (day(rows.first()), day(rows.last()));
    let facts =
        [("saved", &*saved), ("entered", &*entered), ("paid", &*paid), ("from", &*from), ("to", &*to)];
    let label = page.f(label, &facts);
    Chart { label, lines, bars, marks }
}

/// The chart of these days.
pub(in crate::staff::pages) fn days(page: &Page, rows: &[(Time, OfDay)]) -> Chart {
    of(page, rows, "staff-chart-label", "%m-%d")
}

/// The chart of chosen days.
pub(super) fn range(page: &Page, rows: &[(Time, OfDay)]) -> Chart {
    of(page, rows, "staff-range-label", "%m-%d")
}

/// The chart of these hours.
pub(super) fn hours(page: &Page, rows: &[(Time, OfDay)]) -> Chart {
    of(page, rows, "staff-hour-label", "%H:00")
}

#[cfg(test)]
mod tests {
    use super::round_up;

    #[test]
    fn the_scale_ends_at_a_number_that_four_divides() {
        for (most, top) in [(1, 4), (4, 4), (5, 8), (9, 20), (21, 40), (41, 80), (910, 2000), (1999, 2000)] {
            assert_eq!(round_up(most), top, "{most}");
        }
        assert!((1..5_000).all(|most| round_up(most) % 4 == 0));
    }
}
