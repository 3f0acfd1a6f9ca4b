//! Opens the configured gateways.

use std::path::Path;
use std::sync::Arc;

use gateway::alipay::{Alipay, AlipaySettings};
use gateway::keys::{
    MacKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey, SealKey, is_certificate, of_certificate,
};
use gateway::payease::{MacText, PayEase, PayEaseSettings, QueryTrust};
use gateway::wechat::{PlatformKey, WeChat, WeChatSettings};
use gateway::{Gateway, GatewayCode};

use super::calls::Calls;
use super::gateway_keys::KeysAsked;
use super::gateways::Gateways;
use super::wire::HttpWire;
use crate::config::{self, Config};
use crate::installation::{StartError, read, read_secret};

/// Opens the gateways of a node: reads the keys, and prepares the HTTP client.
///
/// # Errors
/// [`StartError`] names the file or the setting that can't be used.
pub fn gateways(config: &Config) -> Result<Gateways, StartError> {
    let mut gateways: Vec<Arc<dyn Gateway>> = Vec::new();
    let mut banks = Vec::new();
    if let Some(section) = &config.gateway.alipay {
        gateways.push(Arc::new(alipay(config, section)?));
    }
    if let Some(section) = &config.gateway.payease {
        gateways.push(Arc::new(payease(config, section)?));
        banks.clone_from(&section.banks);
    }
    if let Some(section) = &config.gateway.wechat {
        gateways.push(Arc::new(wechat(config, section)?));
    }
    if let (Some(alipay), Some(payease)) = (&config.gateway.alipay, &config.gateway.payease) {
        let [one, other] =
            [&alipay.alipay_public_key_file, &payease.public_key_file].map(|file| config.path(file));
        if read(&one)?.trim() == read(&other)?.trim() {
            return Err(wrong_key(&other, "this is the public key of the other gateway too"));
        }
    }
    let wire = HttpWire::new().map_err(|error| StartError::Setting(format!("gateway: {error}")))?;
    Ok(Gateways {
        all: gateways,
        banks,
        wire: Arc::new(wire),
        origin: config.server.public_origin.clone(),
        calls: Calls::to(GatewayCode::all()),
        keys: KeysAsked::default(),
    })
}

fn alipay(config: &Config, section: &config::Alipay) -> Result<Alipay, StartError> {
    let private_key = secret(config, &section.private_key_file, Rsa2PrivateKey::from_pem)?;
    let alipay_public_key = public(config, &section.alipay_public_key_file, Rsa2PublicKey::from_pem)?;
    // 应用公钥 and 支付宝公钥 are easily confused: the gateway's pages show them side by side.
    if is_pair(&private_key, &alipay_public_key) {
        return Err(wrong_key(
            &config.path(&section.alipay_public_key_file),
            "this is the public half of our own key (应用公钥); expected the gateway's (支付宝公钥)",
        ));
    }
    Ok(Alipay::new(AlipaySettings {
        endpoint: section.endpoint.clone(),
        app_id: section.app_id.clone(),
        seller_id: section.seller_id.clone(),
        private_key,
        alipay_public_key,
        bill_origin: section.bill_origin(),
    }))
}

fn payease(config: &Config, section: &config::Payease) -> Result<PayEase, StartError> {
    let (pay_origin, api_origin) = PayEaseSettings::origins(&section.endpoint);
    let settings = PayEaseSettings {
        pay_origin,
        api_origin,
        mid: section.mid.clone(),
        mac_key: secret(config, &section.hmac_key_file, mac_key)?,
        public_key: public(config, &section.public_key_file, Md5RsaPublicKey::from_pem)?,
        mac_text: mac_text(section),
        query_trust: match section.query_trust {
            config::QueryTrust::Signature => QueryTrust::Signature,
            config::QueryTrust::Connection => QueryTrust::Connection,
        },
    };
    PayEase::new(settings).map_err(|error| StartError::Setting(format!("gateway.payease: {error}")))
}

fn wechat(config: &Config, section: &config::Wechat) -> Result<WeChat, StartError> {
    let private_key = secret(config, &section.private_key_file, Rsa2PrivateKey::from_pem)?;
    let platform_keys = section.platform_keys.iter().map(|key| platform_key(config, key, &private_key));
    let settings = WeChatSettings {
        endpoint: section.endpoint.clone(),
        phone_origin: section.phone_origin(),
        app_id: section.app_id.clone(),
        mchid: section.mchid.clone(),
        serial_no: section.serial_no.clone(),
        platform_keys: platform_keys.collect::<Result<_, _>>()?,
        private_key,
        seal_key: secret(config, &section.api_v3_key_file, SealKey::new)?,
        notify_url: format!("{}/notify/{}", config.server.public_origin, gateway::wechat::CODE.as_str()),
        is_rehearsal: config.rehearsal,
    };
    WeChat::new(settings).map_err(|error| StartError::Setting(format!("gateway.wechat: {error}")))
}

