//! A shop with one sitting, and both gateways played by their own side of the protocols, with faults on request.

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::{Arc, Mutex, OnceLock};

use futures_util::future::BoxFuture;
use gateway::alipay::platform::{Request, answer, sign_fields};
use gateway::alipay::{Alipay, AlipaySettings, Method};
use gateway::keys::{
    DemoKeys, MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey, generate,
};
use gateway::payease::platform::{Merchant, Order as PayEaseOrder, RefundRow};
use gateway::payease::{MacText, NoticeStatus, PayEase, PayEaseSettings, QueryStatus, QueryTrust};
use gateway::{Charset, Fields, Gateway, GatewayCode, HttpRequest, format_yuan};

use crate::config::Bank as BankChoice;
use crate::entry::testing::{HOME, World, sitting};
use crate::payment::choice::method;
use crate::payment::desk::{Desk, Shop};
use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::store::{self, Order};
use crate::payment::verbs::{Pay, pay, receive};
use crate::payment::wire::{NoReply, Reply, Wire};
use crate::sitting::CatalogueCell;
use crate::store::testing::TestDb;
use crate::store::{Db, Tx};
use crate::vault::Vault;
use crate::verify;
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::ids::{EntryId, OrderId, PassportId};

pub(crate) const APP: &str = "2021000000000001";
pub(crate) const SELLER: &str = "2088000000000001";
pub(crate) const MID: &str = "888";

fn keys() -> &'static DemoKeys {
    static KEYS: OnceLock<DemoKeys> = OnceLock::new();
    KEYS.get_or_init(|| {
        let mut state = 0x9e37_79b9_7f4a_7c15_u64;
        generate(&mut |into| {
            for byte in into {
                state ^= state << 13;
                state ^= state >> 7;
                state ^= state << 17;
                *byte = state.to_le_bytes()[3];
            }
            true
        })
        .unwrap()
    })
}

fn gateways() -> Vec<Arc<dyn Gateway>> {
    let alipay = Alipay::new(AlipaySettings {
        endpoint: "http://127.0.0.1:9001/gateway.do".to_owned(),
        app_id: APP.to_owned(),
        seller_id: SELLER.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().app_private).unwrap(),
        alipay_public_key: Rsa2PublicKey::from_pem(&keys().alipay_public).unwrap(),
    });
    let payease = PayEase::new(PayEaseSettings {
        pay_origin: "http://127.0.0.1:9002".to_owned(),
        api_origin: "http://127.0.0.1:9002".to_owned(),
        mid: MID.to_owned(),
        mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
        public_key: Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap(),
        mac_text: MacText::Gbk,
        query_trust: QueryTrust::Signature,
    })
    .unwrap();
    vec![Arc::new(alipay), Arc::new(payease)]
}

/// How a trade stands at a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TradeIs {
    Waiting,
    Paid,
    Closed,
}

#[derive(Clone, Debug)]
pub(crate) struct Trade {
    pub(crate) amount: i64,
    pub(crate) state: TradeIs,
    /// Number and sum of each refund that was made.
    pub(crate) refunds: Vec<(String, i64)>,
}

/// What befalls the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Timeout,
    Unavailable,
    WrongSignature,
    /// The gateway does what is asked, and its answer is lost.
    AnswerLost,
}

/// Both gateways: trades by their number on the wire.
#[derive(Default)]
pub(crate) struct Bank {
    pub(crate) trades: Mutex<BTreeMap<String, Trade>>,
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    pub(crate) calls: Mutex<usize>,
}

impl Bank {
    pub(crate) fn set(&self, number: &str, amount: i64, state: TradeIs) {
        let mut trades = self.trades.lock().unwrap();
        let refunds = trades.get(number).map(|trade| trade.refunds.clone()).unwrap_or_default();
        trades.insert(number.to_owned(), Trade { amount, state, refunds });
    }

    pub(crate) fn fail(&self, faults: &[Fault]) {
        self.faults.lock().unwrap().extend(faults);
    }

    pub(crate) fn refunded(&self) -> i64 {
        self.trades.lock().unwrap().values().flat_map(|trade| &trade.refunds).map(|(_, fen)| fen).sum()
    }

    pub(crate) fn is(&self, number: &str) -> Option<TradeIs> {
        self.trades.lock().unwrap().get(number).map(|trade| trade.state)
    }

