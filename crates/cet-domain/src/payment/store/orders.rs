//! Orders and their frozen lines.

use gateway::{GatewayCode, OrderNumber, OrderRef};

use crate::params;
use crate::payment::choice::{EntryFacts, Method};
use crate::payment::rules::asking::{Answer, Asking, Outlook, outlook};
use crate::payment::rules::{ClosedFor, OrderState};
use crate::store::{DbError, FromRow, Row, Tx};
use crate::words::codes::{SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{EntryId, OrderId, PassportId, RegistrationId};
use crate::words::time::Time;

/// An order as it is stored.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Order {
    /// The home school.
    pub school: SchoolCode,
    /// Its id.
    pub id: OrderId,
    /// Its number at every gateway.
    pub number: OrderNumber,
    /// Its registration.
    pub registration: RegistrationId,
    /// The passport that opened it.
    pub passport: PassportId,
    /// The sitting.
    pub sitting: SittingCode,
    /// Gateway and bank.
    pub method: Method,
    /// The sum of its lines.
    pub amount: FenSum,
    /// Its state.
    pub state: OrderState,
    /// When it was opened.
    pub opened_at: Time,
    /// The gateway accepts no money after this.
    pub deadline_at: Time,
    /// When it was paid or closed.
    pub settled_at: Option<Time>,
    /// When the gateway is queried next.
    pub ask_at: Option<Time>,
    /// How often a job has queried it.
    pub asked: i64,
    /// When the candidate last came back from the gateway.
    pub returned_at: Option<Time>,
    /// What the gateway last said of it while it was open, or to whoever came back to it later, and when.
    pub answer: Option<(Answer, Time)>,
}

impl Order {
    /// The reference by which a gateway finds it.
    #[must_use]
    pub fn reference(&self) -> OrderRef {
        OrderRef { number: self.number.clone(), made_at: self.opened_at.timestamp() }
    }

    /// Whether its gateway is asked what became of it, while it is open.
    #[must_use]
    pub fn is_asked(&self, now: Time) -> bool {
        let outlook = outlook(self.returned_at, self.answer, now);
        self.deadline_at <= now || matches!(outlook, Outlook::Asking(_) | Outlook::Silent)
    }

    /// Whether its candidate came back from its gateway after it was closed: another order may be open since.
    #[must_use]
    pub fn is_returned_to_late(&self) -> bool {
        let since = self.settled_at.zip(self.returned_at).is_some_and(|(closed, back)| closed < back);
        matches!(self.state, OrderState::Closed(_)) && since
    }

    /// Until when the pages wait for its gateway after its candidate came back to it too late; `None` when they do not (any
    /// more).
    #[must_use]
    pub fn is_asked_late(&self, now: Time) -> Option<Time> {
        match outlook(self.returned_at, self.answer, now) {
            Outlook::Asking(until) if self.is_returned_to_late() => Some(until),
            Outlook::Asking(_) | Outlook::Unpaid | Outlook::Declined | Outlook::Silent => None,
        }
    }

    /// The facts that decide when its gateway is queried.
    #[must_use]
    pub fn asking(&self) -> Asking {
        Asking {
            state: self.state,
            asked: self.asked,
            deadline: self.deadline_at,
            settled_at: self.settled_at.unwrap_or(self.deadline_at),
            ends_trades: self.method.gateway.ends_trades(),
            returned_at: self.returned_at,
        }
    }
}

impl FromRow for Order {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        let gateway: String = row.get(6)?;
        let state: (String, Option<String>, bool) = (row.get(9)?, row.get(10)?, row.get(19)?);
        Ok(Self {
            school: row.get(0)?,
            id: row.get(1)?,
            number: row.get::<String>(2)?.parse().map_err(|_| DbError::Decode("order number"))?,
            registration: row.get(3)?,
            passport: row.get(4)?,
            sitting: row.get(5)?,
            method: Method {
                gateway: GatewayCode::parse(&gateway).ok_or(DbError::Decode("gateway"))?,
                bank: row.get(7)?,
            },
            amount: row.get(8)?,
            state: read_state(&state.0, state.1.as_deref(), state.2)
                .ok_or(DbError::Decode("state of an order"))?,
            opened_at: row.get(11)?,
            deadline_at: row.get(12)?,
            ask_at: row.get(13)?,
            asked: row.get(14)?,
            settled_at: row.get(15)?,
            returned_at: row.get(16)?,
            answer: row.get::<Option<Answer>>(17)?.zip(row.get(18)?),
        })
    }
}

