//! A merchant with a real port for notifications, a clock that stands still, and all gateways.

use std::path::Path;
use std::sync::{Arc, Mutex, OnceLock};

use axum::Router;
use axum::body::{Body, Bytes, to_bytes};
use axum::http::{HeaderMap, Request, Response};
use axum::routing::post;
use gateway::alipay::{Alipay, AlipaySettings};
use gateway::keys::{
    DemoKeys, MacKey, Md5RsaPrivateKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey, SealKey, generate,
};
use gateway::payease::platform::Merchant;
use gateway::payease::{MacText, PayEase, PayEaseSettings, QueryTrust};
use gateway::wechat::{PlatformKey, WeChat, WeChatSettings};
use gateway::{
    Fields, Gateway, HttpNotice, HttpReply, HttpRequest, Notice, OrderNumber, OrderRef, OrderToPay, PayFlow,
    PayForm, Payer, RefundState, RefundToMake, TradeState, Verb, wechat,
};
use gateway_sandbox::{AlipaySide, Behaviour, BoxFuture, Host, HostError, PayEaseSide, Sandbox, Settings};
use jiff::{SignedDuration, Timestamp};
use tower::ServiceExt as _;

pub(crate) struct StillHost {
    pub(crate) now: Mutex<Timestamp>,
    pub(crate) behaviour: Mutex<Behaviour>,
    /// How often it still answers before it fails; `None` is for ever.
    pub(crate) answers_left: Mutex<Option<usize>>,
}

impl StillHost {
    fn answers(&self) -> Result<(), HostError> {
        let mut left = self.answers_left.lock().unwrap();
        if *left == Some(0) {
            return Err(HostError("the host's database is away".to_owned()));
        }
        *left = left.map(|left| left - 1);
        Ok(())
    }
}

impl Host for StillHost {
    fn now(&self) -> BoxFuture<'_, Result<Timestamp, HostError>> {
        Box::pin(async { self.answers().map(|()| *self.now.lock().unwrap()) })
    }

    fn behaviour(&self) -> BoxFuture<'_, Result<Behaviour, HostError>> {
        Box::pin(async { self.answers().map(|()| self.behaviour.lock().unwrap().clone()) })
    }
}

