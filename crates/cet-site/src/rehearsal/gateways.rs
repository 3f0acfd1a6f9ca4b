//! The sandbox gateways of a rehearsal: their configuration, and the clock and behaviour that they read from the
//! database.

use std::sync::Arc;

use gateway::keys::{MacKey, Md5RsaPrivateKey, Rsa2PrivateKey, Rsa2PublicKey, SealKey};
use gateway::payease::platform::Merchant;
use gateway::{OrderNumber, parse_yuan, wechat};
use gateway_sandbox::{
    AlipaySide, Behaviour, BoxFuture, ConsoleRefund, Host, HostError, PayEaseSide, Plant, Sandbox, Settings,
};
use jiff::Timestamp;
use serde::Serialize;
use serde::de::DeserializeOwned;

use super::store;
use super::views::{DELAY_MAX_SECONDS, DUPLICATES_MAX, GatewayBehaviour};
use cet_base::config::Config;
use cet_base::private_file;
use cet_base::store::{Db, DbError, Tx};
use cet_domain::installation::{StartError, read, read_secret};
use cet_domain::payment::gateways::Gateways;
use cet_domain::payment::rules::OrderState;
use cet_domain::payment::store as orders;

/// The name that the sandboxes show as merchant.
const MERCHANT: &str = "CET考试报名（演练）";

/// How many refunds of a console are kept to be made.
const CONSOLE: usize = 50;

struct DatabaseHost(Db);

impl Host for DatabaseHost {
    fn now(&self) -> BoxFuture<'_, Result<Timestamp, HostError>> {
        Box::pin(async {
            let now = self.0.read(async |tx: &mut Tx<'_>| tx.now().await).await;
            now.map(cet_base::words::time::Time::timestamp).map_err(|error| HostError(error.to_string()))
        })
    }

    fn behaviour(&self) -> BoxFuture<'_, Result<Behaviour, HostError>> {
        Box::pin(async { behaviour(&self.0).await.map_err(|error| HostError(error.to_string())) })
    }
}

/// The current behaviour.
pub async fn behaviour(db: &Db) -> Result<Behaviour, DbError> {
    db.read(async |tx: &mut Tx<'_>| stored(tx).await).await
}

async fn stored(tx: &mut Tx<'_>) -> Result<Behaviour, DbError> {
    let json = store::behaviour(tx).await?;
    Behaviour::parse(&json).map_err(|_| DbError::Decode("behaviour of the sandbox gateways"))
}

async fn set(tx: &mut Tx<'_>, behaviour: &Behaviour) -> Result<(), DbError> {
    let json = serde_json::to_string(behaviour).map_err(|_| DbError::Decode("behaviour to store"))?;
    store::set_behaviour(tx, &json).await
}

/// Changes the behaviour; what was done in a console stays done.
pub(super) async fn change(tx: &mut Tx<'_>, wanted: Behaviour) -> Result<(), DbError> {
    let console = stored(tx).await?.console;
    set(tx, &Behaviour { console, ..wanted }).await
}

/// Why no refund is made in a console.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum NoConsole {
    /// No order of this number was paid.
    Order,
    /// Not a sum up to that of the order.
    Amount,
}

/// Has a gateway make a refund as if somebody had asked for it in its console. What exceeds the payment is not made there.
pub(super) async fn refund_in_console(
    tx: &mut Tx<'_>,
    gateways: &Gateways,
    (number, amount): (&str, &str),
) -> Result<Result<(), NoConsole>, DbError> {
    let Ok(number) = number.parse::<OrderNumber>() else { return Ok(Err(NoConsole::Order)) };
    let Some(order) = orders::by_number(tx, &number).await?.filter(|order| order.state == OrderState::Paid)
    else {
        return Ok(Err(NoConsole::Order));
    };
    let Some(gateway) = gateways.gateway(order.method.gateway) else { return Ok(Err(NoConsole::Order)) };
    let Some(amount_fen) = parse_yuan(amount).filter(|fen| (1..=order.amount.get()).contains(fen)) else {
        return Ok(Err(NoConsole::Amount));
    };
    let mut behaviour = stored(tx).await?;
    behaviour.console.push(ConsoleRefund {
        id: format!("C{}", tx.new_id()),
        gateway: order.method.gateway.as_str().to_owned(),
        number: gateway.wire_number(&order.reference()),
        amount_fen,
    });
    // Those before were made long ago.
    let made = behaviour.console.len().saturating_sub(CONSOLE);
    behaviour.console.drain(..made);
    set(tx, &behaviour).await.map(Ok)
}

