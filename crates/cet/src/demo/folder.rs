//! The demo's folder: keys and files are created at the first start and kept; `cet.toml` is written at every start,
//! since the ports may differ.

use std::fs::{File, TryLockError};
use std::io;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use gateway::keys::WeChatKeys;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;

use super::people::{self, Person};
use super::season;
use super::sitting::{self, Half};
use super::students;
use crate::private_file;
use crate::vault::Vault;
use crate::words::time::Time;

/// Marks a folder as the demo's, so that `--fresh` never deletes anything else.
const MARK: &str = ".cet-demo";

/// Marks a folder whose season is being made.
const BEGUN: &str = "season-begun";

/// The texts next to the sitting's file.
const TEXTS: [(&str, &str); 6] = [
    ("agreement.zh.md", include_str!("../../texts/agreement/zh.md")),
    ("agreement.en.md", include_str!("../../texts/agreement/en.md")),
    ("written.zh.md", include_str!("../../texts/written/zh.md")),
    ("written.en.md", include_str!("../../texts/written/en.md")),
    ("oral.zh.md", include_str!("../../texts/oral/zh.md")),
    ("oral.en.md", include_str!("../../texts/oral/en.md")),
];

/// The folder of all demo files.
pub struct Folder {
    path: PathBuf,
    /// Locked while the demo runs; the system unlocks it whatever ends the process.
    _lock: File,
}

/// The addresses of the current start.
#[derive(Clone, Copy, Debug)]
pub struct Addresses {
    /// The site.
    pub site: SocketAddr,
    /// The sandbox of 支付宝.
    pub alipay: SocketAddr,
    /// The sandbox of 首信易支付.
    pub payease: SocketAddr,
    /// The sandbox of 微信支付.
    pub wechat: SocketAddr,
}

/// A staff account in `demo.json`.
#[derive(Clone, Debug, Serialize)]
pub struct StaffMember {
    /// The login name.
    pub name: String,
    /// The password.
    pub password: String,
    /// The role.
    pub role: String,
    /// The part of the tree that the account is limited to.
    pub scope: String,
    /// The secret of the second factor, base32.
    pub totp_secret: String,
}

#[derive(Serialize)]
struct DemoJson<'a> {
    url: &'a str,
    candidates: &'a [Person],
    staff: &'a [StaffMember],
}

/// Takes the folder's mark for this process.
fn locked(folder: &Path, mark: File) -> io::Result<File> {
    match mark.try_lock() {
        Ok(()) => Ok(mark),
        Err(TryLockError::WouldBlock) => {
            let text = "another `cet demo` is running in this folder: stop it, or choose another with --dir";
            Err(io::Error::other(format!("{}: {text}", folder.display())))
        }
        Err(TryLockError::Error(error)) => Err(error),
    }
}

impl Folder {
    /// Opens the folder, creating it at the first start; `fresh` deletes its contents first, and so does a first start
    /// that was interrupted while it made the season.
    ///
    /// # Errors
    /// If it can't be written, contains other files, or is another demo's that is running.
    pub fn open(path: &Path, fresh: bool) -> io::Result<Self> {
        let mark = path.join(MARK);
        let ours = mark.is_file();
        // Before anything is deleted or written anew.
        let mut kept = if ours { Some(locked(path, private_file::append(&mark)?)?) } else { None };
        // Half a season is of no use: its verbs were carried out at times that are over.
        if ours && (fresh || path.join(BEGUN).is_file()) {
            std::fs::remove_dir_all(path)?;
            kept = None;
        }
        let empty = !path.exists() || path.read_dir()?.next().is_none();
        if !ours && !empty {
            let text =
                format!("{}: not empty and not a demo folder; choose another with --dir", path.display());
            return Err(io::Error::other(text));
        }
        private_file::folder(path)?;
        let lock = match kept.take() {
            Some(lock) => lock,
            None => locked(path, private_file::append(&mark)?)?,
        };
        // The folder of an earlier version may be readable by others.
        private_file::tighten_all(path)?;
        Ok(Self { path: path.to_path_buf(), _lock: lock })
    }

    /// The folder.
    #[must_use]
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The path of a file in the folder.
    #[must_use]
    pub fn file(&self, name: &str) -> PathBuf {
        self.path.join(name)
    }

