//! The sandbox gateways as parts of a rehearsal: what the configuration says of them, and the clock and behaviour that
//! they read from the database.

use std::sync::Arc;

use gateway::keys::{MacKey, Md5RsaPrivateKey, Rsa2PrivateKey, Rsa2PublicKey};
use gateway::payease::MacText;
use gateway::payease::platform::Merchant;
use gateway_sandbox::{
    AlipaySide, ApiBehaviour, Behaviour, BoxFuture, CashierBehaviour, Falsify, Host, HostError, PayEaseSide,
    Sandbox, Settings,
};
use jiff::Timestamp;

use super::store;
use super::views::{DELAY_MAX_SECONDS, DUPLICATES_MAX, GatewayBehaviour};
use crate::app::{StartError, read};
use crate::config::Config;
use crate::store::{Db, DbError, Tx};

/// The name that the sandboxes show as merchant.
const MERCHANT: &str = "CET考试报名（演练）";

struct DatabaseHost(Db);

impl Host for DatabaseHost {
    fn now(&self) -> BoxFuture<'_, Result<Timestamp, HostError>> {
        Box::pin(async {
            let now = self.0.read(async |tx: &mut Tx<'_>| tx.now().await).await;
            now.map(crate::words::time::Time::timestamp).map_err(|error| HostError(error.to_string()))
        })
    }

    fn behaviour(&self) -> BoxFuture<'_, Result<Behaviour, HostError>> {
        Box::pin(async { behaviour(&self.0).await.map_err(|error| HostError(error.to_string())) })
    }
}

/// The behaviour that is in force.
///
/// # Errors
/// [`DbError`].
pub async fn behaviour(db: &Db) -> Result<Behaviour, DbError> {
    let json = db.read(async |tx: &mut Tx<'_>| store::behaviour(tx).await).await?;
    if json.is_empty() {
        return Ok(Behaviour::default());
    }
    serde_json::from_str(&json).map_err(|_| DbError::Decode("behaviour of the sandbox gateways"))
}

/// Opens both sandboxes as the configuration says.
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
    let wrong = |path: &std::path::Path| StartError::Setting(format!("{}: no such key", path.display()));
    let app_public_key = Rsa2PublicKey::from_pem(&text(&own.app_public_key_file)?)
        .map_err(|_| wrong(&own.app_public_key_file))?;
    let alipay_key = Rsa2PrivateKey::from_pem(&text(&own.alipay_private_key_file)?)
        .map_err(|_| wrong(&own.alipay_private_key_file))?;
    let payease_key = Md5RsaPrivateKey::from_pem(&text(&own.payease_private_key_file)?)
        .map_err(|_| wrong(&own.payease_private_key_file))?;
    let mac_key = MacKey::new(text(&payease.hmac_key_file)?.trim().as_bytes())
        .map_err(|_| wrong(&payease.hmac_key_file))?;
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
                mac_text: MacText::default(),
            },
            notify_url: format!("{}/notify/payease", config.server.public_origin),
        },
        journal: config.path(&own.journal),
    };
    Sandbox::open(settings, Arc::new(DatabaseHost(db.clone())))
        .map_err(|error| StartError::Setting(error.to_string()))
}

/// The behaviour in the words of the page.
#[must_use]
pub fn to_view(behaviour: &Behaviour) -> GatewayBehaviour {
    GatewayBehaviour {
        outcome: match behaviour.cashier {
            CashierBehaviour::Ask => "ask",
            CashierBehaviour::Pay => "pay",
            CashierBehaviour::Decline => "decline",
        }
        .to_owned(),
        delay: behaviour.notice_delay_seconds.into(),
        drop: behaviour.drop_notices,
        duplicates: behaviour.extra_copies.into(),
        reorder: behaviour.reorder_notices,
        falsify: match behaviour.falsify {
            Falsify::Nothing => "none",
            Falsify::Signature => "signature",
            Falsify::Amount => "amount",
            Falsify::Merchant => "merchant",
            Falsify::Order => "order",
        }
        .to_owned(),
        trouble: match behaviour.api {
            ApiBehaviour::Normal => "none",
            ApiBehaviour::Failing => "failing",
            ApiBehaviour::Slow => "slow",
            ApiBehaviour::AnswerLost => "answer-lost",
        }
        .to_owned(),
        late: behaviour.late_payment,
    }
}

/// The behaviour from the words of the page, or the field that is not one of them.
///
/// # Errors
/// The name of the field.
pub fn from_view(view: &GatewayBehaviour) -> Result<Behaviour, &'static str> {
    Ok(Behaviour {
        cashier: match view.outcome.as_str() {
            "ask" | "" => CashierBehaviour::Ask,
            "pay" => CashierBehaviour::Pay,
            "decline" => CashierBehaviour::Decline,
            _ => return Err("outcome"),
        },
        notice_delay_seconds: within(view.delay, DELAY_MAX_SECONDS).ok_or("delay")?,
        drop_notices: view.drop,
        extra_copies: within(view.duplicates, DUPLICATES_MAX)
            .and_then(|n| u8::try_from(n).ok())
            .ok_or("duplicates")?,
        reorder_notices: view.reorder,
        falsify: match view.falsify.as_str() {
            "none" | "" => Falsify::Nothing,
            "signature" => Falsify::Signature,
            "amount" => Falsify::Amount,
            "merchant" => Falsify::Merchant,
            "order" => Falsify::Order,
            _ => return Err("falsify"),
        },
        api: match view.trouble.as_str() {
            "none" | "" => ApiBehaviour::Normal,
            "failing" => ApiBehaviour::Failing,
            "slow" => ApiBehaviour::Slow,
            "answer-lost" => ApiBehaviour::AnswerLost,
            _ => return Err("trouble"),
        },
        late_payment: view.late,
    })
}

fn within(value: i64, most: i64) -> Option<u32> {
    u32::try_from(value).ok().filter(|_| value <= most)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_page_says_every_behaviour_and_reads_it_back() {
        let behaviour = Behaviour {
            cashier: CashierBehaviour::Pay,
            notice_delay_seconds: 7,
            drop_notices: true,
            extra_copies: 3,
            reorder_notices: true,
            falsify: Falsify::Amount,
            api: ApiBehaviour::AnswerLost,
            late_payment: true,
        };
        assert_eq!(from_view(&to_view(&behaviour)), Ok(behaviour));
        assert_eq!(from_view(&GatewayBehaviour { delay: -1, ..GatewayBehaviour::default() }), Err("delay"));
        assert_eq!(
            from_view(&GatewayBehaviour { falsify: "x".to_owned(), ..GatewayBehaviour::default() }),
            Err("falsify")
        );
    }
}
