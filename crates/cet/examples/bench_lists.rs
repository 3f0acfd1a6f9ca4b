//! Measures what the lists and boards of staff read among a million registrations (season.md 5: 50 ms).
//!
//! `cargo run --release -p cet --example bench_lists -- URL [REGISTRATIONS [TIMES]]`, where URL is `sqlite:PATH` (a new file) or
//! `postgres://…/DATABASE` (an empty database). The rows are those of `bench_pages`; one school has a twentieth of them.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cet_base::store::{Clock, Db, DbError, Settings, Tx};
use cet_base::words::codes::{SchoolCode, SittingCode};
use cet_base::words::ids::RegistrationId;
use cet_base::words::staff::{Role, Scope};
use cet_domain::payment::store::scoped as money;
use cet_domain::registration::store::scoped::{self, Filter, Key, NamePart, Payment};
use cet_domain::roster::staff_queries;
use cet_domain::sitting::catalogue::CatalogueCell;
use cet_domain::{entry, statistics};

#[path = "bench_pages/seed.rs"]
mod seed;

type Fault = Box<dyn std::error::Error>;

/// The rows that a page reads.
const PAGE: i64 = 51;
/// The rows that a filter looks through for a page.
const REACH: i64 = 2_500;
/// The bound of season.md 5.
const BOUND: Duration = Duration::from_millis(50);

fn main() -> Result<(), Fault> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let url = arguments.first().cloned().ok_or("expected sqlite:PATH or postgres://…")?;
    let number = |n: usize, default: i64| arguments.get(n).map_or(Ok(default), |text| text.parse());
    let (registrations, times) = (number(1, 1_000_000)?, number(2, 20)?);
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build()?;
    runtime.block_on(run(url, registrations, times))
}

