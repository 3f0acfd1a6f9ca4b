//! Errors of a configuration file name the place and the problem.

use super::*;

const GOOD: &str = r#"rehearsal = true

[server]
listen = "127.0.0.1:8080"
public_origin = "http://127.0.0.1:8080"

[database]
url = "sqlite:cet.sqlite"

[vault]
key_file = "Cargo.toml"
"#;

fn read(text: &str, environment: &[(&str, &str)]) -> Result<Config, Vec<String>> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR"));
    let environment = environment.iter().map(|(k, v)| ((*k).to_owned(), (*v).to_owned()));
    Config::parse("cet.toml", text, folder, environment)
        .map_err(|faults| faults.iter().map(ToString::to_string).collect())
}

#[test]
fn a_small_file_is_enough() {
    let config = read(GOOD, &[]).unwrap();
    assert_eq!(config.session.idle, 30);
    assert!(config.database_url().starts_with("sqlite:/"));
}

#[test]
fn an_unknown_section_of_the_environment_is_named_by_its_variable() {
    let faults = read(GOOD, &[("CET_FOO__BAR", "1")]).unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(faults[0].starts_with("CET_FOO__BAR: unknown field `foo`"), "{faults:#?}");
}

#[test]
fn a_misspelt_key_and_what_is_wrong_elsewhere_are_all_named_with_section_and_line() {
    let text = GOOD.replace("listen =", "lisen =");
    let text = format!(
        "{text}\n[portal]\ntelefone = \"1\"\n[gateway.payease]\nendpoint = \"https://pay.example.com\"\nmid = 7\n\
         hmac_key_file = \"Cargo.toml\"\npublic_key_file = \"Cargo.toml\"\nbanks = []\n[waiting]\nlast = 1\n"
    );
    let faults = read(&text, &[]).unwrap_err();
    for start in [
        "cet.toml:4: unknown field `lisen` in [server]",
        "cet.toml: server.listen: missing field `listen`",
        "cet.toml:14: unknown field `telefone` in [portal]",
        "cet.toml:17: gateway.payease.mid: invalid type: integer",
        "cet.toml:22: unknown field `last` in [waiting]",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} in {faults:#?}");
    }
    assert!(!faults.iter().any(|fault| fault.contains("missing field `mid`")), "{faults:#?}");
}

#[test]
fn an_unknown_key_is_named_with_its_line() {
    let faults = read(&GOOD.replace("listen =", "lisen = 1\nlisten ="), &[]).unwrap_err();
    assert!(faults[0].starts_with("cet.toml:4: unknown field `lisen`"), "{faults:?}");
}

#[test]
fn all_faults_of_meaning_are_told_at_once() {
    let text = format!(
        "{}\n[session]\nidle = 0\n[limits]\npasswords = 0\n",
        GOOD.replace("Cargo.toml", "nothing.key")
    );
    let faults = read(&text, &[]).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:?}");
    assert!(
        faults.iter().any(|f| f.starts_with("cet.toml:14: session.idle: 0: expected minutes")),
        "{faults:?}"
    );
    assert!(faults.iter().any(|f| f.contains("vault.key_file")), "{faults:?}");
}

#[test]
fn all_faults_of_form_are_told_at_once_each_with_its_place_and_key() {
    let text = GOOD
        .replace("listen =", "lisen = 1\nlisten =")
        .replace("key_file = \"Cargo.toml\"", "")
        .replace("url = \"sqlite:cet.sqlite\"", "url = 5");
    let text = format!("{text}\n[captcha]\nmode = \"maybe\"\n[session]\nidle = \"soon\"\n[nothing]\nx = 1\n");
    let faults = read(&text, &[("CET_LIMITS__PASSWORDS", "abc"), ("CET_MAIL__FORM", "x")]).unwrap_err();
    for start in [
        "cet.toml:4: unknown field `lisen`",
        "cet.toml:9: database.url: invalid type: integer",
        "cet.toml: vault.key_file: missing field `key_file`",
        "cet.toml:15: captcha.mode: unknown variant `maybe`",
        "cet.toml:17: session.idle: invalid type: string",
        "CET_LIMITS__PASSWORDS: limits.passwords: invalid type: string",
        "CET_MAIL__FORM: unknown field `form`",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} in {faults:#?}");
    }
    assert!(faults.iter().any(|fault| fault.contains("unknown field `nothing`")), "{faults:#?}");
    assert_eq!(faults.len(), 8, "{faults:#?}");
}