fn read_state(state: &str, closed_for: Option<&str>, given_up: bool) -> Option<OrderState> {
    match (state, closed_for, given_up) {
        ("open", None, _) => Some(OrderState::Open),
        ("paid", None, _) => Some(OrderState::Paid),
        ("closed", Some("deadline"), _) => Some(OrderState::Closed(ClosedFor::Deadline)),
        ("closed", Some("replaced"), false) => Some(OrderState::Closed(ClosedFor::Replaced)),
        ("closed", Some("replaced"), true) => Some(OrderState::Closed(ClosedFor::GivenUp)),
        _ => None,
    }
}

const fn words(state: OrderState) -> (&'static str, Option<&'static str>) {
    match state {
        OrderState::Open => ("open", None),
        OrderState::Paid => ("paid", None),
        OrderState::Closed(ClosedFor::Deadline) => ("closed", Some("deadline")),
        OrderState::Closed(ClosedFor::Replaced | ClosedFor::GivenUp) => ("closed", Some("replaced")),
    }
}

macro_rules! select_order {
    ($rest:literal) => {
        concat!(
            "SELECT school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, closed_for,
                    opened_at, deadline_at, ask_at, asked, settled_at, returned_at, answer, answered_at, given_up
               FROM payment_order ",
            $rest
        )
    };
}

/// An order by its number at the gateway, whose first five digits are its school.
pub async fn by_number(tx: &mut Tx<'_>, number: &OrderNumber) -> Result<Option<Order>, DbError> {
    let school = number.as_str().get(..5).and_then(|code| SchoolCode::parse(code).ok());
    let Some(school) = school else { return Ok(None) };
    tx.query_opt(select_order!("WHERE school = $1 AND number = $2"), params![school, number.as_str()]).await
}

/// Moves all orders of a registration to another passport, when the registration moves (A7), and with them those that
/// the old one opened for former registrations of the same student: their money may still arrive.
pub(crate) async fn give_to_passport(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
    (old, new): (PassportId, PassportId),
) -> Result<u64, DbError> {
    tx.execute(
        "UPDATE payment_order
            SET passport_id = $4
          WHERE school = $1
            AND passport_id = $3
            AND registration_id IN (SELECT former.id
                                      FROM registration former
                                      JOIN registration
                                        ON registration.school = former.school
                                       AND registration.sitting = former.sitting
                                       AND registration.record_id = former.record_id
                                     WHERE registration.school = $1
                                       AND registration.id = $2
                                       AND former.passport_id IN ($3, $4))",
        params![school, registration, old, new],
    )
    .await
}

/// An order by its id.
pub async fn by_id(tx: &mut Tx<'_>, school: SchoolCode, id: OrderId) -> Result<Option<Order>, DbError> {
    tx.query_opt(select_order!("WHERE school = $1 AND id = $2"), params![school, id]).await
}

/// The open order of a registration; there is at most one.
pub async fn open_of(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    registration: RegistrationId,
) -> Result<Option<Order>, DbError> {
    tx.query_opt(
        select_order!("WHERE school = $1 AND registration_id = $2 AND state = 'open'"),
        params![school, registration],
    )
    .await
}

/// The newest orders of a passport, at most 20, of any registration, including released ones: as many as may be opened
/// within ten minutes.
pub async fn newest_of(tx: &mut Tx<'_>, passport: PassportId) -> Result<Vec<Order>, DbError> {
    tx.query(select_order!("WHERE passport_id = $1 ORDER BY id DESC LIMIT 20"), params![passport]).await
}

/// A passport's orders before one of them, the newest first, of whatever registration and sitting.
pub(crate) async fn page_of(
    tx: &mut Tx<'_>,
    passport: PassportId,
    before: Option<OrderId>,
    most: i64,
) -> Result<Vec<Order>, DbError> {
    let before = before.unwrap_or(OrderId(i64::MAX));
    tx.query(
        select_order!("WHERE passport_id = $1 AND id < $2 ORDER BY id DESC LIMIT $3"),
        params![passport, before, most],
    )
    .await
}

/// An order of a passport by its id, whether or not its registration is live.
pub async fn of_passport(
    tx: &mut Tx<'_>,
    passport: PassportId,
    id: OrderId,
) -> Result<Option<Order>, DbError> {
    tx.query_opt(select_order!("WHERE passport_id = $1 AND id = $2"), params![passport, id]).await
}

