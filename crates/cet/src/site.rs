//! All rooms' pages behind one guard.

use axum::Router;
use axum::middleware::from_fn_with_state;

use crate::app::App;
use crate::web::guard::guard;
use crate::{portal, rehearsal};

/// The site's router.
#[must_use]
pub fn router(app: &App) -> Router {
    Router::new()
        .merge(portal::routes())
        .merge(rehearsal::routes(app))
        .layer(from_fn_with_state(app.clone(), guard))
        .with_state(app.clone())
}