/// Opens the sandboxes as configured.
///
/// # Errors
/// [`StartError`] names the section, the file or the key that can't be used.
pub fn open(config: &Config, db: &Db) -> Result<Sandbox, StartError> {
    let missing =
        |section: &str| StartError::Setting(format!("[{section}] is needed for the sandbox gateways"));
    let own = config.sandbox.as_ref().ok_or_else(|| missing("sandbox"))?;
    let alipay = config.gateway.alipay.as_ref().ok_or_else(|| missing("gateway.alipay"))?;
    let payease = config.gateway.payease.as_ref().ok_or_else(|| missing("gateway.payease"))?;
    let text = |path: &std::path::Path| read(&config.path(path));
    let secret = |path: &std::path::Path| read_secret(&config.path(path));
    let wrong = |path: &std::path::Path| StartError::Setting(format!("{}: no such key", path.display()));
    let app_public_key = Rsa2PublicKey::from_pem(&text(&own.app_public_key_file)?)
        .map_err(|_| wrong(&own.app_public_key_file))?;
    let alipay_key = Rsa2PrivateKey::from_pem(&secret(&own.alipay_private_key_file)?)
        .map_err(|_| wrong(&own.alipay_private_key_file))?;
    let payease_key = Md5RsaPrivateKey::from_pem(&secret(&own.payease_private_key_file)?)
        .map_err(|_| wrong(&own.payease_private_key_file))?;
    let mac_key = MacKey::new(secret(&payease.hmac_key_file)?.trim().as_bytes())
        .map_err(|_| wrong(&payease.hmac_key_file))?;
    let path = config.path(&own.journal);
    let journal =
        private_file::append(&path).map_err(|error| StartError::File(path.display().to_string(), error))?;
    let settings = Settings {
        merchant_name: MERCHANT.to_owned(),
        alipay: AlipaySide {
            app_id: alipay.app_id.clone(),
            seller_id: alipay.seller_id.clone(),
            app_public_key,
            private_key: alipay_key,
        },
        payease: PayEaseSide {
            merchant: Merchant {
                mid: payease.mid.clone(),
                mac_key,
                private_key: payease_key,
                mac_text: cet_domain::payment::setup::mac_text(payease),
            },
            notify_url: format!("{}/notify/payease", config.server.public_origin),
        },
        wechat: wechat_side(config)?,
        journal,
    };
    Sandbox::open(settings, Arc::new(DatabaseHost(db.clone())))
        .map_err(|error| StartError::Setting(error.to_string()))
}

/// The merchant as the sandbox of 微信支付 knows it, where that gateway is configured with a sandbox.
fn wechat_side(config: &Config) -> Result<Option<wechat::platform::Merchant>, StartError> {
    let own = config.sandbox.as_ref().and_then(|sandbox| sandbox.wechat.as_ref());
    let (Some(own), Some(section)) = (own, config.gateway.wechat.as_ref()) else { return Ok(None) };
    let wrong = |path: &std::path::Path| StartError::Setting(format!("{}: no such key", path.display()));
    let public = read(&config.path(&own.merchant_public_key_file))?;
    let private = read_secret(&config.path(&own.private_key_file))?;
    let seal = read_secret(&config.path(&section.api_v3_key_file))?;
    Ok(Some(wechat::platform::Merchant {
        app_id: section.app_id.clone(),
        mchid: section.mchid.clone(),
        serial_no: section.serial_no.clone(),
        public_key: Rsa2PublicKey::from_pem(&public).map_err(|_| wrong(&own.merchant_public_key_file))?,
        platform_id: section.platform_keys.first().map(|key| key.id.clone()).unwrap_or_default(),
        private_key: Rsa2PrivateKey::from_pem(&private).map_err(|_| wrong(&own.private_key_file))?,
        seal_key: SealKey::new(&seal).map_err(|_| wrong(&section.api_v3_key_file))?,
    }))
}