/// A key of 微信支付: its public key, or a platform certificate, which names itself.
fn platform_key(
    config: &Config,
    of: &config::PlatformKey,
    own: &Rsa2PrivateKey,
) -> Result<PlatformKey, StartError> {
    let path = config.path(&of.file);
    let key = public(config, &of.file, |text| {
        if !is_certificate(text) {
            return Rsa2PublicKey::from_pem(text).map(|key| (None, key));
        }
        of_certificate(text).map(|(serial, key)| (Some(serial), key))
    });
    let (serial, key) = key?;
    if let Some(serial) = serial.filter(|serial| !serial.eq_ignore_ascii_case(&of.id)) {
        return Err(wrong_key(&path, &format!("this is the certificate {serial}, not {}", of.id)));
    }
    if is_pair(own, &key) {
        return Err(wrong_key(
            &path,
            "this is the public half of our own key (商户证书); expected the gateway's (微信支付公钥 or 平台证书)",
        ));
    }
    Ok(PlatformKey { id: of.id.clone(), key })
}

/// Which bytes of Chinese fields the MACs of 首信易支付 cover, here and in its sandbox.
#[must_use]
pub const fn mac_text(section: &config::Payease) -> MacText {
    match section.mac_text {
        config::MacText::Gbk => MacText::Gbk,
        config::MacText::Utf8 => MacText::Utf8,
        config::MacText::UrlEncoded => MacText::UrlEncodedUtf8,
    }
}

fn secret<K, E>(
    config: &Config,
    file: &Path,
    parse: impl FnOnce(&str) -> Result<K, E>,
) -> Result<K, StartError> {
    let path = config.path(file);
    parse(&read_secret(&path)?)
        .map_err(|_| wrong_key(&path, "not the private or shared key that is expected"))
}

fn public<K, E>(
    config: &Config,
    file: &Path,
    parse: impl FnOnce(&str) -> Result<K, E>,
) -> Result<K, StartError> {
    let path = config.path(file);
    let text = read(&path)?;
    if text.contains("PRIVATE KEY") {
        return Err(wrong_key(&path, "this is a private key; expected the gateway's public key"));
    }
    parse(&text).map_err(|_| wrong_key(&path, "not the public key that is expected"))
}

/// The shared key is any text: obviously wrong kinds of file are rejected.
fn mac_key(text: &str) -> Result<MacKey, String> {
    if text.contains("-----BEGIN") || text.trim().lines().count() > 1 {
        return Err("a file of several lines".to_owned());
    }
    MacKey::new(text.trim().as_bytes()).map_err(|error| error.to_string())
}

fn wrong_key(path: &Path, what: &str) -> StartError {
    StartError::Setting(format!("{}: {what}", path.display()))
}

/// Whether the public key verifies what the private one signs.
fn is_pair(private: &Rsa2PrivateKey, public: &Rsa2PublicKey) -> bool {
    let text = b"whose key is it?";
    private.sign(text).is_ok_and(|signature| public.verify(text, &signature))
}

#[cfg(test)]
mod tests {
    use ring::rand::{SecureRandom as _, SystemRandom};

    use super::*;
    use crate::private_file;

