//! What a rush comes to: a table for people, and a JSON file for comparing.

use std::collections::BTreeMap;
use std::fmt;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use super::Rushed;
use super::record::{End, Sample, Step, percentile};
use super::server::Reading;

/// A rush, summed up. Times are in microseconds.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub(crate) struct Report {
    /// How it was run.
    pub(crate) load: String,
    pub(crate) took_us: u64,
    pub(crate) done: usize,
    pub(crate) refused: usize,
    pub(crate) gave_up: usize,
    /// What the site answered that it may not, with how often.
    pub(crate) broken: BTreeMap<String, usize>,
    /// How often the waiting room told a larger position than before.
    pub(crate) pushed_back: u64,
    pub(crate) steps: Vec<StepTimes>,
    /// Answers that were no way on, by step and what they said.
    pub(crate) refusals: BTreeMap<String, usize>,
    pub(crate) server: Option<Reading>,
    /// One for each second of the rush.
    pub(crate) seconds: Vec<Second>,
}

/// The times of a step.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct StepTimes {
    pub(crate) step: Step,
    pub(crate) count: usize,
    pub(crate) p50_us: u64,
    pub(crate) p90_us: u64,
    pub(crate) p99_us: u64,
    pub(crate) max_us: u64,
}

/// A second of a rush.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub(crate) struct Second {
    /// Journeys that ended well.
    pub(crate) done: u32,
    /// Answers of the site.
    pub(crate) answers: u32,
    /// Of those, the 99th percentile.
    pub(crate) p99_us: u64,
    /// Candidates who were under way at its end, those in the waiting room among them.
    pub(crate) under_way: u32,
    /// Candidates who were in the waiting room at its end.
    pub(crate) waiting: u32,
}

impl Report {
    /// Sums up.
    pub(crate) fn of(load: String, rushed: &Rushed) -> Self {
        let mut report = Self {
            load,
            took_us: micros(rushed.took),
            done: 0,
            refused: 0,
            gave_up: 0,
            broken: BTreeMap::new(),
            pushed_back: 0,
            steps: Vec::new(),
            refusals: BTreeMap::new(),
            server: rushed.server,
            seconds: Vec::new(),
        };
        let mut times: BTreeMap<Step, Vec<Duration>> = BTreeMap::new();
        for record in &rushed.records {
            match &record.end {
                End::Done => report.done = report.done.saturating_add(1),
                End::Refused => report.refused = report.refused.saturating_add(1),
                End::GaveUp => report.gave_up = report.gave_up.saturating_add(1),
                End::Broken(why) => count(&mut report.broken, why.clone()),
            }
            report.pushed_back = report.pushed_back.saturating_add(record.pushed_back.into());
            for refusal in &record.refusals {
                count(&mut report.refusals, format!("{}: {}", refusal.step.name(), refusal.said));
            }
            for sample in &record.samples {
                times.entry(sample.step).or_default().push(sample.took);
            }
        }
        report.steps = times.into_iter().map(|(step, times)| of_step(step, times)).collect();
        report.seconds = seconds(rushed);
        report
    }

    /// Journeys that ended well, a second, in hundredths.
    pub(crate) fn rate_hundredths(&self) -> u64 {
        let done = u64::try_from(self.done).unwrap_or(u64::MAX);
        done.saturating_mul(100_000_000).checked_div(self.took_us).unwrap_or(0)
    }

    /// The server's processor time for each candidate who came.
    pub(crate) fn processor_each_us(&self) -> Option<u64> {
        let came = self.done + self.refused + self.gave_up + self.broken.values().sum::<usize>();
        let all = self.server?.processor_ms.saturating_mul(1_000);
        all.checked_div(u64::try_from(came).ok()?)
    }
}

fn count(counts: &mut BTreeMap<String, usize>, what: String) {
    let n = counts.entry(what).or_default();
    *n = n.saturating_add(1);
}

fn micros(time: Duration) -> u64 {
    u64::try_from(time.as_micros()).unwrap_or(u64::MAX)
}

fn of_step(step: Step, mut times: Vec<Duration>) -> StepTimes {
    times.sort_unstable();
    let at = |percent| micros(percentile(&times, percent));
    StepTimes { step, count: times.len(), p50_us: at(50), p90_us: at(90), p99_us: at(99), max_us: at(100) }
}

/// Whether a sample is one answer of the site.
fn is_answer(sample: &Sample) -> bool {
    !matches!(sample.step, Step::Gateway | Step::Paid | Step::WaitingRoom | Step::Journey)
}

fn seconds(rushed: &Rushed) -> Vec<Second> {
    let count = usize::try_from(rushed.took.as_secs()).unwrap_or(0).saturating_add(1);
    let mut all = vec![Second::default(); count];
    let mut answers: Vec<Vec<Duration>> = vec![Vec::new(); count];
    for record in &rushed.records {
        for sample in &record.samples {
            let second = usize::try_from(sample.at.as_secs()).unwrap_or(usize::MAX);
            let begun =
                usize::try_from(sample.at.saturating_sub(sample.took).as_secs()).unwrap_or(usize::MAX);
            if is_answer(sample)
                && let Some(of) = answers.get_mut(second)
            {
                of.push(sample.took);
            }
            if sample.step == Step::Journey
                && record.end == End::Done
                && let Some(of) = all.get_mut(second)
            {
                of.done = of.done.saturating_add(1);
            }
            for of in all.get_mut(begun..second.min(count)).unwrap_or_default() {
                match sample.step {
                    Step::Journey => of.under_way = of.under_way.saturating_add(1),
                    Step::WaitingRoom => of.waiting = of.waiting.saturating_add(1),
                    _ => {}
                }
            }
        }
    }
    for (of, times) in all.iter_mut().zip(&mut answers) {
        times.sort_unstable();
        of.answers = u32::try_from(times.len()).unwrap_or(u32::MAX);
        of.p99_us = micros(percentile(times, 99));
    }
    all
}

