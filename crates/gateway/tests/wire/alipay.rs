//! Alipay: what one side builds the other accepts, and nothing else.

use crate::world::*;
use gateway::alipay::platform::{PagePay, Request, answer, sign_fields};
use gateway::alipay::{Method, format_time};
use gateway::{
    Acknowledgement, BillAddress, BuildError, Charset, CloseAnswer, Gateway, HttpReply, Outcome, RefundState,
    ReturnHint, TradeState, WireError,
};

fn notice_fields() -> Vec<(String, String)> {
    pairs(&[
        ("notify_time", "2017-03-08 09:05:00"),
        ("notify_type", "trade_status_sync"),
        ("notify_id", "ac05099524730693a8b330c45cece72da"),
        ("charset", "utf-8"),
        ("version", "1.0"),
        ("app_id", APP),
        ("seller_id", SELLER),
        ("trade_no", "2017030821001004000000000001"),
        ("out_trade_no", order().number.as_str()),
        ("trade_status", "TRADE_SUCCESS"),
        ("total_amount", "0.02"),
        ("subject", "报名费 & more=1+1%"),
        ("buyer_memo", ""),
    ])
}

fn signed(fields: Vec<(String, String)>) -> Vec<u8> {
    form(&sign_fields(fields, &alipay_private()).unwrap(), Charset::Utf8)
}

fn reply(body: &str) -> HttpReply<'_> {
    HttpReply::plain(200, body.as_bytes())
}

#[test]
fn the_platform_understands_the_pay_form() {
    let pay_form = alipay().pay_form(&to_pay(), now()).unwrap();
    assert_eq!(pay_form.action, "http://127.0.0.1:9001/gateway.do?charset=utf-8");
    let request = Request::parse(&form(&pay_form.fields, Charset::Utf8), APP, &app_public()).unwrap();
    assert_eq!(request.method, Method::PagePay);
    assert_eq!(request.notify_url.as_deref(), Some("http://127.0.0.1:8080/notify/alipay"));
    let page = PagePay::parse(&request.content).unwrap();
    assert_eq!((page.out_trade_no.as_str(), page.amount_fen), (order().number.as_str(), 2));
    assert_eq!(page.expires_at, Some(to_pay().expires_at));
}

#[test]
fn every_changed_field_of_the_pay_form_is_noticed() {
    let pay_form = alipay().pay_form(&to_pay(), now()).unwrap();
    for (name, _) in &pay_form.fields {
        let changed = with(&pay_form.fields, name, "x");
        assert!(Request::parse(&form(&changed, Charset::Utf8), APP, &app_public()).is_err(), "{name}");
    }
    let mut more = pay_form.fields;
    more.push(("extra".to_owned(), "1".to_owned()));
    assert!(Request::parse(&form(&more, Charset::Utf8), APP, &app_public()).is_err());
}

#[test]
fn what_cannot_be_paid_is_not_sent() {
    let ask = |change: fn(&mut gateway::OrderToPay)| {
        let mut order = to_pay();
        change(&mut order);
        alipay().pay_form(&order, now()).map(|_| ())
    };
    assert_eq!(ask(|order| order.amount_fen = 0), Err(BuildError::Amount));
    assert_eq!(ask(|order| order.amount_fen = 10_000_000_001), Err(BuildError::Amount));
    assert_eq!(ask(|order| order.subject.clear()), Err(BuildError::Subject));
    assert_eq!(ask(|order| order.subject = "费".repeat(257)), Err(BuildError::Subject));
    assert_eq!(ask(|order| order.expires_at = now()), Err(BuildError::Expired));
}

#[test]
fn an_honest_notice_is_proof() {
    let notices = alipay().parse_plain(&signed(notice_fields())).unwrap();
    let [Ok(notice)] = notices.as_slice() else { panic!("one order of ours") };
    assert_eq!(notice.order_number, order().number);
    assert_eq!((notice.amount_fen, &notice.outcome, notice.proven), (2, &Outcome::Paid, true));
    assert_eq!(notice.wire_number, alipay().wire_number(&order()));
    assert_eq!(alipay().acknowledge(Acknowledgement::Done).body, "success");
}

