//! The bill of a day, from the ledger; with differences planted on request.

use std::io::{Cursor, Write as _};

use flate2::Compression;
use flate2::write::GzEncoder;
use gateway::bill::{BillKind, BillRow, BillWriter};
use gateway::{CHINA, GatewayCode, Packing};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::behaviour::{Behaviour, Plant};
use crate::ledger::{Ledger, Recorded, Side, Trade};
use crate::sandbox::{Sandbox, Unavailable};

/// When the bill of a day is ready, after its end.
const READY_AFTER: SignedDuration = SignedDuration::from_hours(2);
/// A number that no order has: its school does not exist.
const NOBODY: &str = "00000000000000000001";

/// A row with what was sold and when its trade was made.
type Row = (BillRow, String, Timestamp);

/// Whether there is a bill of a day already.
pub(crate) fn is_ready(day: Date, now: Timestamp) -> bool {
    now.checked_sub(READY_AFTER).is_ok_and(|then| CHINA.to_datetime(then).date() > day)
}

/// The text of a bill.
pub(crate) struct Unpacked {
    name: String,
    pub(crate) text: Vec<u8>,
    summary: Option<Vec<u8>>,
    packing: Packing,
}

/// The bill of a day as it is sent: 支付宝's in a zip, 首信易支付's as text, 微信支付's by gzip.
pub(crate) async fn file(sandbox: &Sandbox, side: Side, day: Date) -> Result<Vec<u8>, Unavailable> {
    let Unpacked { name, text, summary, packing } = text(sandbox, side, day).await?;
    let packed = match packing {
        Packing::Text => Ok(text),
        Packing::Gzip => gzipped(&text),
        Packing::Zip => zipped(&[
            (format!("{name}_业务明细.csv"), text),
            (format!("{name}_业务明细(汇总).csv"), summary.unwrap_or_default()),
        ]),
    };
    packed.map_err(|error| failed(&error))
}

fn failed(error: &dyn std::fmt::Display) -> Unavailable {
    tracing::error!(%error, "a bill could not be written");
    Unavailable
}

/// Whether there is nothing to write of a day: then 支付宝 and 微信支付 have no bill of it.
pub(crate) async fn is_empty(sandbox: &Sandbox, side: Side, day: Date) -> Result<bool, Unavailable> {
    let behaviour = sandbox.behaviour().await?;
    Ok(listed(sandbox, side, day, &behaviour).await.is_empty())
}

fn merchant(sandbox: &Sandbox, side: Side) -> (GatewayCode, &str) {
    let settings = sandbox.settings();
    match side {
        Side::Alipay => (gateway::alipay::CODE, settings.alipay.seller_id.as_str()),
        Side::PayEase => (gateway::payease::CODE, settings.payease.merchant.mid.as_str()),
        Side::WeChat => {
            (gateway::wechat::CODE, settings.wechat.as_ref().map_or("", |merchant| merchant.mchid.as_str()))
        }
    }
}

async fn listed(sandbox: &Sandbox, side: Side, day: Date, behaviour: &Behaviour) -> Vec<Row> {
    let mut rows = rows(&sandbox.book().await.ledger, side, day, behaviour.bill.contains(&Plant::Extra));
    for plant in &behaviour.bill {
        planted(*plant, side, merchant(sandbox, side).1, day, &mut rows);
    }
    rows
}

/// The bill of a day before it is packed.
pub(crate) async fn text(sandbox: &Sandbox, side: Side, day: Date) -> Result<Unpacked, Unavailable> {
    let (now, behaviour) = (sandbox.now().await?, sandbox.behaviour().await?);
    let rows = listed(sandbox, side, day, &behaviour).await;
    let (gateway, merchant) = merchant(sandbox, side);
    let mut writer = BillWriter::new(gateway, merchant, day);
    for (row, subject, made_at) in &rows {
        writer.row(row, subject, *made_at);
    }
    let summary = writer.summary().map_err(|error| failed(&error))?;
    let mut text = writer.end(now).map_err(|error| failed(&error))?;
    if behaviour.bill.contains(&Plant::CutOff) {
        text.truncate(text.len().saturating_sub(150));
    }
    let name = format!("{merchant}_{}", day.strftime("%Y%m%d"));
    Ok(Unpacked { name, text, summary, packing: gateway.profile().bill_packing })
}

fn gzipped(text: &[u8]) -> Result<Vec<u8>, std::io::Error> {
    let mut gz = GzEncoder::new(Vec::new(), Compression::fast());
    gz.write_all(text)?;
    gz.finish()
}

