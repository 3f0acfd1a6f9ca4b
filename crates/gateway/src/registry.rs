//! The gateways that this program speaks to: one row each, which says what the gateway can do. Callers ask for a capability
//! and never which gateway it is, so that another gateway is a module here, a row here, and a section of the
//! configuration.

use std::fmt;
use std::hash::{Hash, Hasher};

use crate::bill::{Format, Packing};
use crate::order_number::OrderNumber;
use crate::{alipay, payease, wechat};

/// All gateways, in the order in which a payer is offered them.
const ALL: [GatewayCode; 3] = [alipay::CODE, payease::CODE, wechat::CODE];

/// How a payer gets to a gateway.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum PayFlow {
    /// The browser sends the gateway a form.
    Form,
    /// The payer scans a code, with a telephone.
    Scan,
    /// The browser of a telephone opens an address.
    Phone,
}

/// What a gateway is and can do.
#[derive(Debug)]
#[expect(clippy::struct_excessive_bools, reason = "each is a question of its own that rooms ask")]
pub struct Profile {
    /// Its code in URLs, forms, the configuration and the database.
    pub code: &'static str,
    /// Its name, as the key of a text.
    pub name: &'static str,
    /// What is said of it where it is chosen, as the key of a text.
    pub hint: &'static str,
    /// The key of the words for what a payer needs to have.
    pub needs: &'static str,
    /// How payers get there; the first one is what most of them want.
    pub ways: &'static [PayFlow],
    /// Whether the payer chooses a bank on our page.
    pub has_banks: bool,
    /// Whether it closes a trade on request. One that can't takes money as long as its page is open in a browser.
    pub ends_trades: bool,
    /// Whether it says of a trade that was refunded in part what it says of one that was refunded in full.
    pub parts_close: bool,
    /// Whether it knows a trade by the order's number on the wire, and has no number of its own for it.
    pub trades_are_orders: bool,
    /// Whether its notifications are signed with their time, so that they are judged by ours.
    pub signs_time: bool,
    /// Our number of an order by its number on the wire and our number as a merchant; `None` if it can't be ours.
    pub order_number: fn(&str, &str) -> Option<OrderNumber>,
    /// How it writes its daily bill.
    pub(crate) bill: Format,
    /// What its bill is packed in.
    pub bill_packing: Packing,
}

/// Which gateway: a row of the registry.
#[derive(Clone, Copy)]
pub struct GatewayCode(&'static Profile);

impl GatewayCode {
    pub(crate) const fn of(profile: &'static Profile) -> Self {
        Self(profile)
    }

    /// All gateways, in the order in which a payer is offered them.
    pub fn all() -> impl Iterator<Item = Self> {
        ALL.into_iter()
    }

    /// The code used in URLs, forms and database rows.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        self.0.code
    }

    /// The gateway with this code.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::all().find(|code| code.as_str() == text)
    }

    /// What it can do.
    #[must_use]
    pub const fn profile(self) -> &'static Profile {
        self.0
    }

    /// Whether it closes a trade on request.
    #[must_use]
    pub const fn ends_trades(self) -> bool {
        self.0.ends_trades
    }

    /// Our number of an order by its number on the wire of this gateway, for us as this merchant.
    #[must_use]
    pub fn order_number(self, wire: &str, merchant: &str) -> Option<OrderNumber> {
        (self.0.order_number)(wire, merchant)
    }

    /// The number under which this gateway's bill has an order, of its number and of its trade's.
    #[must_use]
    pub const fn number_in_bill<'n>(self, order: &'n str, trade: &'n str) -> &'n str {
        if self.0.trades_are_orders { trade } else { order }
    }
}

impl PartialEq for GatewayCode {
    fn eq(&self, other: &Self) -> bool {
        self.as_str() == other.as_str()
    }
}

impl Eq for GatewayCode {}

impl PartialOrd for GatewayCode {
    fn partial_cmp(&self, other: &Self) -> Option<std::cmp::Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for GatewayCode {
    fn cmp(&self, other: &Self) -> std::cmp::Ordering {
        self.as_str().cmp(other.as_str())
    }
}

impl Hash for GatewayCode {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.as_str().hash(state);
    }
}

impl fmt::Debug for GatewayCode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_gateway_has_a_code_of_its_own_that_fits_every_place_it_stands_in() {
        let mut codes: Vec<&str> = GatewayCode::all().map(GatewayCode::as_str).collect();
        for code in &codes {
            assert_eq!(GatewayCode::parse(code).map(GatewayCode::as_str), Some(*code));
            assert!(!code.is_empty() && code.len() <= 16 && code.bytes().all(|b| b.is_ascii_lowercase()));
        }
        codes.sort_unstable();
        codes.dedup();
        assert_eq!(codes.len(), ALL.len());
        assert_eq!(GatewayCode::parse("Alipay"), None);
    }

    #[test]
    fn every_gateway_has_a_way_to_it() {
        assert!(GatewayCode::all().all(|code| !code.profile().ways.is_empty()));
    }
}
