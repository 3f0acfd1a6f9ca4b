//! Measures how many notifications of payments are booked a second, and how long the comparison of a day takes.
//!
//! `cargo run --release -p cet --example bench_money -- URL [NOTICES [CALLERS [ROWS]]]`, where URL is `sqlite:PATH` (a new file)
//! or `postgres://…/DATABASE` (an empty database): 20,000 signed notifications of 支付宝, each of an order of its own, from 64
//! callers; then a bill of 1,000,000 rows against as many receipts. Commits are durable. Everything must be paid, and nothing differ.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use cet_base::params;
use cet_base::store::{Clock, Db, DbError, Settings, Stop, Tx};
use cet_base::words::codes::{CampusCode, SchoolCode};
use cet_domain::payment::calls::Calls;
use cet_domain::payment::gateway_keys::KeysAsked;
use cet_domain::payment::verbs::receive;
use cet_domain::payment::wire::{NoReply, Reply, Wire};
use cet_domain::payment::{context::PaymentContext, gateways::Gateways};
use cet_domain::reconciliation::verbs::{self as reconciliation, By};
use cet_domain::reconciliation::{Day, Of, jobs, store};
use cet_domain::sitting::catalogue::CatalogueCell;
use futures_util::future::BoxFuture;
use gateway::alipay::platform::sign_fields;
use gateway::alipay::{Alipay, AlipaySettings};
use gateway::bill::{BillKind, BillRow, BillWriter};
use gateway::keys::{DemoKeys, Rsa2PrivateKey, Rsa2PublicKey, generate};
use gateway::{Charset, Fields, GatewayCode, HttpRequest};
use ring::rand::{SecureRandom as _, SystemRandom};

type Fault = Box<dyn std::error::Error>;

const SCHOOL: &str = "99301";
const CAMPUS: &str = "993010";
const APP: &str = "2021000000000001";
const SELLER: &str = "2088000000000001";
/// Rows per transaction while seeding.
const AT_ONCE: i64 = 2_500;
const DAY: i64 = 86_400_000_000;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let number = |n: usize, default: i64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let url = arguments.first().cloned().ok_or("expected sqlite:PATH or postgres://…")?;
    let (notices, callers, rows) = (number(1, 20_000)?, number(2, 64)?, number(3, 1_000_000)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(run(url, notices, callers, rows))
}

/// Nobody is called while notifications are booked.
struct Nobody;

impl Wire for Nobody {
    fn send(&self, _request: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(async { Err(NoReply::Broken) })
    }

    fn load(&self, _bill: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(async { Err(NoReply::Broken) })
    }
}

async fn run(url: String, notices: i64, callers: i64, rows: i64) -> Result<(), Fault> {
    let clock = Clock::Real { rehearsal: false };
    let db = Db::open(Settings { url, pool: 16, durable: true, clock, node: 1 }).await?;
    db.migrate().await?;
    db.write(async move |tx: &mut Tx<'_>| reference(tx, notices + rows).await).await?;
    let keys = generate(&mut |bytes| SystemRandom::new().fill(bytes).is_ok())?;
    let payments = payments(&db, &keys).await?;
    if notices > 0 {
        seed(&db, 1, notices, false).await?;
        booked(&payments, &keys, notices, callers).await?;
    }
    if rows > 0 {
        seed(&db, notices + 1, rows, true).await?;
        compared(&payments, notices + 1, rows).await?;
    }
    Ok(())
}

async fn payments(db: &Db, keys: &DemoKeys) -> Result<PaymentContext, Fault> {
    let alipay = Alipay::new(AlipaySettings {
        endpoint: "http://127.0.0.1:9/gateway.do".to_owned(),
        app_id: APP.to_owned(),
        seller_id: SELLER.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys.app_private)?,
        alipay_public_key: Rsa2PublicKey::from_pem(&keys.alipay_public)?,
        bill_origin: "http://127.0.0.1:9".to_owned(),
    });
    let gateways = Gateways {
        all: vec![Arc::new(alipay)],
        banks: Vec::new(),
        wire: Arc::new(Nobody),
        origin: "http://127.0.0.1:8080".to_owned(),
        calls: Calls::to(GatewayCode::all()),
        keys: KeysAsked::default(),
    };
    let catalogue = Arc::new(CatalogueCell::open(db).await?);
    Ok(PaymentContext {
        db: db.clone(),
        gateways: Arc::new(gateways),
        catalogue,
        alarms: Arc::default(),
        refreshes: Arc::default(),
    })
}

fn order_number(n: i64) -> String {
    format!("{SCHOOL}{n:015}")
}

fn trade(n: i64) -> String {
    format!("{n:028}")
}