/// TH33.
#[test]
fn every_changed_missing_or_added_field_of_a_notice_is_noticed() {
    let fields = sign_fields(notice_fields(), &alipay_private()).unwrap();
    for (name, _) in &fields {
        let changed = form(&with(&fields, name, "1"), Charset::Utf8);
        assert!(alipay().parse_plain(&changed).is_err(), "{name} changed");
        let missing = form(&without(&fields, name), Charset::Utf8);
        assert!(alipay().parse_plain(&missing).is_err(), "{name} missing");
    }
    for value in ["", "1"] {
        let mut more = fields.clone();
        more.push(("extra".to_owned(), value.to_owned()));
        assert_eq!(
            alipay().parse_plain(&form(&more, Charset::Utf8)),
            Err(WireError::BadSignature("sign")),
            "added {value:?}"
        );
    }
}

#[test]
fn a_doubled_field_of_a_notice_refuses_it() {
    let mut body = signed(notice_fields());
    body.extend_from_slice(b"&total_amount=0.02");
    assert_eq!(alipay().parse_plain(&body), Err(WireError::DuplicateField("total_amount".to_owned())));
}

#[test]
fn a_notice_for_somebody_else_is_doubtful_though_it_is_signed() {
    let read = |name: &str, value: &str| alipay().parse_plain(&signed(with(&notice_fields(), name, value)));
    let doubt = |name: &str, value: &str| read(name, value).unwrap().remove(0).unwrap_err();
    assert_eq!(doubt("app_id", "2021000000000002").why, WireError::WrongApp);
    assert_eq!(doubt("seller_id", "2088000000000002").why, WireError::WrongMerchant);
    let number = doubt("out_trade_no", "99301");
    assert_eq!((number.why, number.wire_number.as_str()), (WireError::WrongOrder, "99301"));
    assert_eq!((number.amount_fen, number.outcome, number.proven), (Some(2), Some(Outcome::Paid), true));
    for amount in ["0.020", "-0.02"] {
        let amount = doubt("total_amount", amount);
        assert_eq!((amount.why, amount.amount_fen), (WireError::BadAmount, None));
    }
    let state = doubt("trade_status", "PAID");
    assert_eq!((state.why, state.outcome), (WireError::UnknownStatus, None));
    let mut dollars = notice_fields();
    dollars.extend(pairs(&[("pay_currency", "USD")]));
    assert_eq!(
        alipay().parse_plain(&signed(dollars)).unwrap().remove(0).unwrap_err().why,
        WireError::WrongCurrency
    );
    assert_eq!(read("charset", "GBK"), Err(WireError::WrongCharset));
    assert_eq!(read("trade_no", "a b"), Err(WireError::Malformed("trade_no")));
}

/// TH33.
#[test]
fn the_algorithm_and_the_key_are_pinned() {
    let fields = sign_fields(notice_fields(), &alipay_private()).unwrap();
    for algorithm in ["RSA", "rsa2", "MD5", "none", ""] {
        let body = form(&with(&fields, "sign_type", algorithm), Charset::Utf8);
        assert_eq!(alipay().parse_plain(&body), Err(WireError::WrongSignType));
    }
    let own = gateway::keys::Rsa2PrivateKey::from_pem(&keys().app_private).unwrap();
    let body = form(&sign_fields(notice_fields(), &own).unwrap(), Charset::Utf8);
    assert_eq!(alipay().parse_plain(&body), Err(WireError::BadSignature("sign")));
}

