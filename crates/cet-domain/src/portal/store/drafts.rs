//! Drafts of the portal's pages (P2): what somebody writes before it is published. Only staff see one.
//!
//! A page has one draft a language, whoever of the nation writes it. Its id is another one after every save, and whoever saves
//! names the id that the form showed: so of two people who write at the same time the second is told.

use crate::audit::{self, Actor, Changes};
use crate::params;
use crate::portal::PortalPage;
use crate::record;
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::SchoolCode;
use crate::words::time::Time;

/// The id that stands for no draft.
pub const NONE: i64 = 0;

record! {
    /// A draft.
    #[derive(Clone, Debug, PartialEq, Eq)]
    pub struct Draft {
        /// Its id.
        pub id: i64,
        /// Markdown.
        pub body: String,
        /// Who saved it.
        pub account: String,
        /// When.
        pub at: Time,
    }
}

/// What became of a draft that was saved or dropped.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kept {
    /// It is as wanted.
    Done,
    /// Somebody else changed it since the form was opened: it stays as that person left it.
    Meanwhile,
}

/// Who acts, and on which page.
#[derive(Clone, Debug)]
pub struct Writing {
    /// The page.
    pub page: PortalPage,
    /// The language.
    pub lang: Lang,
    /// The id of the draft that the form showed; [`NONE`] where it showed none.
    pub seen: i64,
    /// The account.
    pub account: String,
    /// The network address, for the audit log.
    pub address: String,
}

/// The draft of a page.
pub async fn of_page(tx: &mut Tx<'_>, page: PortalPage, lang: Lang) -> Result<Option<Draft>, DbError> {
    tx.query_opt(
        "SELECT id, body, account, at FROM portal_draft WHERE page = $1 AND lang = $2",
        params![page.wire(), lang],
    )
    .await
}

/// Which pages have one, and since when.
pub async fn all(tx: &mut Tx<'_>) -> Result<Vec<(PortalPage, Lang, Time)>, DbError> {
    let rows: Vec<(String, Lang, Time)> =
        tx.query("SELECT page, lang, at FROM portal_draft ORDER BY page, lang", &[]).await?;
    let known = |(page, lang, at): (String, Lang, Time)| Some((PortalPage::from_wire(&page)?, lang, at));
    Ok(rows.into_iter().filter_map(known).collect())
}

/// Saves a text as the draft of a page. The same text of the same account once more is the same draft.
///
/// # Errors
/// [`DbError`].
pub async fn save(tx: &mut Tx<'_>, of: &Writing, body: &str) -> Result<Kept, DbError> {
    let (id, now) = (tx.new_id(), tx.now().await?);
    let saved = if of.seen == NONE {
        tx.execute(
            "INSERT INTO portal_draft (page, lang, id, body, account, at)
             VALUES ($1, $2, $3, $4, $5, $6)
                 ON CONFLICT DO NOTHING",
            params![of.page.wire(), of.lang, id, body, of.account, now],
        )
        .await?
    } else {
        tx.execute(
            "UPDATE portal_draft
                SET id = $3, body = $4, account = $5, at = $6
              WHERE page = $1
                AND lang = $2
                AND id = $7",
            params![of.page.wire(), of.lang, id, body, of.account, now, of.seen],
        )
        .await?
    };
    if saved != 1 {
        // A repeat of the form whose first answer was lost finds its own draft.
        let there = of_page(tx, of.page, of.lang).await?;
        let same = there.is_some_and(|there| there.body == body && there.account == of.account);
        return Ok(if same { Kept::Done } else { Kept::Meanwhile });
    }
    log(tx, of, "portal-draft-saved").await?;
    Ok(Kept::Done)
}

/// Drops the draft that the form showed.
///
/// # Errors
/// [`DbError`].
pub async fn discard(tx: &mut Tx<'_>, of: &Writing) -> Result<Kept, DbError> {
    let gone = tx
        .execute(
            "DELETE FROM portal_draft WHERE page = $1 AND lang = $2 AND id = $3",
            params![of.page.wire(), of.lang, of.seen],
        )
        .await?;
    if gone == 1 {
        log(tx, of, "portal-draft-dropped").await?;
        return Ok(Kept::Done);
    }
    let there = of_page(tx, of.page, of.lang).await?;
    Ok(if there.is_some() { Kept::Meanwhile } else { Kept::Done })
}

/// Removes the draft whose text was just published; another text that somebody still writes stays.
pub(crate) async fn published(
    tx: &mut Tx<'_>,
    page: PortalPage,
    lang: Lang,
    body: &str,
) -> Result<(), DbError> {
    tx.execute(
        "DELETE FROM portal_draft WHERE page = $1 AND lang = $2 AND body = $3",
        params![page.wire(), lang, body],
    )
    .await?;
    Ok(())
}

async fn log(tx: &mut Tx<'_>, of: &Writing, action: &'static str) -> Result<(), DbError> {
    let event = audit::Event {
        school: SchoolCode::NONE,
        actor: Actor::Staff(of.account.clone()),
        action,
        object_kind: "portal-page",
        object: &format!("{}-{}", of.page.wire(), of.lang.code()),
        address: &of.address,
        detail: "",
        changes: Changes::NONE,
    };
    audit::record(tx, &event).await
}
