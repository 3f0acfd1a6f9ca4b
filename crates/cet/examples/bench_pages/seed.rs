//! A million registrations for benchmarks, made by statements over numbers.

use cet_base::store::{Db, Tx};

/// Registrations of one statement: a longer one would outlive the bound of a write.
const AT_ONCE: i64 = 50_000;

/// A sitting with registrations, each with what its payment left; one in twenty belongs to one large school.
///
/// # Errors
/// Those of the database.
pub(crate) async fn seed(db: &Db, registrations: i64) -> Result<(), Box<dyn std::error::Error>> {
    let mut statements = vec![
        "INSERT INTO sitting (code, name, name_en, year, half, ask_student_number, created_at)
         VALUES ('2017-2', 'bench', 'bench', 2017, 2, FALSE, 0)"
            .to_owned(),
        "INSERT INTO subject (sitting, code, place, name, name_en, mode, level, language, needs, exam_from, exam_to)
         VALUES ('2017-2', '1', 1, '1', '1', 'written', 4, 'english', '', 4000000000000000, 4000000007200000)"
            .to_owned(),
        "INSERT INTO registration_window (sitting, scope, mode, from_at, to_at)
         VALUES ('2017-2', '', 'written', 0, 3000000000000000)"
            .to_owned(),
        "INSERT INTO import (id, kind, sitting, file_name, file_hash, row_count, state, started_at, published_at, turn)
         VALUES (1, 'roster', '2017-2', '', '', 1, 'published', 0, 0, 1)"
            .to_owned(),
    ];
    let mut first = 1;
    while first <= registrations {
        let last = registrations.min(first + AT_ONCE - 1);
        statements.extend(inserts(db, first, last));
        first = last + 1;
    }
    for sql in statements {
        let sql: &'static str = Box::leak(sql.into_boxed_str());
        db.write(async move |tx: &mut Tx<'_>| tx.execute(sql, &[]).await).await?;
    }
    Ok(())
}

/// One statement a table, over these numbers.
fn inserts(db: &Db, first: i64, last: i64) -> Vec<String> {
    let rows = format!(
        "WITH RECURSIVE n (n) AS (SELECT CAST({first} AS BIGINT) UNION ALL SELECT n + 1 FROM n WHERE n < {last})"
    );
    let bytes = if db.kind() == "sqlite" { "BLOB" } else { "BYTEA" };
    let key = format!("CAST(CAST(1000000000000000 + n AS TEXT) AS {bytes})");
    let college = "'学院' || CAST(n % 23 AS TEXT)";
    let (class, number) = ("CAST(n % 61 AS TEXT)", "'2016' || CAST(1000000 + n AS TEXT)");
    let mut statements = Vec::new();
    let school = "CAST(CASE WHEN n % 20 = 0 THEN 10000 ELSE 10000 + n % 1000 END AS TEXT)";
    let campus = format!("{school} || '0'");
    let name = name();
    for (table, columns, values) in [
        (
            "passport",
            "id, public_id, email, password_hash, name, created_at, credential_changed_at",
            "n, CAST(n AS TEXT), 'candidate' || CAST(n AS TEXT) || '@example.cn', '', '', 0, 0".to_owned(),
        ),
        (
            "passport_claim",
            "passport_id, sitting, kind, school, id",
            format!("n, '2017-2', 'registration', {school}, n"),
        ),
        (
            "registration",
            "school, id, sitting, passport_id, record_id, state, saved_at, version, campus, school_name, campus_name, name,
             name_key, sex, document_kind, document_sealed, document_key, education, duration, entry_year, grade, college,
             major, class, student_number, remark, subjects, listed_subjects, barred_subjects, snapshot_hash",
            format!(
                "{school}, n, '2017-2', n, n, 'live', 0, 1, {campus}, '', '', {name}, {name}, '', 'resident-id',
                 CAST(CAST(n AS TEXT) AS {bytes}), {key}, '', '', '', '2016', {college}, '化学', {class}, {number},
                 '', '1', '', '', ''"
            ),
        ),
        (
            "student_record",
            "school, id, sitting, import_id, campus, name, name_key, sex, document_kind, document_sealed, document_key, education,
             duration, entry_year, grade, college, major, class, student_number, remark, listed_subjects, barred_subjects,
             sheet, line, fate",
            format!(
                "{school}, n, '2017-2', 1, {campus}, {name}, {name}, '', 'resident-id', CAST(CAST(n AS TEXT) AS {bytes}), {key},
                 '', '', '', '2016', {college}, '化学', {class}, {number}, '', '', '', '', n, 'new'"
            ),
        ),
        (
            "entry",
            "school, id, registration_id, sitting, subject, mode, level, pool_school, campus, campus_name, school_name, state,
             fee, channel, entered_at, expires_at, paid_at",
            format!(
                "{school}, n, n, '2017-2', '1', 'written', 4, {school}, {campus}, '', '', 'paid', 3000, 'self', 0, 0, 0"
            ),
        ),
        (
            "payment_order",
            "school, id, number, registration_id, passport_id, sitting, gateway, bank, amount, state, opened_at, deadline_at,
             settled_at, asked",
            format!("{school}, n, {school} || CAST(100000000000000 + n AS TEXT), n, n, '2017-2', 'alipay', '', 3000, 'paid', 0, 0, 0, 0"),
        ),
        ("order_line", "school, order_id, entry_id, subject, amount", format!("{school}, n, n, '1', 3000")),
        (
            "receipt",
            "school, id, order_id, gateway, trade_no, amount, proof, received_at",
            format!("{school}, n, n, 'alipay', CAST(n AS TEXT), 3000, 'notice', 0"),
        ),
    ] {
        statements.push(format!("{rows} INSERT INTO {table} ({columns}) SELECT {values} FROM n"));
    }
    statements.extend(messages_and_refunds(&rows, school));
    statements
}

/// A name of three letters, as SQL over `n`.
fn name() -> String {
    let letter = |from: &str, of: &str| {
        format!("substr('{from}', CAST(1 + {of} % {} AS INTEGER), 1)", from.chars().count())
    };
    let second = letter("伟芳娜敏静丽强磊军洋勇艳杰娟涛明超秀霞平刚桂英小晓文志建国新春", "(n / 20)");
    let third = letter("海燕红玉兰龙飞鹏宇浩然博雅欣怡佳琪雪梅琳云波峰辉斌", "(n / 631)");
    format!("{} || {second} || {third}", letter("王李张刘陈杨赵黄周吴徐孙胡朱高林何郭马罗", "n"))
}

/// Three messages each, and a refund for every tenth.
fn messages_and_refunds(rows: &str, school: &str) -> Vec<String> {
    let facts = r#"{"entered":{"lines":[{"entry":1,"zh":"英语四级笔试","en":"CET 4","campus":"校区","fee":3000}],"until":0,"by_school":false}}"#;
    let mut statements = Vec::new();
    for (place, kind) in ["saved", "entered", "paid"].into_iter().enumerate() {
        statements.push(format!(
            "{rows} INSERT INTO message (passport_id, kind, event, id, at, facts)
             SELECT n, '{kind}', CAST(n AS TEXT), n * 3 + {place}, 0, '{facts}' FROM n"
        ));
    }
    statements.push(format!(
        "{rows} INSERT INTO refund (school, id, order_id, receipt_id, amount, reason, request_no, state, due_at, done_at, tries)
         SELECT {school}, n, n, n, 1, 'surplus', CAST(n AS TEXT), 'done', 0, 0, 1 FROM n WHERE n % 10 = 0"
    ));
    statements
}
