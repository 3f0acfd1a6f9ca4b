//! Admission tickets: how long one takes, and how 2,000 at once slow down everyone else.

use std::sync::Arc;
use std::time::{Duration, Instant};

use cet_base::store::{DbError, Tx};
use cet_base::words::codes::SchoolCode;
use cet_base::words::ids::EntryId;
use cet_domain::entry;
use cet_site::rehearsal;
use ticket_pdf::{Content, Fonts, SigningKey, Slot, Ticket, render};
use tokio::task::JoinSet;

use super::candidates::Candidate;
use super::load::{self, Load, Pace};
use super::server::{self, Fault, Folder, Server};
use super::wire::Wire;
use super::{Plan, sessions};

/// Tickets printed one after another on one core.
const ALONE: usize = 500;
/// Downloads at once.
const DOWNLOADS: usize = 2_000;
/// Days until registration has closed and the demo's tickets can be printed.
const DAYS: i64 = 31;
/// Candidates who view their information page meanwhile, and how often each of them does.
const READERS: usize = 20;
const READS_EVERY: Duration = Duration::from_millis(20);

/// Prints tickets in this process on one core, each with a different name and number.
pub(crate) fn one_core() -> Result<(), Fault> {
    let begun = Instant::now();
    let fonts = Fonts::bundled(Vec::new())?;
    let key = SigningKey::generate(&ring::rand::SystemRandom::new())?;
    let key = SigningKey::from_pkcs8("bench", &key)?;
    render(&fonts, &[ticket(&key, 0)?])?;
    println!("the first ticket, with its fonts: {:.1?}", begun.elapsed());
    let (mut most, mut sum, mut longest) = (0, 0_usize, Duration::ZERO);
    let from = own_processor()?;
    for n in 1..=ALONE {
        let begun = Instant::now();
        let size = render(&fonts, &[ticket(&key, n)?])?.pdf.len();
        (most, sum, longest) = (most.max(size), sum.saturating_add(size), longest.max(begun.elapsed()));
    }
    let count = u32::try_from(ALONE)?;
    let each = own_processor()?.saturating_sub(from).checked_div(count).unwrap_or_default();
    println!(
        "each of {ALONE} more on one core: {each:.2?} of the processor, {longest:.2?} at most by the clock; {} kB, \
         {} kB at most",
        sum.checked_div(ALONE).unwrap_or(0).div_ceil(1000),
        most.div_ceil(1000),
    );
    Ok(())
}

/// The CPU time of this thread.
fn own_processor() -> Result<Duration, Fault> {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat")?;
    Ok(Duration::from_nanos(text.split(' ').next().unwrap_or_default().parse()?))
}

fn ticket(key: &SigningKey, n: usize) -> Result<Ticket, Fault> {
    const NAMES: [&str; 8] = ["廖晓儿", "王小明", "欧阳思远", "司马欣怡", "李喆", "张赟", "诸葛翀", "刘浩然"];
    let name = NAMES.iter().cycle().nth(n).copied().unwrap_or_default();
    let content = Content {
        ticket_number: format!("9930101711{n:05}"),
        name: name.to_owned(),
        document_number: format!("33010119990101{n:04}"),
        sitting: "2017年下半年CET考试".to_owned(),
        subject: "英语四级笔试".to_owned(),
        starts_at: "2017-12-16 09:00".to_owned(),
        campus: "993010".to_owned(),
        room: "003".to_owned(),
        seat: "12".to_owned(),
    };
    let slot = |label: &str, value: &str| Slot { label: label.to_owned(), value: value.to_owned() };
    Ok(Ticket {
        english: None,
        qr_text: key.sign(&content)?,
        sitting: content.sitting,
        subject: content.subject,
        subject_with_code: "(1) 英语四级笔试".to_owned(),
        name: content.name,
        sex: "女".to_owned(),
        document_kind: "中华人民共和国居民身份证".to_owned(),
        document_number: content.document_number,
        ticket_number: content.ticket_number,
        exam_time: "2017年12月16日（周六）上午 9:00 – 11:20".to_owned(),
        school: "(99301)测试学校机构01".to_owned(),
        campus: "(993010)测试校区机构001".to_owned(),
        address: "第 003 考场，具体地点以学校通知为准".to_owned(),
        slots: vec![slot("考场号", "003"), slot("座位号", "12")],
        photo: Some(include_bytes!("../../../ticket-pdf/src/tests/photo.jpg").to_vec()),
        rules: [
            "凭本准考证、身份证件和学生证入场，缺一不可。",
            "迟到者不得入场；考试结束前不得离场。",
            "不得携带手机、手表等任何电子设备进入考场。",
            "条形码粘贴条请贴在答题卡指定位置。",
            "其他事项见考生须知。",
        ]
        .map(str::to_owned)
        .into(),
        printed_at: "2017-12-01 09:00".to_owned(),
    })
}