#[test]
fn faults_of_form_hide_none_of_meaning() {
    let text = GOOD
        .replace("rehearsal = true", "")
        .replace("http://127.0.0.1:8080", "http://cet.example.cn")
        .replace(
            "[database]",
            "admin_listen = \"127.0.0.1:x\"\ntrusted_proxies = [\"127.0.0.1/32\"]\n[database]",
        )
        .replace("sqlite:cet.sqlite", "sqlite:nowhere/cet.sqlite")
        .replace("Cargo.toml", "nothing.key");
    let text = format!(
        "{text}\n[captcha]\nmode = \"off\"\n[session]\nidle = 500\nabsolut = 900\n[portal]\ntexts = \"nowhere\"\n\
         [gateway.cashpay]\nendpoint = \"https://pay.example.com\"\n"
    );
    let faults = read(&text, &[("CET_LIMITS__PASSWORDS", "abc"), ("CET_LIMITS__LOOKUPS", "0")]).unwrap_err();
    for start in [
        "cet.toml:7: server.admin_listen: invalid",
        "cet.toml:19: unknown field `absolut`",
        "cet.toml:22: unknown field `cashpay`",
        "CET_LIMITS__PASSWORDS: limits.passwords: invalid type",
        "cet.toml:5: server.public_origin: \"http://cet.example.cn\": plain http is allowed only",
        "cet.toml:10: database.url: \"nowhere\": no such folder",
        "cet.toml:13: vault.key_file: \"nothing.key\": no such file",
        "cet.toml:16: captcha.mode: \"off\" is allowed only",
        "cet.toml:18: session.idle: 500: expected at most session.absolute (480)",
        "cet.toml:21: portal.texts: \"nowhere\": no such folder",
        "CET_LIMITS__LOOKUPS: limits.lookups: 0: expected 1 or more",
    ] {
        assert!(faults.iter().any(|fault| fault.starts_with(start)), "{start} in {faults:#?}");
    }
}

#[test]
fn what_stands_in_for_a_value_that_cannot_be_read_is_blamed_for_nothing() {
    // Whether it is a rehearsal is not known, and without session.absolute nothing can be said of session.idle.
    let text = GOOD
        .replace("rehearsal = true", "rehearsal = \"yes\"")
        .replace("listen = \"127.0.0.1:8080\"", "listen = 8080");
    let text = format!("{text}\n[captcha]\nmode = \"off\"\n[session]\nidle = 500\nabsolute = \"soon\"\n");
    let faults = read(&text, &[]).unwrap_err();
    assert_eq!(faults.len(), 3, "{faults:#?}");
    for key in ["rehearsal", "server.listen", "session.absolute"] {
        assert!(faults.iter().any(|fault| fault.contains(&format!(": {key}: "))), "{key} in {faults:#?}");
    }
}

#[test]
fn a_file_without_anything_names_what_it_needs() {
    let faults = read("", &[]).unwrap_err().join("\n");
    for key in ["server.listen", "server.public_origin", "database.url", "vault.key_file"] {
        assert!(faults.contains(key), "{key} in {faults}");
    }
}

#[test]
fn a_doubled_key_is_named_and_a_variable_that_looks_like_a_setting_too() {
    let doubled = read(&GOOD.replace("[database]", "listen = \"127.0.0.1:1\"\n[database]"), &[]).unwrap_err();
    assert!(
        doubled[0].starts_with("cet.toml:7: duplicate key") && doubled[0].contains("listen"),
        "{doubled:?}"
    );
    let faults =
        read(GOOD, &[("CET_SESSION_IDLE", "5"), ("CET_LOG", "x"), ("CET_REHEARSAL", "x")]).unwrap_err();
    assert_eq!(faults.len(), 2, "{faults:?}");
    assert!(
        faults[0].starts_with("CET_SESSION_IDLE: ") && faults[0].contains("CET_SESSION__IDLE"),
        "{faults:?}"
    );
    // What an operator set in the environment is not looked for in the file.
    let faults = read(GOOD, &[("CET_SESSION__IDLE", "0")]).unwrap_err();
    assert!(faults[0].starts_with("CET_SESSION__IDLE: session.idle: 0"), "{faults:?}");
}

