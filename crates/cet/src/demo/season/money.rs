//! Payments and refunds: candidates pay at the sandbox gateways, which the site then asks, as the job of orders does.

use std::collections::BTreeSet;

use cet_domain::payment::choice::{method, sold_as};
use cet_domain::payment::jobs;
use cet_domain::payment::store as orders;
use cet_domain::payment::store::Order;
use cet_domain::payment::verbs::{self, Pay};
use cet_domain::reconciliation::{self, Day, Of, fetch};
use gateway::{Fields, GatewayCode, HttpRequest, PayFlow, Payer};

use super::{Fault, Seeding, sound};
use crate::rehearsal::store as rehearsal;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;
use crate::words::ids::{EntryId, PassportId};

/// How the sandboxes behave while the season is made: the site is not being served yet, so that a notification would
/// arrive nowhere; orders are asked for instead.
const QUIET: &str = r#"{"drop":true}"#;
/// As [`QUIET`], and they answer no question of the site.
const SILENT: &str = r#"{"drop":true,"trouble":"unreachable"}"#;

/// What is wrong in yesterday's bill of 支付宝.
const WRONG_BILL: &str = r#"{"drop":true,"bill":["sum","twice","unknown-order"]}"#;

/// How the sandboxes behave.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Sandboxes {
    /// As they do for everybody.
    Usual,
    /// No notifications.
    Quiet,
    /// No notifications and no answers.
    Silent,
    /// No notifications, and bills with three differences.
    WrongBill,
}

impl Seeding {
    /// Sets how the sandboxes behave.
    pub(super) async fn sandboxes(&self, behave: Sandboxes) -> Result<(), Fault> {
        let json = match behave {
            Sandboxes::Usual => "",
            Sandboxes::Quiet => QUIET,
            Sandboxes::Silent => SILENT,
            Sandboxes::WrongBill => WRONG_BILL,
        };
        let set = async move |tx: &mut Tx<'_>| rehearsal::set_behaviour(tx, json).await;
        Ok(self.context.db.write(set).await?)
    }

    /// Opens an order for some entries, or for all unpaid ones.
    pub(super) async fn order(
        &self,
        (sitting, passport): (&SittingCode, PassportId),
        entries: &[EntryId],
        gateway: GatewayCode,
    ) -> Result<Order, Fault> {
        let banks = ["85", "9", "4", "3"];
        let bank = banks.iter().cycle().nth(usize::try_from(passport.0 & 3).unwrap_or(0));
        let pay = Pay {
            passport,
            sitting: sitting.clone(),
            entries: entries.iter().copied().collect::<BTreeSet<_>>(),
            method: method(
                gateway.as_str(),
                bank.copied().unwrap_or_default(),
                &self.payments.gateways.offered(),
            ),
            address: super::candidates::FROM.to_string(),
        };
        let id = sound("an order", verbs::pay(&self.payments, pay).await)?;
        let read = async move |tx: &mut Tx<'_>| orders::newest_of(tx, passport).await;
        let all: Vec<Order> = self.context.db.read(read).await?;
        all.into_iter().find(|order| order.id == id).ok_or(DbError::Decode("order").into())
    }

    /// The candidate goes to the gateway, as by the form on the order's page, or scans its code.
    pub(super) async fn visit(&self, sitting: &SittingCode, order: &Order) -> Result<(), Fault> {
        let now = self.payments.now().await?;
        let catalogue = self.payments.catalogue.get();
        let sold = sold_as(catalogue.sitting(sitting).ok_or(DbError::Decode("sitting"))?);
        if order.method.gateway == gateway::wechat::CODE {
            let payer = Payer { way: PayFlow::Scan, address: super::candidates::FROM.to_string() };
            let code = self.payments.gateways.address(order, &sold, &payer, now).await;
            return code.map(|_| ()).ok_or_else(|| Fault("a sandbox gave no code".to_owned()));
        }
        let form = self
            .payments
            .gateways
            .pay_form(order, &sold, now)
            .map_err(|error| Fault(format!("{error:?}")))?;
        let body = Fields::encode(&form.fields, form.charset).map_err(|error| Fault(format!("{error:?}")))?;
        self.send(form.action, body).await
    }

    /// The candidate pays there.
    pub(super) async fn press_pay(&self, order: &Order) -> Result<(), Fault> {
        let code = order.method.gateway;
        let gateway = self.payments.gateways.gateway(code).ok_or(DbError::Decode("gateway"))?;
        let number = gateway.wire_number(&order.reference());
        let url = if code == gateway::payease::CODE {
            format!("{}/bank/{number}", self.payease)
        } else if code == gateway::wechat::CODE {
            format!("{}/pay/{number}", self.wechat)
        } else {
            format!("{}/cashier/{number}", self.alipay)
        };
        self.send(url, "outcome=pay".to_owned()).await
    }

    async fn send(&self, url: String, body: String) -> Result<(), Fault> {
        let request = HttpRequest::post(url, "application/x-www-form-urlencoded", body.into_bytes());
        match self.payments.gateways.wire.send(request).await {
            Ok(reply) if reply.status < 400 => Ok(()),
            Ok(reply) => Err(Fault(format!("a sandbox answered {}", reply.status))),
            Err(error) => Err(Fault(format!("a sandbox: {error:?}"))),
        }
    }

    /// The site asks the gateway for an order and books what it says.
    pub(super) async fn ask(&self, order: &Order) -> Result<(), Fault> {
        let (school, id) = (order.school, order.id);
        let read = async move |tx: &mut Tx<'_>| orders::by_id(tx, school, id).await;
        let found: Option<Order> = self.context.db.read(read).await?;
        verbs::ask_one(&self.payments, found.ok_or(DbError::Decode("order"))?).await?;
        Ok(())
    }

    /// A candidate pays for some entries, or for all.
    pub(super) async fn pays(
        &self,
        who: (&SittingCode, PassportId),
        entries: &[EntryId],
        gateway: GatewayCode,
    ) -> Result<(), Fault> {
        let order = self.order(who, entries, gateway).await?;
        self.visit(who.0, &order).await?;
        self.press_pay(&order).await?;
        self.ask(&order).await
    }

    /// A candidate leaves a bank's page open, pays by 支付宝 instead, and then pays at the bank too: that money goes back.
    pub(super) async fn pays_twice(&self, who: (&SittingCode, PassportId)) -> Result<(), Fault> {
        let bank = self.order(who, &[], gateway::payease::CODE).await?;
        self.visit(who.0, &bank).await?;
        self.pays(who, &[], gateway::alipay::CODE).await?;
        self.press_pay(&bank).await?;
        self.ask(&bank).await
    }

    /// Yesterday's bill of 支付宝 was fetched this morning, and three differences were found.
    pub(super) async fn bill_of_yesterday(&self) -> Result<(), Fault> {
        let day = Day::of(self.payments.now().await?).before();
        let of = Of { gateway: gateway::alipay::CODE, day };
        reconciliation::jobs::make_days(&self.payments).await?;
        self.sandboxes(Sandboxes::WrongBill).await?;
        // Before two in the morning there is none yet: then the job fetches a right one.
        fetch::fetch(&self.payments, of).await?;
        self.sandboxes(Sandboxes::Quiet).await?;
        reconciliation::jobs::compare_next(&self.payments).await?;
        Ok(())
    }

    /// Sends the refunds that are due.
    pub(super) async fn refund(&self) -> Result<(), Fault> {
        while jobs::carry_due(&self.payments).await?.done > 0 {}
        for gateway in GatewayCode::all() {
            while jobs::refund_due(&self.payments, gateway).await?.done > 0 {}
        }
        Ok(())
    }
}
