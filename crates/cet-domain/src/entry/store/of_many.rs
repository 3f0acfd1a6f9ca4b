//! Entries of many registrations, for lists: one statement per fifty registrations.

use std::collections::HashMap;
use std::fmt::Write as _;
use std::sync::LazyLock;

use crate::entry::Entry;
use crate::store::{DbError, FromRow, Param, Row, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;

/// Registrations per statement.
const AT_ONCE: usize = 50;
/// The index of the registration's column, after those of [`Entry`].
const REGISTRATION: usize = 17;

static SQL: LazyLock<String> = LazyLock::new(|| {
    let mut sql = String::from(
        "SELECT id, sitting, subject, mode, level, campus, campus_name, school_name, state, fee, channel, entered_at,
                expires_at, paid_at, ended_at, locked_by, order_id, registration_id
           FROM entry
          WHERE (school, registration_id) IN (VALUES ",
    );
    for of in 0..AT_ONCE {
        let (school, id) = (of.saturating_mul(2).saturating_add(1), of.saturating_mul(2).saturating_add(2));
        let _infallible = match of {
            // The first row sets the types for all.
            0 => write!(sql, "(CAST(${school} AS TEXT), CAST(${id} AS BIGINT))"),
            _ => write!(sql, ", (${school}, ${id})"),
        };
    }
    sql.push_str(") ORDER BY id");
    sql
});

struct Of(RegistrationId, Entry);

impl FromRow for Of {
    fn from_row(row: &Row<'_>) -> Result<Self, DbError> {
        Ok(Self(row.get(REGISTRATION)?, Entry::from_row(row)?))
    }
}

/// All entries of these registrations, ended ones included, each registration's in order of creation.
pub async fn of_registrations(
    tx: &mut Tx<'_>,
    registrations: &[(SchoolCode, RegistrationId)],
) -> Result<HashMap<RegistrationId, Vec<Entry>>, DbError> {
    let mut all: HashMap<RegistrationId, Vec<Entry>> = HashMap::with_capacity(registrations.len());
    for some in registrations.chunks(AT_ONCE) {
        let Some(last) = some.last() else { continue };
        // Padded to a fixed number of parameters, so that the statement is prepared once.
        let filled = some.iter().chain(std::iter::repeat(last)).take(AT_ONCE);
        let values: Vec<&dyn Param> = filled.flat_map(|(school, id)| [school as &dyn Param, id]).collect();
        for Of(registration, entry) in tx.query::<Of>(&SQL, &values).await? {
            all.entry(registration).or_default().push(entry);
        }
    }
    Ok(all)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::entry::store::of_registration;
    use crate::entry::testing::World;
    use crate::on_both;
    use crate::params;

    on_both! {
        async fn many_registrations_have_the_entries_that_each_has_alone(t: TestDb) {
            let world = World::with_seats(t, 200).await;
            for (n, who) in world.candidates(60).await.into_iter().enumerate() {
                if n % 3 > 0 {
                    world.enter(who, if n % 3 == 1 { "1" } else { "1;2" }).await.unwrap();
                }
            }
            let found = world.t.db.read(async |tx: &mut Tx<'_>| {
                let keys: Vec<(SchoolCode, RegistrationId)> =
                    tx.query("SELECT school, id FROM registration ORDER BY id", params![]).await?;
                let mut alone = HashMap::new();
                for (school, id) in keys.iter().copied() {
                    let entries = of_registration(tx, school, id).await?;
                    if !entries.is_empty() {
                        alone.insert(id, entries);
                    }
                }
                Ok::<_, DbError>((keys.len(), alone, of_registrations(tx, &keys).await?))
            });
            let (registrations, alone, together) = found.await.unwrap();
            assert_eq!((registrations, alone.len()), (60, 40));
            assert_eq!(together, alone);
        }
    }
}