/// What the merchant's server received and how it responds next.
#[derive(Default)]
pub(crate) struct Inbox {
    pub(crate) bodies: Vec<(&'static str, Vec<u8>)>,
    pub(crate) headers: Vec<Vec<(String, String)>>,
    pub(crate) refuse: bool,
}

pub(crate) struct World {
    pub(crate) sandbox: Sandbox,
    pub(crate) host: Arc<StillHost>,
    pub(crate) inbox: Arc<Mutex<Inbox>>,
    pub(crate) alipay: Alipay,
    pub(crate) payease: PayEase,
    pub(crate) wechat: WeChat,
    pub(crate) origin: String,
    pub(crate) folder: Option<tempfile::TempDir>,
}

pub(crate) fn keys() -> &'static DemoKeys {
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

pub(crate) fn settings(journal: &Path, origin: &str) -> Settings {
    Settings {
        merchant_name: "测试考试中心".to_owned(),
        alipay: AlipaySide {
            app_id: "2021".to_owned(),
            seller_id: "2088".to_owned(),
            app_public_key: Rsa2PublicKey::from_pem(&keys().app_public).unwrap(),
            private_key: Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap(),
        },
        payease: PayEaseSide {
            merchant: Merchant {
                mid: "888".to_owned(),
                mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
                private_key: Md5RsaPrivateKey::from_pem(&keys().payease_private).unwrap(),
                mac_text: MacText::Gbk,
            },
            notify_url: format!("{origin}/notify/payease"),
        },
        wechat: Some(wechat::platform::Merchant {
            app_id: "wx1".to_owned(),
            mchid: "1900".to_owned(),
            serial_no: "5157F09E".to_owned(),
            public_key: Rsa2PublicKey::from_pem(&keys().wechat.merchant_public).unwrap(),
            platform_id: "PUB_KEY_ID_1".to_owned(),
            private_key: Rsa2PrivateKey::from_pem(&keys().wechat.platform_private).unwrap(),
            certificates: Vec::new(),
            seal_key: SealKey::new(&keys().wechat.seal_key).unwrap(),
        }),
        journal: std::fs::File::options().read(true).append(true).create(true).open(journal).unwrap(),
    }
}

async fn merchant_server(inbox: Arc<Mutex<Inbox>>) -> String {
    let route = |name: &'static str, word: &'static str, inbox: Arc<Mutex<Inbox>>| {
        post(move |headers: HeaderMap, body: Bytes| async move {
            let mut inbox = inbox.lock().unwrap();
            inbox.bodies.push((name, body.to_vec()));
            inbox.headers.push(texts(&headers));
            let status = if inbox.refuse && name == "wechat" { 500 } else { 200 };
            (axum::http::StatusCode::from_u16(status).unwrap(), if inbox.refuse { "busy" } else { word })
        })
    };
    let app = Router::new()
        .route("/notify/alipay", route("alipay", "success", Arc::clone(&inbox)))
        .route("/notify/payease", route("payease", "sent", Arc::clone(&inbox)))
        .route("/notify/wechat", route("wechat", "", inbox));
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let origin = format!("http://{}", listener.local_addr().unwrap());
    tokio::spawn(async move { axum::serve(listener, app).await });
    origin
}

impl World {
    pub(crate) async fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let inbox = Arc::new(Mutex::new(Inbox::default()));
        let origin = merchant_server(Arc::clone(&inbox)).await;
        let host = Arc::new(StillHost {
            now: Mutex::new(start()),
            behaviour: Mutex::new(Behaviour::default()),
            answers_left: Mutex::new(None),
        });
        let journal = folder.path().join("trades.jsonl");
        let sandbox = Sandbox::open(settings(&journal, &origin), Arc::clone(&host) as Arc<dyn Host>).unwrap();
        let alipay = Alipay::new(AlipaySettings {
            endpoint: "http://alipay.test/gateway.do".to_owned(),
            app_id: "2021".to_owned(),
            seller_id: "2088".to_owned(),
            private_key: Rsa2PrivateKey::from_pem(&keys().app_private).unwrap(),
            alipay_public_key: Rsa2PublicKey::from_pem(&keys().alipay_public).unwrap(),
            bill_origin: "http://127.0.0.1:9001".to_owned(),
        });
        let payease = PayEase::new(PayEaseSettings {
            pay_origin: "http://payease.test".to_owned(),
            api_origin: "http://payease.test".to_owned(),
            mid: "888".to_owned(),
            mac_key: MacKey::new(keys().mac_key.as_bytes()).unwrap(),
            public_key: Md5RsaPublicKey::from_pem(&keys().payease_public).unwrap(),
            mac_text: MacText::Gbk,
            query_trust: QueryTrust::Signature,
        })
        .unwrap();
        let wechat = WeChat::new(WeChatSettings {
            endpoint: "http://wechat.test".to_owned(),
            phone_origin: "http://wechat.test".to_owned(),
            app_id: "wx1".to_owned(),
            mchid: "1900".to_owned(),
            serial_no: "5157F09E".to_owned(),
            private_key: Rsa2PrivateKey::from_pem(&keys().wechat.merchant_private).unwrap(),
            seal_key: SealKey::new(&keys().wechat.seal_key).unwrap(),
            platform_keys: vec![PlatformKey {
                id: "PUB_KEY_ID_1".to_owned(),
                key: Rsa2PublicKey::from_pem(&keys().wechat.platform_public).unwrap(),
            }],
            notify_url: format!("{origin}/notify/wechat"),
            is_rehearsal: true,
        })
        .unwrap();
        Self { sandbox, host, inbox, alipay, payease, wechat, origin, folder: Some(folder) }
    }

    pub(crate) fn behave(&self, change: impl FnOnce(&mut Behaviour)) {
        change(&mut self.host.behaviour.lock().unwrap());
    }

    pub(crate) fn advance(&self, seconds: i64) {
        let mut now = self.host.now.lock().unwrap();
        *now += SignedDuration::from_secs(seconds);
    }

