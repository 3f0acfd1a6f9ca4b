//! Measures what the pages of a signed-in candidate read, and what knowing the candidate's situation costs them (R18).
//!
//! `cargo run --release -p cet --example bench_pages -- URL [REGISTRATIONS [PAGES]]`, where URL is `sqlite:PATH` (a new
//! file) or `postgres://…/DATABASE` (an empty database). Each registration has a passport, a paid subject, a paid order with
//! its receipt, and three messages; one in ten has a refund. A page is of a random candidate and is one read. "Before" is what
//! home and information page read when they did not know the situation.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cet_base::store::{Clock, Db, DbError, Settings, Tx};
use cet_base::texts::{Lang, texts};
use cet_base::words::ids::PassportId;
use cet_domain::payment::verbs::{history, money_of, with_money};
use cet_domain::sitting::Plan;
use cet_domain::sitting::catalogue::CatalogueCell;
use cet_domain::situation::{decide, verbs::Read, verbs::read};
use cet_domain::{entry, message, passport, registration, review, ticket};
use cet_site::situation::{Lead, On, Told, notices};
use cet_site::web::page::Page;

type Fault = Box<dyn std::error::Error>;

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = arguments.first().cloned().ok_or("expected sqlite:PATH or postgres://…")?;
    let number = |n: usize, default: i64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let (registrations, pages) = (number(1, 1_000_000)?, number(2, 20_000)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(run(url, registrations, pages))
}

async fn run(url: String, registrations: i64, pages: i64) -> Result<(), Fault> {
    let clock = Clock::Real { rehearsal: false };
    let db = Db::open(Settings { url, pool: 8, durable: false, clock, node: 1 }).await?;
    db.migrate().await?;
    let begin = Instant::now();
    seed(&db, registrations).await?;
    println!("{}: {registrations} registrations seeded in {:.1?}", db.kind(), begin.elapsed());
    let catalogue = CatalogueCell::open(&db).await?.get();
    let plan = Arc::clone(catalogue.current().ok_or("no sitting")?);
    let who = |n: i64| PassportId(1 + (n * 7_919_777) % registrations);
    for name in
        ["home before", "home", "information before", "information", "front page", "messages", "payments"]
    {
        let mut times = Vec::new();
        // As many again before the clock runs: the first ones read the file.
        for n in -pages..pages {
            let begin = Instant::now();
            shown(&db, &plan, name, who(n.abs())).await?;
            times.extend((n >= 0).then(|| begin.elapsed()));
        }
        times.sort_unstable();
        let at = |percent: usize| times.get(times.len() * percent / 100).copied().unwrap_or_default();
        let all: Duration = times.iter().sum();
        println!(
            "{name:<20} p50 {:>8.1?}  p99 {:>8.1?}  mean {:>8.1?}",
            at(50),
            at(99),
            all / u32::try_from(times.len())?
        );
    }
    Ok(())
}

/// What a page reads, and the words of its situation.
async fn shown(db: &Db, plan: &Arc<Plan>, name: &'static str, who: PassportId) -> Result<(), Fault> {
    let of = Arc::clone(plan);
    let known: Option<Read> = db
        .read(async move |tx: &mut Tx<'_>| match name {
            "home before" | "information before" => {
                before(tx, &of, who, name == "information before").await?;
                Ok(None)
            }
            "messages" => {
                passport::store::wants_optional_mails(tx, who).await?;
                message::store::of_passport(tx, who, None, 21).await?;
                Ok(None)
            }
            "payments" => {
                history(tx, who, None, 20).await?;
                Ok(None)
            }
            _ => {
                let known = read(tx, &of, who, (None, true)).await?;
                if let ("information", Some(of)) = (name, &known.facts.registration) {
                    registration::store::snapshot(tx, of.school, of.id).await?;
                    with_money(tx, who, &known.money).await?;
                }
                Ok::<_, DbError>(Some(known))
            }
        })
        .await?;
    if let Some(known) = known {
        let standpoint = decide(&known.facts, plan, known.now);
        let page = Page::new(texts(Lang::Zh), Arc::default(), "/home");
        let told = Told { page: &page, plan, money: &known.money, reason: None, now: known.now };
        let said = (Lead::of(&told, &standpoint.situation, On::Home), notices(&told, &standpoint.notes));
        if said.0.title.is_empty() {
            return Err("a situation without words".into());
        }
    }
    Ok(())
}

async fn before(tx: &mut Tx<'_>, plan: &Plan, who: PassportId, information: bool) -> Result<(), DbError> {
    if information {
        money_of(tx, who).await?;
    }
    let Some(of) = registration::verbs::of_passport(tx, who, &plan.code).await? else {
        return Err(DbError::Decode("registration"));
    };
    let entries = entry::verbs::entries_of(tx, &of).await?;
    ticket::verbs::seats_of(tx, &of, &entries).await?;
    if information {
        registration::store::snapshot(tx, of.school, of.id).await?;
        review::verbs::shows_state(tx, who, &plan.code).await?;
    }
    Ok(())
}

