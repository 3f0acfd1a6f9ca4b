use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::alipay::parse_time;
use crate::fields::Charset;
use crate::registry::GatewayCode;
use crate::{alipay, payease};

const DAY: Date = date(2017, 10, 12);

fn row(kind: BillKind, number: &str, fen: i64) -> BillRow {
    BillRow {
        kind,
        wire_number: number.to_owned(),
        trade_no: number.to_owned(),
        reference: if kind == BillKind::Refund { format!("R{number}") } else { number.to_owned() },
        amount_fen: fen,
        at: parse_time("2017-10-12 23:59:59").unwrap(),
    }
}

fn bill(gateway: GatewayCode, rows: &[BillRow]) -> Vec<u8> {
    let mut writer = BillWriter::new(gateway, "888", DAY);
    for row in rows {
        writer.row(row, "CET报名, \"六级\"", row.at);
    }
    writer.end(parse_time("2017-10-13 02:00:00").unwrap()).unwrap()
}

fn read(gateway: GatewayCode, bytes: &[u8]) -> Result<(Vec<BillRow>, BillSums), BillError> {
    let mut reader = BillReader::new(gateway, "888", DAY);
    let mut rows = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        rows.extend(reader.line(line)?);
    }
    reader.end().map(|sums| (rows, sums))
}

const BOTH: [GatewayCode; 2] = [alipay::CODE, payease::CODE];

fn two() -> Vec<BillRow> {
    vec![row(BillKind::Payment, "20171012-888-99301", 3_000), row(BillKind::Refund, "20171012-888-99302", 1)]
}

/// The bill with one text replaced.
fn with(gateway: GatewayCode, old: &str, new: &str) -> Result<(Vec<BillRow>, BillSums), BillError> {
    let text = Charset::Gbk.decode(&bill(gateway, &two())).unwrap();
    assert!(text.contains(old), "{old} is not in {text}");
    read(gateway, &Charset::Gbk.encode(&text.replace(old, new)).unwrap())
}

#[test]
fn a_bill_of_both_gateways_is_read_as_it_was_written() {
    for gateway in BOTH {
        let (rows, sums) = read(gateway, &bill(gateway, &two())).unwrap();
        assert_eq!(rows, two());
        assert_eq!(sums, BillSums { payments: 1, paid_fen: 3_000, refunds: 1, refunded_fen: 1 });
    }
}

#[test]
fn a_bill_that_ends_anywhere_before_its_sums_is_cut_off() {
    for gateway in BOTH {
        let whole = bill(gateway, &two());
        let last = Charset::Gbk.encode("#退款合计").unwrap().into_owned();
        let sums = whole.windows(last.len()).position(|part| part == last).unwrap();
        let title = whole.iter().position(|byte| *byte == b'\n').unwrap();
        for end in 0..=sums {
            let expected = if end < title { BillError::Heading } else { BillError::CutOff };
            let told = read(gateway, &whole[..end]);
            assert!(told == Err(expected) || end < title && told.is_err(), "{gateway:?} {end}: {told:?}");
        }
        let text = Charset::Gbk.decode(&whole).unwrap();
        let cut = text.split("#退款合计").next().unwrap();
        assert_eq!(read(gateway, &Charset::Gbk.encode(cut).unwrap()), Err(BillError::CutOff));
    }
}

#[test]
fn a_bill_of_another_merchant_day_or_encoding_is_told_apart() {
    assert_eq!(with(alipay::CODE, "[8880156]", "[8890156]"), Err(BillError::Merchant));
    assert_eq!(with(payease::CODE, "[888]", "[889]"), Err(BillError::Merchant));
    assert_eq!(with(payease::CODE, "20171012-888-99302", "20171012-889-99302"), Err(BillError::Merchant));
    assert_eq!(with(alipay::CODE, "[2017年10月12日", "[2017年10月11日"), Err(BillError::Day));
    assert_eq!(with(payease::CODE, "[20171012]", "[20171013]"), Err(BillError::Day));
    for gateway in BOTH {
        assert_eq!(with(gateway, "2017-10-12 23:59:59", "2017-10-13 00:00:01"), Err(BillError::Day));
        let text = Charset::Gbk.decode(&bill(gateway, &two())).unwrap();
        assert!(matches!(read(gateway, text.as_bytes()), Err(BillError::Encoding(_) | BillError::Heading)));
        assert_eq!(read(gateway, b""), Err(BillError::Heading));
        assert_eq!(read(gateway, &vec![b'#'; 5_000]), Err(BillError::Long(1)));
    }
}

#[test]
fn two_bills_in_one_file_and_wrong_sums_are_refused() {
    for gateway in BOTH {
        let twice = [bill(gateway, &two()), bill(gateway, &two())].concat();
        assert_eq!(read(gateway, &twice), Err(BillError::Merchant));
        assert_eq!(with(gateway, "1笔", "2笔"), Err(BillError::Sums));
        assert_eq!(with(gateway, "30.00元", "30.01元"), Err(BillError::Sums));
    }
    let row = "20171012-888-99301,支付,30.00";
    assert_eq!(with(payease::CODE, row, "20171012-888-99301,支付,3O.00"), Err(BillError::Row(5)));
    assert_eq!(with(payease::CODE, row, "20171012-888-99301,支付,0.00"), Err(BillError::Row(5)));
    assert_eq!(with(payease::CODE, row, "20171012-888-99301,预授权,30.00"), Err(BillError::Row(5)));
}

proptest! {
    #[test]
    fn no_bytes_make_the_reader_panic(bytes in proptest::collection::vec(any::<u8>(), 0..600), at in 0_usize..900) {
        for gateway in BOTH {
            let mut bill = bill(gateway, &two());
            let at = at.min(bill.len());
            bill.splice(at..at, bytes.iter().copied());
            let _either = read(gateway, &bill);
        }
    }
}
