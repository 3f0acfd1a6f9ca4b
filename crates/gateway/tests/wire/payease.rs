//! PayEase: the documented test vectors, both directions, and the pitfalls of its MACs.

use crate::world::*;
use gateway::keys::MacKey;
use gateway::payease::platform::{Order, RefundRow};
use gateway::payease::{MacText, NoticeStatus, QueryStatus, QueryTrust, ReturnStatus};
use gateway::{
    Acknowledgement, BuildError, Charset, Gateway, HttpReply, OrderNumber, OrderRef, Outcome, RefundState,
    ReturnHint, TradeState, WireError,
};

fn wire(serial: u64) -> String {
    payease().wire_number(&OrderRef { number: OrderNumber::new("99301", serial).unwrap(), made_at: now() })
}

fn paid(serial: u64) -> Order {
    Order {
        oid: wire(serial), pmode: "中国银行".to_owned(), pstring: "支付成功".to_owned(), amount_fen: 2
    }
}

fn reply(body: &[u8]) -> HttpReply<'_> {
    HttpReply::plain(200, body)
}

#[test]
fn the_documented_order_form_has_the_documented_mac() {
    let key = MacKey::new(b"test\n").unwrap();
    let parts = ["0", "20001124", "0.01", "888", "20001124-888-test002", "888", "http://domain/program"];
    let mac = key.sign(&parts.map(str::as_bytes)).unwrap();
    assert_eq!(mac, "bf253b52a53e61213aff27cdb7ec8b3d");
    assert!(key.verify(&parts.map(str::as_bytes), &mac));
}

#[test]
fn the_documented_notice_of_two_orders_has_the_documented_macs() {
    let key = MacKey::new(b"test").unwrap();
    let text = "20001124-888-test002|_|20001124-888-test003招商银行一网通|_|招商银行一网通3|_|1支付被拒绝|_|支付完成2";
    let gbk = Charset::Gbk.encode(text).unwrap();
    assert_eq!(key.sign(&[&gbk]).unwrap(), "5050d66bd68a85155d11209f6740209f");
    assert_eq!(key.sign(&[text.as_bytes()]).unwrap(), "b36a8c5e1a96507e8389ffc9f5a1b18d");
}

#[test]
fn the_platform_understands_the_order_form() {
    let pay_form = payease().pay_form(&to_pay(), now()).unwrap();
    assert_eq!(pay_form.action, "http://127.0.0.1:9002/prs/user_payment.checkit");
    let body = form(&pay_form.fields, Charset::Gbk);
    let order_form = merchant().parse_order(&body).unwrap();
    assert_eq!((order_form.oid, order_form.amount_fen), (wire(42), 2));
    for name in ["v_moneytype", "v_ymd", "v_amount", "v_rcvname", "v_oid", "v_mid", "v_url", "v_md5info"] {
        let changed = form(&with(&pay_form.fields, name, "1"), Charset::Gbk);
        assert!(merchant().parse_order(&changed).is_err(), "{name}");
    }
    assert!(pay_form.fields.iter().all(|(_, value)| value.is_ascii()));
}

#[test]
fn a_chosen_bank_goes_straight_to_the_bank() {
    let mut order = to_pay();
    order.bank = Some("85".to_owned());
    let pay_form = payease().pay_form(&order, now()).unwrap();
    assert_eq!(pay_form.action, "http://127.0.0.1:9002/customer/gb/pay_bank.jsp");
    assert_eq!(
        merchant().parse_order(&form(&pay_form.fields, Charset::Gbk)).unwrap().bank.as_deref(),
        Some("85")
    );
    order.bank = Some("85&v_amount=0.01".to_owned());
    assert_eq!(payease().pay_form(&order, now()), Err(BuildError::Bank));
}

#[test]
fn a_notice_of_one_to_four_orders_is_proof_when_it_is_signed() {
    for count in 1..=4 {
        let orders: Vec<_> = (0..count).map(|serial| (paid(serial), NoticeStatus::Paid)).collect();
        let fields = merchant().notice(&orders).unwrap();
        let notices = payease().parse_plain(&form(&fields, Charset::Gbk)).unwrap();
        assert_eq!(notices.len(), orders.len());
        for (notice, (order, _)) in notices.into_iter().map(Result::unwrap).zip(&orders) {
            assert_eq!((&notice.wire_number, notice.amount_fen), (&order.oid, 2));
            assert_eq!((&notice.outcome, notice.proven), (&Outcome::Paid, true));
        }
    }
    assert_eq!(payease().acknowledge(Acknowledgement::Done).body, "sent");
    assert_eq!(payease().acknowledge(Acknowledgement::Failed).body, "error");
}

