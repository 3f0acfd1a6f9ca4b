use jiff::civil::{Date, date};
use proptest::prelude::*;

use super::*;
use crate::alipay::parse_time;
use crate::wechat;

const DAY: Date = date(2018, 2, 11);

/// A bill in the shape that the gateway documents, with a payment, a refund, and a refund that it gave up.
const REAL: &str = "\u{feff}交易时间,公众账号ID,商户号,特约商户号,设备号,微信订单号,商户订单号,用户标识,交易类型,交易状态,付款银行,货币种类,应结订单金额,代金券金额,微信退款单号,商户退款单号,退款金额,充值券退款金额,退款类型,退款状态,商品名称,商户数据包,手续费,费率,订单金额,申请退款金额,费率备注\r\n\
`2018-02-11 14:51:16,`wx2421b1c4370ec43b,`1900000109,`0,`,`4200000055201802115555555555,`99301000000000000007,`oUpF8uMuAJ,`NATIVE,`SUCCESS,`ICBC_DEBIT,`CNY,`28.00,`2.00,`0,`0,`0.00,`0.00,`,`,`CET 报名费, 笔试,`,`0.18000,`0.60%,`30.00,`0.00,`\r\n\
`2018-02-11 15:00:00,`wx2421b1c4370ec43b,`1900000109,`0,`,`4200000055201802115555555556,`99301000000000000008,`oUpF8uMuAJ,`NATIVE,`REFUND,`ICBC_DEBIT,`CNY,`0.00,`0.00,`50000000382019052709732678859,`R99301000000000000001,`15.00,`0.00,`ORIGINAL,`SUCCESS,`CET,`,`-0.09000,`0.60%,`0.00,`15.00,`\r\n\
`2018-02-11 15:00:01,`wx2421b1c4370ec43b,`1900000109,`0,`,`4200000055201802115555555557,`99301000000000000009,`oUpF8uMuAJ,`NATIVE,`REFUND,`ICBC_DEBIT,`CNY,`0.00,`0.00,`50000000382019052709732678860,`R99301000000000000002,`1.00,`0.00,`ORIGINAL,`FAIL,`CET,`,`0.00000,`0.60%,`0.00,`1.00,`\r\n\
总交易单数,应结订单总金额,退款总金额,充值券退款总金额,手续费总金额,订单总金额,申请退款总金额\r\n\
`3,`28.00,`16.00,`0.00,`0.09000,`30.00,`16.00\r\n";

fn read(bytes: &[u8]) -> Result<(Vec<BillRow>, BillSums), BillError> {
    let mut reader = BillReader::new(wechat::CODE, "1900000109", DAY);
    let mut rows = Vec::new();
    for line in bytes.split_inclusive(|byte| *byte == b'\n') {
        rows.extend(reader.line(line)?);
    }
    reader.end().map(|sums| (rows, sums))
}

#[test]
fn a_documented_bill_is_read_and_a_refund_that_was_given_up_is_no_money() {
    let (rows, sums) = read(REAL.as_bytes()).unwrap();
    assert_eq!(sums, BillSums { payments: 1, paid_fen: 3_000, refunds: 1, refunded_fen: 1_500 });
    let [paid, back] = rows.as_slice() else { panic!("{rows:?}") };
    assert_eq!((paid.kind, paid.amount_fen), (BillKind::Payment, 3_000), "what was paid, with its coupon");
    assert_eq!(paid.trade_no, "4200000055201802115555555555");
    assert_eq!((back.kind, back.reference.as_str()), (BillKind::Refund, "R99301000000000000001"));
}

#[test]
fn a_bill_is_read_as_it_was_written() {
    let row = |kind: BillKind, fen: i64| BillRow {
        kind,
        wire_number: "99301000000000000007".to_owned(),
        trade_no: "4200000055201802115555555555".to_owned(),
        reference: if kind == BillKind::Refund { "R1" } else { "4200000055201802115555555555" }.to_owned(),
        amount_fen: fen,
        at: parse_time("2018-02-11 23:59:59").unwrap(),
    };
    let rows = vec![row(BillKind::Payment, 3_000), row(BillKind::Refund, 1)];
    let mut writer = BillWriter::new(wechat::CODE, "1900000109", DAY);
    for row in &rows {
        writer.row(row, "CET报名, \"六级\" `x", row.at);
    }
    let (read, sums) = read(&writer.end(parse_time("2018-02-12 02:00:00").unwrap()).unwrap()).unwrap();
    assert_eq!(read, rows);
    assert_eq!(sums, BillSums { payments: 1, paid_fen: 3_000, refunds: 1, refunded_fen: 1 });
}

#[test]
fn what_is_not_this_bill_is_told() {
    let told = |old: &str, new: &str| {
        assert!(REAL.contains(old), "{old}");
        read(REAL.replace(old, new).as_bytes()).unwrap_err()
    };
    assert_eq!(told("`1900000109", "`1900000110"), BillError::Merchant);
    assert_eq!(told("2018-02-11 14:51:16", "2018-02-12 00:00:00"), BillError::Day);
    assert_eq!(told("`3,`28.00", "`4,`28.00"), BillError::Sums);
    assert_eq!(told("`30.00,`16.00\r\n", "`30.01,`16.00\r\n"), BillError::Sums);
    assert_eq!(told("`NATIVE,`SUCCESS", "`NATIVE,`REVOKED"), BillError::Row(2));
    assert_eq!(told("`CNY,`28.00", "`USD,`28.00"), BillError::Row(2));
    assert_eq!(told("商户订单号", "订单号"), BillError::Heading);
    assert_eq!(read(&[REAL.as_bytes(), REAL.as_bytes()].concat()).unwrap_err(), BillError::Merchant);
    assert_eq!(read(b"").unwrap_err(), BillError::Heading);
}

#[test]
fn a_bill_that_ends_anywhere_is_told_as_cut_off() {
    let bytes = REAL.as_bytes();
    let head = REAL.find('\n').unwrap() + 1;
    for end in head..bytes.len() - 4 {
        assert_eq!(read(&bytes[..end]).unwrap_err(), BillError::CutOff, "at {end}");
    }
}

proptest! {
    #[test]
    fn hostile_bytes_never_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400), place in 0_usize..2_000) {
        let _any = read(&bytes);
        let mut changed = REAL.as_bytes().to_vec();
        let place = place.min(changed.len());
        changed.splice(place..place, bytes);
        let _any = read(&changed);
    }
}
