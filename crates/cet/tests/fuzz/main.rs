//! The fuzz targets on stable: each over its corpus and over some thousand mutations of it, the same in every run. What
//! `cargo fuzz` finds beyond them is kept in `fuzz/corpus` (docs/fuzzing.md).

#[cfg(test)]
mod mutate;
#[cfg(test)]
#[path = "../../../../fuzz/src/lib.rs"]
mod targets;

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::panic::{AssertUnwindSafe, catch_unwind};
    use std::path::{Path, PathBuf};
    use std::time::{Duration, Instant};

    use super::mutate::Mutator;
    use super::targets::{TARGETS, Target};

    /// No input takes longer, however it is made (security.md, section 3); without optimisation all takes longer.
    const LONGEST: Duration = Duration::from_secs(if cfg!(debug_assertions) { 30 } else { 1 });
    /// What is tried of each input that was made longer.
    const LARGE: usize = 64 * 1024;

    fn root() -> PathBuf {
        Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz")
    }

    /// The files of a target, by name.
    fn corpus(target: &Target) -> Vec<Vec<u8>> {
        let folder = root().join("corpus").join(target.name);
        let mut files: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap_or_else(|error| panic!("{}: {error}", folder.display()))
            .map(|entry| entry.unwrap().path())
            .collect();
        files.sort();
        files.iter().map(|file| std::fs::read(file).unwrap()).collect()
    }

    /// Runs one input; says what it was if a law is broken or it took too long.
    fn try_one(target: &Target, data: &[u8]) {
        let began = Instant::now();
        let done = catch_unwind(AssertUnwindSafe(|| (target.run)(data)));
        let took = began.elapsed();
        if done.is_err() || took > LONGEST {
            let file = std::env::temp_dir().join(format!("cet-fuzz-{}", target.name));
            std::fs::write(&file, data).unwrap();
            panic!("{}: {} bytes, {took:?}, kept as {}", target.name, data.len(), file.display());
        }
    }

    /// All inputs of a target: its corpus, mutations of it, and long ones.
    fn run(name: &str) {
        let target = TARGETS.iter().find(|target| target.name == name).unwrap();
        let mut known = (target.seeds)();
        known.extend(corpus(target));
        // The first one makes the keys.
        super::targets::run(name, b"");
        for data in &known {
            try_one(target, data);
        }
        let mut mutator = Mutator::new(target.name, target.words);
        for _ in 0..target.mutations {
            try_one(target, &mutator.next(&known));
        }
        for data in &known {
            try_one(target, &data.iter().copied().cycle().take(LARGE).collect::<Vec<u8>>());
        }
        for word in target.words {
            try_one(target, word.repeat(LARGE / word.len()).as_bytes());
        }
    }

    #[test]
    fn what_the_code_makes_for_the_corpora_is_there() {
        let update = std::env::var_os("UPDATE").is_some();
        for target in &TARGETS {
            let folder = root().join("corpus").join(target.name);
            for (n, seed) in (target.seeds)().iter().enumerate() {
                let file = folder.join(format!("made-{n}"));
                if update {
                    std::fs::create_dir_all(&folder).unwrap();
                    std::fs::write(&file, seed).unwrap();
                }
                assert!(file.exists(), "{}: UPDATE=1 writes it", file.display());
            }
            assert!(corpus(target).len() >= 2, "{}: a corpus of one", target.name);
        }
    }

    #[test]
    fn every_target_has_its_file_and_its_entry_for_cargo_fuzz() {
        let names: BTreeSet<String> = TARGETS.iter().map(|target| target.name.to_owned()).collect();
        assert_eq!(names.len(), TARGETS.len());
        let files: BTreeSet<String> = std::fs::read_dir(root().join("fuzz_targets"))
            .unwrap()
            .map(|entry| entry.unwrap().path().file_stem().unwrap().to_string_lossy().into_owned())
            .collect();
        assert_eq!(files, names);
        let manifest: toml::Table =
            std::fs::read_to_string(root().join("Cargo.toml")).unwrap().parse().unwrap();
        let bins = manifest["bin"].as_array().unwrap();
        let bins: BTreeSet<String> =
            bins.iter().map(|bin| bin["name"].as_str().unwrap().to_owned()).collect();
        assert_eq!(bins, names);
        for name in &names {
            let text =
                std::fs::read_to_string(root().join("fuzz_targets").join(format!("{name}.rs"))).unwrap();
            assert!(text.contains(&format!("cet_fuzz::run(\"{name}\", data)")), "{name} runs another one");
        }
    }

    #[test]
    fn mutations_are_the_same_in_every_run_and_differ() {
        let known = [b"name=%E9%A2%9C&subject=1".to_vec(), b"a=b".to_vec()];
        let of = |name| {
            let mut mutator = Mutator::new(name, &["%00", "&"]);
            (0..200).map(|_| mutator.next(&known)).collect::<Vec<_>>()
        };
        assert_eq!(of("form"), of("form"));
        assert_ne!(of("form"), of("cookie"));
        assert!(of("form").iter().collect::<BTreeSet<_>>().len() > 150);
    }

    /// TH55, TH56: nothing that a stranger sends breaks a parser.
    macro_rules! every_target {
        ($($name:ident = $target:literal),* $(,)?) => {
            $(#[test]
            fn $name() {
                run($target);
            })*

            #[test]
            fn no_target_is_left_out() {
                let run = BTreeSet::from([$($target),*]);
                assert!(TARGETS.iter().all(|target| run.contains(target.name)) && run.len() == TARGETS.len());
            }
        };
    }

    every_target! {
        no_notification_of_alipay_is_believed_that_was_not_signed = "alipay_notice",
        no_notification_of_payease_is_believed_that_was_not_signed = "payease_notice",
        no_answer_of_a_gateway_is_believed_that_was_not_signed = "query_answer",
        a_form_that_is_read_is_written_and_read_the_same = "form",
        a_cookie_is_one_value = "cookie",
        no_token_opens_that_was_not_made_here = "token",
        the_id_of_a_command_is_plain = "command",
        every_way_back_stays_on_this_site = "redirect",
        a_host_is_ours_or_refused = "host",
        a_csv_file_is_read_within_its_limits_and_twice_the_same = "csv_roster",
        a_container_is_read_within_its_limits_and_twice_the_same = "xlsx_container",
        a_sheet_is_read_within_its_limits_and_twice_the_same = "xlsx_sheet",
        a_file_for_staff_is_read_as_it_was_written_and_holds_no_formula = "csv_writer",
        a_document_that_is_read_is_read_again_the_same = "document",
        a_mail_has_one_recipient_and_no_header_that_was_typed = "mail",
        a_notice_holds_nothing_that_runs = "notice_html",
        what_is_printed_can_be_seen = "pdf_text",
    }
}
