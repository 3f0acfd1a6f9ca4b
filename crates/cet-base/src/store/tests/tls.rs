//! TLS to PostgreSQL, by `sslmode`. The server of `scripts/test` offers it, with a certificate for 127.0.0.1 and
//! `database.test`, but does not require it.

use std::error::Error as _;
use std::io::{Read as _, Write as _};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use rustls::pki_types::pem::PemObject as _;
use rustls::pki_types::{CertificateDer, PrivateKeyDer, PrivatePkcs8KeyDer};
use rustls::sign::{CertifiedKey, SingleCertAndKey};
use rustls::{ServerConfig, ServerConnection, SupportedProtocolVersion};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

use super::*;
use crate::store::testing::{Kind, TestDb, certificates, client, fresh, with};

/// The message by which a client asks for TLS.
const SSL_REQUEST: [u8; 8] = [0, 0, 0, 8, 4, 210, 22, 47];

async fn with_tls() -> (TestDb, PathBuf) {
    (fresh(Kind::Postgres).await, certificates())
}

async fn node(t: &TestDb, url: &str, settings: &str) -> Db {
    let url = with(url, settings);
    Db::open(Settings { url, pool: 2, durable: false, clock: t.clock.clone(), node: 906 }).await.unwrap()
}

fn verifying(mode: &str, file: &Path) -> String {
    format!("sslmode={mode}&sslrootcert={}", file.display())
}

/// Whether this connection is encrypted, as the server sees it.
async fn encrypted(tx: &mut Tx<'_>) -> Result<bool, DbError> {
    let sql = "SELECT ssl FROM pg_stat_ssl WHERE pid = pg_backend_pid()";
    Ok(tx.query_one::<(bool,)>(sql, &[]).await?.0)
}

