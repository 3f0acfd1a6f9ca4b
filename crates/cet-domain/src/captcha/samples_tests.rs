//! What programs and people are measured with: the figures of `SECURITY.md` come from here.

use std::fmt::Write as _;
use std::fs;

use super::questions::{self, Draw};
use super::{CHANCES, DIGITS, draw, png, rules};
use crate::testing::vault;
use crate::texts::Lang;

/// How many of each.
const MANY: usize = 200;

/// `cargo test -p cet-domain --lib captcha::samples -- --ignored`: pictures named by their digits, and questions with their
/// answers.
#[test]
#[ignore = "writes pictures and questions to the folder for temporary files, to be measured"]
fn pictures_and_questions_are_written_out_to_be_measured() {
    let folder = std::env::temp_dir().join("cet-captchas");
    if folder.exists() {
        fs::remove_dir_all(&folder).unwrap();
    }
    fs::create_dir_all(&folder).unwrap();
    let vault = vault();
    for n in 0..MANY {
        let digits = rules::digits(u64::from_be_bytes(vault.random().unwrap()), DIGITS);
        let noise: [u8; 32] = vault.random().unwrap();
        let picture = png::encode(&draw::picture(&digits, &noise)).unwrap();
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
}