#[test]
fn the_environment_wins_and_is_named_when_it_is_wrong() {
    let config =
        read(GOOD, &[("CET_CAPTCHA__MODE", "off"), ("CET_SESSION__IDLE", "5"), ("CET_HOME", "x")]).unwrap();
    assert_eq!((config.captcha.mode, config.session.idle), (CaptchaMode::Off, 5));
    let faults = read(GOOD, &[("CET_SESSION__IDLE", "soon")]).unwrap_err();
    assert!(faults[0].starts_with("CET_SESSION__IDLE: "), "{faults:?}");
}

/// TH65.
#[test]
fn without_a_rehearsal_nothing_of_it_is_allowed() {
    let text = GOOD
        .replace("rehearsal = true", "")
        .replace("listen = \"127.0.0.1:8080\"", "listen = \"0.0.0.0:80\"");
    let text = format!("{text}\n[captcha]\nmode = \"off\"\n[limits]\nexempt = [\"127.0.0.0/8\"]\n");
    let faults = read(&text, &[]).unwrap_err().join("\n");
    for key in ["captcha.mode", "limits.exempt", "server.public_origin", "mail.smtp_url"] {
        assert!(faults.contains(key), "{key} in {faults}");
    }
}

/// A5: a proxy in front makes the listening address a loopback one.
#[test]
fn captchas_are_never_off_behind_a_proxy() {
    let real = GOOD.replace("rehearsal = true", "");
    let off = |text: &str| {
        let all = read(text, &[("CET_CAPTCHA__MODE", "off")]).err().unwrap_or_default();
        all.iter().any(|fault| fault.contains("captcha.mode"))
    };
    assert!(!off(&real));
    let https = real.replace("http://127.0.0.1:8080", "https://cet.example.cn");
    let proxied = real.replace("[database]", "trusted_proxies = [\"127.0.0.1/32\"]\n[database]");
    let education =
        real.replace("[database]", "education_origin = \"https://cet.example.edu.cn\"\n[database]");
    let open = real.replace("listen = \"127.0.0.1:8080\"", "listen = \"0.0.0.0:8080\"");
    for text in [https, proxied, education, open] {
        assert!(off(&text), "{text}");
        assert!(!off(&format!("rehearsal = true\n{text}")), "{text}");
    }
}

/// ASVS 12.2.1, 12.3.2.
#[test]
fn without_a_rehearsal_the_site_is_encrypted_and_another_machine_is_verified() {
    let real = GOOD.replace("rehearsal = true", "");
    let faults = |text: &str| {
        let all = read(text, &[]).err().unwrap_or_default();
        all.into_iter()
            .filter(|fault| fault.contains("_origin") || fault.contains("database.url"))
            .collect::<Vec<_>>()
    };
    for (origin, taken) in [
        ("http://127.0.0.1:8080", true),
        ("http://localhost:8080", true),
        ("http://[::1]:8080", true),
        ("https://cet.example.cn", true),
        ("http://cet.example.cn", false),
        ("http://127.0.0.1.example.cn", false),
        ("http://10.0.0.1:8080", false),
    ] {
        let text = real.replace("http://127.0.0.1:8080", origin);
        assert_eq!(faults(&text).is_empty(), taken, "{origin}: {:?}", faults(&text));
        let rehearsed = GOOD.replace("http://127.0.0.1:8080", origin);
        assert!(faults(&rehearsed).is_empty(), "{origin} in a rehearsal");
    }
    for (url, taken) in [
        ("postgres://u@127.0.0.1/d", true),
        ("postgres://u@localhost/d?sslmode=require", true),
        ("postgres://u@%2Fvar%2Frun%2Fpostgresql/d", true),
        ("postgres://u@db.example.cn/d", false),
        ("postgres://u@db.example.cn/d?sslmode=require", false),
        ("postgres://u@db.example.cn/d?sslmode=verify-full&sslrootcert=Cargo.toml", true),
    ] {
        let text = real.replace("sqlite:cet.sqlite", url);
        assert_eq!(faults(&text).is_empty(), taken, "{url}: {:?}", faults(&text));
        assert!(faults(&GOOD.replace("sqlite:cet.sqlite", url)).is_empty(), "{url} in a rehearsal");
    }
}

