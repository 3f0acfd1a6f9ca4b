//! 候补: some wait for a seat of a full oral subject.

use cet_domain::handout::verbs::{JoinCommand, join};

use super::candidates::FROM;
use super::{Fault, Seeding, sound};
use crate::store::{DbError, Tx};
use crate::words::codes::{SittingCode, SubjectCode};
use crate::words::ids::PassportId;

impl Seeding {
    /// Some join the line of a full oral subject.
    pub(super) async fn wait_for_a_seat(
        &self,
        sitting: &SittingCode,
        some: &[PassportId],
    ) -> Result<(), Fault> {
        for passport in some {
            let cmd = JoinCommand {
                passport: *passport,
                sitting: sitting.clone(),
                subject: SubjectCode::parse("F").map_err(|_| DbError::Decode("a subject"))?,
                campuses: Vec::new(),
                address: FROM.to_string(),
            };
            let catalogue = self.payments.catalogue.get();
            let done = async move |tx: &mut Tx<'_>| join(tx, &catalogue, &cmd).await;
            sound("a place in a line", self.context.db.write(done).await)?;
        }
        Ok(())
    }
}
