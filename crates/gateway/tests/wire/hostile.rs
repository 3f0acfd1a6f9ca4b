//! Parsers return a result for any input, and a changed byte is never trusted.

use crate::world::*;
use gateway::alipay::platform::{Request, sign_fields};
use gateway::payease::NoticeStatus;
use gateway::payease::platform::Order;
use gateway::{Charset, Fields, Gateway, HttpReply, OrderNumber, format_yuan, parse_yuan};
use proptest::prelude::*;

fn everything_reads(bytes: &[u8]) {
    let (alipay, payease, wechat, merchant) = (alipay(), payease(), wechat(), merchant());
    let gateways: [&dyn Gateway; 3] = [&alipay, &payease, &wechat];
    for gateway in gateways {
        assert!(gateway.parse_plain(bytes).is_err());
        assert!(gateway.parse_return(bytes).is_err());
        let reply = HttpReply::plain(200, bytes);
        assert!(gateway.parse_query(&order(), reply).is_err());
        assert!(gateway.parse_close(&order(), reply).is_err());
        let _ = gateway.parse_refund(&refund(), reply);
        assert!(gateway.parse_refund_query(&refund(), reply).is_err());
    }
    assert!(Request::parse(bytes, APP, &app_public()).is_err());
    assert!(merchant.parse_order(bytes).is_err());
    assert!(merchant.parse_query(bytes).is_err());
    assert!(merchant.parse_refund(bytes).is_err());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn no_bytes_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        everything_reads(&bytes);
    }

    #[test]
    fn no_form_panics(text in "(v_oid|v_count|sign|sign_type|v_mac|a)=[ -~]{0,12}(&(v_oid|v_pstatus|charset|v_amount)=(%[0-9a-fA-F]{2}|\\|_\\||.){0,8}){0,6}") {
        everything_reads(text.as_bytes());
    }

    #[test]
    fn no_markup_panics(text in "(<[a-z/!?]{0,3}>?|&[a-z#0-9]{0,4};|\\{|\"[a-z]{0,3}\":|\\}|<order>|</order>|.){0,60}") {
        everything_reads(text.as_bytes());
    }

    #[test]
    fn amounts_go_to_the_wire_and_back(fen in 0..=gateway::MAX_FEN) {
        prop_assert_eq!(parse_yuan(&format_yuan(fen)), Some(fen));
    }

    #[test]
    fn forms_go_to_the_wire_and_back(values in proptest::collection::vec("[ -~一-龥]{0,20}", 1..6)) {
        for charset in [Charset::Utf8, Charset::Gbk] {
            let pairs: Vec<(String, String)> =
                values.iter().enumerate().map(|(at, value)| (format!("f{at}"), value.clone())).collect();
            let body = Fields::encode(&pairs, charset).unwrap();
            let fields = Fields::parse(body.as_bytes(), charset).unwrap();
            let read: Vec<(String, String)> = fields.pairs().map(|(n, v)| (n.to_owned(), v.to_owned())).collect();
            prop_assert_eq!(&read, &pairs);
        }
    }

    #[test]
    fn any_alipay_order_is_understood(serial in 0..OrderNumber::SERIAL_END, fen in 1..=gateway::MAX_FEN, subject in "[ -~一-龥]{1,40}") {
        let mut order = to_pay();
        order.order.number = OrderNumber::new("99301", serial).unwrap();
        order.amount_fen = fen;
        order.subject = subject.clone();
        let pay_form = alipay().pay_form(&order, now()).unwrap();
        let request = Request::parse(&form(&pay_form.fields, Charset::Utf8), APP, &app_public()).unwrap();
        let page = gateway::alipay::platform::PagePay::parse(&request.content).unwrap();
        prop_assert_eq!((page.amount_fen, page.subject), (fen, subject));
    }

    #[test]
    fn a_changed_byte_of_an_alipay_notice_is_never_believed(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let fields = pairs(&[
            ("charset", "utf-8"), ("app_id", APP), ("seller_id", SELLER), ("trade_no", "20170308"),
            ("out_trade_no", order().number.as_str()), ("trade_status", "TRADE_SUCCESS"), ("total_amount", "0.02"),
        ]);
        let honest = form(&sign_fields(fields, &alipay_private()).unwrap(), Charset::Utf8);
        let read = alipay().parse_plain(&honest).unwrap();
        let mut changed = honest;
        let at = at.index(changed.len());
        changed[at] = to;
        // A change may keep the meaning (the case of a percent-encoded digit), but it must not alter it.
        if let Ok(notices) = alipay().parse_plain(&changed) {
            prop_assert_eq!(notices, read);
        }
    }

    #[test]
    fn a_changed_byte_of_a_payease_notice_is_never_believed(at in any::<prop::sample::Index>(), to in any::<u8>()) {
        let paid = Order {
            oid: payease().wire_number(&order()), pmode: "中国银行".to_owned(), pstring: "支付成功".to_owned(), amount_fen: 2,
        };
        let honest = form(&merchant().notice(&[(paid, NoticeStatus::Paid)]).unwrap(), Charset::Gbk);
        let read = payease().parse_plain(&honest).unwrap();
        let mut changed = honest;
        let at = at.index(changed.len());
        changed[at] = to;
        if let Ok(notices) = payease().parse_plain(&changed) {
            let hint: Vec<_> = read.iter().cloned().map(|told| told.map(|mut notice| { notice.proven = false; notice })).collect();
            // Renaming v_sign removes the proof and nothing else.
            prop_assert!(notices == read || notices == hint);
        }
    }
}
