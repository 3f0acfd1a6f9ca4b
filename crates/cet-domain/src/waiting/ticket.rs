//! A ticket: what its holder keeps as a signed cookie, and the draw that orders those who came before the opening.

use ring::{digest, hmac};

use super::place::{Frontier, Place};
use crate::vault::{Vault, to_hex};
use crate::words::codes::SittingCode;
use crate::words::ids::PassportId;

/// How long an admission lasts, in seconds from the first request after it.
pub(crate) const ADMISSION: i64 = 15 * 60;
/// How long a form that was shown within an admission may still be sent after it: who is in the middle of a step is let
/// finish.
const TO_FINISH: i64 = 15 * 60;
/// What signs tickets apart from all other signed things.
const PURPOSE: &str = "waiting-ticket";
/// Hexadecimal digits of the signature.
const SIGNATURE: usize = 32;

/// How much longer than an admission this request is let pass: a form that is sent ends a step.
#[must_use]
pub(crate) const fn grace(sends_form: bool) -> i64 {
    if sends_form { TO_FINISH } else { 0 }
}

/// The secret of an opening: it makes the draw, and is published at the opening.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret([u8; 32]);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret")
    }
}

impl Secret {
    /// A secret made of these random bytes.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// Reads a stored secret; `None` for another length.
    #[must_use]
    pub(crate) fn from_bytes(bytes: &[u8]) -> Option<Self> {
        bytes.try_into().ok().map(Self)
    }

    /// As stored, and as published at the opening.
    #[must_use]
    pub const fn bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// The SHA-256 that is published beforehand, in hexadecimal.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        to_hex(digest::digest(&digest::SHA256, &self.0).as_ref())
    }

    /// The draw of a holder: the first eight bytes of `HMAC-SHA256(secret, holder)`.
    #[must_use]
    pub fn draw(&self, holder: Holder) -> u64 {
        let key = hmac::Key::new(hmac::HMAC_SHA256, &self.0);
        let tag = hmac::sign(&key, holder.to_string().as_bytes());
        tag.as_ref().first_chunk().map_or(0, |bytes| u64::from_be_bytes(*bytes))
    }
}

/// Whose a ticket is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Holder {
    /// Somebody who is signed in: the same draw however often and from wherever they come.
    Passport(PassportId),
    /// Somebody who is not, by a random number.
    Stranger(u64),
}

impl std::fmt::Display for Holder {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Passport(id) => write!(f, "p{}", id.0),
            Self::Stranger(number) => write!(f, "s{number}"),
        }
    }
}

impl Holder {
    fn parse(text: &str) -> Option<Self> {
        match text.split_at_checked(1)? {
            ("p", id) => id.parse().ok().map(PassportId).map(Self::Passport),
            ("s", number) => number.parse().ok().map(Self::Stranger),
            _ => None,
        }
    }
}

/// A place in the line of an opening.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ticket {
    /// The sitting that is waited for.
    pub sitting: SittingCode,
    /// When its holder came, in seconds since 1970.
    pub second: i64,
    /// Whether that was before the opening: then the draw alone orders.
    pub drawn: bool,
    /// Whose it is.
    pub holder: Holder,
    /// When its admission was used first.
    pub used: Option<i64>,
    /// Whose browser it was given to, as a keyed hash of its cookie: at the door, where nobody is known yet, it is this one's.
    pub browser: Option<u64>,
    /// Until when forms of an admission that is over may still be sent: a look at a page must not take that away.
    pub finishes: Option<i64>,
}

/// What a ticket is worth at a moment.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Standing {
    /// Its turn has not come.
    Waits,
    /// Admitted; the admission was not used yet.
    Next,
    /// Admitted until this second.
    Admitted(i64),
    /// The admission is over: one queues again.
    Over,
}

impl Ticket {
    /// A new ticket of somebody who comes at `second`, to an opening at `opens`.
    #[must_use]
    pub fn new(sitting: SittingCode, second: i64, opens: i64, holder: Holder) -> Self {
        // Only who is signed in takes part in the draw: others could come any number of times.
        let drawn = second < opens && matches!(holder, Holder::Passport(_));
        Self { sitting, second, drawn, holder, used: None, browser: None, finishes: None }
    }

    /// The same, of this browser.
    #[must_use]
    pub fn of_browser(self, browser: Option<u64>) -> Self {
        Self { browser, ..self }
    }

