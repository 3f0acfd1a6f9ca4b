//! Generates keys for a rehearsal, where both sides are ours.

use std::fmt;

use data_encoding::HEXLOWER;
use rsa::PrivateKey;
use rsa::pkcs8::{EncodePrivateKey, EncodePublicKey, LineEnding};
use rsa::rand_core::{TryCryptoRng, TryRng};
use zeroize::Zeroizing;

use super::KeyError;

/// Key files of both sides of all gateways; private keys are wiped when dropped, and none can be printed.
pub struct DemoKeys {
    /// The merchant's key at Alipay, PKCS#8.
    pub app_private: Zeroizing<String>,
    /// Its public half, SPKI.
    pub app_public: String,
    /// Alipay's own private key.
    pub alipay_private: Zeroizing<String>,
    /// Its public half, which the merchant verifies with.
    pub alipay_public: String,
    /// PayEase's key for `v_sign`, 1024 bits.
    pub payease_private: Zeroizing<String>,
    /// Its public half.
    pub payease_public: String,
    /// The key shared with PayEase: 64 hex digits, used as text.
    pub mac_key: Zeroizing<String>,
    /// The keys at 微信支付.
    pub wechat: WeChatKeys,
}

/// Key files of both sides of 微信支付.
pub struct WeChatKeys {
    /// The merchant's key, PKCS#8.
    pub merchant_private: Zeroizing<String>,
    /// Its public half.
    pub merchant_public: String,
    /// The gateway's own private key.
    pub platform_private: Zeroizing<String>,
    /// Its public half, which the merchant verifies with.
    pub platform_public: String,
    /// The shared key that seals notifications.
    pub seal_key: Zeroizing<String>,
}

impl fmt::Debug for WeChatKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("WeChatKeys(…)")
    }
}

/// Generates new keys of 微信支付, as [`generate`] does those of all gateways.
///
/// # Errors
/// [`KeyError::Random`] if `fill` fails.
pub fn generate_wechat(fill: &mut dyn FnMut(&mut [u8]) -> bool) -> Result<WeChatKeys, KeyError> {
    let mut source = Source(fill);
    let (merchant_private, merchant_public) = pair(&mut source, 2048)?;
    let (platform_private, platform_public) = pair(&mut source, 2048)?;
    let mut secret = Zeroizing::new([0_u8; 16]);
    source.try_fill_bytes(secret.as_mut_slice()).map_err(|_| KeyError::Random)?;
    let seal_key = Zeroizing::new(HEXLOWER.encode(secret.as_slice()));
    Ok(WeChatKeys { merchant_private, merchant_public, platform_private, platform_public, seal_key })
}

impl fmt::Debug for DemoKeys {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DemoKeys(…)")
    }
}

/// Generates new keys from `fill`, which fills a slice with random bytes and returns whether it succeeded.
///
/// # Errors
/// [`KeyError::Random`] if `fill` fails.
pub fn generate(fill: &mut dyn FnMut(&mut [u8]) -> bool) -> Result<DemoKeys, KeyError> {
    let mut source = Source(&mut *fill);
    let (app_private, app_public) = pair(&mut source, 2048)?;
    let (alipay_private, alipay_public) = pair(&mut source, 2048)?;
    let (payease_private, payease_public) = pair(&mut source, 1024)?;
    let mut secret = Zeroizing::new([0_u8; 32]);
    source.try_fill_bytes(secret.as_mut_slice()).map_err(|_| KeyError::Random)?;
    let mac_key = Zeroizing::new(HEXLOWER.encode(secret.as_slice()));
    let wechat = generate_wechat(fill)?;
    Ok(DemoKeys {
        app_private,
        app_public,
        alipay_private,
        alipay_public,
        payease_private,
        payease_public,
        mac_key,
        wechat,
    })
}

fn pair(source: &mut Source<'_>, bits: usize) -> Result<(Zeroizing<String>, String), KeyError> {
    let key = PrivateKey::new(source, bits).map_err(|_| KeyError::Random)?;
    let private = key.to_pkcs8_pem(LineEnding::LF).map_err(|_| KeyError::NotRsa)?;
    let public = key.to_public_key().to_public_key_pem(LineEnding::LF).map_err(|_| KeyError::NotRsa)?;
    Ok((private, public))
}

/// Adapts the caller's random bytes to the trait that the library requires.
struct Source<'a>(&'a mut dyn FnMut(&mut [u8]) -> bool);

#[derive(Debug)]
struct SourceFailed;

impl fmt::Display for SourceFailed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("the random source failed")
    }
}

impl std::error::Error for SourceFailed {}

impl TryRng for Source<'_> {
    type Error = SourceFailed;

    fn try_next_u32(&mut self) -> Result<u32, SourceFailed> {
        let mut bytes = [0; 4];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u32::from_le_bytes(bytes))
    }

    fn try_next_u64(&mut self) -> Result<u64, SourceFailed> {
        let mut bytes = [0; 8];
        self.try_fill_bytes(&mut bytes)?;
        Ok(u64::from_le_bytes(bytes))
    }

    fn try_fill_bytes(&mut self, into: &mut [u8]) -> Result<(), SourceFailed> {
        if (self.0)(into) { Ok(()) } else { Err(SourceFailed) }
    }
}

impl TryCryptoRng for Source<'_> {}