    pub(crate) fn gateway(&self, name: &str) -> (&dyn Gateway, Router) {
        match name {
            "alipay" => (&self.alipay, self.sandbox.alipay()),
            "wechat" => (&self.wechat, self.sandbox.wechat()),
            _ => (&self.payease, self.sandbox.payease()),
        }
    }

    pub(crate) fn to_pay(&self, name: &str, serial: u64) -> OrderToPay {
        OrderToPay {
            order: order(serial),
            amount_fen: 3,
            subject: "考试报名费".to_owned(),
            expires_at: start() + SignedDuration::from_hours(2),
            return_url: format!("{}/payment/return/{name}", self.origin),
            notify_url: format!("{}/notify/{}", self.origin, if name == "wechat" { name } else { "alipay" }),
            bank: (name == "payease").then(|| "85".to_owned()),
        }
    }

    /// Submits the pay form of an order.
    pub(crate) async fn open(&self, name: &str, order: &OrderToPay) -> Answer {
        let (gateway, router) = self.gateway(name);
        if name == "wechat" {
            return self.address(PayFlow::Scan, order).await;
        }
        let form = gateway.pay_form(order, start()).unwrap();
        send_form(router, &form).await
    }

    /// Asks 微信支付 for an address; what leads there is like the redirect of another gateway.
    pub(crate) async fn address(&self, way: PayFlow, order: &OrderToPay) -> Answer {
        let payer = Payer { way, address: "127.0.0.1".to_owned() };
        let request = self.wechat.address_request(order, &payer, start()).unwrap();
        let mut answer = call_at(self.sandbox.wechat(), request).await;
        if let Ok(address) = self.wechat.parse_address(order, &payer, answer.reply()) {
            let path = address.strip_prefix("http://wechat.test").unwrap();
            let back =
                Fields::encode(&[("redirect_url", &order.return_url)], gateway::Charset::Utf8).unwrap();
            answer.status = 303;
            answer.location = if way == PayFlow::Scan { format!("{path}?{back}") } else { path.to_owned() };
        }
        answer
    }

    /// Opens the payment page, presses a button, and returns the response that redirects to the merchant.
    pub(crate) async fn press(&self, name: &str, serial: u64, outcome: &str) -> Answer {
        let opened = self.open(name, &self.to_pay(name, serial)).await;
        assert_eq!(opened.status, 303, "{}", opened.text());
        let (_, router) = self.gateway(name);
        send(router, "POST", &opened.location, format!("outcome={outcome}").into_bytes()).await
    }

    pub(crate) async fn query(&self, name: &str, serial: u64) -> Result<TradeState, gateway::WireError> {
        let (gateway, router) = self.gateway(name);
        let request = gateway.query_request(&order(serial), start()).unwrap();
        let answer = call(router, request).await;
        gateway.parse_query(&order(serial), answer.reply())
    }

    pub(crate) async fn refund(
        &self,
        name: &str,
        refund: &RefundToMake,
    ) -> Result<RefundState, gateway::WireError> {
        let (gateway, router) = self.gateway(name);
        let answer = call(router, gateway.refund_request(refund, start()).unwrap()).await;
        gateway.parse_refund(refund, answer.reply())
    }

    pub(crate) async fn find_refund(
        &self,
        name: &str,
        refund: &RefundToMake,
    ) -> Result<RefundState, gateway::WireError> {
        let (gateway, router) = self.gateway(name);
        let answer = call(router, gateway.refund_query_request(refund, start()).unwrap()).await;
        gateway.parse_refund_query(refund, answer.reply())
    }

    /// What was received since the last call, parsed as the merchant parses it.
    pub(crate) fn arrived(&self) -> Vec<Result<Vec<Notice>, gateway::WireError>> {
        let (bodies, headers) = {
            let mut inbox = self.inbox.lock().unwrap();
            (std::mem::take(&mut inbox.bodies), std::mem::take(&mut inbox.headers))
        };
        let at = *self.host.now.lock().unwrap();
        let read = |(name, body): &(&str, Vec<u8>), headers: &Vec<(String, String)>| {
            let told = self.gateway(name).0.parse_notice(HttpNotice { headers, body, at })?;
            told.into_iter().map(|one| one.map_err(|doubtful| doubtful.why)).collect()
        };
        bodies.iter().zip(&headers).map(|(body, headers)| read(body, headers)).collect()
    }