#[test]
fn states_of_a_notice_are_told_apart() {
    let outcome = |changes: &[(&str, &str)], more: &[(&str, &str)]| {
        let mut fields = notice_fields();
        for (name, value) in changes {
            fields = with(&fields, name, value);
        }
        fields.extend(pairs(more));
        let mut told = alipay().parse_plain(&signed(fields))?;
        told.remove(0).map(|notice| notice.outcome).map_err(|doubt| doubt.why)
    };
    assert_eq!(outcome(&[("trade_status", "TRADE_FINISHED")], &[]), Ok(Outcome::Paid));
    assert_eq!(outcome(&[("trade_status", "WAIT_BUYER_PAY")], &[]), Ok(Outcome::Pending));
    assert_eq!(outcome(&[("trade_status", "TRADE_CLOSED")], &[]), Ok(Outcome::Closed));
    let refund = [("refund_fee", "0.01"), ("gmt_refund", "2017-03-09 09:00:00.123"), ("out_biz_no", "R7")];
    let refunded = Outcome::Refunded { total_fen: 1, refund_number: Some("R7".to_owned()) };
    assert_eq!(outcome(&[], &refund), Ok(refunded.clone()));
    assert_eq!(outcome(&[("trade_status", "TRADE_CLOSED")], &refund), Ok(refunded));
    assert_eq!(outcome(&[("trade_status", "WAIT_BUYER_PAY")], &refund), Err(WireError::UnknownStatus));
    assert_eq!(outcome(&[], &[("gmt_refund", "x")]), Err(WireError::MissingField("refund_fee")));
}

#[test]
fn a_return_is_signed_but_says_nothing_and_is_no_notice() {
    let fields = pairs(&[
        ("charset", "utf-8"),
        ("method", "alipay.trade.page.pay.return"),
        ("out_trade_no", order().number.as_str()),
        ("total_amount", "0.02"),
        ("trade_no", "2017030821001004000000000001"),
        ("app_id", APP),
        ("seller_id", SELLER),
        ("version", "1.0"),
        ("timestamp", "2017-03-08 09:05:00"),
    ]);
    let query = signed(fields);
    assert_eq!(alipay().parse_return(&query).unwrap().hint, ReturnHint::Unsaid);
    assert_eq!(alipay().parse_plain(&query), Err(WireError::MissingField("trade_status")));
    assert!(alipay().parse_return(&signed(notice_fields())).is_err());
}

#[test]
fn an_answer_is_verified_as_raw_text() {
    let number = order().number;
    let members = [
        ("code", "10000"),
        ("out_trade_no", number.as_str()),
        ("trade_no", "2017030821001004000000000001"),
        ("trade_status", "TRADE_SUCCESS"),
        ("total_amount", "0.02"),
        ("subject", "a/b"),
    ];
    let body = answer(Method::Query, &members, &alipay_private()).unwrap();
    let paid = TradeState::Paid { trade_no: "2017030821001004000000000001".to_owned(), amount_fen: 2 };
    assert_eq!(alipay().parse_query(&order(), reply(&body)), Ok(paid));
    assert!(body.contains("a\\/b"));
    let rewritten = body.replace("\\/", "/");
    assert_eq!(alipay().parse_query(&order(), reply(&rewritten)), Err(WireError::BadSignature("sign")));
    let spaced = body.replace("\"code\":", "\"code\": ");
    assert_eq!(alipay().parse_query(&order(), reply(&spaced)), Err(WireError::BadSignature("sign")));
    let doubled = body.replacen('{', "{\"alipay_trade_query_response\":{\"code\":\"10000\"},", 1);
    assert!(alipay().parse_query(&order(), reply(&doubled)).is_err());
}

#[test]
fn answers_for_another_order_method_or_status_are_refused() {
    let members =
        [("code", "10000"), ("out_trade_no", "99301000000000000043"), ("trade_status", "TRADE_CLOSED")];
    let body = answer(Method::Query, &members, &alipay_private()).unwrap();
    assert_eq!(alipay().parse_query(&order(), reply(&body)), Err(WireError::WrongOrder));
    assert_eq!(alipay().parse_close(&order(), reply(&body)), Err(WireError::MissingField("response")));
    let failed = HttpReply::plain(503, body.as_bytes());
    assert_eq!(alipay().parse_query(&order(), failed), Err(WireError::HttpStatus(503)));
    let unsigned = "{\"alipay_trade_query_response\":{\"code\":\"10000\"}}";
    assert_eq!(alipay().parse_query(&order(), reply(unsigned)), Err(WireError::MissingField("sign")));
}

