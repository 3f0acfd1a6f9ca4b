//! Mail delivery: SMTP, or in a rehearsal the mailbox page.

use lettre::message::{Mailbox, MultiPart};
use lettre::{AsyncSmtpTransport, AsyncTransport, Message, Tokio1Executor};

use super::Mail;
use crate::causes::causes;
use crate::config;

/// How mails are sent from this node; clones share the connections.
#[derive(Clone)]
pub enum Delivery {
    /// To the rehearsal's mailbox page.
    Mailbox,
    /// Through a mail server.
    Smtp {
        /// The connection pool.
        transport: Box<AsyncSmtpTransport<Tokio1Executor>>,
        /// The sender.
        from: Mailbox,
    },
}

impl Delivery {
    /// Opens the configured delivery.
    ///
    /// # Errors
    /// A message that names the invalid setting.
    pub fn open(mail: &config::Mail) -> Result<Self, String> {
        if mail.smtp_url.is_empty() {
            return Ok(Self::Mailbox);
        }
        let transport = AsyncSmtpTransport::<Tokio1Executor>::from_url(&mail.smtp_url)
            .map_err(|error| format!("mail.smtp_url: {error}"))?
            .build();
        let from = mail.from.parse().map_err(|error| format!("mail.from: {error}"))?;
        Ok(Self::Smtp { transport: Box::new(transport), from })
    }
}

/// Sends one mail to the server.
///
/// # Errors
/// The server's or network's error, without the recipient.
pub async fn send(
    transport: &AsyncSmtpTransport<Tokio1Executor>,
    from: &Mailbox,
    mail: &Mail,
) -> Result<(), String> {
    take(transport, written(from, mail)?).await
}

/// The mail with its headers.
fn written(from: &Mailbox, mail: &Mail) -> Result<Message, String> {
    let to: Mailbox = mail.to.address().parse().map_err(|_| "the recipient is no address".to_owned())?;
    Message::builder()
        .from(from.clone())
        .to(to)
        .subject(&mail.subject)
        .multipart(MultiPart::alternative_plain_html(mail.plain(), mail.html()))
        .map_err(|error| error.to_string())
}

/// The bytes that a mail server gets.
///
/// # Errors
/// As [`send`].
#[cfg(any(test, feature = "testing"))]
#[doc(hidden)]
pub fn bytes_of(from: &str, mail: &Mail) -> Result<Vec<u8>, String> {
    let from: Mailbox = from.parse().map_err(|_| "the sender is no address".to_owned())?;
    Ok(written(&from, mail)?.formatted())
}

/// Sends a mail that says only that it was sent, for an operator who tries the mail server.
///
/// # Errors
/// The server's or network's error, without the recipient.
pub async fn send_test(
    transport: &AsyncSmtpTransport<Tokio1Executor>,
    from: &Mailbox,
    to: &str,
) -> Result<(), String> {
    let to: Mailbox = to.parse().map_err(|_| "the recipient is no address".to_owned())?;
    let message = Message::builder()
        .from(from.clone())
        .to(to)
        .subject("cet doctor")
        .body("This mail was sent by `cet doctor` to try the mail server.\n".to_owned())
        .map_err(|error| error.to_string())?;
    take(transport, message).await
}

async fn take(transport: &AsyncSmtpTransport<Tokio1Executor>, message: Message) -> Result<(), String> {
    match transport.send(message).await {
        Ok(_) => Ok(()),
        // The server's text may quote the recipient; its code does not.
        Err(error) => {
            let cause = || format!("no connection: {}", causes(std::error::Error::source(&error)));
            Err(error.status().map_or_else(cause, |code| format!("answer {code}")))
        }
    }
}
