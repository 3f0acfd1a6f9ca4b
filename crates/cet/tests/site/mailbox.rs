//! The demo's mailbox, read as JSON.

use std::time::Duration;

use super::client::Client;
use super::demo::Demo;

/// A mail that was sent.
#[derive(serde::Deserialize)]
pub(crate) struct Mail {
    pub(crate) to: String,
    pub(crate) subject: String,
    pub(crate) text: String,
}

impl Mail {
    /// The URLs in its text.
    pub(crate) fn links(&self) -> Vec<String> {
        self.text.split_whitespace().filter(|word| word.starts_with("http")).map(str::to_owned).collect()
    }
}

/// All mails so far, newest first.
pub(crate) async fn mails(demo: &Demo) -> Vec<Mail> {
    serde_json::from_str(&Client::new(&demo.url).page("/rehearsal/mailbox.json").await).unwrap()
}

/// Waits for the first mail that matches.
pub(crate) async fn wait_for(demo: &Demo, wanted: impl Fn(&Mail) -> bool) -> Option<Mail> {
    for _ in 0..200 {
        if let Some(mail) = mails(demo).await.into_iter().find(&wanted) {
            return Some(mail);
        }
        // Another process sends it, so there is no event to wait for in this one.
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    None
}

/// Whether a person gets a mail whose subject contains this text.
pub(crate) async fn has_mail(demo: &Demo, to: &str, words: &str) -> bool {
    wait_for(demo, |mail| mail.to == to && mail.subject.contains(words)).await.is_some()
}