#[test]
fn no_order_and_five_orders_are_no_notice() {
    for count in [0, 5] {
        let orders: Vec<_> = (0..count).map(|serial| (paid(serial), NoticeStatus::Paid)).collect();
        let fields = merchant().notice(&orders).unwrap();
        assert_eq!(payease().parse_plain(&form(&fields, Charset::Gbk)), Err(WireError::BadCount));
    }
}

#[test]
fn a_notice_without_v_sign_is_only_a_hint() {
    let fields = merchant().notice(&[(paid(1), NoticeStatus::Paid)]).unwrap();
    for fields in [without(&fields, "v_sign"), with(&fields, "v_sign", "")] {
        let notices = payease().parse_plain(&form(&fields, Charset::Gbk)).unwrap();
        assert!(!notices[0].as_ref().unwrap().proven);
    }
}

/// TH33.
#[test]
fn every_changed_or_missing_field_of_a_notice_is_noticed() {
    let fields = merchant().notice(&[(paid(1), NoticeStatus::Paid)]).unwrap();
    for (name, _) in &fields {
        let changed = form(&with(&fields, name, "9"), Charset::Gbk);
        assert!(matches!(payease().parse_plain(&changed), Err(WireError::BadSignature(_))), "{name}");
        if name != "v_sign" {
            let missing = form(&without(&fields, name), Charset::Gbk);
            assert!(matches!(payease().parse_plain(&missing), Err(WireError::MissingField(_))), "{name}");
        }
    }
}

#[test]
fn an_amount_spliced_in_from_another_notice_is_caught_by_v_sign_alone() {
    let cheap = merchant().notice(&[(paid(1), NoticeStatus::Paid)]).unwrap();
    let dear = Order { amount_fen: 9_900, ..paid(2) };
    let dear = merchant().notice(&[(dear, NoticeStatus::Declined)]).unwrap();
    let value = |name: &str| dear.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let spliced = with(&with(&cheap, "v_amount", &value("v_amount")), "v_md5money", &value("v_md5money"));
    assert_eq!(payease().parse_plain(&form(&spliced, Charset::Gbk)), Err(WireError::BadSignature("v_sign")));
    let unsigned = payease().parse_plain(&form(&without(&spliced, "v_sign"), Charset::Gbk)).unwrap();
    assert!(
        !unsigned[0].as_ref().unwrap().proven,
        "without v_sign the splice passes, so it must stay a hint"
    );
}

#[test]
fn field_borders_cannot_be_moved() {
    let fields = merchant().notice(&[(paid(1), NoticeStatus::Paid)]).unwrap();
    // …0001 + 1 + 0.02 is the same signed text as …000 + 1 + 10.02; v_mac would also need a shifted v_pmode.
    let oid = wire(1);
    let shorter = &oid[..oid.len() - 1];
    let moved = with(&with(&with(&fields, "v_oid", shorter), "v_pmode", "1中国银行"), "v_amount", "10.02");
    let money = MacKey::new(keys().mac_key.as_bytes()).unwrap().sign(&[b"10.02", b"0"]).unwrap();
    let moved = with(&moved, "v_md5money", &money);
    let told = payease().parse_plain(&form(&moved, Charset::Gbk)).unwrap();
    assert_eq!(told[0].as_ref().unwrap_err().why, WireError::WrongOrder);
}

#[test]
fn a_stranger_in_a_notice_moves_no_border_of_the_orders_beside_it() {
    let stranger = Order { oid: "20170308-888-71".to_owned(), ..paid(1) };
    let fields =
        merchant().notice(&[(paid(1), NoticeStatus::Pending), (stranger, NoticeStatus::Paid)]).unwrap();
    // The last digit of the other order's number moves to the states: `1` and `0` would be the first order's.
    let value = |name: &str| fields.iter().find(|(known, _)| known == name).unwrap().1.clone();
    let (oids, states) = (value("v_oid"), format!("1{}", value("v_pstatus")));
    let oids = &oids[..oids.len() - 1];
    let gbk = |name: &str| Charset::Gbk.encode(&value(name)).unwrap().into_owned();
    let parts = [oids.as_bytes(), &gbk("v_pmode"), states.as_bytes(), &gbk("v_pstring"), b"2"];
    let mac = MacKey::new(keys().mac_key.as_bytes()).unwrap().sign(&parts).unwrap();
    let moved = with(&with(&with(&fields, "v_oid", oids), "v_pstatus", &states), "v_mac", &mac);
    let read = payease().parse_plain(&form(&moved, Charset::Gbk)).unwrap();
    let [Err(first), Err(second)] = read.as_slice() else { panic!("{read:?}") };
    assert_eq!((&first.why, &second.why), (&WireError::UnknownStatus, &WireError::WrongOrder));
    assert!(!first.proven && !second.proven, "v_sign alone would let it pass");
}