/// A time for people: three digits and a unit.
pub(crate) fn time(us: u64) -> String {
    match us {
        0..10_000 => format!("{}.{} ms", us / 1_000, us % 1_000 / 100),
        10_000..10_000_000 => format!("{} ms", us / 1_000),
        _ => format!("{}.{} s", us / 1_000_000, us % 1_000_000 / 100_000),
    }
}

impl fmt::Display for Report {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let broken: usize = self.broken.values().sum();
        writeln!(f, "{}", self.load)?;
        writeln!(
            f,
            "{} done, {} refused, {} gave up, {broken} broken in {} = {}.{:02} candidates a second",
            self.done,
            self.refused,
            self.gave_up,
            time(self.took_us),
            self.rate_hundredths() / 100,
            self.rate_hundredths() % 100,
        )?;
        writeln!(
            f,
            "{:<14} {:>9} {:>10} {:>10} {:>10} {:>10}",
            "step", "answers", "p50", "p90", "p99", "max"
        )?;
        for of in &self.steps {
            let times = [of.p50_us, of.p90_us, of.p99_us, of.max_us].map(time);
            writeln!(
                f,
                "{:<14} {:>9} {:>10} {:>10} {:>10} {:>10}",
                of.step.name(),
                of.count,
                times[0],
                times[1],
                times[2],
                times[3]
            )?;
        }
        for (what, count) in &self.refusals {
            writeln!(f, "{count:>7} × {what}")?;
        }
        for (what, count) in &self.broken {
            writeln!(f, "{count:>7} × BROKEN {what}")?;
        }
        if self.pushed_back > 0 {
            writeln!(f, "{:>7} × BROKEN a position in the waiting room grew", self.pushed_back)?;
        }
        match (self.server, self.processor_each_us()) {
            (Some(server), Some(each)) => write!(
                f,
                "server: {:.1?} of processor time = {} a candidate; memory {} MB, at most {} MB",
                server.processor(),
                time(each),
                server.resident_kb / 1_000,
                server.most_kb / 1_000
            ),
            _ => f.write_str("server: not on this machine, or not this user's"),
        }
    }
}

#[cfg(test)]
pub(crate) mod tests {
    use super::super::record::{Acknowledged, Record, Refusal};
    use super::*;

    /// Three candidates: done in 2 s, refused, and one who met a broken page.
    pub(crate) fn rushed() -> Rushed {
        let sample = |at, step, took| Sample {
            at: Duration::from_millis(at),
            step,
            took: Duration::from_millis(took),
        };
        let record = |end, samples| Record {
            end,
            acknowledged: Acknowledged::default(),
            samples,
            refusals: Vec::new(),
            pushed_back: 0,
        };
        let mut refused =
            record(End::Refused, vec![sample(300, Step::Written, 20), sample(300, Step::Journey, 300)]);
        refused.refusals.push(Refusal { step: Step::Written, said: "409 pool-full".to_owned() });
        Rushed {
            records: vec![
                record(
                    End::Done,
                    vec![
                        sample(100, Step::Written, 10),
                        sample(1_500, Step::WaitingRoom, 1_300),
                        sample(2_100, Step::Journey, 2_100),
                    ],
                ),
                refused,
                record(
                    End::Broken("GET /home answered 500".to_owned()),
                    vec![sample(900, Step::Journey, 900)],
                ),
            ],
            took: Duration::from_millis(2_200),
            server: Some(Reading { processor_ms: 30, resident_kb: 60_000, most_kb: 70_000 }),
        }
    }

    #[test]
    fn every_end_refusal_and_time_is_in_the_report() {
        let report = Report::of("3 candidates".to_owned(), &rushed());
        assert_eq!((report.done, report.refused, report.gave_up), (1, 1, 0));
        assert_eq!(report.broken["GET /home answered 500"], 1);
        assert_eq!(report.refusals["written: 409 pool-full"], 1);
        assert_eq!(report.rate_hundredths(), 45);
        assert_eq!(report.processor_each_us(), Some(10_000));
        let under_way: Vec<u32> = report.seconds.iter().map(|of| of.under_way).collect();
        assert_eq!(under_way, [1, 1, 0]);
        assert_eq!(report.seconds[0].waiting, 1);
        assert_eq!((report.seconds[0].answers, report.seconds[0].p99_us), (2, 20_000));
        assert_eq!(report.seconds[2].done, 1);
        let text = report.to_string();
        assert!(text.contains("1 done, 1 refused, 0 gave up, 1 broken in 2200 ms = 0.45"), "{text}");
        let written = report.steps.iter().find(|of| of.step == Step::Written).unwrap();
        assert_eq!((written.count, written.p50_us, written.max_us), (2, 10_000, 20_000));
    }

    #[test]
    fn a_report_comes_back_from_its_file() {
        let report = Report::of("3 candidates".to_owned(), &rushed());
        let file = serde_json::to_string(&report).unwrap();
        assert_eq!(serde_json::from_str::<Report>(&file).unwrap(), report);
    }
}