#[test]
fn a_trade_that_nobody_opened_does_not_exist() {
    let body = |method, sub_code| {
        answer(method, &[("code", "40004"), ("sub_code", sub_code)], &alipay_private()).unwrap()
    };
    let query = body(Method::Query, "ACQ.TRADE_NOT_EXIST");
    assert_eq!(alipay().parse_query(&order(), reply(&query)), Ok(TradeState::NotExist));
    let close = body(Method::Close, "ACQ.TRADE_NOT_EXIST");
    assert_eq!(alipay().parse_close(&order(), reply(&close)), Ok(CloseAnswer::NotExist));
    for code in ["ACQ.TRADE_HAS_SUCCESS", "ACQ.TRADE_STATUS_ERROR"] {
        let close = body(Method::Close, code);
        assert_eq!(alipay().parse_close(&order(), reply(&close)), Ok(CloseAnswer::AskAgain));
    }
    let broken = body(Method::Query, "ACQ.SYSTEM_ERROR");
    assert!(matches!(alipay().parse_query(&order(), reply(&broken)), Err(WireError::Gateway { .. })));
}

#[test]
fn a_refund_is_done_only_when_the_funds_changed() {
    let state = |change: &[(&str, &str)]| {
        let number = order().number;
        let mut members = vec![("code", "10000"), ("out_trade_no", number.as_str()), ("refund_fee", "0.01")];
        members.extend_from_slice(change);
        let body = answer(Method::Refund, &members, &alipay_private()).unwrap();
        alipay().parse_refund(&refund(), reply(&body))
    };
    assert_eq!(state(&[("fund_change", "Y")]), Ok(RefundState::Done { amount_fen: 1, reference: None }));
    assert_eq!(state(&[("fund_change", "N")]), Ok(RefundState::Pending));
    assert_eq!(state(&[]), Ok(RefundState::Pending));
}

#[test]
fn a_refund_query_has_to_name_the_refund() {
    let state = |change: &[(&str, &str)]| {
        let mut members = vec![("code", "10000")];
        members.extend_from_slice(change);
        let body = answer(Method::RefundQuery, &members, &alipay_private()).unwrap();
        alipay().parse_refund_query(&refund(), reply(&body))
    };
    let number = order().number;
    let named = |request, amount| {
        state(&[("out_trade_no", number.as_str()), ("out_request_no", request), ("refund_amount", amount)])
    };
    assert_eq!(state(&[]), Ok(RefundState::NotExist));
    assert_eq!(named("R7", "0.01"), Ok(RefundState::Done { amount_fen: 1, reference: None }));
    assert_eq!(named("Q8", "0.01"), Err(WireError::WrongOrder));
    assert_eq!(named("R7", "0.02"), Err(WireError::BadAmount));
}

#[test]
fn requests_to_the_api_are_understood_by_the_platform() {
    let close = alipay().close_request(&order(), now()).unwrap().unwrap();
    let requests = [
        (Method::Query, alipay().query_request(&order(), now()).unwrap()),
        (Method::Close, close),
        (Method::Refund, alipay().refund_request(&refund(), now()).unwrap()),
        (Method::RefundQuery, alipay().refund_query_request(&refund(), now()).unwrap()),
    ];
    for (method, request) in requests {
        let understood = Request::parse(&request.body, APP, &app_public()).unwrap();
        assert_eq!(understood.method, method);
        assert_eq!(understood.content.get("out_trade_no"), Some(order().number.as_str()));
    }
}

#[test]
fn a_bill_that_is_not_there_is_told_from_no_answer() {
    let heard = |members: &[(&str, &str)]| {
        let body = answer(Method::Bill, members, &alipay_private()).unwrap();
        alipay().parse_bill_address(reply(&body))
    };
    assert_eq!(heard(&[("code", "40004"), ("sub_code", "isp.bill_not_exist")]), Ok(BillAddress::Absent));
    let broken = heard(&[("code", "20000"), ("sub_code", "isp.unknow-error")]);
    assert!(matches!(broken, Err(WireError::Gateway { .. })));
}

#[test]
fn times_are_chinas() {
    assert_eq!(format_time(now()), "2017-03-08 09:00:00");
    assert_eq!(gateway::alipay::parse_time("2017-03-08 09:00:00"), Some(now()));
}
