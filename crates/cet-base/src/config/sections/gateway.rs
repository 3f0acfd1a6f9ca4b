//! The payment gateways and, in a rehearsal, their sandboxes.

use std::net::SocketAddr;
use std::path::PathBuf;

use serde::Deserialize;

use super::Say;

/// `[gateway]`: the payment gateways that are offered; an absent one is not.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Gateways {
    /// 支付宝.
    pub alipay: Option<Alipay>,
    /// 首信易支付.
    pub payease: Option<Payease>,
    /// 微信支付.
    pub wechat: Option<Wechat>,
}

/// `[gateway.wechat]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wechat {
    /// The origin of its API, `https://api.mch.weixin.qq.com`.
    pub endpoint: String,
    /// Our application's id (wx…).
    pub app_id: String,
    /// Our merchant number.
    pub mchid: String,
    /// The serial number of our certificate.
    pub serial_no: String,
    /// Our private key, PEM.
    pub private_key_file: PathBuf,
    /// The API v3 key: 32 letters and digits.
    pub api_v3_key_file: PathBuf,
    /// Its keys: its public key, and platform certificates while they are still used.
    pub platform_keys: Vec<PlatformKey>,
    /// The origin of its pages for telephones; by default its own, or that of a sandbox.
    pub phone_origin: Option<String>,
}

/// One key that 微信支付 signs with.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PlatformKey {
    /// `PUB_KEY_ID_…`, or the serial number of the certificate.
    pub id: String,
    /// The public key or the certificate, PEM.
    pub file: PathBuf,
}

impl Wechat {
    /// The origin of its pages for telephones.
    #[must_use]
    pub fn phone_origin(&self) -> String {
        match &self.phone_origin {
            Some(origin) => origin.clone(),
            None if self.endpoint.ends_with(".mch.weixin.qq.com") => "https://wx.tenpay.com".to_owned(),
            None => self.endpoint.clone(),
        }
    }
}

/// `[gateway.alipay]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Alipay {
    /// The gateway's address, as `https://openapi.alipay.com/gateway.do`.
    pub endpoint: String,
    /// Our app id.
    pub app_id: String,
    /// Our seller id (2088…).
    pub seller_id: String,
    /// Our private key, PEM.
    pub private_key_file: PathBuf,
    /// 支付宝's public key, PEM.
    pub alipay_public_key_file: PathBuf,
    /// The origin of the URLs at which daily bills lie; by default 支付宝's own, or that of a sandbox.
    pub bill_origin: Option<String>,
}

impl Alipay {
    /// The origin of the URLs at which daily bills lie.
    #[must_use]
    pub fn bill_origin(&self) -> String {
        if let Some(origin) = &self.bill_origin {
            return origin.clone();
        }
        let (scheme, rest) = self.endpoint.split_once("://").unwrap_or_default();
        let host = rest.split('/').next().unwrap_or_default();
        if host == "openapi.alipay.com" {
            "https://dwbillcenter.alipay.com".to_owned()
        } else {
            format!("{scheme}://{host}")
        }
    }
}

/// `[gateway.payease]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Payease {
    /// The address of its host, without a path.
    pub endpoint: String,
    /// Our merchant number.
    pub mid: String,
    /// The shared HMAC key.
    pub hmac_key_file: PathBuf,
    /// Its public key, PEM.
    pub public_key_file: PathBuf,
    /// Banks offered: number and name.
    pub banks: Vec<Bank>,
    /// Which bytes of Chinese fields its MACs cover: `gbk`, `utf-8` or `url-encoded`.
    #[serde(default)]
    pub mac_text: MacText,
    /// When its answers are believed: `signature`, or `connection` where it does not sign them.
    #[serde(default)]
    pub query_trust: QueryTrust,
}

/// Which bytes of a Chinese field go into a MAC of 首信易支付; to be found out with real traffic.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum MacText {
    /// As on the wire.
    #[default]
    Gbk,
    /// In UTF-8.
    #[serde(rename = "utf-8")]
    Utf8,
    /// In UTF-8, percent-encoded.
    UrlEncoded,
}

