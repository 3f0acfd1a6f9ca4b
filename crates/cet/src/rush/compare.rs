//! Two rushes beside each other.

use std::fmt;

use super::report::{Report, time};

/// What is measured of both, the earlier one first.
pub(crate) struct Comparison<'r>(pub(crate) &'r Report, pub(crate) &'r Report);

impl fmt::Display for Comparison<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(before, after) = self;
        writeln!(f, "before: {}", before.load)?;
        writeln!(f, "after:  {}", after.load)?;
        writeln!(f, "{:<26} {:>12} {:>12} {:>8}", "", "before", "after", "after/before")?;
        let rate = |of: &Report| of.rate_hundredths();
        let shown = |n: u64| format!("{}.{:02}", n / 100, n % 100);
        line(f, "candidates a second", rate(before), rate(after), shown)?;
        if let Some((old, new)) = before.processor_each_us().zip(after.processor_each_us()) {
            line(f, "processor a candidate", old, new, time)?;
        }
        if let Some((old, new)) = before.server.zip(after.server) {
            line(f, "memory at most, MB", old.most_kb / 1_000, new.most_kb / 1_000, |n| n.to_string())?;
        }
        for old in &before.steps {
            let Some(new) = after.steps.iter().find(|of| of.step == old.step) else { continue };
            line(f, &format!("{} p50", old.step.name()), old.p50_us, new.p50_us, time)?;
            line(f, &format!("{} p99", old.step.name()), old.p99_us, new.p99_us, time)?;
        }
        let ends = |of: &Report| {
            let broken: usize = of.broken.values().sum();
            format!("{}/{}/{}/{broken}", of.done, of.refused, of.gave_up)
        };
        write!(f, "{:<26} {:>12} {:>12}", "done/refused/gave up/broken", ends(before), ends(after))
    }
}

fn line(
    f: &mut fmt::Formatter<'_>,
    name: &str,
    before: u64,
    after: u64,
    shown: impl Fn(u64) -> String,
) -> fmt::Result {
    let ratio = after.saturating_mul(100).checked_div(before);
    let ratio = ratio.map_or("-".to_owned(), |n| format!("{}.{:02}", n / 100, n % 100));
    writeln!(f, "{name:<26} {:>12} {:>12} {ratio:>8}", shown(before), shown(after))
}

#[cfg(test)]
mod tests {
    use super::super::report::tests::rushed;
    use super::*;

    #[test]
    fn two_rushes_are_compared_by_rate_processor_and_step() {
        let before = Report::of("before".to_owned(), &rushed());
        let mut after = before.clone();
        after.took_us /= 2;
        let text = Comparison(&before, &after).to_string();
        assert!(
            text.lines().any(|line| line.starts_with("candidates a second") && line.ends_with("2.00")),
            "{text}"
        );
        assert!(text.contains("written p99") && text.contains("1/1/0/1"), "{text}");
    }
}