    /// The same, in place of one whose admission is over: its forms may be sent as long as before.
    #[must_use]
    pub fn after(self, before: &Self) -> Self {
        let until = before.used.map(|used| used.saturating_add(ADMISSION).saturating_add(TO_FINISH));
        Self { finishes: until.max(before.finishes), ..self }
    }

    /// What a browser's cookie is in a ticket.
    #[must_use]
    pub fn browser_of(vault: &Vault, cookie: &str) -> Option<u64> {
        let tag = vault.sign_token("waiting-browser", cookie.as_bytes());
        tag.first_chunk().map(|bytes| u64::from_be_bytes(*bytes))
    }

    /// The ticket of the same person after the log-in at `now`: the second of arrival goes along.
    #[must_use]
    pub fn signed_in(&self, passport: PassportId, now: i64, opens: i64) -> Self {
        let holder = Holder::Passport(passport);
        Self { holder, drawn: self.drawn || now < opens, ..self.clone() }
    }

    /// Whether it is this passport's.
    #[must_use]
    pub fn is_of(&self, passport: PassportId) -> bool {
        self.holder == Holder::Passport(passport)
    }

    /// Its place before the forms of those who are signed in.
    #[must_use]
    pub fn place(&self, secret: &Secret) -> Place {
        let tie = secret.draw(self.holder);
        if self.drawn { Place::drawn(tie) } else { Place::at(self.second, tie) }
    }

    /// Its place before log-in and registering, where nobody is known yet and the second alone orders.
    #[must_use]
    pub(crate) fn door_place(&self, secret: &Secret) -> Place {
        Place::at(self.second, secret.draw(self.holder))
    }

    /// What it is worth at `now`, for a request that may be late by `grace`.
    #[must_use]
    pub fn standing(&self, place: Place, frontier: Frontier, now: i64, grace: i64) -> Standing {
        if !frontier.admits(place) {
            return Standing::Waits;
        }
        let Some(used) = self.used else { return Standing::Next };
        let until = used.saturating_add(ADMISSION);
        if now < until.saturating_add(grace) { Standing::Admitted(until) } else { Standing::Over }
    }

    /// As the value of a cookie: readable, and signed.
    #[must_use]
    pub fn sealed(&self, vault: &Vault) -> String {
        let used = self.used.map(|used| used.to_string()).unwrap_or_default();
        let class = if self.drawn { 'b' } else { 'a' };
        let browser = self.browser.map(|browser| browser.to_string()).unwrap_or_default();
        let finishes = self.finishes.map(|until| until.to_string()).unwrap_or_default();
        let content =
            format!("{}.{class}.{}.{}.{used}.{browser}.{finishes}", self.sitting, self.second, self.holder);
        let signature = sign(vault, &content);
        format!("{content}.{signature}")
    }

    /// Reads a cookie; `None` for what this installation did not sign.
    #[must_use]
    pub fn open(vault: &Vault, text: &str) -> Option<Self> {
        let (content, signature) = text.rsplit_once('.')?;
        let expected = sign(vault, content);
        // Compared without stopping at the first difference, which would show how much of a guess is right.
        let differs =
            expected.bytes().zip(signature.bytes()).fold(0, |all, (one, other)| all | (one ^ other));
        if differs != 0 || signature.len() != expected.len() {
            return None;
        }
        let mut parts = content.split('.');
        let mut next = || parts.next();
        let sitting = SittingCode::parse(next()?).ok()?;
        let drawn = next()? == "b";
        let second = next()?.parse().ok()?;
        let holder = Holder::parse(next()?)?;
        let used = read(next()?).ok()?;
        // A ticket of a program before these were in it has neither.
        let browser = read(next().unwrap_or_default()).ok()?;
        let finishes = read(next().unwrap_or_default()).ok()?;
        Some(Self { sitting, second, drawn, holder, used, browser, finishes })
    }
}

/// A number that may be missing.
fn read<T: std::str::FromStr>(text: &str) -> Result<Option<T>, T::Err> {
    if text.is_empty() { Ok(None) } else { text.parse().map(Some) }
}

