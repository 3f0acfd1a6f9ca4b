//! The types of parameters and columns: i64, bool, text, bytes, and newtypes of these. Nothing else, so that an i32
//! parameter, which PostgreSQL would reject at run time, does not compile.

use tokio_postgres::types::{IsNull, ToSql, Type, private::BytesMut};

use super::DbError;
use crate::texts::Lang;
use crate::words::codes::{CampusCode, ProvinceCode, SchoolCode, SittingCode, SubjectCode};
use crate::words::fen::{Fen, FenSum};
use crate::words::ids::{
    CollectivePaymentId, DisputeId, EntryId, OrderId, PassportId, RecordId, RegistrationId, ReportId,
    ReviewId, StandbyId,
};
use crate::words::staff::{Role, Scope};
use crate::words::time::Time;

/// One parameter as both databases take it.
#[derive(Clone, Copy, Debug)]
pub enum Value<'a> {
    /// NULL of any type.
    Null,
    /// BIGINT.
    Int(i64),
    /// BOOLEAN.
    Bool(bool),
    /// TEXT.
    Text(&'a str),
    /// BYTEA or BLOB.
    Bytes(&'a [u8]),
}

/// A type that may be a parameter of a statement.
pub trait Param: Sync {
    /// The value as the databases take it.
    fn value(&self) -> Value<'_>;
}

/// A type that may be read from a column.
pub trait Column: Sized {
    /// Reads column `index` (from 0) of a row.
    ///
    /// # Errors
    /// [`DbError`] when the column is missing or of another type.
    fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError>;

    /// The same for a column that may be NULL.
    ///
    /// # Errors
    /// [`DbError`] when the column is missing or of another type.
    fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError>;
}

/// A type that may be read from a whole row.
pub trait FromRow: Sized {
    /// Reads the row.
    ///
    /// # Errors
    /// [`DbError`] when a column is missing or of another type.
    fn from_row(row: &Row<'_>) -> Result<Self, DbError>;
}

/// A row of either database.
pub enum Row<'r> {
    /// Of SQLite.
    Sqlite(&'r rusqlite::Row<'r>),
    /// Of PostgreSQL.
    Postgres(&'r tokio_postgres::Row),
}

impl Row<'_> {
    /// Reads column `index` (from 0).
    ///
    /// # Errors
    /// [`DbError`] when the column is missing or of another type.
    pub fn get<T: Column>(&self, index: usize) -> Result<T, DbError> {
        T::read(self, index)
    }
}

macro_rules! plain {
    ($($ty:ty, $param:expr;)*) => {$(
        impl Param for $ty {
            fn value(&self) -> Value<'_> { let f: fn(&$ty) -> Value<'_> = $param; f(self) }
        }
        impl Column for $ty {
            fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError> {
                match row {
                    Row::Sqlite(row) => Ok(row.get(index)?),
                    Row::Postgres(row) => Ok(row.try_get(index)?),
                }
            }

            fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError> {
                match row {
                    Row::Sqlite(row) => Ok(row.get(index)?),
                    Row::Postgres(row) => Ok(row.try_get(index)?),
                }
            }
        }
    )*};
}

plain! {
    i64, |v| Value::Int(*v);
    bool, |v| Value::Bool(*v);
    String, |v| Value::Text(v);
    Vec<u8>, |v| Value::Bytes(v);
}

impl Param for str {
    fn value(&self) -> Value<'_> {
        Value::Text(self)
    }
}

impl Param for [u8] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<const N: usize> Param for [u8; N] {
    fn value(&self) -> Value<'_> {
        Value::Bytes(self)
    }
}

impl<T: Param + ?Sized> Param for &T {
    fn value(&self) -> Value<'_> {
        (**self).value()
    }
}

impl<T: Param> Param for Option<T> {
    fn value(&self) -> Value<'_> {
        self.as_ref().map_or(Value::Null, Param::value)
    }
}

impl<T: Column> Column for Option<T> {
    fn read(row: &Row<'_>, index: usize) -> Result<Self, DbError> {
        T::read_opt(row, index)
    }

    fn read_opt(row: &Row<'_>, index: usize) -> Result<Option<Self>, DbError> {
        T::read_opt(row, index).map(Some)
    }
}

/// Makes a newtype a parameter and a column: `stored_as!(EntryId, i64, |v| Value::Int(v.0), |raw| Some(EntryId(raw)))`.
#[macro_export]
macro_rules! stored_as {
    ($ty:ty, $raw:ty, $param:expr, $parse:expr) => {
        impl $crate::store::Param for $ty {
            fn value(&self) -> $crate::store::Value<'_> {
                let f: fn(&$ty) -> $crate::store::Value<'_> = $param;
                f(self)
            }
        }
        impl $crate::store::Column for $ty {
            fn read(row: &$crate::store::Row<'_>, index: usize) -> Result<Self, $crate::store::DbError> {
                let raw: $raw = row.get(index)?;
                let parse: fn($raw) -> Option<$ty> = $parse;
                parse(raw).ok_or($crate::store::DbError::Decode(stringify!($ty)))
            }

            fn read_opt(
                row: &$crate::store::Row<'_>,
                index: usize,
            ) -> Result<Option<Self>, $crate::store::DbError> {
                let raw: Option<$raw> = row.get(index)?;
                let parse: fn($raw) -> Option<$ty> = $parse;
                raw.map(|raw| parse(raw).ok_or($crate::store::DbError::Decode(stringify!($ty)))).transpose()
            }
        }
    };
}