/// What one line of the table measures.
#[derive(Clone, Copy)]
enum Read {
    Registrations { after: bool, payment: Option<Payment>, college: &'static str, campus: &'static str },
    Count,
    Name(&'static str),
    Number(&'static str),
    Students,
    Groups,
    Orders(&'static str),
    Refunds,
    Board,
    Waiting,
}

const ALL: Read = Read::Registrations { after: false, payment: None, college: "", campus: "" };

/// The name, the reader's scope, and what is read.
const LINES: &[(&str, &str, Read)] = &[
    ("registrations, nation", "", ALL),
    (
        "registrations, nation, next",
        "",
        Read::Registrations { after: true, payment: None, college: "", campus: "" },
    ),
    (
        "registrations, nation, unpaid",
        "",
        Read::Registrations { after: false, payment: Some(Payment::Unpaid), college: "", campus: "" },
    ),
    (
        "registrations, nation, no such college",
        "",
        Read::Registrations { after: false, payment: None, college: "x", campus: "" },
    ),
    (
        "registrations, nation, one campus",
        "",
        Read::Registrations { after: false, payment: None, college: "", campus: "105500" },
    ),
    ("registrations, large school", "10000", ALL),
    ("registrations, large school, counted", "10000", Read::Count),
    ("registrations, school", "10500", ALL),
    ("registrations, school, counted", "10500", Read::Count),
    ("name of two letters, nation", "", Read::Name("王海")),
    ("name of two letters, in the middle, nation", "", Read::Name("晓玉")),
    ("whole name, nation", "", Read::Name("王晓玉")),
    ("name, school", "10500", Read::Name("晓玉")),
    ("student number, nation", "", Read::Number("20161500000")),
    ("students, large school", "10000", Read::Students),
    ("students, large school, classes", "10000", Read::Groups),
    ("students, school", "10500", Read::Students),
    ("students, school, classes", "10500", Read::Groups),
    ("orders, nation", "", Read::Orders("")),
    ("orders, nation, paid", "", Read::Orders("paid")),
    ("refunds, nation", "", Read::Refunds),
    ("board, nation", "", Read::Board),
    ("board, school", "10500", Read::Board),
    ("menu, finance", "", Read::Waiting),
];

async fn run(url: String, registrations: i64, times: i64) -> Result<(), Fault> {
    let clock = Clock::Real { rehearsal: false };
    let db = Db::open(Settings { url, pool: 8, durable: false, clock, node: 1 }).await?;
    db.migrate().await?;
    let begin = Instant::now();
    seed::seed(&db, registrations).await?;
    println!("{}: {registrations} registrations seeded in {:.1?}", db.kind(), begin.elapsed());
    let catalogue = CatalogueCell::open(&db).await?.get();
    let plan = Arc::clone(catalogue.current().ok_or("no sitting")?);
    let begin = Instant::now();
    statistics::jobs::keep(&db, &catalogue).await?;
    println!("sums counted in {:.1?}, by the job", begin.elapsed());
    println!("{:<45} {:>10} {:>10} {:>10}", "", "rows", "p50", "slowest");
    for (name, scope, read) in LINES {
        let scope = Scope::parse(scope).ok_or("no scope")?;
        let mut found = (0, Vec::new());
        for n in -2..times {
            let begin = Instant::now();
            found.0 = rows(&db, &scope, &plan.code, *read, registrations).await?;
            found.1.extend((n >= 0).then(|| begin.elapsed()));
        }
        found.1.sort_unstable();
        let at = |n: usize| found.1.get(n).copied().unwrap_or_default();
        let (half, last) = (at(found.1.len() / 2), at(found.1.len().saturating_sub(1)));
        let mark = if half > BOUND { " above the bound" } else { "" };
        println!("{name:<45} {:>10} {half:>10.1?} {last:>10.1?}{mark}", found.0);
    }
    Ok(())
}

/// Reads one line's rows, as its page does, and tells how many there are.
async fn rows(
    db: &Db,
    scope: &Scope,
    sitting: &SittingCode,
    read: Read,
    registrations: i64,
) -> Result<usize, DbError> {
    let (scope, sitting) = (scope.clone(), sitting.clone());
    db.read(async move |tx: &mut Tx<'_>| match read {
        Read::Registrations { after, payment, college, campus } => {
            let after = after.then(|| middle(registrations)).transpose()?;
            let (campus, college) = (campus.to_owned(), college.to_owned());
            let filter = Filter { campus, college, payment, ..Filter::default() };
            let scope = scope.narrowed(&filter.campus);
            let wide = scope.school().is_none() && (payment.is_some() || !filter.college.is_empty());
            let until = if wide { scoped::reach(tx, &scope, after, REACH).await? } else { None };
            let found = scoped::list(tx, &scope, &sitting, &filter, (after, until), PAGE).await?;
            let keys: Vec<Key> = found.iter().map(|of| (of.school, of.id)).collect();
            entry::store::of_registrations(tx, &keys).await?;
            Ok(found.len())
        }
        Read::Count => {
            let n = scoped::count(tx, &scope, &sitting, &Filter::default()).await?;
            Ok(usize::try_from(n).unwrap_or_default())
        }
        Read::Name(part) => {
            let part = NamePart::of(part).ok_or(DbError::Decode("part of a name"))?;
            Ok(scoped::of_name(tx, &scope, &sitting, &part, PAGE).await?.len())
        }
        Read::Number(number) => {
            Ok(scoped::of_student_number(tx, &scope, &sitting, number, PAGE).await?.len())
        }
        Read::Students => {
            Ok(staff_queries::list(tx, &scope, &sitting, &staff_queries::Filter::default(), None, PAGE)
                .await?
                .len())
        }
        Read::Groups => Ok(staff_queries::groups(tx, &scope, &sitting, 20_000).await?.len()),
        Read::Orders(state) => {
            let filter = money::OrderFilter { state: state.to_owned(), ..money::OrderFilter::default() };
            Ok(money::orders(tx, &scope, &sitting, &filter, None, PAGE).await?.len())
        }
        Read::Refunds => Ok(money::refunds(tx, &scope, ("", ""), i64::MAX, PAGE).await?.len()),
        Read::Board => {
            let place = scope.prefix().to_owned();
            statistics::store::of_place(tx, &scope, &sitting, &place).await?;
            Ok(statistics::store::below(tx, &scope, &sitting, &place).await?.len())
        }
        Read::Waiting => Ok(cet_site::staff::menu::waiting(tx, Role::Finance, &scope, "").await?.len()),
    })
    .await
}

/// The key of a registration in the middle of the nation.
fn middle(registrations: i64) -> Result<Key, DbError> {
    let school = SchoolCode::parse("10500").map_err(|_| DbError::Decode("school"))?;
    Ok((school, RegistrationId(registrations / 2)))
}