#[test]
fn metrics_are_never_on_every_address() {
    let real = GOOD.replace("rehearsal = true", "");
    for (address, taken) in [("0.0.0.0:9090", false), ("[::]:9090", false), ("127.0.0.1:9090", true)] {
        let text = real.replace("[database]", &format!("admin_listen = \"{address}\"\n[database]"));
        let faults = read(&text, &[]).err().unwrap_or_default();
        assert_eq!(!faults.iter().any(|fault| fault.contains("admin_listen")), taken, "{faults:?}");
    }
}

#[test]
fn an_origin_is_a_host_that_browsers_can_go_to() {
    let wrong = |origin: &str| {
        let all = read(&GOOD.replace("http://127.0.0.1:8080", origin), &[]).err().unwrap_or_default();
        all.iter().any(|fault| fault.contains("server.public_origin"))
    };
    for origin in
        ["https://cet.example.cn", "https://cet.example.cn:8443", "http://[::1]:8080", "http://localhost"]
    {
        assert!(!wrong(origin), "{origin}");
    }
    for origin in
        ["https://ce%t", "https://a..b", "https://x:0", "https://x:http", "https://-a.cn", "https://[::g]"]
    {
        assert!(wrong(origin), "{origin}");
    }
}

#[test]
fn a_network_holds_its_addresses_and_no_others() {
    let network: Network = "10.1.0.0/16".parse().unwrap();
    assert!(network.contains("10.1.255.1".parse().unwrap()));
    assert!(!network.contains("10.2.0.1".parse().unwrap()));
    assert!(network.contains("::ffff:10.1.0.1".parse().unwrap()));
    assert!("0.0.0.0/0".parse::<Network>().unwrap().contains("9.9.9.9".parse().unwrap()));
    assert!("10.0.0.0/33".parse::<Network>().is_err());
}

#[test]
fn values_that_no_installation_can_mean_are_named() {
    let gateway = "[gateway.payease]\nendpoint = \"https://pay.example.com\"\nmid = \"\"\nhmac_key_file = \"Cargo.toml\"\n\
                   public_key_file = \"Cargo.toml\"\n\
                   banks = [{ number = \"85\", name = \"x\" }, { number = \"85\", name = \" \" }]\n";
    let text = GOOD
        .replace("[database]", "admin_listen = \"127.0.0.1:8080\"\n\n[database]")
        .replace("sqlite:cet.sqlite", "sqlite:");
    let text = format!(
        "{text}\n[session]\nidle = 500\n[portal]\ntexts = \"nowhere\"\ntelephone = \"010\\n1\"\n\
         [telemetry]\notlp_endpoint = \"collector:4318\"\n{gateway}"
    );
    let faults = read(&text, &[]).unwrap_err().join("\n");
    for words in [
        "server.admin_listen: expected another",
        "database.url: expected",
        "session.idle: 500: expected at most session.absolute",
        "portal.texts: \"nowhere\": no such folder",
        "portal.telephone: ",
        "telemetry.otlp_endpoint: \"collector:4318\": expected",
        "gateway.payease.mid: expected the number",
        "bank 2: expected",
        "bank number 85 stands twice",
    ] {
        assert!(faults.contains(words), "{words} in {faults}");
    }
    let open = GOOD
        .replace("rehearsal = true\n", "")
        .replace("[database]", "trusted_proxies = [\"0.0.0.0/0\"]\n\n[database]");
    assert!(read(&open, &[]).unwrap_err().join("\n").contains("server.trusted_proxies"));
}