    fn alipay(&self, body: &[u8]) -> Vec<u8> {
        let app = Rsa2PublicKey::from_pem(&keys().app_public).unwrap();
        let request = Request::parse(body, APP, &app).unwrap();
        let number = request.content.require("out_trade_no").unwrap().to_owned();
        let mut trades = self.trades.lock().unwrap();
        let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap();
        let say = |members: &[(&str, &str)]| answer(request.method, members, &key).unwrap().into_bytes();
        let Some(trade) = trades.get_mut(&number) else {
            return say(&[("code", "40004"), ("msg", "no"), ("sub_code", "ACQ.TRADE_NOT_EXIST")]);
        };
        let (amount, trade_no) = (format_yuan(trade.amount), format!("T{number}"));
        let found = [("code", "10000"), ("out_trade_no", &number), ("trade_no", &trade_no)];
        match request.method {
            Method::Query => {
                let state = match trade.state {
                    TradeIs::Waiting => "WAIT_BUYER_PAY",
                    TradeIs::Paid => "TRADE_SUCCESS",
                    TradeIs::Closed => "TRADE_CLOSED",
                };
                say(&[&found[..], &[("trade_status", state), ("total_amount", &amount)]].concat())
            }
            Method::Close if trade.state == TradeIs::Waiting => {
                trade.state = TradeIs::Closed;
                say(&found)
            }
            Method::Close => say(&[("code", "40004"), ("sub_code", "ACQ.TRADE_STATUS_ERROR")]),
            Method::Refund => {
                let no = request.content.require("out_request_no").unwrap().to_owned();
                let fen = gateway::parse_yuan(request.content.require("refund_amount").unwrap()).unwrap();
                let new = !trade.refunds.iter().any(|(known, _)| *known == no);
                if new {
                    trade.refunds.push((no, fen));
                }
                say(&[&found[..], &[("fund_change", if new { "Y" } else { "N" })]].concat())
            }
            Method::RefundQuery => {
                let no = request.content.require("out_request_no").unwrap().to_owned();
                match trade.refunds.iter().find(|(known, _)| *known == no) {
                    None => say(&[("code", "10000")]),
                    Some((_, fen)) => {
                        let sum = format_yuan(*fen);
                        say(&[&found[..], &[("out_request_no", no.as_str()), ("refund_amount", &sum)]].concat())
                    }
                }
            }
            Method::PagePay => panic!("browsers go there"),
        }
    }

    fn payease(&self, url: &str, body: &[u8]) -> Vec<u8> {
        let merchant = merchant();
        let mut trades = self.trades.lock().unwrap();
        if url.ends_with("ref_ack_submit.jsp") {
            let form = merchant.parse_refund(body).unwrap();
            let Some(trade) = trades.get_mut(&form.oid) else { return merchant.refund_answer(&form, Err("no")).unwrap() };
            // PayEase does not look at our number: a repeat is a second refund.
            trade.refunds.push((form.reason.clone(), form.amount_fen));
            return merchant.refund_answer(&form, Ok("1")).unwrap();
        }
        let oid = merchant.parse_query(body).unwrap();
        let found = trades.get(&oid);
        if url.ends_with("ref_ack_oid_list_utf8.jsp") {
            let row = |(reason, fen): &(String, i64)| RefundRow {
                refid: "1".to_owned(),
                amount_fen: *fen,
                reason: reason.clone(),
                done: true,
            };
            let rows: Option<Vec<_>> = found.map(|trade| trade.refunds.iter().map(row).collect());
            return merchant.refund_list(&oid, rows.as_deref()).unwrap();
        }
        let found = found.map(|trade| {
            let state = match trade.state {
                TradeIs::Waiting => QueryStatus::Unpaid,
                TradeIs::Paid => QueryStatus::Paid,
                TradeIs::Closed => QueryStatus::Failed,
            };
            (payease_order(&oid, trade.amount), state)
        });
        merchant.query_answer(&oid, found.as_ref().map(|(order, state)| (order, *state))).unwrap()
    }

    fn answer(&self, request: &HttpRequest) -> Vec<u8> {
        if request.url.contains("gateway.do") {
            self.alipay(&request.body)
        } else {
            self.payease(&request.url, &request.body)
        }
    }
}

