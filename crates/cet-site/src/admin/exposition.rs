//! Every metric with its name, help text and source. `docs/metrics.md` lists them; a test compares the two.

use std::borrow::Cow;
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

use gateway::GatewayCode;
use prometheus_client::encoding::{EncodeMetric, MetricEncoder, NoLabelSet, prometheus_text};
use prometheus_client::metrics::MetricType;
use prometheus_client::registry::Registry;

use super::figures::{Figures, Waiting};
use crate::app::App;
use crate::web::requests::LOST;
use cet_base::meter::{Histogram, Recorded};
use cet_domain::payment::calls::{Call, Outcome};
use cet_domain::refusals::Reason;
use cet_domain::waiting::Entrance;

/// Label and value.
pub(super) type Label = (&'static str, Cow<'static, str>);

fn label(name: &'static str, value: impl Into<Cow<'static, str>>) -> Label {
    (name, value.into())
}

/// The values of a metric by their labels, in the order in which they are printed.
#[derive(Clone, Debug)]
pub(super) enum Values {
    /// Values that only increase.
    Counter(Vec<(Vec<Label>, u64)>),
    /// Values that can go up and down.
    Gauge(Vec<(Vec<Label>, u64)>),
    /// Durations in seconds.
    Times(Vec<(Vec<Label>, Recorded)>),
}

/// One metric.
#[derive(Clone, Debug)]
pub(super) struct Metric {
    pub(super) name: &'static str,
    pub(super) help: &'static str,
    pub(super) values: Values,
}

impl EncodeMetric for Values {
    fn encode(&self, mut encoder: MetricEncoder) -> Result<(), std::fmt::Error> {
        match self {
            Self::Counter(numbers) => numbers.iter().try_for_each(|(labels, number)| {
                encoder.encode_family(labels)?.encode_counter::<NoLabelSet, _, u64>(number, None)
            }),
            Self::Gauge(numbers) => numbers
                .iter()
                .try_for_each(|(labels, number)| encoder.encode_family(labels)?.encode_gauge(number)),
            Self::Times(times) => times.iter().try_for_each(|(labels, times)| {
                let mut encoder = encoder.encode_family(labels)?;
                encoder.encode_histogram::<NoLabelSet>(times.sum, times.count, &times.buckets, None)
            }),
        }
    }

    fn metric_type(&self) -> MetricType {
        match self {
            Self::Counter(_) => MetricType::Counter,
            Self::Gauge(_) => MetricType::Gauge,
            Self::Times(_) => MetricType::Histogram,
        }
    }

    fn is_empty(&self) -> bool {
        match self {
            Self::Counter(numbers) | Self::Gauge(numbers) => numbers.is_empty(),
            Self::Times(times) => times.is_empty(),
        }
    }
}

/// All metrics of a node at one moment.
#[derive(Default)]
pub(super) struct Exposition(Vec<Metric>);

impl Exposition {
    fn counter(
        &mut self,
        name: &'static str,
        help: &'static str,
        values: impl IntoIterator<Item = (Vec<Label>, u64)>,
    ) {
        self.0.push(Metric { name, help, values: Values::Counter(values.into_iter().collect()) });
    }

    fn gauge<N: TryInto<u64>>(
        &mut self,
        name: &'static str,
        help: &'static str,
        values: impl IntoIterator<Item = (Vec<Label>, N)>,
    ) {
        let values = values.into_iter().map(|(labels, value)| (labels, value.try_into().unwrap_or(0)));
        self.0.push(Metric { name, help, values: Values::Gauge(values.collect()) });
    }

    fn times(
        &mut self,
        name: &'static str,
        help: &'static str,
        values: impl IntoIterator<Item = (Vec<Label>, Histogram)>,
    ) {
        let values = values.into_iter().map(|(labels, times)| (labels, times.recorded()));
        self.0.push(Metric { name, help, values: Values::Times(values.collect()) });
    }

    /// Metrics of this process, plus the database counts if the database answers.
    pub(super) async fn now(app: &App, figures: &Figures) -> Self {
        let (waiting, orders) = figures.get(app).await;
        let mut all = Self::of(app);
        if let Some(waiting) = waiting {
            all.add_waiting(&waiting);
        }
        if let Some(orders) = orders {
            all.gauge("cet_orders", "Payment orders by state", by_state(&orders));
        }
        all
    }

