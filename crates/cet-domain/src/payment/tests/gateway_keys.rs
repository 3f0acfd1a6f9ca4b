//! Keys of a gateway that change while it signs.

use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use gateway::HttpRequest;
use gateway::keys::Rsa2PrivateKey;
use gateway::wechat::PlatformKey;
use gateway::wechat::platform::{Certificate, Merchant};
use jiff::{SignedDuration, Timestamp};
use serde_json::json;

use super::wechat_bank::{self, asked_at, paid};
use super::world::*;
use crate::on_both;
use crate::payment::calls::{Call, Calls, Outcome};
use crate::payment::context::PaymentContext;
use crate::payment::gateway_keys::KeysAsked;
use crate::payment::gateways::{GatewayAnswer, Gateways};
use crate::payment::store::Order;
use crate::payment::verbs::receive;
use crate::payment::wire::{NoReply, Reply, Wire};

/// A gateway that signs with its newest certificate; the paths that it was asked for.
#[derive(Default)]
struct Changing {
    asked: Mutex<Vec<String>>,
    serials: Mutex<Vec<&'static str>>,
}

impl Changing {
    fn side(&self) -> Merchant {
        let serials = self.serials.lock().unwrap();
        let certificates = serials.iter().zip(0..).map(|(serial, n)| Certificate {
            serial_no: (*serial).to_owned(),
            private_key: Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap(),
            from: Timestamp::from_second(n).unwrap(),
            until: Timestamp::from_second(2_524_521_600).unwrap(),
        });
        Merchant { certificates: certificates.collect(), ..wechat_bank::platform() }
    }

    fn asked(&self) -> Vec<String> {
        std::mem::take(&mut *self.asked.lock().unwrap())
    }
}

impl Wire for Changing {
    fn send(&self, request: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        let at = asked_at(&request);
        let path = request.url.split(['/', '?']).nth(4).unwrap().to_owned();
        let said = match path.as_str() {
            "certificates" => self.side().hand_out(at).unwrap().unwrap(),
            _ => json!({ "code": "ORDER_NOT_EXIST", "message": "" }),
        };
        let status = if path == "certificates" { 200 } else { 404 };
        self.asked.lock().unwrap().push(path);
        let body = said.to_string().into_bytes();
        let headers = self.side().sign(&body, at).unwrap();
        Box::pin(async move { Ok(Reply { status, headers, body }) })
    }
}

/// The shop with this gateway, whose first certificate it has.
fn shop(m: &PaymentWorld, bank: &Arc<Changing>) -> PaymentContext {
    let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap().public_key();
    let gateway = wechat_bank::gateway_with(PlatformKey { id: "7A01".to_owned(), key });
    let gateways = Gateways {
        all: vec![Arc::new(gateway)],
        banks: Vec::new(),
        wire: Arc::<Changing>::clone(bank),
        origin: "http://127.0.0.1:8080".to_owned(),
        calls: Calls::to([gateway::wechat::CODE]),
        keys: KeysAsked::default(),
    };
    PaymentContext { gateways: Arc::new(gateways), ..m.payments.clone() }
}

async fn opened(m: &PaymentWorld) -> Order {
    let who = m.world.candidate(1).await;
    m.world.enter(who, "1").await.unwrap();
    m.opened(who, "wechat").await
}

on_both! {
    async fn an_answer_with_a_key_that_is_not_known_is_judged_again_once_the_gateway_handed_it_out(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let bank = Arc::new(Changing::default());
        bank.serials.lock().unwrap().push("7A01");
        let (order, shop) = (opened(&m).await, shop(&m, &bank));
        let ask = async || shop.gateways.query(&order, m.world.now()).await;
        assert_eq!(ask().await, GatewayAnswer::Missing);
        assert_eq!(bank.asked(), ["pay"], "its key is known");
        bank.serials.lock().unwrap().push("7A02");
        assert_eq!(ask().await, GatewayAnswer::Missing);
        assert_eq!(bank.asked(), ["pay", "certificates"]);
        assert_eq!(ask().await, GatewayAnswer::Missing);
        assert_eq!(bank.asked(), ["pay"], "it is known from then on");
        let told = shop.gateways.calls.of(gateway::wechat::CODE, Call::Keys).unwrap();
        assert_eq!((told.count(Outcome::Answered), told.count(Outcome::NotBelieved)), (1, 0));
    }

    /// TH33.
    async fn a_notification_has_keys_fetched_once_a_minute_at_most(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let bank = Arc::new(Changing::default());
        bank.serials.lock().unwrap().extend(["7A01", "7A02"]);
        let (order, shop) = (opened(&m).await, shop(&m, &bank));
        let tell = async || {
            let at = m.world.now().timestamp();
            let side = bank.side();
            let body = side.notice(("id", "TRANSACTION.SUCCESS"), &paid(&order), at).unwrap().into_bytes();
            let headers = side.sign(&body, at).unwrap();
            receive(&shop, gateway::wechat::CODE, "192.0.2.9", (&headers, &body)).await.unwrap().status
        };
        assert_eq!(tell().await, 204);
        assert_eq!((bank.asked(), m.paid_entries().await), (vec!["certificates".to_owned()], 1));
        bank.serials.lock().unwrap().push("7A03");
        for _ in 0..3 {
            assert_eq!(tell().await, 401);
        }
        assert_eq!(bank.asked(), [""; 0], "anybody can name a key");
        m.world.advance(SignedDuration::from_secs(60));
        assert_eq!((tell().await, tell().await), (204, 204));
        assert_eq!(bank.asked(), ["certificates"]);
    }

    async fn a_gateway_whose_public_key_is_listed_is_asked_for_no_certificate(t: TestDb) {
        let m = PaymentWorld::open(t, 9).await;
        let bank = Arc::new(Changing::default());
        bank.serials.lock().unwrap().push("7A02");
        let order = opened(&m).await;
        let shop = shop(&m, &bank);
        let with_key = PaymentContext {
            gateways: Arc::new(Gateways {
                all: vec![Arc::new(wechat_bank::gateway())],
                banks: Vec::new(),
                wire: Arc::<Changing>::clone(&bank),
                origin: String::new(),
                calls: Calls::to([]),
                keys: KeysAsked::default(),
            }),
            ..shop
        };
        assert_eq!(with_key.gateways.query(&order, m.world.now()).await, GatewayAnswer::Silence);
        assert_eq!(bank.asked(), ["pay"]);
    }
}