impl Wire for Bank {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        Box::pin(async move {
            *self.calls.lock().unwrap() += 1;
            let fault = self.faults.lock().unwrap().pop_front();
            match fault {
                None => Ok(Reply { status: 200, body: self.answer(&request) }),
                Some(Fault::Timeout) => Err(NoReply::Timeout),
                Some(Fault::Unavailable) => Ok(Reply { status: 503, body: Vec::new() }),
                Some(Fault::WrongSignature) => {
                    let text = String::from_utf8_lossy(&self.answer(&request)).replace("\"sign\":\"", "\"sign\":\"AAAA");
                    Ok(Reply { status: 200, body: text.replace("<sign>", "<sign>AAAA").into_bytes() })
                }
                Some(Fault::AnswerLost) => {
                    let _lost = self.answer(&request);
                    Err(NoReply::Broken)
                }
            }
        })
    }
}

pub(crate) fn merchant() -> Merchant {
    Merchant {
        mid: MID.to_owned(),
        mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
        private_key: Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap(),
        mac_text: MacText::Gbk,
    }
}

pub(crate) fn payease_order(oid: &str, amount_fen: i64) -> PayEaseOrder {
    PayEaseOrder { oid: oid.to_owned(), pmode: "中国银行".to_owned(), pstring: "ok".to_owned(), amount_fen }
}

/// A notice of Alipay, with some fields changed before it is signed.
pub(crate) fn alipay_notice(order: &Order, status: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    let (number, amount) = (order.number.to_string(), format_yuan(order.amount.get()));
    let mut fields: Vec<(String, String)> = [
        ("notify_time", "2017-09-20 12:05:00"),
        ("notify_type", "trade_status_sync"),
        ("notify_id", "ac05099524730693a8b330c45cece72da"),
        ("charset", "utf-8"),
        ("version", "1.0"),
        ("app_id", APP),
        ("seller_id", SELLER),
        ("trade_no", &format!("T{number}")),
        ("out_trade_no", &number),
        ("trade_status", status),
        ("total_amount", &amount),
    ]
    .map(|(name, value)| (name.to_owned(), value.to_owned()))
    .to_vec();
    for (name, value) in changes {
        fields.retain(|(known, _)| known != name);
        fields.push(((*name).to_owned(), (*value).to_owned()));
    }
    let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap();
    Fields::encode(&sign_fields(fields, &key).unwrap(), Charset::Utf8).unwrap().into_bytes()
}

/// A notice of PayEase about several orders.
pub(crate) fn payease_notice(shop: &Shop, orders: &[(&Order, NoticeStatus)], signed: bool) -> Vec<u8> {
    let gateway = shop.desk.gateway(GatewayCode::PayEase).unwrap();
    let orders: Vec<_> = orders
        .iter()
        .map(|(order, state)| {
            (payease_order(&gateway.wire_number(&order.reference()), order.amount.get()), *state)
        })
        .collect();
    let mut fields = merchant().notice(&orders).unwrap();
    fields.retain(|(name, _)| signed || name != "v_sign");
    Fields::encode(&fields, Charset::Gbk).unwrap().into_bytes()
}

/// Candidates, their entries, a shop and a bank.
pub(crate) struct Market {
    pub(crate) world: World,
    pub(crate) shop: Shop,
    pub(crate) bank: Arc<Bank>,
}

pub(crate) fn school() -> SchoolCode {
    CampusCode::parse(HOME).unwrap().school()
}

impl Market {
    pub(crate) async fn open(t: TestDb, seats: i64) -> Self {
        let world = World::with_seats(t, seats).await;
        let bank = Arc::new(Bank::default());
        let shop = shop_on(&world, world.t.db.clone(), &bank);
        Self { world, shop, bank }
    }

    /// A second node on the same database.
    pub(crate) async fn another_shop(&self) -> Shop {
        shop_on(&self.world, self.world.t.another_node().await, &self.bank)
    }

    pub(crate) fn wish(&self, who: PassportId, entries: &[EntryId], gateway: &str, bank: &str) -> Pay {
        Pay {
            passport: who,
            sitting: sitting(),
            entries: entries.iter().copied().collect::<BTreeSet<_>>(),
            method: method(gateway, bank, &self.shop.desk.offered()),
            address: String::new(),
        }
    }

    pub(crate) async fn pay(&self, who: PassportId, entries: &[EntryId], gateway: &str) -> Result<OrderId, Vec<PaymentRefusal>> {
        let bank = if gateway == "payease" { "85" } else { "" };
        pay(&self.shop, self.wish(who, entries, gateway, bank)).await.map_err(refused)
    }

