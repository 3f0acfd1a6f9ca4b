//! One file at a time for each account of staff (TH27): its rows are read into memory, and a workbook is made there, so that one
//! account with many connections could take the memory and the long reads of a node for itself. Each node counts by itself.

use std::collections::BTreeSet;
use std::sync::{Arc, Mutex, PoisonError};

use axum::body::Body;
use axum::response::Response;
use http::{HeaderValue, header};
use http_body_util::{BodyExt, Full};

use super::StaffMember;
use crate::web::answer::PageError;

/// When somebody who already is sent a file may ask again.
pub(crate) const AGAIN_SECONDS: u64 = 10;

/// The accounts that are being sent a file.
#[derive(Debug, Default)]
pub struct Downloads(Arc<Mutex<BTreeSet<String>>>);

/// The right of an account to its one file, until the last byte was taken or the connection has ended.
#[derive(Debug)]
pub struct Download {
    account: String,
    all: Arc<Mutex<BTreeSet<String>>>,
}

impl Downloads {
    /// Begins a file for an account; `None` while it is being sent another.
    #[must_use]
    pub fn begin(&self, account: &str) -> Option<Download> {
        let begun = self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(account.to_owned());
        begun.then(|| Download { account: account.to_owned(), all: Arc::clone(&self.0) })
    }
}

impl Drop for Download {
    fn drop(&mut self) {
        self.all.lock().unwrap_or_else(PoisonError::into_inner).remove(&self.account);
    }
}

impl Download {
    /// Begins a file for a member, before any row of it is read.
    ///
    /// # Errors
    /// [`PageError::TooMany`] while the account is being sent another.
    pub fn of(member: &StaffMember) -> Result<Self, PageError> {
        member.app.downloads.begin(&member.name).ok_or(PageError::TooMany(AGAIN_SECONDS))
    }

    /// The file; the account's next one may begin when this body was sent.
    #[must_use]
    pub fn body(self, bytes: Vec<u8>) -> Response {
        let length = HeaderValue::from(bytes.len());
        // Held by the body until it is dropped.
        let body = Full::from(bytes).map_frame(move |frame| (frame, &self).0);
        let mut response = Response::new(Body::new(body));
        response.headers_mut().insert(header::CONTENT_LENGTH, length);
        response
    }
}

impl Download {
    /// A file that is made in parts while it is sent: none is made before the connection takes it. A part that can't be made ends
    /// the connection, so that no half file is taken for a whole one.
    #[must_use]
    pub fn parts<E>(
        self,
        length: usize,
        parts: impl Iterator<Item = Result<Vec<u8>, E>> + Send + 'static,
    ) -> Response
    where
        E: Into<axum::BoxError> + 'static,
    {
        // Held by the body until it is dropped.
        let held = parts.map(move |part| (part, &self).0);
        let mut response = Response::new(Body::from_stream(futures_util::stream::iter(held)));
        response.headers_mut().insert(header::CONTENT_LENGTH, HeaderValue::from(length));
        response
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_account_has_one_file_at_a_time_and_others_their_own() {
        let all = Downloads::default();
        let first = all.begin("a").unwrap();
        assert!(all.begin("a").is_none());
        assert!(all.begin("b").is_some());
        let response = first.body(vec![1, 2, 3]);
        assert!(all.begin("a").is_none(), "it was not sent yet");
        drop(response);
        assert!(all.begin("a").is_some());
    }

    #[tokio::test]
    async fn a_part_of_a_file_is_made_when_it_is_taken_and_the_account_is_free_after_the_last_one() {
        use std::sync::atomic::{AtomicUsize, Ordering};
        let (all, made) = (Downloads::default(), Arc::new(AtomicUsize::new(0)));
        let count = Arc::clone(&made);
        let parts = (0_u8..100).map(move |n| {
            count.fetch_add(1, Ordering::SeqCst);
            Ok::<_, std::convert::Infallible>(vec![n; 1_000])
        });
        let mut body = all.begin("a").unwrap().parts(100_000, parts).into_body();
        assert_eq!(made.load(Ordering::SeqCst), 0);
        let first = body.frame().await.unwrap().unwrap().into_data().unwrap();
        assert_eq!((first.len(), made.load(Ordering::SeqCst)), (1_000, 1), "no part is made ahead");
        assert!(all.begin("a").is_none());
        assert_eq!(body.collect().await.unwrap().to_bytes().len(), 99_000);
        assert!(all.begin("a").is_some());
    }
}