/// A new order.
#[derive(Clone, Debug)]
pub struct NewOrder {
    /// The home school.
    pub school: SchoolCode,
    /// Its id.
    pub id: OrderId,
    /// Its number.
    pub number: OrderNumber,
    /// Its registration.
    pub registration: RegistrationId,
    /// The passport that opens it.
    pub passport: PassportId,
    /// The sitting.
    pub sitting: SittingCode,
    /// Gateway and bank.
    pub method: Method,
    /// The sum of its lines.
    pub amount: FenSum,
    /// Now.
    pub opened_at: Time,
    /// Until when it accepts money.
    pub deadline_at: Time,
    /// When the gateway is first queried.
    pub ask_at: Option<Time>,
}

/// Inserts an order; 0 rows: its number is taken, or the registration has an open order (Y1).
pub async fn insert(tx: &mut Tx<'_>, order: &NewOrder) -> Result<u64, DbError> {
    tx.execute(
        "INSERT INTO payment_order
            (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state,
             opened_at, deadline_at, settled_at, closed_for, ask_at, asked)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 'open', $10, $11, NULL, NULL, $12, 0)
         ON CONFLICT DO NOTHING",
        params![
            order.school,
            order.id,
            order.number.as_str(),
            order.registration,
            order.passport,
            order.sitting,
            order.method.gateway.as_str(),
            order.method.bank,
            order.amount,
            order.opened_at,
            order.deadline_at,
            order.ask_at,
        ],
    )
    .await
}

/// One frozen line.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Line {
    /// The entry it pays for.
    pub entry: EntryId,
    /// The subject.
    pub subject: SubjectCode,
    /// Its price when the order was opened.
    pub amount: Fen,
}

/// Adds a line to a new order.
pub(crate) async fn insert_line(
    tx: &mut Tx<'_>,
    school: SchoolCode,
    order: OrderId,
    line: &Line,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO order_line (school, order_id, entry_id, subject, amount) VALUES ($1, $2, $3, $4, $5)",
        params![school, order, line.entry, line.subject, line.amount],
    )
    .await?;
    Ok(())
}

/// The lines of an order in the order of their entries.
pub async fn lines_of(tx: &mut Tx<'_>, school: SchoolCode, order: OrderId) -> Result<Vec<Line>, DbError> {
    let rows = tx
        .query::<(EntryId, SubjectCode, Fen)>(
            "SELECT entry_id, subject, amount FROM order_line WHERE school = $1 AND order_id = $2 ORDER BY entry_id",
            params![school, order],
        )
        .await?;
    Ok(rows.into_iter().map(|(entry, subject, amount)| Line { entry, subject, amount }).collect())
}

/// Moves an order from the state that was read to the next, and sets when it is queried; 0 rows: it is no longer in
/// that state.
pub async fn move_to(
    tx: &mut Tx<'_>,
    order: &Order,
    next: OrderState,
    ask_at: Option<Time>,
) -> Result<u64, DbError> {
    let now = tx.now().await?;
    let settled_at = (next != OrderState::Open).then_some(now);
    let ((from, _), (state, closed_for)) = (words(order.state), words(next));
    let given_up = next == OrderState::Closed(ClosedFor::GivenUp);
    tx.execute(
        "UPDATE payment_order SET state = $4, closed_for = $5, settled_at = $6, ask_at = $7, given_up = $8
          WHERE school = $1 AND id = $2 AND state = $3",
        params![order.school, order.id, from, state, closed_for, settled_at, ask_at, given_up],
    )
    .await
}

/// Sets when an order is queried next, if it is still in the state that was read.
pub(crate) async fn set_ask(tx: &mut Tx<'_>, order: &Order, ask_at: Option<Time>) -> Result<(), DbError> {
    tx.execute(
        "UPDATE payment_order SET ask_at = $4 WHERE school = $1 AND id = $2 AND state = $3",
        params![order.school, order.id, words(order.state).0, ask_at],
    )
    .await?;
    Ok(())
}

/// Whether the payer of an order has paid for the subject of an entry by another entry of the sitting.
pub(crate) async fn is_paid_again(
    tx: &mut Tx<'_>,
    order: &Order,
    entry: &EntryFacts,
) -> Result<bool, DbError> {
    let again: Option<(EntryId,)> = tx
        .query_opt(
            "SELECT entry.id
               FROM registration
               JOIN entry
                 ON entry.school = registration.school
                AND entry.registration_id = registration.id
              WHERE registration.passport_id = $1
                AND registration.state = 'live'
                AND entry.sitting = $2
                AND entry.subject = $3
                AND entry.state = 'paid'
                AND entry.id <> $4
              LIMIT 1",
            params![order.passport, order.sitting, entry.subject, entry.id],
        )
        .await?;
    Ok(again.is_some())
}
