//! `v_oid`, PayEase's order number: `yyyymmdd-mid-serial`, at most 64 characters, the serial in digits.

use jiff::Timestamp;
use jiff::civil::Date;

use crate::CHINA;
use crate::order_number::OrderNumber;
use crate::refused::WireError;

/// The day of an order in China, as `yyyymmdd`.
#[must_use]
pub fn day_of(made_at: Timestamp) -> String {
    CHINA.to_datetime(made_at).strftime("%Y%m%d").to_string()
}

/// The `v_oid` of our order; the serial is our complete number.
#[must_use]
pub fn wire_number(number: &OrderNumber, made_at: Timestamp, mid: &str) -> String {
    format!("{}-{mid}-{number}", day_of(made_at))
}

/// Extracts our number from a `v_oid`.
///
/// # Errors
/// [`WireError::WrongMerchant`] for another merchant's order, [`WireError::WrongOrder`] for anything that is not
/// exactly what [`wire_number`] writes.
pub fn order_number_of(oid: &str, mid: &str) -> Result<OrderNumber, WireError> {
    let mut parts = oid.split('-');
    let (Some(day), Some(merchant), Some(serial), None) =
        (parts.next(), parts.next(), parts.next(), parts.next())
    else {
        return Err(WireError::WrongOrder);
    };
    if merchant != mid {
        return Err(WireError::WrongMerchant);
    }
    if day.len() != 8 || !day.bytes().all(|b| b.is_ascii_digit()) || Date::strptime("%Y%m%d", day).is_err() {
        return Err(WireError::WrongOrder);
    }
    serial.parse().map_err(|_| WireError::WrongOrder)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_number_goes_to_the_wire_and_back() {
        let number = OrderNumber::new("99301", 12).unwrap();
        let late_evening_in_london: Timestamp = "2017-03-07T16:30:00Z".parse().unwrap();
        let oid = wire_number(&number, late_evening_in_london, "888");
        assert_eq!(oid, "20170308-888-99301000000000000012");
        assert_eq!(order_number_of(&oid, "888"), Ok(number));
    }

    #[test]
    fn other_spellings_and_merchants_are_refused() {
        assert_eq!(
            order_number_of("20170308-889-99301000000000000012", "888"),
            Err(WireError::WrongMerchant)
        );
        for oid in [
            "",
            "20170308-888-9930100000000000001",
            "20170308-888-993010000000000000121",
            "20170308-888",
            "20170308-888-99301000000000000012-1",
            "20171308-888-99301000000000000012",
            "2017038-888-99301000000000000012",
            "20170308-888-99301a00000000000012",
        ] {
            assert_eq!(order_number_of(oid, "888"), Err(WireError::WrongOrder), "{oid}");
        }
    }
}
