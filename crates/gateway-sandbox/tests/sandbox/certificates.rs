//! 微信支付 with platform certificates.

use std::sync::Arc;

use gateway::keys::{Rsa2PrivateKey, SealKey};
use gateway::wechat::platform::Certificate;
use gateway::wechat::{PlatformKey, WeChat, WeChatSettings};
use gateway::{Gateway as _, TradeState, WireError};
use gateway_sandbox::{Host, Sandbox};
use jiff::SignedDuration;

use crate::world::*;

const OLD: &str = "7A01";
const NEW: &str = "7A02";

/// A certificate that is live for a hundred hours from then on.
fn certificate(serial: &str, private: &str, from: i64) -> Certificate {
    Certificate {
        serial_no: serial.to_owned(),
        private_key: Rsa2PrivateKey::from_pem(private).unwrap(),
        from: start() + SignedDuration::from_hours(from),
        until: start() + SignedDuration::from_hours(from + 100),
    }
}

/// A sandbox with these certificates, and a merchant who has the old one.
async fn world(certificates: Vec<Certificate>) -> World {
    let mut world = World::new().await;
    let journal = world.folder.as_ref().unwrap().path().join("certificates.jsonl");
    let mut settings = settings(&journal, &world.origin);
    settings.wechat.as_mut().unwrap().certificates = certificates;
    world.sandbox = Sandbox::open(settings, Arc::clone(&world.host) as Arc<dyn Host>).unwrap();
    let key = Rsa2PrivateKey::from_pem(&keys().alipay_private).unwrap().public_key();
    world.wechat = WeChat::new(WeChatSettings {
        endpoint: "http://wechat.test".to_owned(),
        phone_origin: "http://wechat.test".to_owned(),
        app_id: "wx1".to_owned(),
        mchid: "1900".to_owned(),
        serial_no: "5157F09E".to_owned(),
        private_key: Rsa2PrivateKey::from_pem(&keys().wechat.merchant_private).unwrap(),
        seal_key: SealKey::new(&keys().wechat.seal_key).unwrap(),
        platform_keys: vec![PlatformKey { id: OLD.to_owned(), key }],
        notify_url: format!("{}/notify/wechat", world.origin),
        is_rehearsal: true,
    })
    .unwrap();
    world
}

async fn fetch(world: &World) -> (u16, Result<(), WireError>) {
    let request = world.wechat.keys_request(start()).unwrap().unwrap();
    let answer = call(world.sandbox.wechat(), request).await;
    (answer.status, world.wechat.take_keys(answer.reply()))
}

#[tokio::test]
async fn a_merchant_with_certificates_follows_while_they_change() {
    let both = [certificate(OLD, &keys().alipay_private, -1), certificate(NEW, &keys().app_private, 1)];
    let world = world(both.into()).await;
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::NotExist));
    world.open("wechat", &world.to_pay("wechat", 1)).await;
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::Waiting));
    world.press("wechat", 2, "pay").await;
    world.advance(90 * 60);
    let unknown = || WireError::UnknownKey(NEW.to_owned());
    assert_eq!(world.query("wechat", 1).await, Err(unknown()));
    assert_eq!(world.sandbox.tick().await, 1);
    let arrived = std::mem::take(&mut *world.inbox.lock().unwrap());
    let read = || {
        let (headers, body) = (&arrived.headers[0], &arrived.bodies[0].1);
        let at = *world.host.now.lock().unwrap();
        world.wechat.parse_notice(gateway::HttpNotice { headers, body, at })
    };
    assert_eq!(read().err(), Some(unknown()));
    assert_eq!(fetch(&world).await, (200, Ok(())));
    assert_eq!(world.query("wechat", 1).await, Ok(TradeState::Waiting));
    assert_eq!(read().map(|told| told.len()), Ok(1));
}

#[tokio::test]
async fn a_gateway_that_signs_with_its_public_key_hands_out_no_certificate() {
    let (status, taken) = fetch(&world(Vec::new()).await).await;
    assert!(status == 404 && taken.is_err(), "{status}");
}