    /// Creates the keys of the vault, of the tickets and of both sides of the gateways, unless they exist.
    ///
    /// # Errors
    /// If a file can't be written or the system has no random bytes.
    pub fn keys(&self) -> io::Result<()> {
        // Created separately: folders of earlier versions have all other keys.
        if !self.file("tickets-private.pem").is_file() {
            let key = crate::printing::new_key_file().map_err(io::Error::other)?;
            self.write("tickets-private.pem", &key)?;
        }
        let chance = SystemRandom::new();
        if self.file("hmac.key").is_file() {
            if self.file("wechat-v3.key").is_file() {
                return Ok(());
            }
            let keys = gateway::keys::generate_wechat(&mut |bytes| chance.fill(bytes).is_ok());
            return self.wechat_keys(&keys.map_err(|error| io::Error::other(format!("{error:?}")))?);
        }
        let vault = Vault::new_key_file().map_err(io::Error::other)?;
        let keys = gateway::keys::generate(&mut |bytes| chance.fill(bytes).is_ok())
            .map_err(|error| io::Error::other(format!("{error:?}")))?;
        self.write("vault.key", &vault)?;
        self.write("alipay-app-private.pem", &keys.app_private)?;
        self.write("alipay-app-public.pem", &keys.app_public)?;
        self.write("alipay-private.pem", &keys.alipay_private)?;
        self.write("alipay-public.pem", &keys.alipay_public)?;
        self.write("payease-private.pem", &keys.payease_private)?;
        self.write("payease-public.pem", &keys.payease_public)?;
        self.wechat_keys(&keys.wechat)?;
        // Written last: if it exists, all keys exist.
        self.write("hmac.key", &keys.mac_key)
    }

    fn wechat_keys(&self, keys: &WeChatKeys) -> io::Result<()> {
        self.write("wechat-private.pem", &keys.merchant_private)?;
        self.write("wechat-merchant-public.pem", &keys.merchant_public)?;
        self.write("wechat-platform-private.pem", &keys.platform_private)?;
        self.write("wechat-public.pem", &keys.platform_public)?;
        // Written last: if it exists, all of them exist.
        self.write("wechat-v3.key", &keys.seal_key)
    }

    fn write(&self, name: &str, text: &str) -> io::Result<()> {
        private_file::write(&self.file(name), text.as_bytes())
    }

    /// Writes `cet.toml` for this start.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn configuration(&self, addresses: &Addresses) -> io::Result<()> {
        self.write("cet.toml", &configuration(addresses))
    }

    /// Whether the seed was written by an earlier start.
    #[must_use]
    pub fn is_seeded(&self) -> bool {
        self.file("sitting.toml").is_file()
    }

    /// Writes that a season is being made, or that it is complete: a first start that is interrupted is begun again.
    ///
    /// # Errors
    /// If the mark can't be written or removed.
    pub fn season(&self, is_begun: bool) -> io::Result<()> {
        if is_begun { self.write(BEGUN, "") } else { std::fs::remove_file(self.file(BEGUN)) }
    }

    /// Writes the sitting, its texts, the roster and the scores, with dates relative to `start`, unless they exist; with
    /// the places of the season if it is wanted, and its files.
    ///
    /// # Errors
    /// If a file can't be written.
    pub fn seed(&self, start: Time, with_season: bool) -> io::Result<()> {
        if self.is_seeded() {
            return Ok(());
        }
        for (name, text) in TEXTS {
            self.write(name, text)?;
        }
        let (more_roster, more_scores) = students::lines();
        let lines = |head: &str, first: Vec<String>, more: Vec<String>| {
            let all: Vec<String> = [vec![head.to_owned()], first, more].concat();
            all.join("\n") + "\n"
        };
        let first = people::people().iter().map(Person::roster_line).collect();
        self.write("roster.csv", &lines(people::ROSTER_HEADER, first, more_roster))?;
        let scores = lines(people::SCORE_HEADER, people::score_lines(), more_scores);
        self.write("scores.csv", &scores)?;
        let mut file = sitting::file(start, Half::Second);
        if with_season {
            file.push_str(&season::places(start));
            for (name, text) in season::files(start) {
                self.write(name, &text)?;
            }
        }
        self.write("sitting.toml", &file)
    }

    /// Writes `demo.json` for scripts.
    ///
    /// # Errors
    /// If it can't be written.
    pub fn demo_json(&self, url: &str, candidates: &[Person], staff: &[StaffMember]) -> io::Result<()> {
        let json = serde_json::to_string_pretty(&DemoJson { url, candidates, staff })?;
        self.write("demo.json", &json)
    }
}