/// The error of a refused connection.
async fn refused(db: &Db) -> String {
    match db.read(encrypted).await {
        Err(DbError::Outage(cause)) => cause.to_string(),
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn every_connection_is_encrypted_as_the_address_asks_on_postgresql() {
    let (t, _) = with_tls().await;
    for (settings, expected) in
        [("sslmode=disable", false), ("sslmode=prefer", true), ("sslmode=require", true)]
    {
        let db = node(&t, &t.url, settings).await;
        let lanes = [
            db.write(encrypted).await,
            db.read(encrypted).await,
            db.read_long(encrypted).await,
            db.probe(encrypted).await,
        ];
        assert_eq!(lanes, [Ok(expected), Ok(expected), Ok(expected), Ok(expected)], "{settings}");
    }
}

#[tokio::test]
async fn an_operator_is_told_what_the_server_says_of_the_connection_on_postgresql() {
    let (t, folder) = with_tls().await;
    let authority = folder.join("authority.pem");
    for (settings, words) in [
        ("sslmode=disable".to_owned(), ", not encrypted"),
        ("sslmode=prefer".to_owned(), ", TLS 1.3, certificate not verified"),
        (verifying("verify-ca", &authority), ", TLS 1.3, certificate verified, but not for its host"),
        (verifying("verify-full", &authority), ", TLS 1.3, certificate verified"),
    ] {
        let link = node(&t, &t.url, &settings).await.link().await.unwrap();
        let version = t.db.read(async |tx: &mut Tx<'_>| {
            let sql = "SELECT CAST(split_part(current_setting('server_version'), '.', 1) AS BIGINT)";
            tx.query_one::<(i64,)>(sql, &[]).await
        });
        assert_eq!(link.to_string(), format!("PostgreSQL {}{words}", version.await.unwrap().0));
        assert_eq!(link.advice(), None, "this machine");
    }
}

#[tokio::test]
async fn with_verify_full_a_server_of_another_authority_is_refused_on_postgresql() {
    let (t, folder) = with_tls().await;
    for mode in ["verify-ca", "verify-full"] {
        let trusted = node(&t, &t.url, &verifying(mode, &folder.join("authority.pem"))).await;
        assert_eq!(trusted.read(encrypted).await, Ok(true), "{mode}");
        let other = node(&t, &t.url, &verifying(mode, &folder.join("another.pem"))).await;
        let said = refused(&other).await;
        assert!(said.contains("invalid peer certificate"), "{mode}: {said}");
    }
}

#[tokio::test]
async fn with_verify_full_a_server_of_another_name_is_refused_and_with_verify_ca_it_is_not_on_postgresql() {
    let (t, folder) = with_tls().await;
    let named = |name: &str| with(&t.url.replacen("127.0.0.1", name, 1), "hostaddr=127.0.0.1");
    let (own, other) = (named("database.test"), named("other.test"));
    assert_ne!(own, other);
    let authority = folder.join("authority.pem");
    let (full, ca) = (verifying("verify-full", &authority), verifying("verify-ca", &authority));
    assert_eq!(node(&t, &own, &full).await.read(encrypted).await, Ok(true));
    assert_eq!(node(&t, &other, &ca).await.read(encrypted).await, Ok(true));
    let said = refused(&node(&t, &other, &full).await).await;
    assert!(said.contains("not valid for name"), "{said}");
}

#[tokio::test]
async fn without_tls_at_the_server_prefer_goes_on_and_require_is_refused_on_postgresql() {
    let (t, folder) = with_tls().await;
    let url = without_tls(&t).await;
    for settings in ["sslmode=disable", "sslmode=prefer"] {
        assert_eq!(node(&t, &url, settings).await.read(encrypted).await, Ok(false), "{settings}");
    }
    let authority = folder.join("authority.pem");
    for settings in [
        "sslmode=require".to_owned(),
        verifying("verify-ca", &authority),
        verifying("verify-full", &authority),
    ] {
        let said = refused(&node(&t, &url, &settings).await).await;
        assert!(said.contains("server does not support TLS"), "{settings}: {said}");
    }
}

/// The test's database behind a server that does not support TLS.
async fn without_tls(t: &TestDb) -> String {
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let own = listener.local_addr().unwrap().to_string();
    let (_, upstream) = t.url.split_once('@').unwrap();
    let upstream = upstream.split('/').next().unwrap().to_owned();
    let url = t.url.replace(&upstream, &own);
    tokio::spawn(async move {
        while let Ok((mut ours, _)) = listener.accept().await {
            let upstream = upstream.clone();
            tokio::spawn(async move {
                let mut theirs = tokio::net::TcpStream::connect(upstream).await?;
                let mut first = [0; 8];
                ours.read_exact(&mut first).await?;
                if first == SSL_REQUEST {
                    ours.write_all(b"N").await?;
                } else {
                    theirs.write_all(&first).await?;
                }
                tokio::io::copy_bidirectional(&mut ours, &mut theirs).await
            });
        }
    });
    url
}

#[tokio::test]
async fn a_password_is_bound_to_the_servers_certificate_on_postgresql() {
    let (t, folder) = with_tls().await;
    let (admin, _connection) = client(&t.url).await.unwrap();
    // The server asks this role for its password, by SCRAM.
    let role = "DROP ROLE IF EXISTS cet_with_password; CREATE ROLE cet_with_password LOGIN PASSWORD 'right'";
    admin.batch_execute(role).await.unwrap();
    let url = |password: &str| t.url.replacen("postgres@", &format!("cet_with_password:{password}@"), 1);
    let full = verifying("verify-full", &folder.join("authority.pem"));
    for settings in [
        "sslmode=disable",
        "sslmode=require&channel_binding=require",
        &format!("{full}&channel_binding=require"),
    ] {
        client(&with(&url("right"), settings)).await.unwrap_or_else(|error| panic!("{settings}: {error:?}"));
        let said = client(&with(&url("wrong"), settings)).await.unwrap_err();
        assert_eq!(said.code().map(tokio_postgres::error::SqlState::code), Some("28P01"), "{settings}");
    }
    let unbound = client(&with(&url("right"), "sslmode=disable&channel_binding=require")).await.unwrap_err();
    assert!(unbound.source().unwrap().to_string().contains("channel binding"), "{unbound:?}");
}

#[tokio::test]
async fn a_server_that_shows_a_certificate_without_its_key_is_refused_in_every_mode_on_postgresql() {
    let folder = certificates();
    let authority = folder.join("authority.pem");
    for version in [&rustls::version::TLS13, &rustls::version::TLS12] {
        let impostor = impostor(&folder.join("server.pem"), version);
        for settings in [
            "sslmode=prefer".to_owned(),
            "sslmode=require".to_owned(),
            verifying("verify-ca", &authority),
            verifying("verify-full", &authority),
        ] {
            let said = client(&format!("postgres://postgres@{impostor}/d?{settings}")).await.unwrap_err();
            let said = said.source().unwrap().to_string();
            assert!(said.contains("BadSignature"), "{settings}: {said}");
        }
    }
}

/// A server with the certificate of another one, and a key of its own.
fn impostor(certificate: &Path, version: &'static SupportedProtocolVersion) -> SocketAddr {
    use ring::signature::{ECDSA_P256_SHA256_ASN1_SIGNING, EcdsaKeyPair};

    let chance = ring::rand::SystemRandom::new();
    let key = EcdsaKeyPair::generate_pkcs8(&ECDSA_P256_SHA256_ASN1_SIGNING, &chance).unwrap();
    let key = PrivateKeyDer::Pkcs8(PrivatePkcs8KeyDer::from(key.as_ref().to_vec()));
    let key = rustls::crypto::ring::sign::any_ecdsa_type(&key).unwrap();
    let shown = CertifiedKey::new(vec![CertificateDer::from_pem_file(certificate).unwrap()], key);
    let config = ServerConfig::builder_with_provider(Arc::new(rustls::crypto::ring::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_no_client_auth()
        .with_cert_resolver(Arc::new(SingleCertAndKey::from(shown)));
    let config = Arc::new(config);
    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    std::thread::spawn(move || {
        for mut stream in listener.incoming().map_while(Result::ok) {
            let mut first = [0; 8];
            stream.read_exact(&mut first).unwrap();
            assert_eq!(first, SSL_REQUEST);
            stream.write_all(b"S").unwrap();
            let mut tls = ServerConnection::new(Arc::clone(&config)).unwrap();
            let _refused = tls.complete_io(&mut stream);
        }
    });
    address
}
