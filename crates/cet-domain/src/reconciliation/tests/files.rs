use std::io::Write as _;

use gateway::bill::{BillError, BillKind, BillRow, BillSums, BillWriter};
use jiff::civil::date;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::reconciliation::bill::{self, Bill, BillFault};
use crate::reconciliation::{Day, Of};

const OF: Of = Of { gateway: gateway::alipay::CODE, day: Day(date(2017, 10, 12)) };

fn row(number: &str) -> BillRow {
    BillRow {
        kind: BillKind::Payment,
        wire_number: number.to_owned(),
        trade_no: format!("T{number}"),
        reference: format!("T{number}"),
        amount_fen: 3_000,
        at: OF.day.begins().timestamp(),
    }
}

fn text(rows: &[BillRow]) -> Vec<u8> {
    let mut writer = BillWriter::new(OF.gateway, "2088", OF.day.date());
    for row in rows {
        writer.row(row, "CET", row.at);
    }
    writer.end(OF.day.next().begins().timestamp()).unwrap()
}

fn zipped(parts: &[(&str, &[u8])]) -> Vec<u8> {
    let mut bytes = std::io::Cursor::new(Vec::new());
    let mut zip = ZipWriter::new(&mut bytes);
    for (name, content) in parts {
        zip.start_file(*name, SimpleFileOptions::default()).unwrap();
        zip.write_all(content).unwrap();
    }
    zip.finish().unwrap();
    bytes.into_inner()
}

fn read(bytes: &[u8]) -> Result<usize, BillFault> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    bill::read(file.path(), OF, "2088").map(|bill| bill.len())
}

#[test]
fn each_row_of_a_long_bill_is_found_again_with_its_own_numbers() {
    let all = 400_000_i64;
    let row = |n: i64| BillRow {
        reference: format!("R{n}"),
        amount_fen: n,
        at: OF.day.begins().timestamp() + jiff::SignedDuration::from_secs(n % 86_400),
        ..row(&format!("{n:039}"))
    };
    // Too much for one piece of memory, and in no order.
    let bill = Bill::of((0..all).map(|n| row(n * 7 % all)), BillSums::default()).unwrap();
    assert_eq!(bill.len(), usize::try_from(all).unwrap());
    for n in 0..all {
        let places = bill.places(BillKind::Payment, &format!("{n:039}"));
        assert_eq!((places.len(), bill.row(places.start)), (1, Some(row(n))));
    }
    let old = BillRow { at: jiff::Timestamp::from_second(-1).unwrap(), ..row(1) };
    assert_eq!(Bill::of([old], BillSums::default()).err(), Some(BillFault::Text(BillError::Day)));
}

#[test]
fn a_zip_with_bill_and_summary_is_read_and_so_is_the_bare_text() {
    let (rows, whole) = ([row("1"), row("2")], text(&[row("1"), row("2")]));
    let writer = BillWriter::new(OF.gateway, "2088", OF.day.date());
    let summary = writer.summary().unwrap().unwrap();
    for parts in [
        vec![("2088_20171012_details.csv", &whole[..]), ("2088_20171012_summary.csv", &summary[..])],
        vec![("2088_20171012_summary.csv", &summary[..]), ("2088_20171012_details.csv", &whole[..])],
    ] {
        assert_eq!(read(&zipped(&parts)), Ok(rows.len()));
    }
    assert_eq!(read(&whole), Ok(2));
}

#[test]
fn broken_foreign_and_doubled_archives_are_refused() {
    let whole = text(&[row("1")]);
    let good = zipped(&[("a.csv", &whole)]);
    assert_eq!(read(&good[..good.len() / 2]), Err(BillFault::Archive));
    assert_eq!(read(&zipped(&[])), Err(BillFault::Text(BillError::Heading)));
    assert_eq!(read(&zipped(&[("a.csv", &whole), ("b.csv", &whole)])), Err(BillFault::Archive));
    assert_eq!(read(&zipped(&[("a.csv", b"x,y\n")])), Err(BillFault::Text(BillError::Heading)));
    assert_eq!(read(b""), Err(BillFault::Empty));
    assert_eq!(read(&zipped(&[("a.zip", &good)])), Err(BillFault::Archive));
    assert_eq!(read(&text(&[row("1"), row("1")])), Err(BillFault::Twice));
}

#[test]
fn a_zip_that_unpacks_to_far_more_than_it_packs_is_refused_while_it_is_read() {
    let mut bomb = text(&[row("1")]);
    let heading = bomb.windows(2).rposition(|two| two == b"\r\n").unwrap();
    // Blank lines, which the reader passes over: 32 MB in some 32 kB.
    bomb.splice(heading..heading, std::iter::repeat_n(b'\n', 32 << 20));
    assert_eq!(read(&zipped(&[("a.csv", &bomb)])), Err(BillFault::Hostile));
}

#[test]
fn a_bill_of_more_lines_than_rows_may_be_is_refused_while_it_is_read() {
    let mut long = text(&[row("1")]);
    let heading = long.windows(2).rposition(|two| two == b"\r\n").unwrap();
    long.splice(heading..heading, std::iter::repeat_n(b'\n', 5_002_000));
    assert_eq!(read(&long), Err(BillFault::TooLong));
}

