//! A form with a file: `multipart/form-data`, of the size of a table; a form without one is taken too.

use std::time::Duration;

use axum::body::Bytes;
use axum::extract::multipart::MultipartError;
use axum::extract::{FromRequest, Multipart, Request};
use http::{StatusCode, header};

use super::answer::PageError;
use super::form_data::FormData;
use crate::app::App;

/// The timeout for reading a body (TH58).
const READ_TIMEOUT: Duration = Duration::from_mins(1);
/// The most fields of a form with a file.
const MOST_FIELDS: usize = 100;

/// The fields of a form, and its file. The limit of two MiB is the framework's for such bodies.
pub struct Upload {
    /// The fields.
    pub form: FormData,
    /// The content of the field `file`; `None` if none was chosen, or one that holds nothing.
    pub file: Option<Bytes>,
    /// Whether a file was chosen that holds nothing.
    pub is_empty: bool,
}

impl FromRequest<App> for Upload {
    type Rejection = PageError;

    async fn from_request(request: Request, app: &App) -> Result<Self, PageError> {
        let kind = request.headers().get(header::CONTENT_TYPE).and_then(|kind| kind.to_str().ok());
        let is_multipart = kind.is_some_and(|kind| {
            kind.split(';').next().unwrap_or("").trim().eq_ignore_ascii_case("multipart/form-data")
        });
        if !is_multipart {
            return Ok(Self {
                form: FormData::from_request(request, app).await?,
                file: None,
                is_empty: false,
            });
        }
        let parts = Multipart::from_request(request, app)
            .await
            .map_err(|error| PageError::Protocol(error.status()))?;
        tokio::time::timeout(READ_TIMEOUT, read(parts))
            .await
            .unwrap_or(Err(PageError::Protocol(StatusCode::BAD_REQUEST)))
    }
}

async fn read(mut parts: Multipart) -> Result<Upload, PageError> {
    let bad = |error: MultipartError| PageError::Protocol(error.status());
    let (mut fields, mut file, mut named) = (Vec::new(), None, false);
    while let Some(part) = parts.next_field().await.map_err(bad)? {
        let name = part.name().unwrap_or_default().to_owned();
        let has_name = part.file_name().is_some_and(|name| !name.is_empty());
        let content = part.bytes().await.map_err(bad)?;
        if fields.len() >= MOST_FIELDS || name == "file" && file.is_some() {
            return Err(PageError::Protocol(StatusCode::BAD_REQUEST));
        }
        if name == "file" {
            (file, named) = (Some(content), has_name);
            continue;
        }
        let text = String::from_utf8(content.to_vec());
        fields.push((name, text.map_err(|_| PageError::Protocol(StatusCode::BAD_REQUEST))?));
    }
    // A browser sends an empty file without a name where none was chosen.
    let is_empty = named && file.as_ref().is_some_and(Bytes::is_empty);
    Ok(Upload { form: FormData::of(fields), file: file.filter(|file| !file.is_empty()), is_empty })
}