    /// The same files in a new process.
    pub(crate) fn restart(self) -> Self {
        let Self { sandbox, host, inbox, alipay, payease, wechat, origin, folder } = self;
        drop(sandbox);
        let journal = folder.as_ref().unwrap().path().join("trades.jsonl");
        let sandbox = Sandbox::open(settings(&journal, &origin), Arc::clone(&host) as Arc<dyn Host>).unwrap();
        Self { sandbox, host, inbox, alipay, payease, wechat, origin, folder }
    }
}

pub(crate) fn start() -> Timestamp {
    "2017-03-08T01:00:00Z".parse().unwrap()
}

pub(crate) fn order(serial: u64) -> OrderRef {
    OrderRef { number: OrderNumber::new("99301", serial).unwrap(), made_at: start() }
}

pub(crate) fn refund_of(serial: u64, number: &str, amount_fen: i64) -> RefundToMake {
    RefundToMake {
        order: order(serial),
        order_fen: 3,
        refund_number: number.to_owned(),
        amount_fen,
        reason: "名额已满".to_owned(),
        operator: "finance".to_owned(),
    }
}

pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) location: String,
    pub(crate) policy: String,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
}

fn texts(headers: &HeaderMap) -> Vec<(String, String)> {
    let text = |(name, value): (&axum::http::HeaderName, &axum::http::HeaderValue)| {
        (name.as_str().to_owned(), value.to_str().unwrap_or_default().to_owned())
    };
    headers.iter().map(text).collect()
}

impl Answer {
    pub(crate) fn text(&self) -> String {
        String::from_utf8_lossy(&self.body).into_owned()
    }

    pub(crate) fn reply(&self) -> HttpReply<'_> {
        // The clock of the sandbox, at which it signed.
        let signed = self.headers.iter().find(|(name, _)| name == "wechatpay-timestamp");
        let at = signed.map_or(start(), |(_, time)| Timestamp::from_second(time.parse().unwrap()).unwrap());
        HttpReply { status: self.status, headers: &self.headers, body: &self.body, at }
    }

    /// The query string of the redirect target.
    pub(crate) fn query(&self) -> &str {
        self.location.split_once('?').map_or("", |(_, query)| query)
    }

    pub(crate) async fn of(response: Response<Body>) -> Self {
        let header =
            |name: &str| response.headers().get(name).map_or("", |value| value.to_str().unwrap()).to_owned();
        let (status, location, policy) =
            (response.status().as_u16(), header("location"), header("content-security-policy"));
        let headers = texts(response.headers());
        let body = to_bytes(response.into_body(), 1 << 20).await.unwrap().to_vec();
        Self { status, location, policy, headers, body }
    }
}

pub(crate) async fn send(router: Router, method: &str, path: &str, body: Vec<u8>) -> Answer {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header("content-type", "application/x-www-form-urlencoded")
        .body(Body::from(body))
        .unwrap();
    Answer::of(router.oneshot(request).await.unwrap()).await
}

pub(crate) async fn send_form(router: Router, form: &PayForm) -> Answer {
    let body = Fields::encode(&form.fields, form.charset).unwrap().into_bytes();
    send(router, "POST", path_of(&form.action), body).await
}

pub(crate) async fn call(router: Router, request: HttpRequest) -> Answer {
    call_at(router, request).await
}

/// The same, with the host of the address.
pub(crate) async fn call_at(router: Router, request: HttpRequest) -> Answer {
    let host = request.url.split('/').nth(2).unwrap().to_owned();
    let begun = Request::builder()
        .method(if request.verb == Verb::Get { "GET" } else { "POST" })
        .uri(path_of(&request.url))
        .header("host", host)
        .header("content-type", request.content_type);
    let begun = request.headers.iter().fold(begun, |begun, (name, value)| begun.header(*name, value));
    let request = begun.body(Body::from(request.body)).unwrap();
    Answer::of(router.oneshot(request).await.unwrap()).await
}

fn path_of(address: &str) -> &str {
    let rest = address.split_once("://").unwrap().1;
    &rest[rest.find('/').unwrap()..]
}