stored_as!(CollectivePaymentId, i64, |v| Value::Int(v.0), |raw| Some(CollectivePaymentId(raw)));
stored_as!(Lang, String, |lang| Value::Text(lang.code()), |raw| Lang::parse(&raw));
stored_as!(EntryId, i64, |v| Value::Int(v.0), |raw| Some(EntryId(raw)));
stored_as!(Scope, String, |v| Value::Text(v.prefix()), |raw| Scope::parse(&raw));
stored_as!(Role, String, |v| Value::Text(v.wire()), |raw| Role::from_wire(&raw));
stored_as!(OrderId, i64, |v| Value::Int(v.0), |raw| Some(OrderId(raw)));
stored_as!(PassportId, i64, |v| Value::Int(v.0), |raw| Some(PassportId(raw)));
stored_as!(DisputeId, i64, |v| Value::Int(v.0), |raw| Some(DisputeId(raw)));
stored_as!(ReportId, i64, |v| Value::Int(v.0), |raw| Some(ReportId(raw)));
stored_as!(StandbyId, i64, |v| Value::Int(v.0), |raw| Some(StandbyId(raw)));
stored_as!(ReviewId, i64, |v| Value::Int(v.0), |raw| Some(ReviewId(raw)));
stored_as!(RecordId, i64, |v| Value::Int(v.0), |raw| Some(RecordId(raw)));
stored_as!(RegistrationId, i64, |v| Value::Int(v.0), |raw| Some(RegistrationId(raw)));
stored_as!(Time, i64, |v| Value::Int(v.micros()), |raw| Some(Time::from_micros(raw)));
stored_as!(Fen, i64, |v| Value::Int(v.get()), |raw| Fen::new(raw).ok());
stored_as!(FenSum, i64, |v| Value::Int(v.get()), |raw| FenSum::new(raw).ok());
stored_as!(ProvinceCode, String, |v| Value::Text(v.as_str()), |raw| ProvinceCode::parse(&raw).ok());
stored_as!(SchoolCode, String, |v| Value::Text(v.as_str()), |raw| SchoolCode::parse(&raw).ok());
stored_as!(CampusCode, String, |v| Value::Text(v.as_str()), |raw| CampusCode::parse(&raw).ok());
stored_as!(SubjectCode, String, |v| Value::Text(v.as_str()), |raw| SubjectCode::parse(&raw).ok());
stored_as!(SittingCode, String, |v| Value::Text(v.as_str()), |raw| SittingCode::parse(&raw).ok());

macro_rules! tuples {
    ($($($name:ident $index:tt),+;)*) => {$(
        impl<$($name: Column),+> FromRow for ($($name,)+) {
            fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
                Ok(($(row.get::<$name>($index)?,)+))
            }
        }
    )*};
}

tuples! {
    A 0;
    A 0, B 1;
    A 0, B 1, C 2;
    A 0, B 1, C 2, D 3;
    A 0, B 1, C 2, D 3, E 4;
    A 0, B 1, C 2, D 3, E 4, F 5;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6;
    A 0, B 1, C 2, D 3, E 4, F 5, G 6, H 7;
}

impl rusqlite::ToSql for Value<'_> {
    fn to_sql(&self) -> rusqlite::Result<rusqlite::types::ToSqlOutput<'_>> {
        use rusqlite::types::{ToSqlOutput, ValueRef};
        Ok(ToSqlOutput::Borrowed(match self {
            Value::Null => ValueRef::Null,
            Value::Int(v) => ValueRef::Integer(*v),
            Value::Bool(v) => ValueRef::Integer(i64::from(*v)),
            Value::Text(v) => ValueRef::Text(v.as_bytes()),
            Value::Bytes(v) => ValueRef::Blob(v),
        }))
    }
}

impl ToSql for Value<'_> {
    fn to_sql(
        &self,
        ty: &Type,
        out: &mut BytesMut,
    ) -> Result<IsNull, Box<dyn std::error::Error + Sync + Send>> {
        match self {
            Value::Null => Ok(IsNull::Yes),
            Value::Int(v) if *ty == Type::INT8 => v.to_sql(ty, out),
            Value::Bool(v) if *ty == Type::BOOL => v.to_sql(ty, out),
            Value::Text(v) if <&str as ToSql>::accepts(ty) => v.to_sql(ty, out),
            Value::Bytes(v) if *ty == Type::BYTEA => v.to_sql(ty, out),
            other => {
                let found = match other {
                    Value::Int(_) => "an integer",
                    Value::Bool(_) => "a bool",
                    Value::Text(_) => "a text",
                    Value::Bytes(_) | Value::Null => "bytes",
                };
                Err(format!("the statement expects {ty}, not {found}").into())
            }
        }
    }

    fn accepts(_: &Type) -> bool {
        true
    }

    tokio_postgres::types::to_sql_checked!();
}
