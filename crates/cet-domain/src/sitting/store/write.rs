//! The statements that change reference tables. Only changes of settings call them (season.md section 1): they lock
//! the sitting, record what was before, and raise the version.

use crate::params;
use crate::sitting::limit::{Limit, LimitOn};
use crate::sitting::plan::{SittingState, TextKind};
use crate::sitting::subject::Subject;
use crate::sitting::window::{Scope, Window};
use crate::store::{DbError, Tx};
use crate::texts::Lang;
use crate::words::codes::{SittingCode, SubjectCode};
use crate::words::fen::Fen;
use crate::words::subject::Mode;
use crate::words::subject_list::join_codes;
use crate::words::time::Time;

/// The settings of a sitting itself, except its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Head {
    /// Its Chinese name.
    pub name: String,
    /// Its English name.
    pub name_en: String,
    /// The year.
    pub year: i64,
    /// 1 上半年, 2 下半年.
    pub half: i64,
    /// Whether binding asks for the student number too.
    pub ask_student_number: bool,
    /// Whether provinces may set fees of their own.
    pub province_fees: bool,
}

/// Creates a sitting as a draft, or changes it.
pub(crate) async fn set_sitting(tx: &mut Tx<'_>, sitting: &SittingCode, head: &Head) -> Result<(), DbError> {
    let now = tx.now().await?;
    tx.execute(
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, province_fees, created_at, state)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'draft')
         ON CONFLICT (code) DO UPDATE
            SET name = $2, name_en = $3, year = $4, half = $5, ask_student_number = $6, province_fees = $7",
        params![
            sitting,
            head.name,
            head.name_en,
            head.year,
            head.half,
            head.ask_student_number,
            head.province_fees,
            now
        ],
    )
    .await?;
    Ok(())
}

/// Sets the state of a sitting.
pub(crate) async fn set_state(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    state: SittingState,
) -> Result<(), DbError> {
    tx.execute("UPDATE sitting SET state = $2 WHERE code = $1", params![sitting, state]).await?;
    Ok(())
}

/// Adds a subject or changes it.
pub(crate) async fn set_subject(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    subject: &Subject,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs,
                              exam_from, exam_to, printing_from, printing_to)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
         ON CONFLICT (sitting, code) DO UPDATE
            SET place = $3, name = $4, name_en = $5, mode = $6, level = $7, language = $8, needs = $9,
                exam_from = $10, exam_to = $11, printing_from = $12, printing_to = $13",
        params![
            sitting,
            subject.code,
            subject.place,
            subject.name,
            subject.name_en,
            subject.mode.wire(),
            subject.level.number(),
            subject.language,
            join_codes(&subject.needs),
            subject.exam_from,
            subject.exam_to,
            subject.printing_from,
            subject.printing_to,
        ],
    )
    .await?;
    Ok(())
}

/// Whether a seat pool or a fee refers to a subject: then it can't be removed.
pub(crate) async fn is_used(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    subject: SubjectCode,
) -> Result<bool, DbError> {
    let (used,): (bool,) = tx
        .query_one(
            "SELECT EXISTS (SELECT 1 FROM seat_pool p WHERE p.sitting = $1 AND p.subject = $2)
                 OR EXISTS (SELECT 1 FROM fee f WHERE f.sitting = $1 AND f.subject = $2)",
            params![sitting, subject],
        )
        .await?;
    Ok(used)
}

/// Removes a subject that nothing refers to; returns whether it was removed.
pub(crate) async fn remove_subject(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    subject: SubjectCode,
) -> Result<bool, DbError> {
    let gone = tx
        .execute(
            "DELETE FROM subject
              WHERE sitting = $1
                AND code = $2
                AND NOT EXISTS (SELECT 1 FROM seat_pool p WHERE p.sitting = $1 AND p.subject = $2)
                AND NOT EXISTS (SELECT 1 FROM fee f WHERE f.sitting = $1 AND f.subject = $2)",
            params![sitting, subject],
        )
        .await?;
    Ok(gone == 1)
}

/// Sets a window; `None` removes it.
pub(crate) async fn set_window(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (scope, mode): (Scope, Mode),
    window: Option<(Window, Option<Time>)>,
) -> Result<(), DbError> {
    let (scope, mode) = (scope.to_string(), mode.wire());
    let Some((window, outsiders_from)) = window else {
        let sql = "DELETE FROM registration_window WHERE sitting = $1 AND scope = $2 AND mode = $3";
        tx.execute(sql, params![sitting, scope, mode]).await?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at, outsiders_from)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sitting, scope, mode) DO UPDATE SET from_at = $4, to_at = $5, outsiders_from = $6",
        params![sitting, scope, mode, window.opens(), window.closes(), outsiders_from],
    )
    .await?;
    Ok(())
}

