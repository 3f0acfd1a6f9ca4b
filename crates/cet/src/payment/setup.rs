//! The gateways that the configuration names.

use std::path::Path;
use std::sync::Arc;

use gateway::Gateway;
use gateway::alipay::{Alipay, AlipaySettings};
use gateway::keys::{MacKey, Md5RsaPublicKey, Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::{MacText, PayEase, PayEaseSettings, QueryTrust};

use super::desk::Desk;
use super::wire::HttpWire;
use crate::app::{StartError, read};
use crate::config::{self, Config};

/// Makes the desk of a node: reads the keys, and gets the way to the gateways ready.
///
/// # Errors
/// [`StartError`] names the file or the setting that can't be used.
pub fn desk(config: &Config) -> Result<Desk, StartError> {
    let mut gateways: Vec<Arc<dyn Gateway>> = Vec::new();
    let mut banks = Vec::new();
    if let Some(section) = &config.gateway.alipay {
        gateways.push(Arc::new(alipay(config, section)?));
    }
    if let Some(section) = &config.gateway.payease {
        gateways.push(Arc::new(payease(config, section)?));
        banks.clone_from(&section.banks);
    }
    let wire = HttpWire::new().map_err(|error| StartError::Setting(format!("gateway: {error}")))?;
    Ok(Desk { gateways, banks, wire: Arc::new(wire), origin: config.server.public_origin.clone() })
}

fn alipay(config: &Config, section: &config::Alipay) -> Result<Alipay, StartError> {
    Ok(Alipay::new(AlipaySettings {
        endpoint: section.endpoint.clone(),
        app_id: section.app_id.clone(),
        seller_id: section.seller_id.clone(),
        private_key: key(config, &section.private_key_file, Rsa2PrivateKey::from_pem)?,
        alipay_public_key: key(config, &section.alipay_public_key_file, Rsa2PublicKey::from_pem)?,
    }))
}

fn payease(config: &Config, section: &config::Payease) -> Result<PayEase, StartError> {
    let (pay_origin, api_origin) = PayEaseSettings::origins(&section.endpoint);
    let settings = PayEaseSettings {
        pay_origin,
        api_origin,
        mid: section.mid.clone(),
        mac_key: key(config, &section.hmac_key_file, |text| MacKey::new(text.trim().as_bytes()))?,
        public_key: key(config, &section.public_key_file, Md5RsaPublicKey::from_pem)?,
        mac_text: MacText::default(),
        query_trust: QueryTrust::default(),
    };
    PayEase::new(settings).map_err(|error| StartError::Setting(format!("gateway.payease: {error}")))
}

fn key<K, E>(
    config: &Config,
    file: &Path,
    parse: impl FnOnce(&str) -> Result<K, E>,
) -> Result<K, StartError> {
    let path = config.path(file);
    parse(&read(&path)?)
        .map_err(|_| StartError::Setting(format!("{}: not the key that is expected there", path.display())))
}