#[test]
fn each_fault_has_a_code_of_its_own_and_is_read_back() {
    let codes: std::collections::BTreeSet<_> = BillFault::ALL.iter().map(|fault| fault.code()).collect();
    assert_eq!(codes.len(), BillFault::ALL.len());
    for fault in BillFault::ALL {
        assert_eq!(BillFault::from_code(fault.code(), fault.line()), Some(fault));
    }
    assert_eq!(BillFault::from_code("bill-row", 7).map(BillFault::line), Some(7));
}

#[test]
fn a_row_comes_out_of_memory_as_it_went_in() {
    let payment = row("99301000000000000001");
    let refund = BillRow { kind: BillKind::Refund, reference: "R993017".to_owned(), ..payment.clone() };
    let alike = BillRow {
        trade_no: "9".to_owned(),
        wire_number: "9".to_owned(),
        reference: "F7".to_owned(),
        ..payment.clone()
    };
    let sums = [i64::from(u32::MAX) - 1, u32::MAX.into(), 10_000_000_000, i64::MAX];
    let large =
        sums.map(|amount_fen| BillRow { amount_fen, wire_number: amount_fen.to_string(), ..payment.clone() });
    let twice = [&large[2], &large[2]].map(Clone::clone);
    assert_eq!(Bill::of(twice.clone(), BillSums::default()).err(), Some(BillFault::Twice));
    let [one, mut other] = twice;
    other.amount_fen += 1;
    assert_eq!(Bill::of([one, other], BillSums::default()).unwrap().len(), 2);
    let all: Vec<_> = large.into_iter().chain([payment.clone(), refund.clone(), alike.clone()]).collect();
    let bill = Bill::of(all.clone(), BillSums::default()).unwrap();
    let back: Vec<_> = (0..bill.len()).filter_map(|place| bill.row(place)).collect();
    assert!(all.iter().all(|row| back.contains(row)), "{back:?}");
    assert_eq!(bill.places(BillKind::Payment, "9").len(), 1);
    assert_eq!(bill.places(BillKind::Refund, "R993017").len(), 1);
    assert_eq!(bill.places(BillKind::Refund, "9").len(), 0);
}

const WECHAT: Of = Of { gateway: gateway::wechat::CODE, day: OF.day };

fn read_wechat(bytes: &[u8]) -> Result<usize, BillFault> {
    let mut file = tempfile::NamedTempFile::new().unwrap();
    file.write_all(bytes).unwrap();
    bill::read(file.path(), WECHAT, "2088").map(|bill| bill.len())
}

fn gzipped(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// What follows the first part of a gzip is read by nobody, so that it may not be there.
#[test]
fn a_gzip_holds_one_whole_bill() {
    let mut writer = BillWriter::new(WECHAT.gateway, "2088", WECHAT.day.date());
    let one = row("1");
    writer.row(&one, "CET", one.at);
    let whole = writer.end(WECHAT.day.next().begins().timestamp()).unwrap();
    let packed = gzipped(&whole);
    assert_eq!(read_wechat(&packed), Ok(1));
    assert_eq!(read_wechat(&[&packed[..], &packed].concat()), Err(BillFault::Twice));
    assert_eq!(read_wechat(&[&packed[..], b"x"].concat()), Err(BillFault::Archive));
    assert_eq!(read_wechat(&packed[..packed.len() - 12]), Err(BillFault::Text(BillError::CutOff)));
    assert_eq!(read_wechat(b""), Err(BillFault::Empty));
}

#[test]
fn a_line_that_is_too_long_is_told_as_such_and_one_without_an_end_is_not_read() {
    let whole = text(&[row("1")]);
    let title = whole.iter().position(|byte| *byte == b'\n').unwrap() + 1;
    for length in [5 << 10, 9 << 10, 100 << 10] {
        let mut long = whole.clone();
        long.splice(title..title, std::iter::repeat_n(b'#', length).chain([b'\n']));
        assert_eq!(read(&long), Err(BillFault::Text(BillError::Long(2))), "{length}");
    }
    let endless = [&whole[..title], &vec![b'#'; 3 << 20]].concat();
    assert_eq!(read(&endless), Err(BillFault::Hostile));
}

/// Of two columns of one name nobody knows which holds the sum.
#[test]
fn a_column_that_stands_twice_is_no_heading_of_a_bill() {
    let decoded = gateway::Charset::Gbk.decode(&text(&[row("1")])).unwrap();
    let lines: Vec<&str> = decoded.lines().collect();
    let columns = lines.iter().position(|line| !line.starts_with('#')).unwrap();
    let doubled: Vec<String> = lines
        .iter()
        .enumerate()
        .map(|(at, line)| match line.split(',').next() {
            Some(first) if at >= columns && !line.starts_with('#') => format!("{line},{first}\r\n"),
            _ => format!("{line}\r\n"),
        })
        .collect();
    let doubled = gateway::Charset::Gbk.encode(&doubled.concat()).unwrap().into_owned();
    assert_eq!(read(&doubled), Err(BillFault::Text(BillError::Heading)));
}
