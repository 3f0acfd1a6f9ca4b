//! All files that the program writes are readable by their owner only, whatever the umask; and keys that others can
//! access are refused.

use std::fs::{Permissions, set_permissions};
use std::os::unix::fs::PermissionsExt as _;
use std::path::Path;

use super::demo::Demo;

/// Everything below a folder that group or others may read, write or enter.
fn open_to_others(folder: &Path) -> Vec<String> {
    let mode = |path: &Path| path.metadata().unwrap().permissions().mode() & 0o777;
    let mut open = Vec::new();
    if mode(folder) != 0o700 {
        open.push(format!("{} {:o}", folder.display(), mode(folder)));
    }
    for entry in folder.read_dir().unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            open.extend(open_to_others(&path));
        } else if mode(&path) != 0o600 {
            open.push(format!("{} {:o}", path.display(), mode(&path)));
        }
    }
    open
}

#[test]
fn all_that_demo_backup_restore_and_new_key_write_is_the_owners_alone() {
    let mut demo = Demo::start(None);
    let folder = demo.file("");
    let made = |name: &str| demo.file(name).display().to_string();
    let (copy, key) = (made("copy.sqlite"), made("another.key"));
    let (done, said) = demo.command(&["backup", &copy]);
    assert!(done, "{said}");
    for purpose in ["vault", "tickets"] {
        let _gone = std::fs::remove_file(&key);
        let new_key = std::process::Command::new(env!("CARGO_BIN_EXE_cet"))
            .args(["config", "new-key", &key, "--for", purpose])
            .status();
        assert!(new_key.unwrap().success());
        assert_eq!(open_to_others(&folder), [""; 0]);
    }
    demo.crash();
    for name in ["cet.sqlite", "cet.sqlite-wal", "cet.sqlite-shm"] {
        let _not_there = std::fs::remove_file(demo.file(name));
    }
    let (done, said) = demo.command(&["restore", &copy]);
    assert!(done, "{said}");
    assert_eq!(open_to_others(&folder), [""; 0]);
    // The folder of an earlier version was open to everyone.
    set_permissions(&folder, Permissions::from_mode(0o755)).unwrap();
    for name in ["cet.sqlite", "roster.csv", "demo.json"] {
        set_permissions(demo.file(name), Permissions::from_mode(0o644)).unwrap();
    }
    demo.crash_and_restart();
    assert_eq!(open_to_others(&folder), [""; 0]);
}

#[test]
fn keys_that_others_can_read_or_that_belong_elsewhere_are_refused_by_every_command() {
    let mut demo = Demo::start(None);
    let copy = demo.file("copy.sqlite").display().to_string();
    assert!(demo.command(&["backup", &copy]).0);
    demo.crash();
    let roster = demo.file("roster.csv").display().to_string();
    let sitting = demo.file("sitting.toml").display().to_string();
    let commands: [&[&str]; 10] = [
        &["serve"],
        &["config", "check"],
        &["migrate"],
        &["verify"],
        &["import", "sitting", &sitting],
        &["import", "roster", &roster, "--sitting", "2017-2", "--dry-run"],
        &["arrange", "--sitting", "2017-2"],
        &["staff", "add", "somebody", "--role", "national"],
        &["vault", "reseal"],
        &["restore", &copy],
    ];
    let refused = |words: &[&str]| {
        for arguments in commands {
            let (done, said) = demo.command(arguments);
            assert!(!done, "{arguments:?}: {said}");
            for word in words {
                assert!(said.contains(word), "{arguments:?} does not say {word}: {said}");
            }
        }
    };
    let key = demo.file("vault.key");
    set_permissions(&key, Permissions::from_mode(0o640)).unwrap();
    refused(&["vault.key", "chmod 600"]);
    let own = std::fs::read_to_string(&key).unwrap();
    let other = cet_base::vault::Vault::new_key_file().unwrap();
    std::fs::write(&key, &other).unwrap();
    set_permissions(&key, Permissions::from_mode(0o600)).unwrap();
    for name in ["cet.sqlite", "cet.sqlite-wal", "cet.sqlite-shm"] {
        let aside = demo.file(&format!("aside-{name}"));
        let _not_there = std::fs::copy(demo.file(name), aside);
    }
    let words = ["vault.key", "not the one of this database", "database.url"];
    for arguments in &commands[..9] {
        let (done, said) = demo.command(arguments);
        assert!(!done && words.iter().all(|word| said.contains(word)), "{arguments:?}: {said}");
    }
    for name in ["cet.sqlite", "cet.sqlite-wal", "cet.sqlite-shm"] {
        let _not_there = std::fs::remove_file(demo.file(name));
    }
    let (done, said) = demo.command(commands[9]);
    assert!(!done && words.iter().all(|word| said.contains(word)), "restore: {said}");
    assert!(!demo.file("cet.sqlite").exists(), "nothing was put there");
    std::fs::write(&key, own).unwrap();
    let (done, said) = demo.command(commands[9]);
    assert!(done, "{said}");
    demo.crash_and_restart();
    demo.verify();
}

#[test]
fn the_demo_refuses_an_address_that_others_reach_and_writes_nothing() {
    let folder = tempfile::tempdir().unwrap();
    for listen in ["0.0.0.0:0", "[::]:0"] {
        let refused = std::process::Command::new(env!("CARGO_BIN_EXE_cet"))
            .args(["demo", "--listen", listen, "--dir"])
            .arg(folder.path().join("demo"))
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&refused.stderr);
        assert!(!refused.status.success() && said.contains("--i-know"), "{said}");
    }
    assert!(!folder.path().join("demo").exists());
}
