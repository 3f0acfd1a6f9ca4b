//! The demo's mailbox, read as JSON.

use super::client::Client;
use super::demo::Demo;
use super::wait::until;

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
    until(async || mails(demo).await.into_iter().find(&wanted)).await
}

/// Whether a person gets a mail whose subject contains this text.
pub(crate) async fn has_mail(demo: &Demo, to: &str, words: &str) -> bool {
    wait_for(demo, |mail| mail.to == to && mail.subject.contains(words)).await.is_some()
}