fn configuration(addresses: &Addresses) -> String {
    let Addresses { site, alipay, payease, wechat } = addresses;
    let port = site.port();
    format!(
        r#"# Written by `cet demo` at each start. Changes are lost; settings from the environment win over it.
rehearsal = true

[server]
listen = "{site}"
public_origin = "http://127.0.0.1:{port}"
education_origin = "http://localhost:{port}"
drain = 0

[database]
url = "sqlite:cet.sqlite"

[limits]
exempt = ["127.0.0.0/8", "::1"]

[vault]
key_file = "vault.key"

[tickets]
signing_key_file = "tickets-private.pem"

[portal]
telephone = "010-62987880"
icp = "京ICP备05031027号"

[gateway.alipay]
endpoint = "http://{alipay}/gateway.do"
app_id = "2017120800000001"
seller_id = "2088000000000001"
private_key_file = "alipay-app-private.pem"
alipay_public_key_file = "alipay-public.pem"

[gateway.payease]
endpoint = "http://{payease}"
mid = "888"
hmac_key_file = "hmac.key"
public_key_file = "payease-public.pem"
banks = [
    {{ number = "85", name = "中国银行" }},
    {{ number = "9", name = "工商银行" }},
    {{ number = "4", name = "建设银行" }},
    {{ number = "43", name = "农业银行" }},
    {{ number = "67", name = "交通银行" }},
    {{ number = "3", name = "招商银行" }},
    {{ number = "59", name = "邮储银行" }},
    {{ number = "84", name = "中信银行" }},
]

[gateway.wechat]
endpoint = "http://{wechat}"
app_id = "wx2017120800000001"
mchid = "1900000109"
serial_no = "5157F09EFDC096DE15EBE81A47057A7232F1B8E1"
private_key_file = "wechat-private.pem"
api_v3_key_file = "wechat-v3.key"
platform_keys = [{{ id = "PUB_KEY_ID_0119000001092017120800000001", file = "wechat-public.pem" }}]

[sandbox]
alipay_listen = "{alipay}"
payease_listen = "{payease}"
app_public_key_file = "alipay-app-public.pem"
alipay_private_key_file = "alipay-private.pem"
payease_private_key_file = "payease-private.pem"
journal = "sandbox.jsonl"

[sandbox.wechat]
listen = "{wechat}"
merchant_public_key_file = "wechat-merchant-public.pem"
private_key_file = "wechat-platform-private.pem"
"#
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_written_configuration_is_one_that_the_program_takes() {
        let folder = tempfile::tempdir().unwrap();
        let folder = Folder::open(&folder.path().join("demo"), false).unwrap();
        folder.keys().unwrap();
        let address = |port| SocketAddr::from(([127, 0, 0, 1], port));
        folder
            .configuration(&Addresses {
                site: address(8080),
                alipay: address(1),
                payease: address(2),
                wechat: address(3),
            })
            .unwrap();
        let config = crate::config::Config::load(&folder.file("cet.toml"), std::iter::empty()).unwrap();
        assert!(config.tickets.signing_key_file.is_some());
        assert!(config.rehearsal && config.gateway.payease.unwrap().banks.len() == 8);
    }

    #[test]
    fn a_folder_in_which_a_demo_runs_is_not_taken_nor_emptied_by_another_one() {
        let place = tempfile::tempdir().unwrap();
        let path = place.path().join("demo");
        let running = Folder::open(&path, false).unwrap();
        running.keys().unwrap();
        for fresh in [false, true] {
            let Err(refused) = Folder::open(&path, fresh) else { panic!("taken") };
            let said = refused.to_string();
            assert!(said.contains("another `cet demo`") && said.contains("--dir"), "{said}");
        }
        assert!(running.file("vault.key").is_file());
        drop(running);
        let next = Folder::open(&path, true).unwrap();
        assert!(!next.file("vault.key").exists());
        assert!(Folder::open(&path, false).is_err(), "the new one is running");
    }

    #[test]
    fn a_fresh_start_removes_only_a_folder_of_its_own() {
        let other = tempfile::tempdir().unwrap();
        std::fs::write(other.path().join("thesis.doc"), "x").unwrap();
        assert!(Folder::open(other.path(), true).is_err());
        assert!(other.path().join("thesis.doc").is_file());
    }

    #[test]
    fn the_seeded_sitting_is_one_that_the_importer_takes() {
        let start = crate::store::testing::NOON;
        let texts = |_: &str| Ok("text".to_owned());
        let file = crate::setup::file::parse(&sitting::file(start, Half::Second), texts).unwrap();
        assert_eq!((file.subjects.len(), file.pools.len()), (12, 24));
        let whole = sitting::file(start, Half::Second) + &season::places(start);
        let file = crate::setup::file::parse(&whole, texts).unwrap();
        assert_eq!((file.provinces.len(), file.schools.len(), file.pools.len()), (3, 11, 24 + 50));
    }
}
