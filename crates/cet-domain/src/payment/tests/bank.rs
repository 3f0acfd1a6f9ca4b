//! Simulators of both gateways, with faults on request.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex};

use futures_util::future::BoxFuture;
use gateway::alipay::Method;
use gateway::alipay::platform::{Request, answer};
use gateway::keys::{Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::QueryStatus;
use gateway::payease::platform::RefundRow;
use gateway::{HttpRequest, format_yuan};
use tokio::sync::Semaphore;

use super::world::{APP, keys, merchant, payease_order};
use crate::payment::wire::{NoReply, Reply, Wire};

/// The state of a trade at a gateway.
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

/// The fault of the next call.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Fault {
    Timeout,
    Unavailable,
    WrongSignature,
    /// The gateway executes the request, but its answer is lost.
    AnswerLost,
    /// The gateway refuses for good.
    Refused,
}

/// How 首信易支付 lists refunds.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Listing {
    /// As documented.
    #[default]
    Whole,
    /// Without the reasons that were sent.
    ReasonsDropped,
    /// In the shape of an older version.
    Older,
}

/// Both gateways: trades by their number.
#[derive(Default)]
pub(crate) struct Bank {
    pub(crate) trades: Mutex<BTreeMap<String, Trade>>,
    pub(crate) faults: Mutex<VecDeque<Fault>>,
    pub(crate) calls: Mutex<usize>,
    /// The bill of the next question for one, and the URL that is named for it.
    pub(crate) bill: Mutex<Option<(String, Vec<u8>)>>,
    pub(crate) listing: Mutex<Listing>,
    silence: Mutex<Option<(&'static str, Arc<Silence>)>>,
}

/// Requests that get no answer, until their client gives up.
pub(crate) struct Silence {
    held: Semaphore,
    over: Semaphore,
}

impl Silence {
    /// Waits until this many requests wait for their answer.
    pub(crate) async fn holds(&self, requests: u32) {
        self.held.acquire_many(requests).await.unwrap().forget();
    }

    /// The clients give up.
    pub(crate) fn times_out(&self) {
        self.over.close();
    }
}

impl Bank {
    /// From now on requests to this host get no answer.
    pub(crate) fn falls_silent(&self, host: &'static str) -> Arc<Silence> {
        let silence = Arc::new(Silence { held: Semaphore::new(0), over: Semaphore::new(0) });
        *self.silence.lock().unwrap() = Some((host, Arc::clone(&silence)));
        silence
    }

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
        if request.method == Method::Bill {
            let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap();
            let bill = self.bill.lock().unwrap();
            let members = match &*bill {
                Some((url, _)) => vec![("code", "10000"), ("bill_download_url", url.as_str())],
                None => vec![("code", "40004"), ("sub_code", "isp.bill_not_exist")],
            };
            return answer(request.method, &members, &key).unwrap().into_bytes();
        }
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
                        say(&[&found[..], &[("out_request_no", no.as_str()), ("refund_amount", &sum)]]
                            .concat())
                    }
                }
            }
            Method::PagePay | Method::Bill => panic!("browsers go there, and bills are answered above"),
        }
    }

    fn payease(&self, url: &str, body: &[u8]) -> Vec<u8> {
        let merchant = merchant();
        let mut trades = self.trades.lock().unwrap();
        if url.ends_with("ref_ack_submit.jsp") {
            let form = merchant.parse_refund(body).unwrap();
            let Some(trade) = trades.get_mut(&form.oid) else {
                return merchant.refund_answer(&form, Err("no")).unwrap();
            };
            // PayEase ignores our number: a repeat is a second refund.
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
            let list = merchant.refund_list(&oid, rows.as_deref()).unwrap();
            let text = String::from_utf8(list).unwrap();
            return match *self.listing.lock().unwrap() {
                Listing::Whole => text,
                Listing::ReasonsDropped => text
                    .split("<refreason>")
                    .map(|part| part.split_once("</refreason>").map_or(part, |(_, rest)| rest))
                    .collect(),
                Listing::Older => text.replace("<refund>", "<order>").replace("</refund>", "</order>"),
            }
            .into_bytes();
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

    fn refusal(request: &HttpRequest) -> Vec<u8> {
        if request.url.contains("gateway.do") {
            let app = Rsa2PublicKey::from_pem(&keys().app_public).unwrap();
            let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap();
            let method = Request::parse(&request.body, APP, &app).unwrap().method;
            let members = [("code", "40004"), ("msg", "no"), ("sub_code", "ACQ.SELLER_BALANCE_NOT_ENOUGH")];
            return answer(method, &members, &key).unwrap().into_bytes();
        }
        let merchant = merchant();
        merchant.refund_answer(&merchant.parse_refund(&request.body).unwrap(), Err("balance")).unwrap()
    }

    /// A refusal waits for a refund; every other fault is of the next call.
    fn next_fault(&self, request: &HttpRequest) -> Option<Fault> {
        let is_refund = request.url.ends_with("ref_ack_submit.jsp")
            || (request.url.contains("/v3/refund") && request.verb == gateway::Verb::Post)
            || String::from_utf8_lossy(&request.body).contains("method=alipay.trade.refund&");
        let mut faults = self.faults.lock().unwrap();
        if faults.front() == Some(&Fault::Refused) && !is_refund { None } else { faults.pop_front() }
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
            let silence = self.silence.lock().unwrap().clone();
            if let Some((_, silence)) = silence.filter(|(host, _)| request.url.contains(host)) {
                silence.held.add_permits(1);
                assert!(silence.over.acquire().await.is_err(), "nobody gives it an answer");
                return Err(NoReply::Timeout);
            }
            let fault = self.next_fault(&request);
            match fault {
                None if request.url.contains("/v3/") => Ok(self.wechat(&request)),
                None => Ok(Reply::plain(200, self.answer(&request))),
                Some(Fault::Refused) if request.url.contains("/v3/") => {
                    let members = serde_json::json!({ "code": "NOT_ENOUGH", "message": "" });
                    Ok(super::wechat_bank::signed(&request, 403, &members))
                }
                Some(Fault::WrongSignature) if request.url.contains("/v3/") => {
                    let mut reply = self.wechat(&request);
                    gateway::wechat::platform::signature(&mut reply.headers)
                        .unwrap()
                        .replace_range(..4, "AAAA");
                    Ok(reply)
                }
                Some(Fault::AnswerLost) if request.url.contains("/v3/") => {
                    let _lost = self.wechat(&request);
                    Err(NoReply::Broken)
                }
                Some(Fault::Refused) => Ok(Reply::plain(200, Self::refusal(&request))),
                Some(Fault::Timeout) => Err(NoReply::Timeout),
                Some(Fault::Unavailable) => Ok(Reply::plain(503, Vec::new())),
                Some(Fault::WrongSignature) => {
                    let text = String::from_utf8_lossy(&self.answer(&request))
                        .replace("\"sign\":\"", "\"sign\":\"AAAA");
                    Ok(Reply::plain(200, text.replace("<sign>", "<sign>AAAA").into_bytes()))
                }
                Some(Fault::AnswerLost) => {
                    let _lost = self.answer(&request);
                    Err(NoReply::Broken)
                }
            }
        })
    }

    fn load(&self, _bill: HttpRequest) -> BoxFuture<'_, Result<Reply, NoReply>> {
        let bill = self.bill.lock().unwrap().clone();
        Box::pin(async move {
            Ok(bill.map_or(Reply::plain(404, Vec::new()), |(_, body)| Reply::plain(200, body)))
        })
    }
}