/// Signed before the clock starts: that is the gateway's work.
fn notice(n: i64, key: &Rsa2PrivateKey) -> Result<Vec<u8>, Fault> {
    let fields = [
        ("notify_time", "2017-09-20 12:05:00"),
        ("notify_type", "trade_status_sync"),
        ("charset", "utf-8"),
        ("version", "1.0"),
        ("app_id", APP),
        ("seller_id", SELLER),
        ("trade_no", &trade(n)),
        ("out_trade_no", &order_number(n)),
        ("trade_status", "TRADE_SUCCESS"),
        ("total_amount", "0.01"),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()));
    Ok(Fields::encode(&sign_fields(fields.to_vec(), key)?, Charset::Utf8)?.into_bytes())
}

async fn booked(payments: &PaymentContext, keys: &DemoKeys, count: i64, callers: i64) -> Result<(), Fault> {
    let key = Rsa2PrivateKey::from_pem(&keys.alipay_private)?;
    let bodies: Vec<Vec<u8>> = (1..=count).map(|n| notice(n, &key)).collect::<Result<_, _>>()?;
    let (bodies, next) = (Arc::new(bodies), Arc::new(AtomicUsize::new(0)));
    let begin = Instant::now();
    let mut all = tokio::task::JoinSet::new();
    for _ in 0..callers {
        let (payments, bodies, next) = (payments.clone(), Arc::clone(&bodies), Arc::clone(&next));
        all.spawn(async move {
            let mut times = Vec::new();
            while let Some(body) = bodies.get(next.fetch_add(1, Ordering::Relaxed)) {
                let from = Instant::now();
                let reply = receive(&payments, gateway::alipay::CODE, "192.0.2.9", (&[], body)).await;
                assert!(reply.is_ok_and(|reply| reply.body == "success"), "a notification was not taken");
                times.push(from.elapsed());
            }
            times
        });
    }
    let mut times: Vec<Duration> = all.join_all().await.into_iter().flatten().collect();
    let took = begin.elapsed();
    times.sort_unstable();
    let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
    println!(
        "{} callers={callers}: {count} notifications booked in {took:.2?} = {}/s, p50 {:.1?}, p99 {:.1?}",
        payments.db.kind(),
        u128::try_from(count)? * 1_000_000 / took.as_micros().max(1),
        at(50),
        at(99),
    );
    let paid: Result<(i64,), DbError> = payments
        .db
        .read(async |tx: &mut Tx<'_>| {
            tx.query_one("SELECT COUNT(*) FROM entry WHERE state = 'paid'", &[]).await
        })
        .await;
    assert_eq!(paid?.0, count, "every order is paid");
    Ok(())
}

async fn compared(payments: &PaymentContext, first: i64, rows: i64) -> Result<(), Fault> {
    let today = Day::of(payments.now().await?);
    let of = Of { gateway: gateway::alipay::CODE, day: today.before() };
    let at = of.day.begins().timestamp();
    let mut writer = BillWriter::new(of.gateway, SELLER, of.day.date());
    for n in first..first + rows {
        let row = BillRow {
            kind: BillKind::Payment,
            wire_number: order_number(n),
            trade_no: trade(n),
            reference: trade(n),
            amount_fen: 1,
            at,
        };
        writer.row(&row, "CET", at);
    }
    let bytes = Arc::new(writer.end(today.begins().timestamp())?);
    let (size, before) = (bytes.len(), memory());
    let id: Result<i64, DbError> =
        payments.db.write(async |tx: &mut Tx<'_>| store::insert_file(tx, "bench").await).await;
    let id = id?;
    for (number, part) in (0_i64..).zip(bytes.chunks(store::PART)) {
        let part = part.to_vec();
        payments.db.write(async move |tx: &mut Tx<'_>| store::append(tx, id, number, &part).await).await?;
    }
    let bytes = i64::try_from(size)?;
    let taken: Result<(), Stop<_>> = payments
        .db
        .write(async move |tx: &mut Tx<'_>| {
            let by = By { account: "bench".to_owned(), person: String::new(), address: String::new() };
            reconciliation::receive(tx, id, of, ("bill.csv", bytes, "bench"), &by).await
        })
        .await;
    taken.map_err(|_| "the bill is refused")?;
    let begin = Instant::now();
    let worked = jobs::compare_next(payments).await?;
    println!(
        "{}: {rows} rows, {} MB, compared in {:.1?}; before {before}, then {}",
        payments.db.kind(),
        size / 1_000_000,
        begin.elapsed(),
        memory(),
    );
    let day: Result<_, DbError> =
        payments.db.read(async move |tx: &mut Tx<'_>| store::day(tx, of).await).await;
    let matched = day?.map_or(0, |day| day.matched);
    assert_eq!((worked, matched), (1, rows), "everything agrees");
    Ok(())
}

/// The peak memory of this process, as reported by Linux.
fn memory() -> String {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap_or("unknown");
    format!("peak memory {}", peak.trim())
}

async fn reference(tx: &mut Tx<'_>, seats: i64) -> Result<(), DbError> {
    let now = tx.now().await?.micros();
    tx.execute(
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', '2017年下半年', '', 2017, 2, $1, $2)",
        params![false, now],
    )
    .await?;
    tx.execute(
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to, printing_from)
         VALUES ('2017-2', '1', 1, '英语四级笔试', '', 'written', 4, '英语', '', $1, $2, $1)",
        params![now + 50 * DAY, now + 51 * DAY],
    )
    .await?;
    tx.execute(
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
         VALUES ('2017-2', '', 'written', $1, $2, NULL)",
        params![now - DAY, now + 20 * DAY],
    )
    .await?;
    tx.execute("INSERT INTO campus (code, name) VALUES ($1, '校区')", params![CAMPUS]).await?;
    tx.execute(
        "INSERT INTO seat_pool (school, sitting, campus, subject, capacity, taken) VALUES ($1, '2017-2', $2, '1', $3, $3)",
        params![SCHOOL, CAMPUS, seats],
    )
    .await?;
    tx.execute("UPDATE catalogue_version SET version = version + 1", &[]).await?;
    Ok(())
}

/// Registrations with one entry and its order each: open, or paid yesterday with a receipt.
async fn seed(db: &Db, first: i64, count: i64, paid: bool) -> Result<(), Fault> {
    let begin = Instant::now();
    let campus = CampusCode::parse(CAMPUS).map_err(|_| "campus")?;
    let mut from = first;
    while from < first + count {
        let until = (from + AT_ONCE).min(first + count);
        db.write(async move |tx: &mut Tx<'_>| {
            for n in from..until {
                one(tx, campus.school(), n, paid).await?;
            }
            Ok::<_, DbError>(())
        })
        .await?;
        from = until;
    }
    db.analyze(&[]).await;
    println!("{}: {count} orders seeded in {:.1?}", db.kind(), begin.elapsed());
    Ok(())
}

