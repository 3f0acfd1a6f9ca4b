//! Files that schools sent: one is published, one names two students of another school, one has errors, one waits.

use cet_domain::upload::rules::State;
use cet_domain::upload::store::{New, PART, Upload, append, one};
use cet_domain::upload::verbs::{Asked, begin, publish, received};
use cet_domain::upload::{Kind, jobs};

use super::people::{PLACES, Place, STUDENTS, Student};
use super::{Fault, Seeding, sound};
use crate::audit::Actor;
use crate::demo::people::ROSTER_HEADER;
use crate::store::{DbError, Tx};
use crate::words::codes::SittingCode;

/// Where the demo's staff sit.
const FROM: &str = "127.0.0.1";
/// The manual's campuses, whose schools have accounts.
const OWN: [usize; 2] = [0, 1];

/// Students of a campus whom no other file of the demo names.
fn more(at: usize, count: usize) -> Vec<Student> {
    let place: Option<Place> = PLACES.get(at).copied();
    place
        .into_iter()
        .flat_map(|place| (STUDENTS..STUDENTS + count).map(move |number| Student { place, at, number }))
        .collect()
}

fn file(lines: &[String]) -> String {
    [&[ROSTER_HEADER.to_owned()], lines].concat().join("\n") + "\n"
}

fn lines_of(students: &[Student]) -> Vec<String> {
    students.iter().map(|student| student.roster_line(student.place.campus)).collect()
}

impl Seeding {
    /// Both schools send their files.
    pub(super) async fn files_arrive(&self, sitting: &SittingCode) -> Result<(), Fault> {
        let [first, second] = OWN;
        let own = lines_of(&more(second, 12));
        self.published(sitting, "school-99301", "补报学生.csv", &file(&own)).await?;
        // Two students of 99301 now study at 99101, whose file names them too.
        let moved = [STUDENTS - 2, STUDENTS - 1].map(|number| {
            let from = PLACES.get(second).copied().map(|place| Student { place, at: second, number });
            from.map(|student| student.roster_line("991010")).unwrap_or_default()
        });
        let both = [lines_of(&more(first, 12)), moved.to_vec()].concat();
        self.published(sitting, "school-99101", "转入及补报学生.csv", &file(&both)).await?;
        let mut wrong = lines_of(&more(second, 20)).split_off(12);
        for line in wrong.iter_mut().step_by(3) {
            *line = line.replace(",993010,", ",993019,");
        }
        self.arrives(sitting, "school-99301", "医学院学生.csv", &file(&wrong)).await?;
        let ready = lines_of(&more(first, 20)).split_off(12);
        self.arrives(sitting, "school-99101", "新增学生.csv", &file(&ready)).await?;
        Ok(())
    }

    async fn published(
        &self,
        sitting: &SittingCode,
        staff: &str,
        name: &str,
        text: &str,
    ) -> Result<(), Fault> {
        let of = self.arrives(sitting, staff, name, text).await?;
        if of.state()? != State::Ready {
            return Err(Fault(format!("{name} is not ready")));
        }
        let by = Actor::Staff(staff.to_owned());
        let done = async move |tx: &mut Tx<'_>| publish(tx, &of, Asked::default(), (&by, FROM)).await;
        sound("an upload", self.context.db.write(done).await)?;
        self.work_on_files().await
    }

    /// A file is received and checked.
    async fn arrives(
        &self,
        sitting: &SittingCode,
        staff: &str,
        name: &str,
        text: &str,
    ) -> Result<Upload, Fault> {
        let scope = self.scope(staff)?;
        let new = New {
            kind: Kind::Roster,
            place: scope.clone(),
            sitting: sitting.to_string(),
            campus: String::new(),
            file_name: name.to_owned(),
            account: staff.to_owned(),
        };
        let (body, by) = (text.as_bytes().to_vec(), Actor::Staff(staff.to_owned()));
        let done = async move |tx: &mut Tx<'_>| {
            let id = begin(tx, &new).await?;
            for (number, part) in (0_i64..).zip(body.chunks(PART)) {
                append(tx, id, number, part).await?;
            }
            let size = i64::try_from(body.len()).unwrap_or(i64::MAX);
            received(tx, id, &new, size, (&by, FROM)).await?;
            Ok(id)
        };
        let id = sound("an upload", self.context.db.write(done).await)?;
        self.work_on_files().await?;
        let read = async move |tx: &mut Tx<'_>| one(tx, &scope, Kind::Roster, id).await;
        let found: Option<Upload> = self.context.db.read(read).await?;
        found.ok_or(DbError::Decode("an upload").into())
    }

    async fn work_on_files(&self) -> Result<(), Fault> {
        while jobs::round(&self.context.db, &self.context.vault).await?.done > 0 {}
        Ok(())
    }
}
