//! The schools of the season and their students: all made up, the same in every demo.
//!
//! Two of the schools are the manual's own. Their people and their 2,000 students are left alone: the season's students
//! are others, and at those campuses they enter nothing but English 4, of which there are seats enough for everybody.

use std::fmt::Write as _;

use jiff::SignedDuration;

use crate::demo::students::with_check_digit;
use crate::words::time::Time;

/// Students in the roster of each campus.
pub(super) const STUDENTS: usize = 80;
/// How many of these took part in the last sitting.
pub(super) const RETURNING: usize = 8;

/// A campus of the season.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Place {
    /// The campus.
    pub(super) campus: &'static str,
    campus_name: &'static str,
    school_name: &'static str,
    /// Whether the campus is the manual's own.
    pub(super) own: bool,
}

const fn place(
    campus: &'static str,
    campus_name: &'static str,
    school_name: &'static str,
    own: bool,
) -> Place {
    Place { campus, campus_name, school_name, own }
}

/// The campuses, in the order of their provinces.
pub(super) const PLACES: [Place; 12] = [
    place("991010", "99101-0校区", "测试学校", true),
    place("993010", "测试校区机构001", "测试学校机构01", true),
    place("993020", "测试校区机构002", "测试学校机构02", false),
    place("995010", "99501-0校区", "测试学校05", false),
    place("981010", "示例一校东校区", "示例一校", false),
    place("981011", "示例一校西校区", "示例一校", false),
    place("981020", "示例二校校区", "示例二校", false),
    place("982010", "示例三校校区", "示例三校", false),
    place("983010", "示例四校校区", "示例四校", false),
    place("971010", "演示一校校区", "演示一校", false),
    place("971020", "演示二校校区", "演示二校", false),
    place("972010", "演示三校校区", "演示三校", false),
];

/// The provinces besides the manual's own.
const PROVINCES: [(&str, &str); 2] = [("98", "示例省"), ("97", "演示省")];

impl Place {
    /// The school's code.
    pub(super) fn school(&self) -> &'static str {
        self.campus.get(..5).unwrap_or_default()
    }

    /// Whether registration opened here two days before the manual's province.
    pub(super) fn is_early(&self) -> bool {
        !self.campus.starts_with("99")
    }

    /// How many of the students are candidates of the current sitting: at the manual's campuses so few that whoever
    /// visits them is on the first page of their lists.
    pub(super) const fn candidates(&self) -> usize {
        if self.own { 30 } else { 54 }
    }

    /// Whether an oral seat is hard to get here.
    pub(super) fn is_scarce(&self) -> bool {
        matches!(self.campus, "982010" | "993020")
    }

    /// Seats of a subject; the subjects that are not named are not offered.
    fn seats(&self) -> [(&'static str, usize); 5] {
        let oral = if self.is_scarce() { 6 } else { 20 };
        [("1", 60), ("2", 12), ("3", 6), ("F", oral), ("S", 8)]
    }
}

/// A made-up student.
#[derive(Clone, Debug)]
pub(super) struct Student {
    /// Where the student studies.
    pub(super) place: Place,
    /// The place's number.
    pub(super) at: usize,
    /// The student's number among those of the campus.
    pub(super) number: usize,
}

/// Every student of the season.
pub(super) fn students() -> Vec<Student> {
    let places = PLACES.iter().enumerate();
    places
        .flat_map(|(at, place)| (0..STUDENTS).map(move |number| Student { place: *place, at, number }))
        .collect()
}

/// How a student is entered by 集体报名: in classes of their own, so that a school finds them together.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Group {
    /// The school has paid for this class.
    Settled,
    /// The school is about to pay for this class.
    Waiting,
}

impl Group {
    /// 班级.
    pub(super) const fn class(self) -> &'static str {
        match self {
            Self::Settled => "集1",
            Self::Waiting => "集2",
        }
    }
}

const SURNAMES: [&str; 16] =
    ["赵", "钱", "孙", "李", "周", "吴", "郑", "王", "冯", "陈", "褚", "卫", "蒋", "沈", "韩", "杨"];
const STEMS: [&str; 10] = ["甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"];
const BRANCHES: [&str; 12] = ["子", "丑", "寅", "卯", "辰", "巳", "午", "未", "申", "酉", "戌", "亥"];
const COLLEGES: [(&str, &str); 4] =
    [("理学院", "数学"), ("工学院", "机械工程"), ("文学院", "新闻学"), ("医学院", "护理学")];

fn nth<T: Copy + Default>(of: &[T], at: usize) -> T {
    of.iter().cycle().nth(at % of.len().max(1)).copied().unwrap_or_default()
}

impl Student {
    fn serial(&self) -> usize {
        self.at.saturating_mul(STUDENTS).saturating_add(self.number)
    }

    /// A surname and a pair of the sixty: nobody is called so.
    pub(super) fn name(&self) -> String {
        let n = self.serial();
        format!("{}{}{}", nth(&SURNAMES, n / 3), nth(&STEMS, n), nth(&BRANCHES, n / 5))
    }

    /// The address of the student's passport.
    pub(super) fn email(&self) -> String {
        format!("made-up-{:03}@example.cn", self.serial())
    }

    /// Whether the student takes part in the current sitting.
    pub(super) const fn is_candidate(&self) -> bool {
        self.number < self.place.candidates()
    }

    fn is_male(&self) -> bool {
        self.number.is_multiple_of(2)
    }