async fn one(tx: &mut Tx<'_>, school: SchoolCode, n: i64, paid: bool) -> Result<(), DbError> {
    let now = tx.now().await?.micros();
    tx.execute_soon(
        "INSERT INTO registration
            (school, id, sitting, passport_id, record_id, state, saved_at, release_at, version, campus, school_name,
             campus_name, name, name_key, sex, document_kind, document_sealed, document_key, education, duration,
             entry_year, grade, college, major, class, student_number, remark, subjects, listed_subjects,
             barred_subjects, snapshot_hash)
         VALUES ($1, $2, '2017-2', $2, $2, 'live', $3, NULL, 0, $4, '学校', '校区', '张三', '张三', '男', 'resident-id',
                 $5, $5, '本科', '4', '16', '01', '化学学院', '化学', '01', '01', '', '1', '', '', '')",
        params![school, n, now, CAMPUS, n.to_be_bytes().to_vec()],
    )
    .await?
    .ignore();
    let (entry, order, settled) =
        if paid { ("paid", "paid", Some(now - DAY)) } else { ("held", "open", None) };
    tx.execute_soon(
        "INSERT INTO entry
            (school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name, school_name, state,
             fee, channel, entered_at, expires_at, paid_at, order_id)
         VALUES ($1, $2, $2, '2017-2', '1', 'written', 4, $1, $3, '', '', $4, 1, 'self', $5, $6, $7, $8)",
        params![school, n, CAMPUS, entry, now, now + DAY, settled, (!paid).then_some(n)],
    )
    .await?
    .ignore();
    tx.execute_soon(
        "INSERT INTO payment_order
            (school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at, deadline_at,
             settled_at, closed_for, ask_at, asked)
         VALUES ($1, $2, $3, $2, $2, '2017-2', 'alipay', '', 1, $4, $5, $6, $7, NULL, $8, 0)",
        params![
            school,
            n,
            order_number(n),
            order,
            now - DAY,
            now + DAY / 2,
            settled,
            (!paid).then_some(now + DAY / 2)
        ],
    )
    .await?
    .ignore();
    tx.execute_soon(
        "INSERT INTO order_line (school, order_id, entry_id, subject, amount) VALUES ($1, $2, $2, '1', 1)",
        params![school, n],
    )
    .await?
    .ignore();
    if paid {
        tx.execute_soon(
            "INSERT INTO receipt (school, id, order_id, gateway, trade_no, amount, proof, received_at)
             VALUES ($1, $2, $2, 'alipay', $3, 1, 'notice', $4)",
            params![school, n, trade(n), now - DAY],
        )
        .await?
        .ignore();
        tx.execute_soon(
            "INSERT INTO receipt_line (school, receipt_id, entry_id, amount) VALUES ($1, $2, $2, 1)",
            params![school, n],
        )
        .await?
        .ignore();
    }
    Ok(())
}
