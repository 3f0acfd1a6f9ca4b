//! A payment context with one sitting, and a bank that simulates both gateways.

use std::collections::BTreeSet;
use std::sync::Arc;

use gateway::alipay::platform::sign_fields;
use gateway::alipay::{Alipay, AlipaySettings};
use gateway::keys::{MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::platform::{Merchant, Order as PayEaseOrder};
use gateway::payease::{MacText, NoticeStatus, PayEase, PayEaseSettings, QueryTrust};
use gateway::{Charset, Fields, Gateway, GatewayCode, format_yuan};

pub(crate) use super::bank::{Bank, Fault, Listing, TradeIs};
use crate::config::Bank as BankChoice;
use crate::entry::testing::{HOME, World, sitting};
use crate::payment::calls::Calls;
use crate::payment::choice::method;
use crate::payment::context::{PaymentContext, Without};
use crate::payment::gateways::Gateways;
use crate::payment::jobs::{ask_due, carry_due, refund_due};
use crate::payment::refusal::{PaymentRefusal, Stop};
use crate::payment::store::{self, Order};
use crate::payment::verbs::{Pay, pay, receive};
use crate::payment::wire::Wire;
use crate::sitting::CatalogueCell;
use crate::store::testing::TestDb;
use crate::store::{Db, Tx};
pub(crate) use crate::testing::keys;
use crate::verify;
use crate::words::codes::{CampusCode, SchoolCode};
use crate::words::ids::{EntryId, OrderId, PassportId};

pub(crate) const APP: &str = "2021000000000001";
pub(crate) const SELLER: &str = "2088000000000001";
pub(crate) const MID: &str = "888";

/// All three; whoever has the private key of `alipay_public` speaks for 支付宝.
fn gateways(alipay_public: &str) -> Vec<Arc<dyn Gateway>> {
    let alipay = Alipay::new(AlipaySettings {
        endpoint: "http://127.0.0.1:9001/gateway.do".to_owned(),
        app_id: APP.to_owned(),
        seller_id: SELLER.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().app_private).unwrap(),
        alipay_public_key: Rsa2PublicKey::from_pem(alipay_public).unwrap(),
        bill_origin: "http://127.0.0.1:9001".to_owned(),
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
    vec![Arc::new(alipay), Arc::new(payease), Arc::new(super::wechat_bank::gateway())]
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
    PayEaseOrder {
        oid: oid.to_owned(), pmode: "中国银行".to_owned(), pstring: "ok".to_owned(), amount_fen
    }
}

/// A notification of Alipay, with some fields changed before it is signed.
pub(crate) fn alipay_notice(order: &Order, status: &str, changes: &[(&str, &str)]) -> Vec<u8> {
    alipay_notice_by(&keys().alipay_private, order, status, changes)
}

/// The same, signed by somebody.
pub(crate) fn alipay_notice_by(
    private_key: &str,
    order: &Order,
    status: &str,
    changes: &[(&str, &str)],
) -> Vec<u8> {
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
    let key = Rsa2PrivateKey::from_pem(private_key).unwrap();
    Fields::encode(&sign_fields(fields, &key).unwrap(), Charset::Utf8).unwrap().into_bytes()
}

/// A notification of PayEase about several orders.
pub(crate) fn payease_notice(
    payments: &PaymentContext,
    orders: &[(&Order, NoticeStatus)],
    signed: bool,
) -> Vec<u8> {
    let gateway = payments.gateways.gateway(gateway::payease::CODE).unwrap();
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

/// Candidates, their entries, a payment context and a bank.
pub(crate) struct PaymentWorld {
    pub(crate) world: World,
    pub(crate) payments: PaymentContext,
    pub(crate) bank: Arc<Bank>,
}

pub(crate) fn school() -> SchoolCode {
    CampusCode::parse(HOME).unwrap().school()
}

impl PaymentWorld {
    pub(crate) async fn open(t: TestDb, seats: i64) -> Self {
        let world = World::with_seats(t, seats).await;
        let bank = Arc::new(Bank::default());
        let payments = context_on(&world, world.t.db.clone(), &bank);
        Self { world, payments, bank }
    }

    /// A second node on the same database.
    pub(crate) async fn another_context(&self) -> PaymentContext {
        context_on(&self.world, self.world.t.another_node().await, &self.bank)
    }

    /// A node that takes whoever has our own key for 支付宝, as one that checks no signature would.
    pub(crate) fn credulous_shop(&self) -> PaymentContext {
        shop_with(&self.world, self.world.t.db.clone(), &self.bank, &keys().app_public)
    }

    pub(crate) fn wish(&self, who: PassportId, entries: &[EntryId], gateway: &str, bank: &str) -> Pay {
        Pay {
            passport: who,
            sitting: sitting(),
            entries: entries.iter().copied().collect::<BTreeSet<_>>(),
            method: method(gateway, bank, &self.payments.gateways.offered()),
            address: String::new(),
        }
    }

    pub(crate) async fn pay(
        &self,
        who: PassportId,
        entries: &[EntryId],
        gateway: &str,
    ) -> Result<OrderId, Vec<PaymentRefusal>> {
        let bank = if gateway == "payease" { "85" } else { "" };
        pay(&self.payments, self.wish(who, entries, gateway, bank)).await.map_err(refused)
    }

    /// Opens an order for all unpaid entries.
    pub(crate) async fn opened(&self, who: PassportId, gateway: &str) -> Order {
        let id = self.pay(who, &[], gateway).await.unwrap();
        self.order(id).await
    }

    pub(crate) async fn order(&self, id: OrderId) -> Order {
        let db = &self.world.t.db;
        db.read(async move |tx: &mut Tx<'_>| store::by_id(tx, school(), id).await).await.unwrap().unwrap()
    }

    pub(crate) fn wire_number(&self, order: &Order) -> String {
        self.payments.gateways.gateway(order.method.gateway).unwrap().wire_number(&order.reference())
    }

    /// The payer pays at the gateway, which has not notified us yet.
    pub(crate) fn pays(&self, order: &Order) {
        self.bank.set(&self.wire_number(order), order.amount.get(), TradeIs::Paid);
    }

    pub(crate) async fn notify(&self, body: &[u8]) -> &'static str {
        let code = if body.starts_with(b"v_") { gateway::payease::CODE } else { gateway::alipay::CODE };
        receive(&self.payments, code, "192.0.2.9", (&[], body)).await.unwrap().body
    }

    /// The payer pays, and the gateway notifies us.
    pub(crate) async fn pays_and_tells(&self, order: &Order) -> &'static str {
        self.pays(order);
        if order.method.gateway == gateway::wechat::CODE {
            let content = super::wechat_bank::paid(order);
            let (headers, body) =
                super::wechat_bank::notice("TRANSACTION.SUCCESS", &content, self.world.now().timestamp());
            return receive(&self.payments, order.method.gateway, "192.0.2.9", (&headers, &body))
                .await
                .unwrap()
                .body;
        }
        let body = if order.method.gateway == gateway::alipay::CODE {
            alipay_notice(order, "TRADE_SUCCESS", &[])
        } else {
            payease_notice(&self.payments, &[(order, NoticeStatus::Paid)], true)
        };
        self.notify(&body).await
    }

    /// Runs the jobs until none has work left.
    pub(crate) async fn run_jobs(&self) {
        self.ask_all().await;
        self.refund_all().await;
        self.world.sweep().await;
    }

    /// Runs the rounds of questions of each gateway until none has work left.
    pub(crate) async fn ask_all(&self) {
        for gateway in GatewayCode::all() {
            while ask_due(&self.payments, gateway).await.unwrap() > 0 {}
        }
    }

    /// Carries requests out and sends refunds until nothing is due.
    pub(crate) async fn refund_all(&self) {
        while carry_due(&self.payments).await.unwrap() > 0 {}
        for gateway in GatewayCode::all() {
            while refund_due(&self.payments, gateway).await.unwrap() > 0 {}
        }
    }

    pub(crate) async fn paid_entries(&self) -> i64 {
        self.world.count("SELECT COUNT(*) FROM entry WHERE state = 'paid'").await
    }

    /// Refunds, due and done: number and reasons.
    pub(crate) async fn refunds(&self) -> Vec<String> {
        let db = &self.world.t.db;
        let rows: Vec<(String,)> = db
            .read(async |tx: &mut Tx<'_>| tx.query("SELECT reason FROM refund ORDER BY id", &[]).await)
            .await
            .unwrap();
        rows.into_iter().map(|(reason,)| reason).collect()
    }

    /// Does what the job of the audit log does continuously (I16).
    async fn link_log(&self) {
        while crate::audit::link_some(&self.world.t.db).await.unwrap() > 0 {}
    }

    /// Gives accounts of finance their rights over the nation.
    pub(crate) async fn finance(&self, accounts: &'static [&'static str]) {
        use crate::words::staff::{Role, Scope};
        for account in accounts {
            let account = (*account).to_owned();
            let granted: Result<(), crate::store::DbError> = self
                .world
                .t
                .db
                .write(async move |tx: &mut Tx<'_>| {
                    crate::staff::store::grant(tx, &account, Role::Finance, &Scope::nation()).await
                })
                .await;
            granted.unwrap();
        }
    }

    /// Fails unless money, entries and seats agree.
    pub(crate) async fn assert_all_agrees(&self) {
        self.link_log().await;
        let found = verify::run(&self.world.t.db, &self.world.catalogue).await.unwrap();
        let broken: Vec<_> = found.iter().filter(|finding| !finding.violations.is_empty()).collect();
        assert!(broken.is_empty(), "{broken:?}");
    }

    /// The violated invariants, except the one that jobs maintain (I9).
    pub(crate) async fn broken(&self) -> Vec<&'static str> {
        self.link_log().await;
        let found = verify::run(&self.world.t.db, &self.world.catalogue).await.unwrap();
        // While no job runs, a hold may last longer.
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

fn context_on(world: &World, db: Db, bank: &Arc<Bank>) -> PaymentContext {
    shop_with(world, db, bank, &keys().alipay_public)
}

fn shop_with(world: &World, db: Db, bank: &Arc<Bank>, alipay_public: &str) -> PaymentContext {
    let wire: Arc<dyn Wire> = Arc::<Bank>::clone(bank);
    let banks = [("85", "中国银行"), ("9", "中国工商银行")];
    let gateways = Gateways {
        all: gateways(alipay_public),
        banks: banks
            .map(|(number, name)| BankChoice { number: number.to_owned(), name: name.to_owned() })
            .to_vec(),
        wire,
        origin: "http://127.0.0.1:8080".to_owned(),
        calls: Calls::to(GatewayCode::all()),
    };
    let catalogue = Arc::new(CatalogueCell::holding((*world.catalogue).clone()));
    let gateways = Arc::new(gateways);
    PaymentContext {
        db,
        gateways,
        catalogue,
        alarms: Arc::default(),
        refreshes: Arc::default(),
        without: Without::Nothing,
    }
}

pub(crate) fn refused(stop: Stop) -> Vec<PaymentRefusal> {
    match stop {
        Stop::Refused(all) => all,
        Stop::Fault(fault) => panic!("{fault}"),
    }
}
