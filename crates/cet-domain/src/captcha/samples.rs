//! What programs and people are measured with: the figures of `SECURITY.md` come from here.

use std::fmt::Write as _;
use std::fs;
use std::path::PathBuf;

use super::questions::{self, Draw};
use super::{CHANCES, DIGITS, draw, png, rules};
use crate::testing::vault;
use crate::texts::Lang;

/// How many of each.
const MANY: usize = 200;

/// `CET_SAMPLES=FOLDER cargo test -p cet-domain --lib captcha::samples -- --ignored`: pictures named by their digits, and
/// questions with their answers.
#[test]
#[ignore = "writes files"]
fn samples_of_pictures_and_of_questions_are_written() {
    let folder = PathBuf::from(std::env::var("CET_SAMPLES").expect("CET_SAMPLES names a folder"));
    let vault = vault();
    for n in 0..MANY {
        let digits = rules::digits(u64::from_be_bytes(vault.random().unwrap()), DIGITS);
        let picture = png::encode(&draw::picture(&digits, &vault.random().unwrap())).unwrap();
        fs::write(folder.join(format!("{n:03}-{digits}.png")), picture).unwrap();
    }
    for lang in [Lang::Zh, Lang::En] {
        let mut all = String::new();
        for _ in 0..MANY {
            let chances: [u8; CHANCES] = vault.random().unwrap();
            let asked = questions::question(lang, &mut Draw::new(&chances));
            writeln!(all, "{}\t{}", asked.text, asked.answers.join("|")).unwrap();
        }
        fs::write(folder.join(format!("{}.tsv", lang.code())), all).unwrap();
    }
    assert_eq!(fs::read_dir(&folder).unwrap().count(), MANY + 2);
}