fn sign(vault: &Vault, content: &str) -> String {
    let mut text = to_hex(&vault.sign_token(PURPOSE, content.as_bytes()));
    text.truncate(SIGNATURE);
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    const OPENS: i64 = 10_000;

    fn vault() -> Vault {
        Vault::parse(&Vault::new_key_file().unwrap()).unwrap()
    }

    fn secret() -> Secret {
        Secret::new([7; 32])
    }

    fn ticket(second: i64, holder: Holder) -> Ticket {
        Ticket::new(SittingCode::parse("2017-2").unwrap(), second, OPENS, holder)
    }

    #[test]
    fn a_ticket_is_read_back_and_one_with_any_changed_character_is_not() {
        let vault = vault();
        let mut tickets = [
            ticket(9_000, Holder::Passport(PassportId(12))),
            ticket(OPENS, Holder::Stranger(u64::MAX)),
            ticket(-5, Holder::Stranger(0)),
        ];
        tickets[1].used = Some(10_100);
        tickets[2] = tickets[2].clone().of_browser(Some(u64::MAX)).after(&tickets[1].clone());
        for ticket in tickets {
            let text = ticket.sealed(&vault);
            assert_eq!(Ticket::open(&vault, &text), Some(ticket));
            for at in 0..text.len() {
                let mut changed = text.clone().into_bytes();
                changed[at] = if changed[at] == b'1' { b'2' } else { b'1' };
                let changed = String::from_utf8(changed).unwrap();
                assert_eq!(Ticket::open(&vault, &changed), None, "{changed}");
            }
            assert_eq!(Ticket::open(&vault, &text[..text.len() - 1]), None);
            assert_eq!(Ticket::open(&self::vault(), &text), None);
        }
        assert_eq!(Ticket::open(&vault, ""), None);
    }

    #[test]
    fn who_is_signed_in_before_the_opening_is_drawn_and_the_draw_is_the_same_whenever_they_come() {
        let holder = Holder::Passport(PassportId(12));
        let place = ticket(OPENS - 1_800, holder).place(&secret());
        assert_eq!(ticket(OPENS - 1, holder).place(&secret()), place);
        assert_eq!(place.second, Place::DRAWN);
        assert_eq!(ticket(OPENS, holder).place(&secret()).second, OPENS);
        let stranger = ticket(OPENS - 1, Holder::Stranger(3)).place(&secret());
        assert_eq!(stranger.second, OPENS - 1);
        assert_ne!(place.tie, Secret::new([8; 32]).draw(holder));
    }

    #[test]
    fn the_second_of_arrival_goes_along_over_the_log_in() {
        let stranger = ticket(OPENS + 60, Holder::Stranger(3));
        let known = stranger.signed_in(PassportId(12), OPENS + 300, OPENS);
        assert_eq!(known.place(&secret()).second, OPENS + 60);
        let early = ticket(OPENS - 60, Holder::Stranger(3));
        assert_eq!(early.signed_in(PassportId(12), OPENS - 1, OPENS).place(&secret()).second, Place::DRAWN);
        assert_eq!(early.signed_in(PassportId(12), OPENS, OPENS).place(&secret()).second, OPENS - 60);
    }

    #[test]
    fn an_admission_lasts_a_quarter_of_an_hour_from_its_first_use_and_a_form_may_be_sent_after_it() {
        let mut ticket = ticket(OPENS, Holder::Stranger(3));
        let place = ticket.place(&secret());
        let standing = |ticket: &Ticket, now, grace| {
            ticket.standing(place, Frontier::at(Place::at(OPENS, u64::MAX)), now, grace)
        };
        assert_eq!(ticket.standing(place, Frontier::default(), OPENS, 0), Standing::Waits);
        assert_eq!(standing(&ticket, OPENS + 9_000, 0), Standing::Next);
        ticket.used = Some(20_000);
        assert_eq!(standing(&ticket, 20_899, grace(false)), Standing::Admitted(20_900));
        assert_eq!(standing(&ticket, 20_900, grace(false)), Standing::Over);
        assert_eq!(standing(&ticket, 21_799, grace(true)), Standing::Admitted(20_900));
        assert_eq!(standing(&ticket, 21_800, grace(true)), Standing::Over);
    }

    #[test]
    fn the_fingerprint_is_the_sha_256_of_the_secret_so_that_anybody_can_check_it() {
        // `printf '\7%.0s' {1..32} | sha256sum`.
        let known = "4bb06f8e4e3a7715d201d573d0aa423762e55dabd61a2c02278fa56cc6d294e0";
        assert_eq!(secret().fingerprint(), known);
    }
}