/// When an answer of 首信易支付 to our own question is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum QueryTrust {
    /// Only with its signature.
    #[default]
    Signature,
    /// Because the connection is our own.
    Connection,
}

/// One bank of 首信易支付.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Bank {
    /// Its number (`v_pmode`).
    pub number: String,
    /// Its name, as 中国银行.
    pub name: String,
}

impl Gateways {
    /// Addresses to which forms lead browsers.
    #[must_use]
    pub fn form_targets(&self) -> Vec<String> {
        let alipay = self.alipay.as_ref().map(|gateway| gateway.endpoint.clone());
        let payease = self.payease.as_ref().map(|gateway| gateway.endpoint.clone());
        let wechat = self.wechat.as_ref().map(Wechat::phone_origin);
        [alipay, payease, wechat].into_iter().flatten().collect()
    }

    pub(in crate::config) fn check(&self, say: Say<'_>) {
        let endpoints = [
            ("gateway.alipay.endpoint", self.alipay.as_ref().map(|gateway| &gateway.endpoint)),
            ("gateway.payease.endpoint", self.payease.as_ref().map(|gateway| &gateway.endpoint)),
            (
                "gateway.alipay.bill_origin",
                self.alipay.as_ref().and_then(|gateway| gateway.bill_origin.as_ref()),
            ),
            ("gateway.wechat.endpoint", self.wechat.as_ref().map(|gateway| &gateway.endpoint)),
            (
                "gateway.wechat.phone_origin",
                self.wechat.as_ref().and_then(|gateway| gateway.phone_origin.as_ref()),
            ),
        ];
        for (key, endpoint) in endpoints {
            if endpoint
                .is_some_and(|url| !url.starts_with("https://") && !url.starts_with("http://127.0.0.1:"))
            {
                say(key, "expected https://… (or http://127.0.0.1:PORT for a sandbox)".to_owned());
            }
        }
        let numbers = [
            ("gateway.alipay.app_id", self.alipay.as_ref().map(|gateway| &gateway.app_id)),
            ("gateway.alipay.seller_id", self.alipay.as_ref().map(|gateway| &gateway.seller_id)),
            ("gateway.payease.mid", self.payease.as_ref().map(|gateway| &gateway.mid)),
            ("gateway.wechat.app_id", self.wechat.as_ref().map(|gateway| &gateway.app_id)),
            ("gateway.wechat.mchid", self.wechat.as_ref().map(|gateway| &gateway.mchid)),
        ];
        for (key, number) in numbers {
            if number.is_some_and(|number| !is_number(number)) {
                say(
                    key,
                    "expected the number that the gateway gave you, 1 to 32 letters and digits".to_owned(),
                );
            }
        }
        let banks = self.payease.iter().map(|gateway| &gateway.banks);
        for bank in banks.flat_map(|banks| check_banks(banks)) {
            say("gateway.payease.banks", bank);
        }
        for (key, wrong) in self.wechat.iter().flat_map(check_wechat) {
            say(key, wrong);
        }
    }

    /// The key files.
    pub(in crate::config) fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let mut files = Vec::new();
        if let Some(alipay) = &self.alipay {
            files.push(("gateway.alipay.private_key_file", alipay.private_key_file.clone()));
            files.push(("gateway.alipay.alipay_public_key_file", alipay.alipay_public_key_file.clone()));
        }
        if let Some(payease) = &self.payease {
            files.push(("gateway.payease.hmac_key_file", payease.hmac_key_file.clone()));
            files.push(("gateway.payease.public_key_file", payease.public_key_file.clone()));
        }
        if let Some(wechat) = &self.wechat {
            files.push(("gateway.wechat.private_key_file", wechat.private_key_file.clone()));
            files.push(("gateway.wechat.api_v3_key_file", wechat.api_v3_key_file.clone()));
            files.extend(
                wechat.platform_keys.iter().map(|key| ("gateway.wechat.platform_keys", key.file.clone())),
            );
        }
        files
    }
}

