//! Platform certificates: the gateway hands out those that it signs with, now and next, sealed with the shared key.

use jiff::Timestamp;

use super::answer::{self, Answer};
use super::members::Members;
use super::{PlatformKey, SEAL};
use crate::http::HttpReply;
use crate::keys::{SealKey, of_certificate};
use crate::refused::WireError;

/// The most certificates of an answer: two are live while they change.
const MOST: usize = 16;

/// A certificate that was handed out.
#[derive(Clone, Debug)]
pub(super) struct Certificate {
    pub(super) key: PlatformKey,
    pub(super) from: Timestamp,
    pub(super) until: Timestamp,
}

impl Certificate {
    pub(super) fn is_live(&self, at: Timestamp) -> bool {
        self.from <= at && at < self.until
    }
}

/// Reads the certificates that are not over. The answer may be signed with one of its own: that they are the gateway's is
/// proven by the shared key, which seals them.
pub(super) fn read(
    reply: HttpReply<'_>,
    known: &[PlatformKey],
    seal: &SealKey,
) -> Result<Vec<Certificate>, WireError> {
    let (status, body, at) = (reply.status, reply.body, reply.at);
    let handed = if status == 200 { unsealed(&Members::parse(body)?, seal)? } else { Vec::new() };
    let keys: Vec<PlatformKey> =
        known.iter().cloned().chain(handed.iter().map(|one| one.key.clone())).collect();
    match answer::read(reply, &keys)? {
        Answer::Success(_) => {}
        refused @ Answer::Refused { .. } => return Err(refused.error()),
    }
    let live: Vec<Certificate> = handed.into_iter().filter(|one| at < one.until).collect();
    if live.is_empty() { Err(WireError::MissingField("data")) } else { Ok(live) }
}

fn unsealed(answer: &Members<'_>, seal: &SealKey) -> Result<Vec<Certificate>, WireError> {
    answer.list("data", MOST)?.iter().map(|one| certificate(one, seal)).collect()
}

fn certificate(of: &Members<'_>, seal: &SealKey) -> Result<Certificate, WireError> {
    let time = |name: &'static str| of.text(name)?.parse().map_err(|_| WireError::Malformed(name));
    let sealed = of.object("encrypt_certificate")?;
    sealed.same("algorithm", SEAL, WireError::WrongSignType)?;
    let (nonce, associated) = (sealed.text("nonce")?, sealed.text_or_empty("associated_data")?);
    let text = seal.open(&nonce, &associated, &sealed.text("ciphertext")?);
    let text = text.ok_or(WireError::BadSignature("ciphertext"))?;
    let text = std::str::from_utf8(&text).map_err(|_| WireError::Encoding)?;
    let (id, key) = of_certificate(text).map_err(|_| WireError::Malformed("ciphertext"))?;
    if !id.eq_ignore_ascii_case(&of.text("serial_no")?) {
        return Err(WireError::Malformed("serial_no"));
    }
    Ok(Certificate {
        key: PlatformKey { id, key },
        from: time("effective_time")?,
        until: time("expire_time")?,
    })
}
