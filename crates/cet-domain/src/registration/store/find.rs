//! Finding a registration for staff by a number that belongs to it: of an order, or of a ticket.

use crate::params;
use crate::store::{DbError, Tx};
use crate::words::codes::SchoolCode;
use crate::words::ids::RegistrationId;
use crate::words::staff::Scope;
use cet_base::{in_scope, scoped};

/// A name as a pattern that finds it in any place.
#[must_use]
pub fn anywhere(part: &str) -> String {
    let mut pattern = String::from("%");
    for letter in part.chars() {
        if matches!(letter, '%' | '_' | '!') {
            pattern.push('!');
        }
        pattern.push(letter);
    }
    pattern.push('%');
    pattern
}

/// The registration that an order pays for. An order's number begins with its school.
///
/// # Errors
/// [`DbError`].
pub async fn of_order(
    tx: &mut Tx<'_>,
    scope: &Scope,
    number: &str,
) -> Result<Option<(SchoolCode, RegistrationId)>, DbError> {
    let Some(school) = number.get(..5).and_then(|code| SchoolCode::parse(code).ok()) else { return Ok(None) };
    scope
        .query_opt(
            tx,
            scoped!(
                "SELECT r.school, r.id
                   FROM payment_order o
                   JOIN registration r
                     ON r.school = o.school
                    AND r.id = o.registration_id
                  WHERE ",
                in_scope!("r.school", "r.campus"),
                "
                    AND o.school = $5
                    AND o.number = $6"
            ),
            params![school, number],
        )
        .await
}

/// The school whose arrangement gave a ticket: a written one begins with its campus; in an oral one the campus stands
/// behind the letter, the year and the half.
fn schools(ticket: &str) -> impl Iterator<Item = SchoolCode> {
    let parts = [ticket.get(..5), ticket.get(4..9)];
    parts.into_iter().flatten().filter_map(|code| SchoolCode::parse(code).ok())
}

/// The registration of a published seat's ticket.
///
/// # Errors
/// [`DbError`].
pub async fn of_ticket(
    tx: &mut Tx<'_>,
    scope: &Scope,
    ticket: &str,
) -> Result<Option<(SchoolCode, RegistrationId)>, DbError> {
    for school in schools(ticket) {
        let found = scope
            .query_opt(
                tx,
                scoped!(
                    "SELECT r.school, r.id
                       FROM seat_assignment s
                       JOIN arrangement a
                         ON a.school = s.school
                        AND a.id = s.arrangement_id
                       JOIN entry e
                         ON e.school = s.entry_school
                        AND e.id = s.entry_id
                       JOIN registration r
                         ON r.school = e.school
                        AND r.id = e.registration_id
                      WHERE ",
                    in_scope!("r.school", "r.campus"),
                    "
                        AND s.school = $5
                        AND s.ticket = $6
                        AND a.published_at IS NOT NULL
                      LIMIT 1"
                ),
                params![school, ticket],
            )
            .await?;
        if found.is_some() {
            return Ok(found);
        }
    }
    Ok(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_part_of_a_name_is_no_pattern_of_its_own() {
        assert_eq!(anywhere("张"), "%张%");
        assert_eq!(anywhere("a%_!b"), "%a!%!_!!b%");
    }

    #[test]
    fn a_ticket_tells_the_school_that_arranged_it() {
        let of = |ticket: &str| schools(ticket).map(|school| school.to_string()).collect::<Vec<_>>();
        assert!(of("993010172100101").contains(&"99301".to_owned()));
        assert!(of("F17299101001001").contains(&"99101".to_owned()));
        assert!(of("9930").is_empty() && of("学生").is_empty());
    }
}