/// Sets a limit; `None` removes it.
pub(crate) async fn set_limit(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (scope, on): (Scope, LimitOn),
    limit: Option<Limit>,
) -> Result<(), DbError> {
    let (scope, item) = (scope.to_string(), on.to_string());
    let (from, to, capacity) = match limit {
        None => {
            let sql = "DELETE FROM setting_limit WHERE sitting = $1 AND scope = $2 AND item = $3";
            tx.execute(sql, params![sitting, scope, item]).await?;
            return Ok(());
        }
        Some(Limit::Span(from, to)) => (from, to, None),
        Some(Limit::Seats(most)) => (None, None, Some(most)),
    };
    tx.execute(
        "INSERT INTO setting_limit (sitting, scope, item, from_at, to_at, capacity)
         VALUES ($1, $2, $3, $4, $5, $6)
         ON CONFLICT (sitting, scope, item) DO UPDATE SET from_at = $4, to_at = $5, capacity = $6",
        params![sitting, scope, item, from, to, capacity],
    )
    .await?;
    Ok(())
}

/// Sets a fee; `None` removes it.
pub(crate) async fn set_fee(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (scope, subject): (Scope, SubjectCode),
    amount: Option<Fen>,
) -> Result<(), DbError> {
    let scope = scope.to_string();
    let Some(amount) = amount else {
        let sql = "DELETE FROM fee WHERE sitting = $1 AND scope = $2 AND subject = $3";
        tx.execute(sql, params![sitting, scope, subject]).await?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO fee (sitting, scope, subject, amount) VALUES ($1, $2, $3, $4)
         ON CONFLICT (sitting, scope, subject) DO UPDATE SET amount = $4",
        params![sitting, scope, subject, amount],
    )
    .await?;
    Ok(())
}

/// Sets a notice by its texts in Chinese and English; `None` removes it.
pub(crate) async fn set_notice(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (scope, step): (Scope, Option<Mode>),
    notice: Option<(&str, &str)>,
) -> Result<(), DbError> {
    let (scope, step) = (scope.to_string(), step.map_or("", Mode::wire));
    let Some((body, body_en)) = notice else {
        let sql = "DELETE FROM notice WHERE sitting = $1 AND scope = $2 AND step = $3";
        tx.execute(sql, params![sitting, scope, step]).await?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO notice (sitting, scope, step, body, body_en) VALUES ($1, $2, $3, $4, $5)
         ON CONFLICT (sitting, scope, step) DO UPDATE SET body = $4, body_en = $5",
        params![sitting, scope, step, body, body_en],
    )
    .await?;
    Ok(())
}

/// Sets the code prefixes of other oral campuses; `None` removes the setting.
pub(crate) async fn set_oral(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    scope: Scope,
    elsewhere: Option<&[String]>,
) -> Result<(), DbError> {
    let scope = scope.to_string();
    let Some(elsewhere) = elsewhere else {
        let sql = "DELETE FROM oral_setting WHERE sitting = $1 AND scope = $2";
        tx.execute(sql, params![sitting, scope]).await?;
        return Ok(());
    };
    tx.execute(
        "INSERT INTO oral_setting (sitting, scope, elsewhere) VALUES ($1, $2, $3)
         ON CONFLICT (sitting, scope) DO UPDATE SET elsewhere = $3",
        params![sitting, scope, elsewhere.join(";")],
    )
    .await?;
    Ok(())
}

/// Adds a version of a text. Older ones stay: an acceptance of the agreement names the version that was read.
pub(crate) async fn add_text(
    tx: &mut Tx<'_>,
    sitting: &SittingCode,
    (kind, lang): (TextKind, Lang),
    body: &str,
) -> Result<(), DbError> {
    tx.execute(
        "INSERT INTO sitting_text (sitting, kind, lang, version, body)
         SELECT $1, $2, $3, COALESCE(MAX(version), 0) + 1, $4
           FROM sitting_text
          WHERE sitting = $1
            AND kind = $2
            AND lang = $3",
        params![sitting, kind.wire(), lang, body],
    )
    .await?;
    Ok(())
}