    /// The metrics.
    pub(super) fn metrics(&self) -> &[Metric] {
        &self.0
    }

    /// Metrics that this process knows without the database.
    fn of(app: &App) -> Self {
        let mut all = Self::default();
        all.build(app);
        all.requests(app);
        all.store(app);
        all.passwords(app);
        all.waiting(app);
        all.jobs(app);
        all.gateways(app);
        all.notices(app);
        all
    }

    fn build(&mut self, app: &App) {
        let labels = vec![label("version", env!("CARGO_PKG_VERSION")), label("database", app.db.kind())];
        self.gauge("cet_build_info", "The program and its database; always 1", [(labels, 1_u64)]);
    }

    fn requests(&mut self, app: &App) {
        let routes = app.requests.routes();
        let route = |name: &str| label("route", name.to_owned());
        let counts = routes.iter().flat_map(|one| {
            one.answers().into_iter().map(|(method, status, count)| {
                let labels =
                    vec![route(&one.name), label("method", method), label("status", status.to_string())];
                (labels, count)
            })
        });
        self.counter("cet_http_requests_total", "Requests; status 499: the client disconnected", counts);
        let times = routes.iter().map(|one| (vec![route(&one.name)], one.seconds.clone()));
        self.times(
            "cet_http_request_seconds",
            "From the head of a request to the head of its response",
            times,
        );
        let lost = [(vec![], LOST.load(Ordering::Relaxed))];
        self.counter("cet_request_log_lost_total", "Lines of the request log that were dropped", lost);
    }

    fn store(&mut self, app: &App) {
        let load = app.db.load();
        let waited = "How long use cases waited before they could write: for SQLite's writer, or for a turn at a school's rows \
                      in PostgreSQL";
        self.times("cet_store_queue_seconds", waited, [(vec![], load.queue)]);
        self.gauge(
            "cet_store_queue_length",
            "Use cases that are waiting like this now",
            [(vec![], load.queue_length)],
        );
        let pool = |name: &'static str| label("pool", name);
        let waits = load.pools.iter().map(|one| (vec![pool(one.name)], one.wait.clone()));
        self.times("cet_pool_wait_seconds", "How long was waited for a connection to PostgreSQL", waits);
        let waiting = load.pools.iter().map(|one| (vec![pool(one.name)], one.waiting));
        self.gauge("cet_pool_waiting", "How many are waiting for a connection now", waiting);
        let open = load.pools.iter().flat_map(|one| {
            [("busy", one.busy), ("idle", one.idle)]
                .map(|(state, count)| (vec![pool(one.name), label("state", state)], count))
        });
        self.gauge("cet_pool_connections", "Open connections to PostgreSQL", open);
        let most = load.pools.iter().map(|one| (vec![pool(one.name)], one.most));
        self.gauge("cet_pool_connections_max", "Connections that the pool may open", most);
    }

    fn passwords(&mut self, app: &App) {
        let (right, wrong) = app.passwords.tally();
        let checked =
            [("yes", right), ("no", wrong)].map(|(word, count)| (vec![label("right", word)], count));
        self.counter("cet_passwords_total", "Checked passwords", checked);
        let length = [(vec![], app.passwords.queue_length())];
        self.gauge("cet_password_queue_length", "Passwords waiting to be hashed", length);
        let wait = [(vec![], app.passwords.wait())];
        self.times("cet_password_queue_seconds", "How long passwords waited to be hashed", wait);
        let refused = [(vec![], app.passwords.refused())];
        self.counter("cet_password_queue_refused_total", "Passwords refused as too-busy", refused);
        let refusals = Reason::ALL
            .map(|reason| (vec![label("reason", reason.word())], app.alarms.refusals.count(reason)));
        self.counter("cet_refusals_total", "What was refused, by reason", refusals);
    }

    fn waiting(&mut self, app: &App) {
        let shown = app.waiting.shown();
        let lines = [(Entrance::Desk, &shown.desk), (Entrance::Door, &shown.door)];
        let line = |way: Entrance| vec![label("line", way.wire())];
        let people = lines.map(|(way, queue)| (line(way), queue.line.people()));
        self.gauge("cet_waiting_people", "People in the waiting room; 0 while it is off", people);
        let admitted = lines.map(|(way, queue)| (line(way), queue.admitted));
        self.counter(
            "cet_waiting_admitted_total",
            "People who were admitted from the waiting room",
            admitted,
        );
        let rate = lines.map(|(way, queue)| (line(way), queue.on_since.map_or(0, |_| queue.rate)));
        self.gauge(
            "cet_waiting_rate",
            "People a second who are admitted by all nodes; 0 while it is off",
            rate,
        );
    }