    /// Opens an order for all that is unpaid.
    pub(crate) async fn opened(&self, who: PassportId, gateway: &str) -> Order {
        let id = self.pay(who, &[], gateway).await.unwrap();
        self.order(id).await
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        let db = &self.world.t.db;
        db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, school(), id).await).await.unwrap().unwrap()
    }

    pub(crate) fn wire_number(&self, order: &Order) -> String {
        self.shop.desk.gateway(order.method.gateway).unwrap().wire_number(&order.reference())
    }

    /// The payer pays at the gateway, which has not told yet.
    pub(crate) fn pays(&self, order: &Order) {
        self.bank.set(&self.wire_number(order), order.amount.get(), TradeIs::Paid);
    }

    pub(crate) async fn notify(&self, body: &[u8]) -> &'static str {
        let code = if body.starts_with(b"v_") { GatewayCode::PayEase } else { GatewayCode::Alipay };
        receive(&self.shop, code, body).await.unwrap()
    }

    /// The payer pays, and the gateway tells.
    pub(crate) async fn pays_and_tells(&self, order: &Order) -> &'static str {
        self.pays(order);
        let body = match order.method.gateway {
            GatewayCode::Alipay => alipay_notice(order, "TRADE_SUCCESS", &[]),
            GatewayCode::PayEase => payease_notice(&self.shop, &[(order, NoticeStatus::Paid)], true),
        };
        self.notify(&body).await
    }

    /// Runs the jobs until none has work.
    pub(crate) async fn run_jobs(&self) {
        while crate::payment::jobs::ask_due(&self.shop).await.unwrap() > 0 {}
        while crate::payment::jobs::refund_due(&self.shop).await.unwrap() > 0 {}
        self.world.sweep().await;
    }

    pub(crate) async fn paid_entries(&self) -> i64 {
        self.world.count("SELECT COUNT(*) FROM entry WHERE state = 'paid'").await
    }

    /// Refunds, due and done: how many, and their reasons.
    pub(crate) async fn refunds(&self) -> Vec<String> {
        let db = &self.world.t.db;
        let rows: Vec<(String,)> = db
            .read(async |tx: &mut Tx<'_>| tx.query("SELECT reason FROM refund ORDER BY id", &[]).await)
            .await
            .unwrap();
        rows.into_iter().map(|(reason,)| reason).collect()
    }

    /// Does what the job of the audit log does all the time (I16).
    async fn link_log(&self) {
        while crate::audit::link_some(&self.world.t.db).await.unwrap() > 0 {}
    }

    /// Fails unless money, entries and seats agree.
    pub(crate) async fn assert_all_agrees(&self) {
        self.link_log().await;
        let found = verify::run(&self.world.t.db, &self.world.catalogue).await.unwrap();
        let broken: Vec<_> = found.iter().filter(|finding| !finding.violations.is_empty()).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// The invariants that are broken, but for the one that jobs keep (I9).
    pub(crate) async fn broken(&self) -> Vec<&'static str> {
        self.link_log().await;
        let found = verify::run(&self.world.t.db, &self.world.catalogue).await.unwrap();
        // While no job runs, a hold may live on.
        let money = |of: &str| of != "I9";
        let mut broken: Vec<_> = found
            .iter()
            .filter(|finding| !finding.violations.is_empty() && money(finding.invariant))
            .map(|finding| finding.invariant)
            .collect();
        broken.dedup();
        broken
    }
}

fn shop_on(world: &World, db: Db, bank: &Arc<Bank>) -> Shop {
    let wire: Arc<dyn Wire> = Arc::<Bank>::clone(bank);
    let banks = [("85", "中国银行"), ("9", "中国工商银行")];
    let desk = Desk {
        gateways: gateways(),
        banks: banks.map(|(number, name)| BankChoice { number: number.to_owned(), name: name.to_owned() }).to_vec(),
        wire,
        origin: "http://127.0.0.1:8080".to_owned(),
    };
    let catalogue = Arc::new(CatalogueCell::holding((*world.catalogue).clone()));
    let vault = Arc::new(Vault::parse(&Vault::new_key_file().unwrap()).unwrap());
    Shop { db, desk: Arc::new(desk), catalogue, vault }
}

pub(crate) fn refused(stop: Stop) -> Vec<PaymentRefusal> {
    match stop {
        Stop::Refused(all) => all,
        Stop::Fault(fault) => panic!("{fault}"),
    }
}