/// Moves the demo's clock past the end of registration, then downloads while others read.
pub(crate) async fn at_once(
    plan: &Plan,
    server: &Server,
    folder: &Folder,
    mut candidates: Vec<Candidate>,
) -> Result<(), Fault> {
    arrange(folder).await?;
    let mut wire = Wire::open(server.address()).await?;
    for candidate in &mut candidates {
        candidate.log_in(&mut wire, server.address()).await?;
    }
    println!("entries paid by the verb that books a payment, seats drawn and published by `cet arrange`");
    let ask = |candidate: &Candidate, path: &str| candidate.get(server.address(), path);
    let paths = paths(&mut wire, server, &candidates).await?;
    let reading = Load {
        requests: candidates.iter().map(|candidate| ask(candidate, "/registration")).collect(),
        connections: READERS,
        time: Duration::from_secs(plan.seconds),
        pace: Pace::Every(READS_EVERY),
        expect: 200,
    };
    let before = load::run(server, &reading).await?;
    println!("{:<34}{before}", "information page, alone");
    let begun = Instant::now();
    let mut downloads = JoinSet::new();
    let requests = candidates.iter().zip(&paths).map(|(candidate, path)| ask(candidate, path));
    for request in requests.cycle().take(DOWNLOADS) {
        downloads.spawn(download(server.address(), request));
    }
    let meanwhile = load::run(server, &reading).await?;
    println!("{:<34}{meanwhile}", "information page, meanwhile");
    let (mut bytes, mut most, mut refused) = (0_usize, 0, 0_usize);
    while let Some(done) = downloads.join_next().await {
        match done?? {
            Some(size) => (bytes, most) = (bytes.saturating_add(size), most.max(size)),
            None => refused = refused.saturating_add(1),
        }
    }
    let took = begun.elapsed();
    let printed = DOWNLOADS.saturating_sub(refused);
    println!(
        "{DOWNLOADS} downloads at once by {} candidates took {took:.1?} ({refused} asked to come back), {} kB each, {} kB at most",
        candidates.len(),
        bytes.checked_div(printed).unwrap_or(0).div_ceil(1000),
        most.div_ceil(1000),
    );
    let twice = |percent: usize| {
        let (was, is) = (before.percentile(percent), meanwhile.percentile(percent));
        let tenths = is.as_micros().saturating_mul(10).checked_div(was.as_micros()).unwrap_or(0);
        format!("{}.{}", tenths.checked_div(10).unwrap_or(0), tenths.checked_rem(10).unwrap_or(0))
    };
    println!(
        "the information page meanwhile took {} times as long at p50, {} times at p99",
        twice(50),
        twice(99)
    );
    println!("cet serve after that: {}", server.memory()?);
    Ok(())
}

async fn download(address: std::net::SocketAddr, request: Arc<[u8]>) -> std::io::Result<Option<usize>> {
    let mut wire = Wire::open(address).await?;
    let status = wire.ask(&request).await?;
    Ok((status == 200 && wire.body().starts_with(b"%PDF")).then(|| wire.body().len()))
}

/// The path of each candidate's ticket, from the information page.
async fn paths(wire: &mut Wire, server: &Server, candidates: &[Candidate]) -> Result<Vec<String>, Fault> {
    let mut all = Vec::new();
    for candidate in candidates {
        wire.ask(&candidate.get(server.address(), "/registration")).await?;
        let page = String::from_utf8_lossy(wire.body()).into_owned();
        let path =
            page.split('"').find(|part| part.starts_with("/tickets/") && part.strip_suffix(".pdf").is_some());
        all.push(path.ok_or("no ticket on an information page")?.to_owned());
    }
    Ok(all)
}

async fn arrange(folder: &Folder) -> Result<(), Fault> {
    let app = sessions::beside(folder).await?;
    let paid = app.db.write(async move |tx: &mut Tx<'_>| {
        let held: Vec<(SchoolCode, EntryId)> =
            tx.query("SELECT school, id FROM entry WHERE state = 'held'", &[]).await?;
        let now = tx.now().await?;
        for (school, id) in held {
            entry::store::mark_paid(tx, school, id, None, now).await?;
        }
        rehearsal::store::advance(tx, 0, DAYS.saturating_mul(86_400)).await
    });
    let paid: Result<(), DbError> = paid.await;
    paid?;
    server::command(folder, &["arrange", "--sitting", "2017-2", "--seed", "1", "--publish"])
}