    fn jobs(&mut self, app: &App) {
        let jobs = app.jobs.figures();
        let successes = jobs.iter().map(|(job, success, _)| {
            (vec![label("job", *job)], success.map_or(0, |at| at.timestamp().as_second()))
        });
        let help = "When a round of the job last succeeded; 0 if none did since the start";
        self.gauge("cet_job_last_success_timestamp_seconds", help, successes);
        let failures = jobs.iter().map(|(job, _, failures)| (vec![label("job", *job)], *failures));
        self.counter("cet_job_failures_total", "Rounds of the job that failed", failures);
        let alarms = app.alarms.counts().into_iter().map(|(kind, count)| (vec![label("kind", kind)], count));
        self.counter("cet_alarms_total", "Events that need attention", alarms);
    }

    fn gateways(&mut self, app: &App) {
        let gateways = &app.payments.gateways;
        let labels = |gateway: GatewayCode, call: Call| {
            vec![label("gateway", gateway.as_str()), label("call", call.word())]
        };
        let counts = gateways.counted().flat_map(|(gateway, call, of)| {
            Outcome::ALL.map(|outcome| {
                let mut labels = labels(gateway, call);
                labels.push(label("outcome", outcome.word()));
                (labels, of.count(outcome))
            })
        });
        self.counter("cet_gateway_calls_total", "Calls to the gateways by how they ended", counts);
        let times = gateways.counted().map(|(gateway, call, of)| (labels(gateway, call), of.seconds.clone()));
        self.times("cet_gateway_call_seconds", "How long calls to the gateways took", times);
    }

    fn notices(&mut self, app: &App) {
        // Those that are not configured too, so that monitoring sees the name from the start.
        let gateways: BTreeSet<&str> =
            app.payments.gateways.counted().map(|(gateway, ..)| gateway.as_str()).collect();
        let counts = app.alarms.forged.counts(gateways.into_iter());
        let counts = counts.into_iter().map(|(gateway, reason, count)| {
            (vec![label("gateway", gateway), label("reason", reason)], count)
        });
        self.counter("cet_notices_refused_total", "Notifications that were not believed, by reason", counts);
    }

    /// Pending work, and seats.
    fn add_waiting(&mut self, waiting: &Waiting) {
        self.gauge("cet_mail_waiting", "Mails not sent yet", [(vec![], waiting.mails)]);
        let failed = [(vec![], waiting.failed_mails)];
        self.gauge("cet_mail_failed", "Mails waiting after a failed attempt", failed);
        self.gauge("cet_refunds", "Refunds by state", by_state(&waiting.refunds));
        let seats = waiting.pools.iter().map(|pool| {
            let labels =
                vec![label("subject", pool.subject.to_string()), label("campus", pool.campus.to_string())];
            (labels, pool.capacity.saturating_sub(pool.taken))
        });
        let (people, given) = waiting.standby;
        let help = "Places on the waiting list of full pools of the current sitting";
        self.gauge("cet_standby_places", help, [(vec![], people)]);
        let help = "Seats that were given to the waiting list of the current sitting";
        self.gauge("cet_standby_given", help, [(vec![], given)]);
        self.gauge("cet_seats", "Seats left in the ten fullest pools of the current sitting", seats);
    }

    /// Formats the metrics as Prometheus text format 0.0.4.
    ///
    /// # Errors
    /// None in practice: it writes to memory.
    pub(super) fn text(self) -> Result<String, std::fmt::Error> {
        let mut registry = Registry::default();
        for metric in self.0 {
            // The library appends the `_total` suffix of counters itself.
            let name = metric.name.strip_suffix("_total").unwrap_or(metric.name);
            registry.register(name, metric.help, metric.values);
        }
        let mut text = String::new();
        prometheus_text::encode(&mut text, &registry)?;
        Ok(text)
    }
}

fn by_state(states: &[(&'static str, i64)]) -> Vec<(Vec<Label>, i64)> {
    states.iter().map(|(state, count)| (vec![label("state", *state)], *count)).collect()
}