#[test]
fn each_order_of_a_notice_has_its_own_verdict() {
    let parse = |orders: &[(Order, NoticeStatus)]| {
        payease().parse_plain(&form(&merchant().notice(orders).unwrap(), Charset::Gbk))
    };
    let foreign = Order { oid: wire(1).replace("-888-", "-889-"), ..paid(1) };
    let shorter = Order { oid: "20170308-888-12".to_owned(), ..paid(1) };
    let all =
        [(foreign, NoticeStatus::Paid), (paid(2), NoticeStatus::Paid), (shorter, NoticeStatus::Declined)];
    let told = parse(&all).unwrap();
    let [Err(foreign), Ok(ours), Err(shorter)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&foreign.why, foreign.outcome.as_ref()), (&WireError::WrongMerchant, Some(&Outcome::Paid)));
    assert_eq!((foreign.wire_number.as_str(), foreign.amount_fen), (all[0].0.oid.as_str(), Some(2)));
    assert_eq!((&ours.wire_number, ours.proven), (&wire(2), true));
    assert_eq!((&shorter.why, shorter.outcome.as_ref()), (&WireError::WrongOrder, Some(&Outcome::Declined)));
    let twice = [(paid(1), NoticeStatus::Paid), (paid(1), NoticeStatus::Declined)];
    assert_eq!(parse(&twice).unwrap().iter().filter(|one| one.is_ok()).count(), 2);
}

