//! A large roster of people who are easily taken for each other: however they type themselves, each is found, and nobody
//! else.

use std::collections::HashMap;

use super::document::{Document, DocumentKind, MatchKey};
use super::name::PersonName;

const PEOPLE: usize = 5_000;

/// The same numbers in every run.
struct Chance(u64);

impl Chance {
    fn below(&mut self, n: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % n
    }

    fn of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[self.below(all.len())]
    }
}

#[derive(Clone)]
struct Person {
    kind: DocumentKind,
    number: String,
    name: String,
}

/// Few names, so that many share one, or have each other's words the other way round.
fn name(chance: &mut Chance, kind: DocumentKind) -> String {
    const FAMILY: [&str; 8] = ["王", "李", "张", "刘", "欧阳", "吕", "呂", "艾"];
    const GIVEN: [&str; 8] = ["一", "二", "三", "明", "明明", "小明", "伟", "三一"];
    const UYGHUR: [&str; 5] = ["买买提", "艾力", "古丽", "阿不都", "热依木"];
    const LATIN: [&str; 12] = [
        "SMITH",
        "JOHN",
        "PAUL",
        "MING",
        "LI",
        "MÜLLER",
        "MUELLER",
        "O'NEIL",
        "JEAN-PAUL",
        "LÜ",
        "NGUYỄN",
        "ANH",
    ];
    match kind {
        DocumentKind::Passport => {
            let words: Vec<&str> = (0..2 + chance.below(2)).map(|_| chance.of(&LATIN)).collect();
            words.join(" ")
        }
        DocumentKind::ResidentId if chance.below(4) == 0 => {
            format!("{}·{}", chance.of(&UYGHUR), chance.of(&UYGHUR))
        }
        _ => format!("{}{}", chance.of(&FAMILY), chance.of(&GIVEN)),
    }
}

fn person(chance: &mut Chance, n: usize) -> Person {
    let kind = DocumentKind::ALL[n % DocumentKind::ALL.len()];
    let number = match kind {
        DocumentKind::ResidentId => format!("110105{:08}{:04}", 19_900_101 + n / 10_000, n % 10_000),
        DocumentKind::TaiwanPermit => format!("{n:08}"),
        DocumentKind::HongKongMacauPermit => format!("H{n:08}{}", ["", "01"][n % 2]),
        DocumentKind::Passport => format!("E{n:08}"),
        DocumentKind::HongKongId => {
            let bare = format!("{}{n:06}", ["A", "AB", "Z"][n % 3]);
            let whole = Document::parse(kind, &bare).unwrap().completed().unwrap();
            // Rosters have both.
            if chance.below(3) == 0 { bare } else { whole.number.as_str().to_owned() }
        }
        DocumentKind::MacauId => format!("1{n:07}"),
    };
    Person { kind, number, name: name(chance, kind) }
}

/// Ways in which this person may type number and name.
fn typings(person: &Person) -> Vec<(Document, PersonName)> {
    let document = |text: &str| Document::parse(person.kind, text).unwrap();
    let name = |text: &str| PersonName::parse(text).unwrap();
    let own = document(&person.number);
    let numbers = [Some(own.clone()), own.other_writing(), Some(document(&person.number.to_lowercase()))];
    let turned = match person.name.split_once(' ') {
        Some((first, rest)) => format!("{rest} {first}"),
        None => person.name.clone(),
    };
    let names = [
        person.name.clone(),
        person.name.replace('·', "˙"),
        person.name.replace('·', ""),
        person.name.replacen(' ', "/", 1),
        person.name.replace([' ', '\''], ""),
        person.name.to_lowercase(),
        person.name.replace('Ü', "UE"),
        turned,
    ];
    let names: Vec<PersonName> = names.iter().map(|text| name(text)).collect();
    numbers
        .into_iter()
        .flatten()
        .flat_map(|number| names.iter().map(move |name| (number.clone(), name.clone())))
        .collect()
}

/// As `roster::store::find_typed` looks up: by the number as it is typed, else by the other number of the same document.
fn found<'r>(
    roster: &'r HashMap<MatchKey, (usize, String)>,
    typed: &Document,
) -> Option<&'r (usize, String)> {
    let other = || typed.other_writing().and_then(|other| roster.get(&other.match_key()));
    roster.get(&typed.match_key()).or_else(other)
}

#[test]
fn nobody_of_a_large_roster_is_taken_for_somebody_else_however_they_type_themselves() {
    let mut chance = Chance(2017);
    let people: Vec<Person> = (0..PEOPLE).map(|n| person(&mut chance, n)).collect();
    let mut roster = HashMap::new();
    for (n, person) in people.iter().enumerate() {
        let key = Document::parse(person.kind, &person.number).unwrap().match_key();
        assert!(roster.insert(key, (n, person.name.clone())).is_none(), "two people share no document");
    }
    for (n, person) in people.iter().enumerate() {
        for (document, name) in typings(person) {
            let (found, stored) = found(&roster, &document).unwrap();
            assert_eq!(*found, n, "{} is not {}", person.number, people[*found].number);
            assert!(name.is_written_for(stored), "{} {}", name.as_str(), person.name);
        }
        // Somebody else's name beside this document finds nobody, but for who has the very same letters.
        let other = &people[chance.below(PEOPLE)];
        let letters = |name: &str| {
            let mut all: Vec<char> = name.replace('Ü', "UE").chars().filter(|c| c.is_alphabetic()).collect();
            all.sort_unstable();
            all
        };
        let other_name = PersonName::parse(&other.name).unwrap();
        if other_name.is_written_for(&person.name) {
            let (own, theirs) = (letters(&person.name), letters(&other.name));
            let plain = |name: &str| letters(&name.replace('Ü', "U"));
            assert!(
                own == theirs || plain(&person.name) == plain(&other.name),
                "{} {}",
                person.name,
                other.name
            );
        }
    }
}
