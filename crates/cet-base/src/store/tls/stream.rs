//! The glue between tokio-postgres and tokio-rustls: the handshake, the encrypted stream, and the channel binding of a
//! password to the server's certificate.

use std::convert::Infallible;
use std::io::{self, IoSlice};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use ring::digest::{Algorithm, SHA256, SHA384, SHA512, digest};
use rustls::ClientConfig;
use rustls::pki_types::ServerName;
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio_postgres::Socket;
use tokio_postgres::tls::{ChannelBinding, MakeTlsConnect, TlsConnect};
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;

/// Encrypts connections, all with one configuration.
#[derive(Clone)]
pub(in crate::store) struct Connector(Arc<ClientConfig>);

impl Connector {
    pub(super) fn new(config: ClientConfig) -> Self {
        Self(Arc::new(config))
    }
}

impl MakeTlsConnect<Socket> for Connector {
    type Stream = Encrypted;
    type TlsConnect = Handshake;
    type Error = Infallible;

    fn make_tls_connect(&mut self, host: &str) -> Result<Handshake, Infallible> {
        Ok(Handshake { connector: Arc::clone(&self.0).into(), host: host.to_owned() })
    }
}

/// The handshake of one connection. The host's name is parsed only here: a handshake is also made for Unix sockets,
/// which have none.
pub(in crate::store) struct Handshake {
    connector: TlsConnector,
    host: String,
}

impl TlsConnect<Socket> for Handshake {
    type Stream = Encrypted;
    type Error = io::Error;
    type Future = Pin<Box<dyn Future<Output = io::Result<Encrypted>> + Send>>;

    fn connect(self, socket: Socket) -> Self::Future {
        Box::pin(async move {
            let host = ServerName::try_from(self.host)
                .map_err(|error| io::Error::new(io::ErrorKind::InvalidInput, error))?;
            Ok(Encrypted(self.connector.connect(host, socket).await?))
        })
    }
}

/// An encrypted connection.
pub(in crate::store) struct Encrypted(TlsStream<Socket>);

impl tokio_postgres::tls::TlsStream for Encrypted {
    fn channel_binding(&self) -> ChannelBinding {
        let (_, session) = self.0.get_ref();
        let certificate = session.peer_certificates().and_then(<[_]>::first);
        certificate
            .and_then(|certificate| end_point(certificate))
            .map_or_else(ChannelBinding::none, ChannelBinding::tls_server_end_point)
    }
}

impl AsyncRead for Encrypted {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_read(cx, buffer)
    }
}

impl AsyncWrite for Encrypted {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write(cx, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.0).poll_write_vectored(cx, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.0.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.0).poll_shutdown(cx)
    }
}

/// `tls-server-end-point` of RFC 5929: the certificate's hash, by the hash algorithm of its signature. Signatures that
/// have none (Ed25519) or name it elsewhere (RSA-PSS) have no binding.
fn end_point(certificate: &[u8]) -> Option<Vec<u8>> {
    const RSA: &[u8] = &[0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01];
    const ECDSA: &[u8] = &[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04];
    let signature = signature_algorithm(certificate)?;
    let hash: &Algorithm = match (signature.strip_prefix(RSA), signature.strip_prefix(ECDSA)) {
        // MD5 and SHA-1 are replaced by SHA-256 (section 4.1).
        (Some([4 | 5 | 11]), _) | (_, Some([1] | [3, 2])) => &SHA256,
        (Some([12]), _) | (_, Some([3, 3])) => &SHA384,
        (Some([13]), _) | (_, Some([3, 4])) => &SHA512,
        _ => return None,
    };
    Some(digest(hash, certificate).as_ref().to_vec())
}

/// The object identifier of a certificate's signature algorithm: a certificate is a sequence of the signed part, the
/// signature algorithm (a sequence that begins with its identifier), and the signature.
fn signature_algorithm(certificate: &[u8]) -> Option<&[u8]> {
    const IDENTIFIER: u8 = 6;
    let (_, certificate, _) = element(certificate)?;
    let (_, _, after_signed) = element(certificate)?;
    let (_, algorithm, _) = element(after_signed)?;
    let (tag, identifier, _) = element(algorithm)?;
    (tag == IDENTIFIER).then_some(identifier)
}

/// The first element of DER: its tag, its content, and the rest.
fn element(der: &[u8]) -> Option<(u8, &[u8], &[u8])> {
    const LONG: u8 = 0x80;
    let (&tag, rest) = der.split_first()?;
    let (&length, rest) = rest.split_first()?;
    let (length, rest) = if length < LONG {
        (usize::from(length), rest)
    } else {
        let (length, rest) = rest.split_at_checked(usize::from(length & !LONG))?;
        let add = |sum: usize, byte: &u8| sum.checked_mul(256)?.checked_add(usize::from(*byte));
        (length.iter().try_fold(0, add)?, rest)
    };
    let (content, rest) = rest.split_at_checked(length)?;
    Some((tag, content, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn sequence(parts: &[&[u8]]) -> Vec<u8> {
        let content = parts.concat();
        let length = u16::try_from(content.len()).unwrap().to_be_bytes();
        [&[0x30, 0x82], &length[..], &content].concat()
    }

    /// A certificate up to its signature algorithm.
    fn signed_with(identifier: &[u8]) -> Vec<u8> {
        let length = u8::try_from(identifier.len()).unwrap();
        let algorithm = sequence(&[&[6, length], identifier, &[5, 0]]);
        sequence(&[&sequence(&[&[2, 1, 7], &[0; 300]]), &algorithm, &[3, 1, 0]])
    }

    #[test]
    fn a_certificate_is_bound_by_the_hash_of_its_own_signature() {
        let rsa = |last: u8| [0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, last].to_vec();
        let ecdsa = |last: &[u8]| [&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04], last].concat();
        for (identifier, hash) in [
            (rsa(5), Some(&SHA256)),
            (rsa(11), Some(&SHA256)),
            (rsa(12), Some(&SHA384)),
            (rsa(13), Some(&SHA512)),
            (rsa(10), None),
            (ecdsa(&[3, 2]), Some(&SHA256)),
            (ecdsa(&[3, 3]), Some(&SHA384)),
            (ecdsa(&[3, 4]), Some(&SHA512)),
            (vec![0x2b, 0x65, 0x70], None),
        ] {
            let certificate = signed_with(&identifier);
            let expected = hash.map(|hash| digest(hash, &certificate).as_ref().to_vec());
            assert_eq!(end_point(&certificate), expected, "{identifier:x?}");
        }
    }

    #[test]
    fn what_is_no_certificate_has_no_binding() {
        let whole = signed_with(&[0x2a, 0x86, 0x48, 0xce, 0x3d, 0x04, 3, 2]);
        for end in 0..whole.len() {
            assert_eq!(end_point(&whole[..end]), None, "{end} bytes");
        }
        assert_eq!(end_point(&[0x30, 0xff]), None);
        assert_eq!(end_point(&[[0x30, 0x89].as_slice(), &[0xff; 9]].concat()), None);
    }
}
