//! Sends notifications that are due, and schedules retries.

use gateway::payease::MAX_ORDERS;
use jiff::{SignedDuration, Timestamp};
use tokio::task::JoinSet;

use crate::Falsify;
use crate::ledger::{Delivery, Event, Side};
use crate::notice;
use crate::sandbox::{Book, Sandbox, Unavailable};

/// Alipay's delays between its eight attempts.
const ALIPAY_WAITS: [SignedDuration; 7] = [
    SignedDuration::from_mins(4),
    SignedDuration::from_mins(10),
    SignedDuration::from_mins(10),
    SignedDuration::from_hours(1),
    SignedDuration::from_hours(2),
    SignedDuration::from_hours(6),
    SignedDuration::from_hours(15),
];
/// The delays of 微信支付 between its attempts, in seconds.
const WECHAT_WAITS: [i64; 14] =
    [15, 15, 30, 180, 600, 1_200, 1_800, 1_800, 1_800, 3_600, 10_800, 10_800, 10_800, 21_600];
/// How long PayEase waits before it sends an unacknowledged order without another order's notification.
const PAYEASE_WAIT: SignedDuration = SignedDuration::from_mins(1);
/// The maximum number of PayEase's attempts.
const PAYEASE_TRIES: u32 = 60;
/// The maximum number of concurrent notifications.
const AT_ONCE: usize = 32;

/// One POST with one notification or, for PayEase, up to four.
struct Parcel {
    deliveries: Vec<Delivery>,
    headers: Vec<(String, String)>,
    body: String,
    copies: u16,
}

impl Sandbox {
    /// Sends what is due now and waits for the responses; returns the number of POSTs.
    pub async fn tick(&self) -> usize {
        let _alone = self.sending().await;
        // The cause is already logged; the next tick tries again.
        let _made_or_logged = self.refund_in_console().await;
        self.send_due().await.unwrap_or_default()
    }

    async fn send_due(&self) -> Result<usize, Unavailable> {
        if self.book().await.ledger.open_deliveries().next().is_none() {
            return Ok(0);
        }
        let now = self.now().await?;
        let parcels = self.pack(&*self.book().await, now);
        let mut posts = JoinSet::new();
        let mut sent = 0_usize;
        for parcel in parcels {
            sent = sent.saturating_add(usize::from(parcel.copies));
            let client = self.client().clone();
            posts.spawn(async move {
                let acknowledged = post(&client, &parcel).await;
                (parcel, acknowledged)
            });
        }
        while let Some(done) = posts.join_next().await {
            let Ok((parcel, acknowledged)) = done else { continue };
            for delivery in &parcel.deliveries {
                let next = if acknowledged { None } else { again_at(delivery, now) };
                let pending = self.book().await.record(&Event::Attempted { id: delivery.id, next })?;
                pending.wait().await.map_err(|error| Unavailable::journal(&error))?;
            }
        }
        Ok(sent)
    }

    fn pack(&self, book: &Book, now: Timestamp) -> Vec<Parcel> {
        let due = |delivery: &&Delivery| delivery.due_at.is_some_and(|at| at <= now);
        let mut parcels: Vec<Parcel> = Vec::new();
        let mut taken: Vec<u64> = Vec::new();
        let mut queue: Vec<&Delivery> = book.ledger.open_deliveries().filter(due).collect();
        queue.sort_by_key(|delivery| (delivery.due_at, delivery.id));
        for first in queue {
            if parcels.len() >= AT_ONCE {
                break;
            }
            if taken.contains(&first.id) {
                continue;
            }
            let mut together = vec![first];
            if first.side == Side::PayEase && first.falsify == Falsify::None {
                // Unacknowledged ones are sent along with the next order's notification.
                for other in book.ledger.open_deliveries() {
                    let rides = other.side == Side::PayEase
                        && other.falsify == Falsify::None
                        && (other.tries > 0 || due(&other))
                        && !taken.contains(&other.id)
                        && together.iter().all(|known| known.number != other.number);
                    if rides && together.len() < MAX_ORDERS {
                        together.push(other);
                    }
                }
            }
            taken.extend(together.iter().map(|delivery| delivery.id));
            parcels.extend(self.parcel(book, &together, now));
        }
        parcels
    }

    fn parcel(&self, book: &Book, together: &[&Delivery], now: Timestamp) -> Option<Parcel> {
        let mut content = Vec::with_capacity(together.len());
        for delivery in together {
            content.push((*delivery, book.ledger.trade(delivery.side, &delivery.number)?));
        }
        let built = match content.as_slice() {
            [(delivery, trade)] if delivery.side == Side::Alipay => {
                notice::alipay_body(delivery, trade, self.settings(), now).map(|body| (Vec::new(), body))
            }
            [(delivery, trade)] if delivery.side == Side::WeChat => {
                // Without its keys, which the configuration has lost, nothing can be sent.
                notice::wechat_body(delivery, trade, self.settings().wechat.as_ref()?, now)
            }
            several => notice::payease_body(several, self.settings()).map(|body| (Vec::new(), body)),
        };
        let copies = together.iter().map(|delivery| delivery.extra_copies).max().unwrap_or(0);
        let deliveries = together.iter().map(|delivery| (*delivery).clone()).collect();
        match built {
            Ok((headers, body)) => {
                Some(Parcel { deliveries, headers, body, copies: u16::from(copies).saturating_add(1) })
            }
            Err(error) => {
                tracing::error!(error = %error, "a notification could not be built");
                None
            }
        }
    }
}

/// Sends every copy; returns whether one of them was acknowledged.
async fn post(client: &reqwest::Client, parcel: &Parcel) -> bool {
    let Some(first) = parcel.deliveries.first() else { return true };
    let (content_type, words): (&str, &[&str]) = match first.side {
        Side::Alipay => ("application/x-www-form-urlencoded; charset=utf-8", &["success"]),
        Side::PayEase => ("application/x-www-form-urlencoded; charset=GBK", &["sent", "received"]),
        Side::WeChat => ("application/json", &[]),
    };
    let mut acknowledged = false;
    for _ in 0..parcel.copies {
        let request = client.post(&first.url).header("content-type", content_type).body(parcel.body.clone());
        let request =
            parcel.headers.iter().fold(request, |request, (name, value)| request.header(name, value));
        let answer = match request.send().await {
            // It reads the status alone.
            Ok(answer) if first.side == Side::WeChat && answer.status().is_success() => {
                acknowledged = true;
                continue;
            }
            Ok(answer) if answer.status().as_u16() == 200 => answer.text().await,
            Ok(answer) => {
                tracing::warn!(
                    status = answer.status().as_u16(),
                    "the merchant did not accept a notification"
                );
                continue;
            }
            Err(error) => Err(error),
        };
        match answer {
            Ok(text) => acknowledged |= words.contains(&text.as_str()),
            Err(error) => tracing::warn!(error = %error.without_url(), "a notification did not arrive"),
        }
    }
    acknowledged
}

fn again_at(delivery: &Delivery, now: Timestamp) -> Option<Timestamp> {
    let wait = match delivery.side {
        Side::Alipay => *ALIPAY_WAITS.get(usize::try_from(delivery.tries).ok()?)?,
        Side::WeChat => SignedDuration::from_secs(*WECHAT_WAITS.get(usize::try_from(delivery.tries).ok()?)?),
        Side::PayEase if delivery.tries.saturating_add(1) < PAYEASE_TRIES => PAYEASE_WAIT,
        Side::PayEase => return None,
    };
    now.saturating_add(wait).ok()
}