#[test]
fn a_collector_is_named_by_its_address_alone() {
    let told = |endpoint: &str| {
        let set = [("CET_TELEMETRY__OTLP_ENDPOINT", endpoint)];
        read(GOOD, &set).err().map_or_else(String::new, |faults| faults.join("\n"))
    };
    for good in ["http://127.0.0.1:4318", "https://collector.example.cn/otlp/"] {
        assert_eq!(told(good), "");
    }
    for (wrong, words) in [
        ("127.0.0.1:4318", "expected the address of a collector"),
        ("grpc://127.0.0.1:4317", "expected the address of a collector"),
        ("http://me:secret@collector:4318", "expected the address of a collector"),
        ("http://127.0.0.1:4318/v1/metrics", "without /v1/metrics"),
    ] {
        assert!(told(wrong).contains(words), "{wrong}: {}", told(wrong));
    }
}

#[test]
fn what_the_address_says_of_tls_is_told_with_its_line_and_what_is_expected() {
    let with = |url: &str| read(&GOOD.replace("sqlite:cet.sqlite", url), &[]);
    for (query, words) in [
        ("sslmode=on", "sslmode=on: expected disable, prefer, require, verify-ca or verify-full"),
        ("sslmode=verify-full", "sslmode=verify-full: expected sslrootcert=FILE"),
        ("sslmode=verify-full&sslrootcert=nowhere.pem", "\"nowhere.pem\": no such file"),
    ] {
        let faults = with(&format!("postgres://u:secret@h/d?{query}")).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert!(faults[0].starts_with(&format!("cet.toml:8: database.url: {words}")), "{faults:?}");
        assert!(!faults[0].contains("secret"), "{faults:?}");
    }
    let config = with("postgres://u@h/d?sslmode=verify-full&sslrootcert=Cargo.toml").unwrap();
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("Cargo.toml");
    assert_eq!(config.database_url().parse::<Address>().unwrap().authority(), Some(&*file));
}

#[test]
fn what_wechat_cannot_be_configured_with_is_named() {
    let text = |endpoint: &str, serial: &str, keys: &str| {
        format!(
            "{GOOD}[gateway.wechat]\nendpoint = \"{endpoint}\"\napp_id = \"wx1\"\nmchid = \"1900\"\nserial_no = \"{serial}\"\n\
             private_key_file = \"Cargo.toml\"\napi_v3_key_file = \"Cargo.toml\"\nplatform_keys = [{keys}]\n"
        )
    };
    let key = "{ id = \"PUB_KEY_ID_1\", file = \"Cargo.toml\" }";
    let good = read(&text("https://api.mch.weixin.qq.com", "5157F09E", key), &[]).unwrap();
    assert_eq!(good.gateway.wechat.unwrap().phone_origin(), "https://wx.tenpay.com");
    let sandbox = read(&text("http://127.0.0.1:9", "5157F09E", key), &[]).unwrap();
    assert_eq!(sandbox.gateway.form_targets(), ["http://127.0.0.1:9"]);
    for (endpoint, serial, keys, words) in [
        ("https://api.mch.weixin.qq.com/", "5157F09E", key, "without a path"),
        ("http://api.mch.weixin.qq.com", "5157F09E", key, "expected https://"),
        ("https://api.mch.weixin.qq.com", "my certificate", key, "gateway.wechat.serial_no"),
        ("https://api.mch.weixin.qq.com", "5157F09E", "", "at least one key"),
        ("https://api.mch.weixin.qq.com", "5157F09E", &format!("{key}, {key}"), "stands twice"),
        ("https://api.mch.weixin.qq.com", "5157F09E", "{ id = \"x\", file = \"Cargo.toml\" }", "PUB_KEY_ID_"),
    ] {
        let faults = read(&text(endpoint, serial, keys), &[]).unwrap_err();
        assert!(faults.iter().any(|fault| fault.contains(words)), "{words}: {faults:?}");
    }
}
