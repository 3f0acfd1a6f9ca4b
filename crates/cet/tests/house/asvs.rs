//! `docs/asvs.md`: every requirement of the standard's levels 1 and 2 is judged once, and rests on what is there. What the
//! standard asks for, and whether a test shows it, is read by people.

use std::collections::{BTreeMap, BTreeSet};

use super::tree::{marked, none, read, root, tests_missing, tests_named};

const PAGE: &str = "docs/asvs.md";
/// Requirements of ASVS 5.0.0 at level 1, and at level 2.
const LEVELS: [(&str, usize); 2] = [("1", 70), ("2", 183)];
/// Chapters of ASVS 5.0.0.
const CHAPTERS: u32 = 17;
const STATES: [&str; 3] = ["met", "deviation", "n/a"];

/// The number of a requirement: chapter, section, and place in it.
type Number = (u32, u32, u32);

/// One requirement, as the page judges it.
struct Judged {
    number: Number,
    level: String,
    state: String,
    because: String,
}

#[test]
fn the_page_names_tests_and_files_that_are_there() {
    let page = read(PAGE);
    let (tests, files) = (tests_named(&page), files_named(&page));
    assert!(tests.len() >= 80, "only {} tests are named", tests.len());
    assert!(files.len() >= 30, "only {} files are named", files.len());
    let mut missing = tests_missing(tests);
    missing.extend(files.into_iter().filter(|path| !root().join(path).exists()).map(str::to_owned));
    none("docs/asvs.md names what is not there", &missing);
}

#[test]
fn each_requirement_is_judged_once_and_says_what_that_rests_on() {
    let judged = judged(&read(PAGE));
    let mut faults = Vec::new();
    for pair in judged.windows(2) {
        if pair[0].number >= pair[1].number {
            faults.push(format!("{:?} stands before {:?}", pair[0].number, pair[1].number));
        }
    }
    for one in &judged {
        let evidence = !tests_named(&one.because).is_empty() || !files_named(&one.because).is_empty();
        if !STATES.contains(&one.state.as_str()) {
            faults.push(format!("{:?}: {} is no state", one.number, one.state));
        }
        if one.because.is_empty() || one.state == "met" && !evidence {
            faults.push(format!("{:?}: {}, but why?", one.number, one.state));
        }
    }
    let chapters: BTreeSet<u32> = judged.iter().map(|one| one.number.0).collect();
    if !chapters.iter().copied().eq(1..=CHAPTERS) {
        faults.push(format!("chapters {chapters:?}"));
    }
    for (level, all) in LEVELS {
        let found = judged.iter().filter(|one| one.level == level).count();
        if found != all {
            faults.push(format!("{found} requirements of level {level}, not {all}"));
        }
    }
    none(PAGE, &faults);
}

#[test]
fn the_counts_at_the_top_are_those_of_the_tables() {
    let page = read(PAGE);
    let judged = judged(&page);
    let told: BTreeMap<&str, Vec<String>> = page
        .lines()
        .filter_map(cells)
        .filter(|cells| ["1", "2", "both"].contains(&cells[0]))
        .map(|cells| (cells[0], cells[1..].iter().map(|count| (*count).to_owned()).collect()))
        .collect();
    for level in ["1", "2", "both"] {
        let of: Vec<&Judged> = judged.iter().filter(|one| level == "both" || one.level == level).collect();
        let with = |state: &str| of.iter().filter(|one| one.state == state).count();
        let counted = [of.len(), with("met"), with("deviation"), with("n/a")].map(|count| count.to_string());
        assert_eq!(told.get(level), Some(&counted.to_vec()), "{level}");
    }
}

#[test]
fn the_list_of_deviations_is_whole_and_each_has_somebody_who_decides() {
    let page = read(PAGE);
    let (_, list) = page.split_once("\n## Deviations\n").unwrap();
    let list = list.split("\n## ").next().unwrap();
    let mut listed = BTreeSet::new();
    let mut faults = Vec::new();
    for cells in list.lines().filter_map(cells) {
        let numbers: Vec<Number> = cells[0].split(", ").filter_map(number).collect();
        if numbers.is_empty() {
            continue;
        }
        if cells.len() != 4 || cells.iter().any(|cell| cell.is_empty()) {
            faults.push(format!("{}: expected what is missing, what would be done, who decides", cells[0]));
        } else if !["maintainer", "authority"].contains(&cells[3]) {
            faults.push(format!("{}: {} decides?", cells[0], cells[3]));
        }
        faults.extend(
            numbers.into_iter().filter(|one| !listed.insert(*one)).map(|one| format!("{one:?} stands twice")),
        );
    }
    let judged: BTreeSet<Number> =
        judged(&page).into_iter().filter(|one| one.state == "deviation").map(|one| one.number).collect();
    faults.extend(judged.symmetric_difference(&listed).map(|one| format!("{one:?}: in one place only")));
    none("the deviations of docs/asvs.md", &faults);
}

/// The requirements in the tables of the chapters, in their order.
fn judged(page: &str) -> Vec<Judged> {
    page.lines()
        .filter_map(cells)
        .filter_map(|cells| match cells.as_slice() {
            [name, level, _, state, because] => Some(Judged {
                number: number(name)?,
                level: (*level).to_owned(),
                state: (*state).to_owned(),
                because: (*because).to_owned(),
            }),
            _ => None,
        })
        .collect()
}

/// The cells of a table's row.
fn cells(line: &str) -> Option<Vec<&str>> {
    let row = line.strip_prefix("| ")?.strip_suffix(" |")?;
    Some(row.split(" | ").map(str::trim).collect())
}

fn number(text: &str) -> Option<Number> {
    let parts: Vec<u32> = text.split('.').map(str::parse).collect::<Result<_, _>>().ok()?;
    if let [chapter, section, place] = parts[..] { Some((chapter, section, place)) } else { None }
}

/// What begins with one of our folders, or is a document or manifest at the top, which has a capital.
fn files_named(page: &str) -> BTreeSet<&str> {
    let folders = ["crates/", "docs/", "migrations/", "packaging/", "scripts/"];
    let at_the_top = |word: &str| {
        word.starts_with(|first: char| first.is_ascii_uppercase())
            && [".md", ".toml", ".lock"].iter().any(|ending| word.ends_with(ending))
    };
    marked(page)
        .filter(|word| folders.iter().any(|folder| word.starts_with(folder)) || at_the_top(word))
        .collect()
}

#[test]
fn rows_numbers_and_files_are_read_as_they_are_meant() {
    assert_eq!(cells("| 1.2.3 | 2 | x | met | `a/b` |"), Some(vec!["1.2.3", "2", "x", "met", "`a/b`"]));
    assert_eq!(cells("text"), None);
    assert_eq!(number("10.4.11"), Some((10, 4, 11)));
    for text in ["requirement", "1.2", "1.2.3.4", "1.2.x", ""] {
        assert_eq!(number(text), None, "{text}");
    }
    let named = files_named("`docs/a.md` `Cargo.toml` `cet.toml` `image/svg+xml` `/notify/` docs/b.md");
    assert_eq!(named, BTreeSet::from(["Cargo.toml", "docs/a.md"]));
}