/// Converts the behaviour for the page's form.
#[must_use]
pub fn to_view(behaviour: &Behaviour) -> GatewayBehaviour {
    GatewayBehaviour {
        outcome: word(&behaviour.outcome),
        delay: behaviour.delay.into(),
        drop: behaviour.drop,
        duplicates: behaviour.duplicates.into(),
        reorder: behaviour.reorder,
        falsify: word(&behaviour.falsify),
        trouble: word(&behaviour.trouble),
        late: behaviour.late_payment,
        bill: behaviour.bill.iter().map(word).collect(),
    }
}

/// Parses the behaviour from the page's form.
///
/// # Errors
/// The name of the field with an unknown or out-of-range value.
pub fn from_view(view: &GatewayBehaviour) -> Result<Behaviour, &'static str> {
    Ok(Behaviour {
        outcome: meant(&view.outcome).ok_or("outcome")?,
        delay: within(view.delay, DELAY_MAX_SECONDS).ok_or("delay")?,
        drop: view.drop,
        duplicates: within(view.duplicates, DUPLICATES_MAX)
            .and_then(|n| u8::try_from(n).ok())
            .ok_or("duplicates")?,
        reorder: view.reorder,
        falsify: meant(&view.falsify).ok_or("falsify")?,
        trouble: meant(&view.trouble).ok_or("trouble")?,
        late_payment: view.late,
        bill: view.bill.iter().map(|plant| plant_of(plant)).collect::<Option<_>>().ok_or("bill")?,
        console: Vec::new(),
    })
}

/// The sandbox's name of a choice, which is also the value of the page's option.
fn word(choice: &impl Serialize) -> String {
    serde_json::to_value(choice).ok().and_then(|value| value.as_str().map(str::to_owned)).unwrap_or_default()
}

fn meant<T: DeserializeOwned + Default>(word: &str) -> Option<T> {
    if word.is_empty() { Some(T::default()) } else { serde_json::from_value(word.into()).ok() }
}

fn plant_of(word: &str) -> Option<Plant> {
    serde_json::from_value(word.into()).ok()
}

fn within(value: i64, most: i64) -> Option<u32> {
    u32::try_from(value).ok().filter(|_| value <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_every_behaviour_and_reads_it_back() {
        use crate::rehearsal::views::{FALSIFICATIONS, OUTCOMES, TROUBLES};
        for ((outcome, _), (falsify, _), (trouble, _)) in OUTCOMES
            .iter()
            .flat_map(|o| FALSIFICATIONS.iter().map(move |f| (o, f)))
            .flat_map(|(o, f)| TROUBLES.iter().map(move |t| (o, f, t)))
        {
            let view = GatewayBehaviour {
                outcome: (*outcome).to_owned(),
                delay: 7,
                drop: true,
                duplicates: 3,
                reorder: true,
                falsify: (*falsify).to_owned(),
                trouble: (*trouble).to_owned(),
                late: true,
                bill: crate::rehearsal::views::PLANTS.iter().map(|(plant, _)| (*plant).to_owned()).collect(),
            };
            assert_eq!(from_view(&view).map(|behaviour| to_view(&behaviour)), Ok(view));
        }
    }

    #[test]
    fn what_is_no_behaviour_is_named() {
        let refused = |view: GatewayBehaviour| from_view(&view).unwrap_err();
        assert_eq!(refused(GatewayBehaviour { delay: -1, ..GatewayBehaviour::default() }), "delay");
        assert_eq!(
            refused(GatewayBehaviour { falsify: "x".to_owned(), ..GatewayBehaviour::default() }),
            "falsify"
        );
    }
}
