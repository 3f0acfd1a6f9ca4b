//! The SQL of the portal's texts and news.

pub mod drafts;

use super::{News, Portal, PortalPage, PortalText};
use crate::params;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::time::Time;

type NewsRow = (i64, String, String, String, String, Time, bool);

fn news((id, title, body, title_en, body_en, publish_at, withdrawn): NewsRow) -> News {
    News { id, title, body, title_en, body_en, publish_at, withdrawn }
}

/// Everything that is in force.
///
/// # Errors
/// [`DbError::Decode`] when a stored value is invalid.
pub async fn load(tx: &mut Tx<'_>) -> Result<Portal, DbError> {
    let rows: Vec<(String, Lang, i64, Option<String>)> = tx
        .query(
            "SELECT page, lang, version, body
               FROM portal_text t
              WHERE version = (SELECT MAX(version) FROM portal_text n WHERE n.page = t.page AND n.lang = t.lang)",
            &[],
        )
        .await?;
    let mut portal = Portal::default();
    for (page, lang, version, body) in rows {
        let page = PortalPage::from_wire(&page).ok_or(DbError::Decode("page of the portal"))?;
        if let Some(body) = body {
            portal.texts.insert((page, lang), PortalText { version, body });
        }
    }
    let rows: Vec<NewsRow> = tx
        .query(
            "SELECT id, title, body, title_en, body_en, publish_at, withdrawn
               FROM portal_news
              ORDER BY publish_at DESC, id DESC",
            &[],
        )
        .await?;
    portal.news = rows.into_iter().map(news).collect();
    Ok(portal)
}

/// The versions of a page, the newest first: number, text, and since when.
pub async fn versions(
    tx: &mut Tx<'_>,
    page: PortalPage,
    lang: Lang,
    limit: i64,
) -> Result<Vec<(i64, Option<String>, Time)>, DbError> {
    tx.query(
        "SELECT version, body, at FROM portal_text WHERE page = $1 AND lang = $2 ORDER BY version DESC LIMIT $3",
        params![page.wire(), lang, limit],
    )
    .await
}

/// Adds a version of a page; `None`: the installation's own text again.
pub(crate) async fn add_text(
    tx: &mut Tx<'_>,
    page: PortalPage,
    lang: Lang,
    body: Option<&str>,
) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO portal_text (page, lang, version, body, at)
         SELECT $1, $2, COALESCE(MAX(version), 0) + 1, $3, $4
           FROM portal_text
          WHERE page = $1
            AND lang = $2",
        params![page.wire(), lang, body, now],
    )
    .await?;
    if let Some(body) = body {
        super::drafts::published(tx, page, lang, body).await?;
    }
    Ok(())
}

/// Sets an item of news; `None` removes it.
pub(crate) async fn set_news(tx: &mut Tx<'_>, id: i64, of: Option<&News>) -> Result<(), DbError> {
    let Some(of) = of else {
        tx.execute("DELETE FROM portal_news WHERE id = $1", params![id]).await?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO portal_news (id, title, body, title_en, body_en, publish_at, withdrawn)
         VALUES ($1, $2, $3, $4, $5, $6, $7)
         ON CONFLICT (id) DO UPDATE
            SET title = $2, body = $3, title_en = $4, body_en = $5, publish_at = $6, withdrawn = $7",
        params![id, of.title, of.body, of.title_en, of.body_en, of.publish_at, of.withdrawn],
    )
    .await?;
    Ok(())
}