    /// The error at startup when one file is in the place of another.
    fn told(folder: &Path, put: &[(&str, &str)]) -> String {
        let named = |key: &str, file: &str| {
            let other = put.iter().find(|(place, _)| *place == key).map_or(file, |(_, other)| *other);
            format!("{key} = \"{other}\"\n")
        };
        let text = format!(
            "rehearsal = true\n[server]\nlisten = \"127.0.0.1:8080\"\npublic_origin = \"http://127.0.0.1:8080\"\n\
             [database]\nurl = \"sqlite:x\"\n[vault]\nkey_file = \"mac\"\n[gateway.alipay]\n\
             endpoint = \"https://example.com\"\napp_id = \"1\"\nseller_id = \"2\"\n{}{}[gateway.payease]\n\
             endpoint = \"https://example.com\"\nmid = \"888\"\nbanks = [{{ number = \"85\", name = \"x\" }}]\n{}{}",
            named("private_key_file", "app"),
            named("alipay_public_key_file", "alipay-public"),
            named("hmac_key_file", "mac"),
            named("public_key_file", "payease-public"),
        );
        let config = Config::parse("cet.toml", &text, folder.to_owned(), std::iter::empty()).unwrap();
        gateways(&config).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_key_in_the_place_of_another_is_named() {
        let place = tempfile::tempdir().unwrap();
        let chance = SystemRandom::new();
        let keys = gateway::keys::generate(&mut |bytes| chance.fill(bytes).is_ok()).unwrap();
        for (name, text) in [
            ("app", keys.app_private.as_str()),
            ("app-public", &keys.app_public),
            ("alipay-public", &keys.alipay_public),
            ("mac", &keys.mac_key),
            ("payease-private", &keys.payease_private),
            ("payease-public", &keys.payease_public),
        ] {
            private_file::write_new(&place.path().join(name), text.as_bytes()).unwrap();
        }
        assert_eq!(told(place.path(), &[]), "");
        for (key, file, words) in [
            ("alipay_public_key_file", "app-public", "应用公钥"),
            ("alipay_public_key_file", "app", "this is a private key"),
            ("alipay_public_key_file", "mac", "not the public key"),
            ("private_key_file", "alipay-public", "not the private or shared key"),
            ("hmac_key_file", "app", "not the private or shared key"),
            ("public_key_file", "payease-private", "this is a private key"),
            ("public_key_file", "alipay-public", "of the other gateway"),
        ] {
            let told = told(place.path(), &[(key, file)]);
            assert!(told.contains(words) && told.contains(file), "{key} = {file}: {told}");
        }
    }

    /// The error at startup with these keys of 微信支付.
    fn told_wechat(folder: &Path, (private, seal): (&str, &str), keys: &str) -> String {
        let text = format!(
            "rehearsal = true\n[server]\nlisten = \"127.0.0.1:8080\"\npublic_origin = \"http://127.0.0.1:8080\"\n\
             [database]\nurl = \"sqlite:x\"\n[vault]\nkey_file = \"seal\"\n[gateway.wechat]\n\
             endpoint = \"https://api.mch.weixin.qq.com\"\napp_id = \"wx1\"\nmchid = \"1900\"\nserial_no = \"5157F09E\"\n\
             private_key_file = \"{private}\"\napi_v3_key_file = \"{seal}\"\nplatform_keys = [{keys}]\n"
        );
        let config = Config::parse("cet.toml", &text, folder.to_owned(), std::iter::empty()).unwrap();
        gateways(&config).err().map_or_else(String::new, |error| error.to_string())
    }

    #[test]
    fn a_key_of_wechat_in_the_place_of_another_is_named_and_a_certificate_names_itself() {
        const CERTIFICATE: &str = include_str!("../../../gateway/tests/wire/data/wechat-certificate.pem");
        let place = tempfile::tempdir().unwrap();
        let chance = SystemRandom::new();
        let keys = gateway::keys::generate_wechat(&mut |bytes| chance.fill(bytes).is_ok()).unwrap();
        for (name, text) in [
            ("private", keys.merchant_private.as_str()),
            ("own-public", &keys.merchant_public),
            ("public", &keys.platform_public),
            ("certificate", CERTIFICATE),
            ("seal", &keys.seal_key),
        ] {
            private_file::write_new(&place.path().join(name), text.as_bytes()).unwrap();
        }
        let public = "{ id = \"PUB_KEY_ID_1\", file = \"public\" }";
        let certificate = "{ id = \"f7af28bcafbfbb81c4f3a2e1d9c0b0a0192837\", file = \"certificate\" }";
        let both = format!("{public}, {certificate}");
        assert_eq!(told_wechat(place.path(), ("private", "seal"), &both), "");
        let other = "{ id = \"5157F09E\", file = \"certificate\" }";
        let own = "{ id = \"PUB_KEY_ID_1\", file = \"own-public\" }";
        for (files, keys, words) in [
            (
                ("private", "seal"),
                other,
                "this is the certificate F7AF28BCAFBFBB81C4F3A2E1D9C0B0A0192837, not 5157F09E",
            ),
            (("private", "seal"), own, "商户证书"),
            (("private", "private"), public, "not the private or shared key"),
            (("seal", "seal"), public, "not the private or shared key"),
        ] {
            let told = told_wechat(place.path(), files, keys);
            assert!(told.contains(words), "{told}");
        }
    }
}