fn zipped(parts: &[(String, Vec<u8>)]) -> Result<Vec<u8>, std::io::Error> {
    let mut bytes = Cursor::new(Vec::new());
    let mut zip = ZipWriter::new(&mut bytes);
    for (name, content) in parts {
        zip.start_file(name.as_str(), SimpleFileOptions::default()).map_err(std::io::Error::other)?;
        zip.write_all(content)?;
    }
    zip.finish().map_err(std::io::Error::other)?;
    Ok(bytes.into_inner())
}

fn rows(ledger: &Ledger, side: Side, day: Date, with_extra: bool) -> Vec<Row> {
    let is_of = |at: Timestamp| CHINA.to_datetime(at).date() == day;
    let mut rows = Vec::new();
    let mut extra = with_extra;
    let mut trades: Vec<&Trade> = ledger.trades(side).collect();
    trades.sort_by_key(|trade| (trade.opening.at, trade.opening.number.clone()));
    for trade in trades {
        match &trade.recorded {
            Recorded::Paid { trade_no, at } => {
                if is_of(*at) {
                    rows.push(payment(trade, trade_no, *at));
                }
                let refunds = trade.refunds.iter().filter(|refund| is_of(refund.at));
                rows.extend(refunds.map(|refund| {
                    let (paid, subject, made) = payment(trade, trade_no, refund.at);
                    let back = BillRow {
                        kind: BillKind::Refund,
                        reference: refund.request.clone(),
                        amount_fen: refund.amount_fen,
                        ..paid
                    };
                    (back, subject, made)
                }));
            }
            Recorded::Waiting | Recorded::Closed if extra && is_of(trade.opening.at) => {
                rows.push(payment(trade, "29990101000000000000000000001", trade.opening.at));
                extra = false;
            }
            Recorded::Waiting | Recorded::Closed => {}
        }
    }
    rows
}

fn payment(trade: &Trade, trade_no: &str, at: Timestamp) -> Row {
    let of = &trade.opening;
    let own = match of.side {
        Side::Alipay | Side::WeChat => trade_no,
        Side::PayEase => &of.number,
    };
    let row = BillRow {
        kind: BillKind::Payment,
        wire_number: of.number.clone(),
        trade_no: own.to_owned(),
        reference: trade_no.to_owned(),
        amount_fen: of.amount_fen,
        at,
    };
    (row, of.subject.clone(), of.at)
}

/// Plants a difference where there is a row for it.
fn planted(plant: Plant, side: Side, merchant: &str, day: Date, rows: &mut Vec<Row>) {
    let nth = |rows: &[Row], kind: BillKind, n: usize| {
        rows.iter().enumerate().filter(|(_, (row, _, _))| row.kind == kind).map(|(place, _)| place).nth(n)
    };
    match plant {
        Plant::Missing => {
            if let Some(place) = nth(rows, BillKind::Payment, 0) {
                rows.remove(place);
            }
        }
        Plant::RefundMissing => {
            if let Some(place) = nth(rows, BillKind::Refund, 0) {
                rows.remove(place);
            }
        }
        Plant::Sum => {
            let place = nth(rows, BillKind::Payment, 1);
            if let Some((row, _, _)) = place.and_then(|place| rows.get_mut(place)) {
                row.amount_fen = row.amount_fen.saturating_add(1);
            }
        }
        Plant::Twice | Plant::UnknownOrder | Plant::RefundExtra => {
            let place = nth(rows, BillKind::Payment, if plant == Plant::Twice { 2 } else { 0 });
            let place = place.or_else(|| nth(rows, BillKind::Payment, 0));
            let Some((mut row, subject, made)) = place.and_then(|place| rows.get(place).cloned()) else {
                return;
            };
            match plant {
                Plant::RefundExtra => {
                    row.kind = BillKind::Refund;
                    "R000001".clone_into(&mut row.reference);
                }
                Plant::UnknownOrder => {
                    row.wire_number = match side {
                        Side::Alipay | Side::WeChat => NOBODY.to_owned(),
                        Side::PayEase => format!("{}-{merchant}-{NOBODY}", day.strftime("%Y%m%d")),
                    };
                    another_trade(side, &mut row, "8");
                }
                _ => another_trade(side, &mut row, "9"),
            }
            rows.push((row, subject, made));
        }
        Plant::Extra | Plant::CutOff => {}
    }
}

/// Gives a row another number of its trade.
fn another_trade(side: Side, row: &mut BillRow, digit: &str) {
    row.reference.replace_range(..1, digit);
    row.trade_no = match side {
        Side::Alipay | Side::WeChat => row.reference.clone(),
        Side::PayEase => row.wire_number.clone(),
    };
}