    /// An identity number of a district that does not exist.
    pub(super) fn document(&self) -> String {
        self.document_of(0)
    }

    fn document_of(&self, typing_error: usize) -> String {
        let serial = self.number.saturating_mul(2).saturating_add(usize::from(self.is_male()));
        let day = 1 + (self.number + typing_error) % 28;
        with_check_digit(&format!(
            "99{:02}99{}{:02}{day:02}{serial:03}",
            self.at + 1,
            1998,
            1 + self.number % 12
        ))
    }

    /// The group, at the campuses whose schools have an account in the demo.
    pub(super) fn group(&self) -> Option<Group> {
        match self.number % 10 {
            4 if self.place.own => Some(Group::Settled),
            7 if self.place.own => Some(Group::Waiting),
            _ => None,
        }
    }

    /// The ticket of an earlier CET4 with which CET6 can be applied for.
    pub(super) fn ticket(&self) -> Option<String> {
        let asks = self.number % 10 == 3 && self.is_candidate();
        asks.then(|| format!("{}1611{:03}{:02}", self.place.campus, 900 + self.at, self.number))
    }

    /// Whether the score was recorded under this very document; else the school made a typing error, and has to decide.
    pub(super) fn is_recorded_well(&self) -> bool {
        self.number == 3
    }

    fn listed(&self) -> &'static str {
        match self.number % 10 {
            3 => "1;3",
            1 | 5 => "1;2;F;S",
            _ => "1;F",
        }
    }

    /// The line in a roster; another school's code where the roster is another school's.
    pub(super) fn roster_line(&self, campus: &str) -> String {
        let (college, major) = nth(&COLLEGES, self.number);
        let class = match self.group() {
            Some(group) => group.class().to_owned(),
            None => format!("{:02}", 1 + self.number % 6),
        };
        let entered = 14 + self.number % 4;
        format!(
            "{},{},中华人民共和国居民身份证,{},{},{campus},本科,4,{entered},{:02},{college},{major},{class},{entered}9{:05},,{},",
            self.name(),
            if self.is_male() { "男" } else { "女" },
            self.document(),
            campus.get(..5).unwrap_or_default(),
            18 - entered,
            self.serial(),
            self.listed(),
        )
    }

    /// The line in the score file.
    pub(super) fn score_line(&self) -> Option<String> {
        let ticket = self.ticket()?;
        let document = self.document_of(usize::from(!self.is_recorded_well()));
        let points = 430 + self.number;
        Some(format!("{ticket},{},中华人民共和国居民身份证,{document},1,{points},2016年上半年", self.name()))
    }
}

/// Provinces, schools and campuses of the season, their windows and seats, to be put behind the demo's sitting: nothing
/// of the manual's own places is changed.
pub(super) fn places(from: Time, to: Time) -> String {
    let mut out = String::new();
    for (code, name) in PROVINCES {
        let _infallible = write!(out, "\n[[province]]\ncode = \"{code}\"\nname = \"{name}\"\n");
    }
    let mut schools: Vec<&str> = Vec::new();
    for place in PLACES.iter().filter(|place| !place.own) {
        if !schools.contains(&place.school()) {
            schools.push(place.school());
            let (code, name) = (place.school(), place.school_name);
            let _infallible = write!(out, "\n[[school]]\ncode = \"{code}\"\nname = \"{name}\"\n");
        }
        let (code, name) = (place.campus, place.campus_name);
        let _infallible = write!(out, "\n[[campus]]\ncode = \"{code}\"\nname = \"{name}\"\n");
    }
    for (province, _) in PROVINCES {
        for mode in ["written", "oral"] {
            let _infallible = write!(
                out,
                "\n[[window]]\nprovince = \"{province}\"\nmode = \"{mode}\"\nfrom = \"{}\"\nto = \"{to}\"\n",
                from.minus(SignedDuration::from_hours(48)),
            );
        }
    }
    for place in PLACES.iter().filter(|place| !place.own) {
        for (subject, seats) in place.seats() {
            let campus = place.campus;
            let _infallible = write!(
                out,
                "\n[[pool]]\ncampus = \"{campus}\"\nsubject = \"{subject}\"\ncapacity = {seats}\n"
            );
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn nobody_of_the_season_shares_a_document_an_address_or_a_number() {
        let all = students();
        let lines: Vec<String> =
            all.iter().map(|student| student.roster_line(student.place.campus)).collect();
        for column in [3, 13] {
            let found: BTreeSet<&str> = lines.iter().filter_map(|line| line.split(',').nth(column)).collect();
            assert_eq!(found.len(), all.len());
        }
        let addresses: BTreeSet<String> = all.iter().map(Student::email).collect();
        assert_eq!(addresses.len(), all.len());
        let scores: BTreeSet<String> = all.iter().filter_map(Student::score_line).collect();
        assert_eq!(scores.len(), 10 * 6 + 2 * 3);
        assert_eq!(all.iter().filter(|student| student.is_candidate()).count(), 600);
        let tickets: BTreeSet<String> = all.iter().filter_map(Student::ticket).collect();
        assert_eq!(tickets.len(), scores.len());
        assert!(tickets.iter().all(|ticket| ticket.len() == 15));
    }

    #[test]
    fn the_season_adds_nothing_to_the_manuals_places() {
        let now = crate::store::testing::NOON;
        let text = places(now, now);
        assert!(!text.contains("991010") && !text.contains("993010") && !text.contains("province = \"99\""));
    }
}