/// Registrations of one statement: a longer one would outlive the bound of a write.
const AT_ONCE: i64 = 50_000;

async fn seed(db: &Db, registrations: i64) -> Result<(), Fault> {
    let mut statements = vec![
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', 'bench', 'bench', 2017, 2, FALSE, 0)"
            .to_owned(),
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to)
         VALUES ('2017-2', '1', 1, '1', '1', 'written', 4, 'english', '', 4000000000000000, 4000000007200000)"
            .to_owned(),
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at)
         VALUES ('2017-2', '', 'written', 0, 3000000000000000)"
            .to_owned(),
    ];
    let mut first = 1;
    while first <= registrations {
        let last = registrations.min(first + AT_ONCE - 1);
        statements.extend(inserts(db, first, last));
        first = last + 1;
    }
    for sql in statements {
        let sql: &'static str = Box::leak(sql.into_boxed_str());
        db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await?;
    }
    Ok(())
}

/// One statement a table, over these numbers.
fn inserts(db: &Db, first: i64, last: i64) -> Vec<String> {
    let rows = format!(
        "WITH RECURSIVE n (n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < {last})"
    );
    let bytes = if db.kind() == "sqlite" { "BLOB" } else { "BYTEA" };
    let facts = r#"{"entered":{"lines":[{"entry":1,"zh":"英语四级笔试","en":"CET 4","campus":"校区","fee":3000}],"until":0,"by_school":false}}"#;
    let mut statements = Vec::new();
    let school = "CAST(10000 + n % 1000 AS TEXT)";
    let campus = format!("{school} || '0'");
    for (table, columns, values) in [
        (
            "passport",
            "id, public_id, email, password_hash, name, created_at, credential_changed_at",
            "n, CAST(n AS TEXT), 'candidate' || CAST(n AS TEXT) || '@example.cn', '', '', 0, 0".to_owned(),
        ),
        (
            "passport_claim",
            "passport_id, sitting, kind, school, id",
            format!("n, '2017-2', 'registration', {school}, n"),
        ),
        (
            "registration",
            "school, id, sitting, passport_id, record_id, state, saved_at, version, campus, school_name, campus_name, name,
             name_key, sex, document_kind, document_sealed, document_key, education, duration, entry_year, grade, college,
             major, class, student_number, remark, subjects, listed_subjects, barred_subjects, snapshot_hash",
            format!(
                "{school}, n, '2017-2', n, n, 'live', 0, 1, {campus}, '', '', '张三丰', '张三丰', '', 'resident-id',
                 CAST(CAST(n AS TEXT) AS {bytes}), CAST(CAST(n AS TEXT) AS {bytes}), '', '', '', '2016', '化学学院', '化学', '1', '', '', '1', '', '', ''"
            ),
        ),
        (
            "entry",
            "school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name, school_name, state,
             fee, channel, entered_at, expires_at, paid_at",
            format!(
                "{school}, n, n, '2017-2', '1', 'written', 4, {school}, {campus}, '', '', 'paid', 3000, 'self', 0, 0, 0"
            ),
        ),
        (
            "payment_order",
            "school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at, deadline_at,
             settled_at, asked",
            format!("{school}, n, {school} || CAST(100000000000000 + n AS TEXT), n, n, '2017-2', 'alipay', '', 3000, 'paid', 0, 0, 0, 0"),
        ),
        ("order_line", "school, order_id, entry_id, subject, amount", format!("{school}, n, n, '1', 3000")),
        (
            "receipt",
            "school, id, order_id, gateway, trade_no, amount, proof, received_at",
            format!("{school}, n, n, 'alipay', CAST(n AS TEXT), 3000, 'notice', 0"),
        ),
    ] {
        statements.push(format!("{rows} INSERT INTO {table} ({columns}) SELECT {values} FROM n"));
    }
    for (place, kind) in ["saved", "entered", "paid"].into_iter().enumerate() {
        statements.push(format!(
            "{rows} INSERT INTO message (passport_id, kind, event, id, at, facts)
             SELECT n, '{kind}', CAST(n AS TEXT), n * 3 + {place}, 0, '{facts}' FROM n"
        ));
    }
    statements.push(format!(
        "{rows} INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, tries)
         SELECT {school}, n, n, n, 1, 'surplus', CAST(n AS TEXT), 'done', 0, 0, 1 FROM n WHERE n % 10 = 0"
    ));
    statements
}