fn is_number(text: &str) -> bool {
    (1..=32).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_alphanumeric())
}

fn check_wechat(wechat: &Wechat) -> Vec<(&'static str, String)> {
    let mut wrong = Vec::new();
    for (key, origin) in [
        ("gateway.wechat.endpoint", Some(&wechat.endpoint)),
        ("gateway.wechat.phone_origin", wechat.phone_origin.as_ref()),
    ] {
        let rest = origin.and_then(|origin| origin.split_once("://")).map_or("", |(_, rest)| rest);
        if rest.contains('/') {
            wrong.push((
                key,
                "expected scheme and host, without a path and without a slash at the end".to_owned(),
            ));
        }
    }
    let is_hex =
        |text: &str| (8..=40).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_hexdigit());
    if !is_hex(&wechat.serial_no) {
        wrong.push((
            "gateway.wechat.serial_no",
            "expected the serial number of our certificate, hex digits".to_owned(),
        ));
    }
    let keys = "gateway.wechat.platform_keys";
    if wechat.platform_keys.is_empty() {
        wrong.push((keys, "expected at least one key of the gateway".to_owned()));
    }
    for (place, key) in wechat.platform_keys.iter().enumerate() {
        let is_public = key.id.strip_prefix("PUB_KEY_ID_").is_some_and(is_number);
        if !is_public && !is_hex(&key.id) {
            wrong.push((
                keys,
                format!("{}: expected PUB_KEY_ID_… or the serial number of a certificate", key.id),
            ));
        }
        if wechat.platform_keys.iter().take(place).any(|other| other.id.eq_ignore_ascii_case(&key.id)) {
            wrong.push((keys, format!("{} stands twice", key.id)));
        }
    }
    wrong
}

fn check_banks(banks: &[Bank]) -> Vec<String> {
    let mut wrong = Vec::new();
    if banks.is_empty() {
        wrong.push("expected at least one bank".to_owned());
    }
    for (place, bank) in banks.iter().enumerate() {
        if !is_number(&bank.number) || bank.name.trim().is_empty() {
            wrong.push(format!("bank {}: expected the gateway's number and a name", place.saturating_add(1)));
        }
        if banks.iter().take(place).any(|other| other.number == bank.number) {
            wrong.push(format!("bank number {} stands twice", bank.number));
        }
    }
    wrong
}

/// `[sandbox]`: simulators of the gateways, only in a rehearsal.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Sandbox {
    /// Where the sandbox of 支付宝 listens.
    pub alipay_listen: SocketAddr,
    /// Where the sandbox of 首信易支付 listens.
    pub payease_listen: SocketAddr,
    /// The public half of our key at 支付宝, PEM.
    pub app_public_key_file: PathBuf,
    /// 支付宝's own key, PEM.
    pub alipay_private_key_file: PathBuf,
    /// 首信易支付's own key, PEM.
    pub payease_private_key_file: PathBuf,
    /// The file in which the sandboxes keep their trades.
    pub journal: PathBuf,
    /// The sandbox of 微信支付, where that gateway is configured.
    pub wechat: Option<WechatSandbox>,
}

/// `[sandbox.wechat]`.
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct WechatSandbox {
    /// Where it listens.
    pub listen: SocketAddr,
    /// The public half of our key, PEM.
    pub merchant_public_key_file: PathBuf,
    /// Its own key, PEM.
    pub private_key_file: PathBuf,
}

impl Sandbox {
    pub(in crate::config) fn files(&self) -> Vec<(&'static str, PathBuf)> {
        let mut files = vec![
            ("sandbox.app_public_key_file", self.app_public_key_file.clone()),
            ("sandbox.alipay_private_key_file", self.alipay_private_key_file.clone()),
            ("sandbox.payease_private_key_file", self.payease_private_key_file.clone()),
        ];
        if let Some(wechat) = &self.wechat {
            files.push(("sandbox.wechat.merchant_public_key_file", wechat.merchant_public_key_file.clone()));
            files.push(("sandbox.wechat.private_key_file", wechat.private_key_file.clone()));
        }
        files
    }
}