#[test]
fn an_order_that_cannot_be_read_silences_none_beside_it() {
    let fields = merchant().notice(&[(paid(1), NoticeStatus::Paid), (paid(2), NoticeStatus::Paid)]).unwrap();
    let value = |fields: &[(String, String)], name: &str| {
        fields.iter().find(|(known, _)| known == name).unwrap().1.clone()
    };
    let mac = |parts: &[&[u8]]| MacKey::new(keys().mac_key.as_bytes()).unwrap().sign(parts).unwrap();
    let amounts = with(&without(&fields, "v_sign"), "v_amount", "0.2e1|_|0.02");
    let amounts = with(&amounts, "v_md5money", &mac(&[b"0.2e1|_|0.02", b"0|_|0"]));
    let told = payease().parse_plain(&form(&amounts, Charset::Gbk)).unwrap();
    let [Err(first), Ok(second)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!((&first.why, first.amount_fen, second.amount_fen), (&WireError::BadAmount, None, 2));
    let states = with(&without(&fields, "v_sign"), "v_pstatus", "20|_|1");
    let gbk = |name: &str| Charset::Gbk.encode(&value(&states, name)).unwrap().into_owned();
    let signed =
        mac(&[value(&states, "v_oid").as_bytes(), &gbk("v_pmode"), b"20|_|1", &gbk("v_pstring"), b"2"]);
    let told = payease().parse_plain(&form(&with(&states, "v_mac", &signed), Charset::Gbk)).unwrap();
    let [Err(first), Ok(second)] = told.as_slice() else { panic!("{told:?}") };
    assert_eq!(
        (&first.why, &first.outcome, &second.outcome),
        (&WireError::UnknownStatus, &None, &Outcome::Paid)
    );
}

#[test]
fn only_a_gateway_that_ends_trades_has_a_word_for_it() {
    for gateway in [&payease() as &dyn Gateway, &alipay()] {
        let request = gateway.close_request(&order(), now()).unwrap();
        assert_eq!(request.is_some(), gateway.code().ends_trades());
    }
}

#[test]
fn a_returns_one_is_submitted_and_a_notices_one_is_paid() {
    assert_eq!(ReturnStatus::parse("1").map(ReturnStatus::hint), Ok(ReturnHint::Submitted));
    assert_eq!(NoticeStatus::parse("1").map(NoticeStatus::outcome), Ok(Outcome::Paid));
    assert_eq!(ReturnStatus::parse("20").map(ReturnStatus::hint), Ok(ReturnHint::SaysPaid));
    assert_eq!(NoticeStatus::parse("20"), Err(WireError::UnknownStatus));
    assert_eq!(NoticeStatus::parse("3").map(NoticeStatus::outcome), Ok(Outcome::Declined));
}

#[test]
fn a_return_is_read_and_every_change_of_it_is_noticed() {
    let fields = merchant().returned(&paid(42), ReturnStatus::Paid).unwrap();
    let returned = payease().parse_return(&form(&fields, Charset::Gbk)).unwrap();
    assert_eq!((returned.order_number, returned.hint), (order().number, ReturnHint::SaysPaid));
    for (name, _) in &fields {
        let changed = form(&with(&fields, name, "1"), Charset::Gbk);
        assert!(payease().parse_return(&changed).is_err(), "{name}");
    }
    assert!(payease().parse_plain(&form(&fields, Charset::Gbk)).is_err(), "a return is no notice");
}

#[test]
fn each_reading_of_the_mac_text_agrees_with_itself_and_no_other() {
    let texts = [MacText::Gbk, MacText::Utf8, MacText::UrlEncodedUtf8];
    for sender in texts {
        let fields = merchant_with(sender).notice(&[(paid(1), NoticeStatus::Paid)]).unwrap();
        for reader in texts {
            let gateway = payease_with(reader, QueryTrust::Signature);
            let read = gateway.parse_plain(&form(&fields, Charset::Gbk));
            assert_eq!(read.is_ok(), sender == reader, "{sender:?} {reader:?}");
        }
    }
}

#[test]
fn a_query_finds_paid_unpaid_and_unknown_orders() {
    let request = payease().query_request(&order(), now()).unwrap();
    assert_eq!(merchant().parse_query(&request.body), Ok(wire(42)));
    let state = |found: Option<(&Order, QueryStatus)>| {
        let body = merchant().query_answer(&wire(42), found).unwrap();
        payease().parse_query(&order(), reply(&body))
    };
    let paid_state = TradeState::Paid { trade_no: wire(42), amount_fen: 2 };
    assert_eq!(state(Some((&paid(42), QueryStatus::Paid))), Ok(paid_state));
    assert_eq!(state(Some((&paid(42), QueryStatus::Unpaid))), Ok(TradeState::Waiting));
    assert_eq!(state(Some((&paid(42), QueryStatus::Failed))), Ok(TradeState::Declined));
    assert_eq!(state(None), Ok(TradeState::NotExist));
    assert_eq!(state(Some((&paid(43), QueryStatus::Paid))), Err(WireError::WrongOrder));
}

#[test]
fn an_order_that_was_paid_twice_is_paid() {
    let body = merchant().query_answer(&wire(42), Some((&paid(42), QueryStatus::Paid))).unwrap();
    let text = Charset::Gbk.decode(&body).unwrap();
    let (from, to) = (text.find("<order>").unwrap(), text.find("</order>").unwrap());
    let twice = text.replacen("</order>", &format!("</order>{}</order>", &text[from..to]), 1);
    let read = |text: &str| payease().parse_query(&order(), reply(&Charset::Gbk.encode(text).unwrap()));
    assert!(matches!(read(&twice), Ok(TradeState::Paid { amount_fen: 2, .. })));
}

#[test]
fn an_answer_without_its_sign_counts_only_where_the_connection_is_trusted() {
    let body = merchant().query_answer(&wire(42), Some((&paid(42), QueryStatus::Paid))).unwrap();
    let text = Charset::Gbk.decode(&body).unwrap();
    let (head, rest) = text.split_once("<sign>").unwrap();
    let (_, tail) = rest.split_once("</sign>").unwrap();
    let bare = Charset::Gbk.encode(&format!("{head}{tail}")).unwrap().into_owned();
    assert_eq!(payease().parse_query(&order(), reply(&bare)), Err(WireError::MissingField("sign")));
    let trusting = payease_with(MacText::Gbk, QueryTrust::Connection);
    assert!(matches!(trusting.parse_query(&order(), reply(&bare)), Ok(TradeState::Paid { .. })));
    let forged = Charset::Gbk.encode(&text.replace("0.02", "0.03")).unwrap().into_owned();
    assert_eq!(trusting.parse_query(&order(), reply(&forged)), Err(WireError::BadSignature("sign")));
}

#[test]
fn a_refund_is_taken_then_found_in_the_list() {
    let request = payease().refund_request(&refund(), now()).unwrap();
    let refund_form = merchant().parse_refund(&request.body).unwrap();
    assert_eq!(
        (refund_form.oid.as_str(), refund_form.amount_fen, refund_form.reason.as_str()),
        (&*wire(42), 1, "R7")
    );
    let taken = merchant().refund_answer(&refund_form, Ok("5001")).unwrap();
    assert_eq!(payease().parse_refund(&refund(), reply(&taken)), Ok(RefundState::Pending));
    let refused = merchant().refund_answer(&refund_form, Err("Invalid refund money")).unwrap();
    assert!(matches!(payease().parse_refund(&refund(), reply(&refused)), Ok(RefundState::Refused { .. })));

    let list = |rows: Option<&[RefundRow]>| {
        let body = merchant().refund_list(&wire(42), rows).unwrap();
        payease().parse_refund_query(&refund(), reply(&body))
    };
    let row = |reason: &str, done| RefundRow {
        refid: "5001".to_owned(),
        amount_fen: 1,
        reason: reason.to_owned(),
        done,
    };
    assert_eq!(list(None), Ok(RefundState::NotExist));
    let other = RefundState::Unexplained { reasons: vec!["R6".to_owned()] };
    assert_eq!(list(Some(&[row("R6", true)])), Ok(other));
    let more = RefundRow { amount_fen: 2, ..row("R6", true) };
    assert_eq!(list(Some(&[more])), Ok(RefundState::NotExist), "another sum is another refund");
    assert_eq!(list(Some(&[row("R6", true), row("R7", false)])), Ok(RefundState::Pending));
    let done = RefundState::Done { amount_fen: 1, reference: Some("5001".to_owned()) };
    assert_eq!(list(Some(&[row("R7", true)])), Ok(done));
}

#[test]
fn what_stands_beside_it_in_a_list_takes_nothing_from_what_is_ours() {
    let part = |body: &[u8], name: &str| {
        let text = Charset::Gbk.decode(body).unwrap();
        let (from, to) =
            (text.find(&format!("<{name}>")).unwrap(), text.rfind(&format!("</{name}>")).unwrap());
        text[from..to].to_owned() + &format!("</{name}>")
    };
    let answer = |serial, state| merchant().query_answer(&wire(42), Some((&paid(serial), state))).unwrap();
    let (ours, other) = (answer(42, QueryStatus::Paid), part(&answer(43, QueryStatus::Paid), "order"));
    let waits = answer(42, QueryStatus::Unpaid);
    let unsigned = other.replace("<sign>", "<sign>AAAA");
    for stranger in [&other, &unsigned] {
        let beside = |body: &[u8]| {
            let text = Charset::Gbk
                .decode(body)
                .unwrap()
                .replace("<messagebody>", &format!("<messagebody>{stranger}"));
            payease().parse_query(&order(), reply(&Charset::Gbk.encode(&text).unwrap()))
        };
        assert!(matches!(beside(&ours), Ok(TradeState::Paid { .. })));
        assert!(beside(&waits).is_err(), "the stranger might have been ours, and paid");
    }
    let row = |refid: &str, reason: &str| RefundRow {
        refid: refid.to_owned(),
        amount_fen: 1,
        reason: reason.to_owned(),
        done: true,
    };
    let list = |rows: &[RefundRow]| {
        String::from_utf8(merchant().refund_list(&wire(42), Some(rows)).unwrap()).unwrap()
    };
    let read = |text: &str| payease().parse_refund_query(&refund(), reply(text.as_bytes()));
    let both = list(&[row("5000", "R6"), row("5001", "R7")]).replacen("<sign>", "<sign>AAAA", 1);
    assert!(matches!(read(&both), Ok(RefundState::Done { .. })));
    let alone = list(&[row("5000", "R6")]);
    assert_eq!(read(&alone), Ok(RefundState::Unexplained { reasons: vec!["R6".to_owned()] }));
    let unnamed = alone.replace("<refreason>R6</refreason>", "");
    assert_eq!(read(&unnamed), Ok(RefundState::Unexplained { reasons: vec![String::new()] }));
    let older = alone.replace("<refund>", "<order>").replace("</refund>", "</order>");
    assert_eq!(read(&older), Ok(RefundState::Unexplained { reasons: vec![String::new()] }));
    assert!(
        read(&alone.replacen("<sign>", "<sign>AAAA", 1)).is_err(),
        "it might be ours: nothing is sent again"
    );
}

#[test]
fn one_address_gives_both_origins() {
    use gateway::payease::PayEaseSettings;
    let (pay, api) = PayEaseSettings::origins("https://pay.yizhifubj.com/");
    assert_eq!((pay.as_str(), api.as_str()), ("https://pay.yizhifubj.com", "https://api.yizhifubj.com"));
    let (pay, api) = PayEaseSettings::origins("http://127.0.0.1:9002");
    assert_eq!(pay, api);
}
