//! The list of orders. A nation's are walked in the order of an index, whatever they are filtered by: those of each state
//! at each gateway are read by themselves, and brought together row by row.

use std::cmp::Reverse;
use std::collections::VecDeque;

use gateway::GatewayCode;

use crate::params;
use crate::payment::rules::OrderState;
use crate::record;
use crate::store::{DbError, Tx};
use crate::words::codes::{SchoolCode, SittingCode};
use crate::words::fen::FenSum;
use crate::words::ids::{OrderId, RegistrationId};
use crate::words::staff::Scope;
use crate::words::time::Time;
use cet_base::{school_in_scope, scoped};

/// The most rows of one state at one gateway that are read at once.
const AT_ONCE: i64 = 1_000;

record! {
    /// An order in a list.
    #[derive(Clone, Debug)]
    pub struct OrderSeen {
        /// The home school.
        pub school: SchoolCode,
        /// Its id.
        pub id: OrderId,
        /// Its number at the gateway.
        pub number: String,
        /// Its registration.
        pub registration: RegistrationId,
        /// The gateway.
        pub gateway: String,
        /// The bank; may be empty.
        pub bank: String,
        /// Its sum.
        pub amount: FenSum,
        /// `open`, `paid` or `closed`.
        pub state: String,
        /// When it was opened.
        pub opened_at: Time,
        /// When it was paid or closed.
        pub settled_at: Option<Time>,
    }
}

/// Filter of orders; an empty text matches any.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct OrderFilter {
    /// The number, exact.
    pub number: String,
    /// The home school, or a prefix of its code.
    pub school: String,
    /// The state.
    pub state: String,
    /// The gateway.
    pub gateway: String,
}

macro_rules! select {
    ($rest:literal) => {
        concat!(
            "SELECT school, id, number, registration_id, gateway, bank, amount, state, opened_at, settled_at
               FROM payment_order
              WHERE ",
            $rest
        )
    };
}

/// The orders of one state at one gateway, read part by part.
struct Run {
    state: &'static str,
    gateway: &'static str,
    after: (String, i64),
    rows: VecDeque<OrderSeen>,
    is_over: bool,
}

impl Run {
    /// The place of its next row among all: by school, the newest of each first.
    fn place(&self) -> Option<(SchoolCode, Reverse<OrderId>)> {
        self.rows.front().map(|of| (of.school, Reverse(of.id)))
    }

    /// Reads on if there is no row left.
    async fn fill(
        &mut self,
        tx: &mut Tx<'_>,
        scope: &Scope,
        (sitting, school): (&SittingCode, &str),
        limit: i64,
    ) -> Result<(), DbError> {
        if self.is_over || !self.rows.is_empty() {
            return Ok(());
        }
        let (most, below) = (limit.min(AT_ONCE), format!("{school}:"));
        // The range begins at the cursor: an index can't know that from the two conditions behind it.
        let from = self.after.0.as_str().max(school);
        let (last, id) = &self.after;
        let rows: Vec<OrderSeen> = scope
            .query(
                tx,
                scoped!(
                    select!(
                        "sitting = $3
                AND state = $4
                AND gateway = $5
                AND school >= $6
                AND school < $7
                AND (school > $8 OR (school = $8 AND id < $9))
                AND "
                    ),
                    school_in_scope!("school"),
                    "
              ORDER BY school, id DESC
              LIMIT $10"
                ),
                params![sitting, self.state, self.gateway, from, below, last, id, most],
            )
            .await?;
        self.is_over = i64::try_from(rows.len()).unwrap_or(i64::MAX) < most;
        if let Some(of) = rows.last() {
            self.after = (of.school.to_string(), of.id.0);
        }
        self.rows = rows.into();
        Ok(())
    }
}

/// Orders of a scope by school, the newest of each first, with the cursor `after`.
pub async fn orders(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &OrderFilter,
    after: Option<(SchoolCode, i64)>,
    limit: i64,
) -> Result<Vec<OrderSeen>, DbError> {
    if !filter.number.is_empty() {
        // There is no second page of one order.
        return if after.is_some() { Ok(Vec::new()) } else { numbered(tx, scope, sitting, filter).await };
    }
    let after = scope.behind(after, i64::MAX);
    let mut states: Vec<&str> = OrderState::ALL.map(OrderState::wire).to_vec();
    states.dedup();
    let mut runs: Vec<Run> = Vec::new();
    for state in states.into_iter().filter(|state| fits(&filter.state, state)) {
        let gateways = GatewayCode::all().map(GatewayCode::as_str);
        runs.extend(gateways.filter(|gateway| fits(&filter.gateway, gateway)).map(|gateway| Run {
            state,
            gateway,
            after: after.clone(),
            rows: VecDeque::new(),
            is_over: false,
        }));
    }
    let mut found = Vec::new();
    while i64::try_from(found.len()).unwrap_or(i64::MAX) < limit {
        for run in &mut runs {
            run.fill(tx, scope, (sitting, &filter.school), limit).await?;
        }
        let runs = runs.iter_mut().filter(|run| !run.rows.is_empty());
        let Some(of) = runs.min_by_key(|run| run.place()).and_then(|run| run.rows.pop_front()) else { break };
        found.push(of);
    }
    Ok(found)
}

fn fits(wanted: &str, own: &str) -> bool {
    wanted.is_empty() || wanted == own
}

/// The order with a number, if it matches the other filters.
async fn numbered(
    tx: &mut Tx<'_>,
    scope: &Scope,
    sitting: &SittingCode,
    filter: &OrderFilter,
) -> Result<Vec<OrderSeen>, DbError> {
    let mut found: Vec<OrderSeen> = scope
        .query(
            tx,
            scoped!(
                select!("number = $3 AND sitting = $4 AND "),
                school_in_scope!("school"),
                " ORDER BY school"
            ),
            params![filter.number, sitting],
        )
        .await?;
    found.retain(|of| {
        of.school.as_str().starts_with(&filter.school)
            && fits(&filter.state, &of.state)
            && fits(&filter.gateway, &of.gateway)
    });
    Ok(found)
}
