//! TLS to PostgreSQL, by rustls with ring: what `sslmode` verifies.

mod stream;

use std::path::Path;
use std::sync::Arc;

use rustls::client::danger::{HandshakeSignatureValid, ServerCertVerified, ServerCertVerifier};
use rustls::client::verify_server_cert_signed_by_trust_anchor;
use rustls::crypto::{
    CryptoProvider, WebPkiSupportedAlgorithms, ring, verify_tls12_signature, verify_tls13_signature,
};
use rustls::pki_types::pem::{self, PemObject as _};
use rustls::pki_types::{CertificateDer, ServerName, UnixTime};
use rustls::server::ParsedCertificate;
use rustls::{ClientConfig, DigitallySignedStruct, RootCertStore, SignatureScheme};

pub(super) use self::stream::Connector;
use super::address::{Address, AddressError, Tls};
use super::{Cause, DbError, OpenError};

/// The protocol's name in a handshake (ALPN), without which `sslnegotiation=direct` is refused.
const PROTOCOL: &[u8] = b"postgresql";

impl Address {
    /// The TLS connector, if `sslmode` asks for one. Reads the file of the trusted authorities.
    pub(super) fn connector(&self) -> Result<Connector, OpenError> {
        let provider = Arc::new(ring::default_provider());
        let config = ClientConfig::builder_with_provider(Arc::clone(&provider))
            .with_safe_default_protocol_versions()
            .map_err(|error| OpenError::Database(DbError::Engine(Cause::new(error))))?;
        let roots = match &self.tls {
            Tls::Disable | Tls::Prefer | Tls::Require => None,
            Tls::VerifyCa(file) | Tls::VerifyFull(file) => Some(authorities(file)?),
        };
        let mut config = match (&self.tls, roots) {
            (Tls::VerifyFull(_), Some(roots)) => config.with_root_certificates(roots).with_no_client_auth(),
            (_, roots) => config
                .dangerous()
                .with_custom_certificate_verifier(Arc::new(AnyHost::new(roots, &provider)))
                .with_no_client_auth(),
        };
        config.alpn_protocols.push(PROTOCOL.to_vec());
        Ok(Connector::new(config))
    }
}

fn authorities(file: &Path) -> Result<RootCertStore, AddressError> {
    let wrong = |cause| AddressError::Authority(file.to_owned(), cause);
    let unread = |error: pem::Error| wrong(Cause::new(error));
    let mut roots = RootCertStore::empty();
    for certificate in CertificateDer::pem_file_iter(file).map_err(unread)? {
        roots.add(certificate.map_err(unread)?).map_err(|error| wrong(Cause::new(error)))?;
    }
    if roots.is_empty() { Err(unread(pem::Error::NoItemsFound)) } else { Ok(roots) }
}

/// Accepts a certificate for any host; with authorities (`verify-ca`), only one that they signed.
#[derive(Debug)]
struct AnyHost {
    roots: Option<RootCertStore>,
    algorithms: WebPkiSupportedAlgorithms,
}

impl AnyHost {
    fn new(roots: Option<RootCertStore>, provider: &CryptoProvider) -> Self {
        Self { roots, algorithms: provider.signature_verification_algorithms }
    }
}

impl ServerCertVerifier for AnyHost {
    fn verify_server_cert(
        &self,
        end_entity: &CertificateDer<'_>,
        intermediates: &[CertificateDer<'_>],
        _server_name: &ServerName<'_>,
        _ocsp_response: &[u8],
        now: UnixTime,
    ) -> Result<ServerCertVerified, rustls::Error> {
        if let Some(roots) = &self.roots {
            let certificate = ParsedCertificate::try_from(end_entity)?;
            verify_server_cert_signed_by_trust_anchor(
                &certificate,
                roots,
                intermediates,
                now,
                self.algorithms.all,
            )?;
        }
        Ok(ServerCertVerified::assertion())
    }

    // The signatures are verified in every mode: SCRAM binds a password to the certificate, which proves nothing unless
    // the server has its key.

    fn verify_tls12_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls12_signature(message, certificate, signed, &self.algorithms)
    }

    fn verify_tls13_signature(
        &self,
        message: &[u8],
        certificate: &CertificateDer<'_>,
        signed: &DigitallySignedStruct,
    ) -> Result<HandshakeSignatureValid, rustls::Error> {
        verify_tls13_signature(message, certificate, signed, &self.algorithms)
    }

    fn supported_verify_schemes(&self) -> Vec<SignatureScheme> {
        self.algorithms.supported_schemes()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_that_holds_no_certificate_is_named() {
        let folder = tempfile::tempdir().unwrap();
        let (empty, broken) = (folder.path().join("empty.pem"), folder.path().join("broken.pem"));
        std::fs::write(&empty, "no certificate").unwrap();
        std::fs::write(&broken, "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n").unwrap();
        for (file, mode) in [(folder.path().join("none.pem"), "full"), (empty, "ca"), (broken, "full")] {
            let url = format!("postgres://h/d?sslmode=verify-{mode}&sslrootcert={}", file.display());
            let address: Address = url.parse().unwrap();
            let said = address.connector().map(drop).unwrap_err().to_string();
            let words = format!("sslrootcert={}: expected certificates as PEM: ", file.display());
            assert!(said.starts_with(&words) && said.len() > words.len(), "{said}");
        }
    }
}
