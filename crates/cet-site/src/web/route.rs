//! The handlers of routes, boxed before axum wraps them.
//!
//! axum wraps a handler in a dozen generic layers, and for each of these the compiler walks through all that the
//! handler awaits, to prove that it is `Send`: with four hundred handlers that was more than half of the time until
//! this crate's code could be generated. Boxed here, all of them have one type. It costs a request nothing: axum's own
//! handlers return a box already.

use std::pin::Pin;
use std::sync::Arc;

use axum::extract::Request;
use axum::handler::Handler;
use axum::response::Response;
use axum::routing::{self, MethodRouter};

type Answer = Pin<Box<dyn Future<Output = Response> + Send>>;

/// A handler of any page.
pub struct Boxed<S>(Arc<dyn Fn(Request, S) -> Answer + Send + Sync>);

impl<S> Clone for Boxed<S> {
    fn clone(&self) -> Self {
        Self(Arc::clone(&self.0))
    }
}

impl<S: Send + Sync + 'static> Handler<(), S> for Boxed<S> {
    type Future = Answer;

    fn call(self, request: Request, state: S) -> Self::Future {
        (self.0)(request, state)
    }
}

/// Boxes a handler: for `get(…).post(boxed(…))`.
pub fn boxed<H, T, S>(handler: H) -> Boxed<S>
where
    H: Handler<T, S, Future = Answer>,
{
    Boxed(Arc::new(move |request, state| handler.clone().call(request, state)))
}

/// As [`routing::get`].
pub fn get<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S, Future = Answer>,
    S: Clone + Send + Sync + 'static,
{
    routing::get(boxed(handler))
}

/// As [`routing::post`].
pub fn post<H, T, S>(handler: H) -> MethodRouter<S>
where
    H: Handler<T, S, Future = Answer>,
    S: Clone + Send + Sync + 'static,
{
    routing::post(boxed(handler))
}
