//! Static assets, embedded, named by their content hash and compressed once.

use std::io::Write as _;
use std::sync::LazyLock;

use flate2::Compression;
use flate2::write::GzEncoder;

use cet_base::texts::weighed;

/// An embedded file in the three encodings it can be sent in.
pub struct Asset {
    /// Its path, `/assets/<name>.<hash>.<ending>`; cacheable forever.
    pub address: String,
    /// The `Content-Type`.
    pub content_type: &'static str,
    /// The uncompressed bytes.
    pub plain: Vec<u8>,
    /// The bytes for `Content-Encoding: br`.
    pub brotli: Vec<u8>,
    /// The bytes for `Content-Encoding: gzip`.
    pub gzip: Vec<u8>,
    name: &'static str,
}

/// `Cache-Control` of an asset: its path changes with its content.
pub const CACHE_CONTROL: &str = "public, max-age=31536000, immutable";

static ASSETS: LazyLock<Vec<Asset>> = LazyLock::new(|| {
    let sheet = Asset::new("sheet.svg", include_str!("../../assets/sheet.svg"));
    let css = packed(include_str!("../../assets/cet.css"))
        .replace("url(sheet.svg)", &format!("url({})", sheet.address));
    let icon = Asset::new("icon.svg", include_str!("../../assets/icon.svg").trim_end());
    let small = Asset::picture("icon-192.png", include_bytes!("../../assets/icon-192.png"));
    let large = Asset::picture("icon-512.png", include_bytes!("../../assets/icon-512.png"));
    let installable = |app: &str| {
        [&icon, &small, &large].into_iter().fold(app.trim_end().to_owned(), |app, file| {
            app.replace(&format!("\"{}\"", file.name), &format!("\"{}\"", file.address))
        })
    };
    let (app, app_en) = (
        installable(include_str!("../../assets/app.webmanifest")),
        installable(include_str!("../../assets/app.en.webmanifest")),
    );
    vec![
        Asset::new("app.webmanifest", &app),
        Asset::new("app.en.webmanifest", &app_en),
        Asset::new("captcha.js", &bare(include_str!("../../assets/captcha.js"))),
        Asset::new("cet.css", &css),
        Asset::new("cet.js", &bare(include_str!("../../assets/cet.js"))),
        icon,
        small,
        large,
        Asset::new("keep.js", &bare(include_str!("../../assets/keep.js"))),
        Asset::new("icons.svg", include_str!("../../assets/icons.svg")),
        Asset::new("staff.css", &packed(include_str!("../../assets/staff.css"))),
        sheet,
        Asset::new("sw.js", &bare(include_str!("../../assets/sw.js"))),
    ]
});

/// The path of the asset `name` (such as `cet.css`), or the empty string if there is none.
#[must_use]
pub fn asset(name: &str) -> &'static str {
    ASSETS.iter().find(|asset| asset.name == name).map_or("", |asset| &asset.address)
}

/// The asset `name`.
#[must_use]
pub fn named(name: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.name == name)
}

/// The asset at `path`, the full path of a request.
#[must_use]
pub fn at(path: &str) -> Option<&'static Asset> {
    ASSETS.iter().find(|asset| asset.address == path)
}

impl Asset {
    fn new(name: &'static str, text: &str) -> Self {
        let mut asset = Self::picture(name, text.as_bytes());
        asset.brotli = brotli_of(&asset.plain);
        asset.gzip = gzip_of(&asset.plain);
        asset
    }

    /// A file that no compression makes smaller.
    fn picture(name: &'static str, plain: &[u8]) -> Self {
        let (stem, ending) = name.rsplit_once('.').unwrap_or((name, ""));
        let hash = ring::digest::digest(&ring::digest::SHA256, plain);
        let short = hash.as_ref().iter().take(6).fold(String::new(), |hex, byte| format!("{hex}{byte:02x}"));
        let content_type = match ending {
            "css" => "text/css; charset=utf-8",
            "js" => "text/javascript; charset=utf-8",
            "png" => "image/png",
            "svg" => "image/svg+xml; charset=utf-8",
            "webmanifest" => "application/manifest+json",
            _ => "application/octet-stream",
        };
        Self {
            address: format!("/assets/{stem}.{short}.{ending}"),
            content_type,
            plain: plain.to_vec(),
            brotli: Vec::new(),
            gzip: Vec::new(),
            name,
        }
    }

    /// The body and the `Content-Encoding` for a client with this `Accept-Encoding`.
    #[must_use]
    pub fn body_for(&self, accept_encoding: &str) -> (&[u8], Option<&'static str>) {
        match encoding(accept_encoding) {
            Some("br") if !self.brotli.is_empty() => (&self.brotli, Some("br")),
            Some("gzip") if !self.gzip.is_empty() => (&self.gzip, Some("gzip")),
            _ => (&self.plain, None),
        }
    }
}

/// The best of our encodings that this `Accept-Encoding` allows.
#[must_use]
pub fn encoding(accept_encoding: &str) -> Option<&'static str> {
    let takes = |name: &str| weighed(accept_encoding).any(|(coding, weight)| coding == name && weight > 0);
    ["br", "gzip"].into_iter().find(|name| takes(name))
}

/// The brotli and gzip encodings of a text that is sent often.
#[must_use]
pub fn compressed(plain: &[u8]) -> (Vec<u8>, Vec<u8>) {
    (brotli_of(plain), gzip_of(plain))
}

/// Removes indentation and comment lines from a script.
fn bare(script: &str) -> String {
    let lines = script.lines().map(str::trim).filter(|line| !line.is_empty() && !line.starts_with("//"));
    lines.collect::<Vec<_>>().join("\n")
}

/// Removes comments, line ends and the spaces around punctuation from a stylesheet.
fn packed(css: &str) -> String {
    let mut plain = String::with_capacity(css.len());
    for (n, part) in css.split("/*").enumerate() {
        let kept = if n == 0 { part } else { part.split_once("*/").map_or("", |(_, rest)| rest) };
        plain.push_str(kept);
    }
    let lines: Vec<&str> = plain.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    let line = lines.join(" ");
    [
        (" {", "{"),
        ("{ ", "{"),
        ("; ", ";"),
        (";}", "}"),
        (": ", ":"),
        ("} ", "}"),
        (", ", ","),
        (" > ", ">"),
        (" ~ ", "~"),
    ]
    .iter()
    .fold(line, |line, (long, short)| line.replace(long, short))
}

fn brotli_of(plain: &[u8]) -> Vec<u8> {
    let mut packed = Vec::new();
    {
        let mut writer = brotli::CompressorWriter::new(&mut packed, 4096, 9, 20);
        if writer.write_all(plain).is_err() {
            return Vec::new();
        }
    }
    packed
}

fn gzip_of(plain: &[u8]) -> Vec<u8> {
    let mut encoder = GzEncoder::new(Vec::new(), Compression::best());
    encoder.write_all(plain).and_then(|()| encoder.finish()).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_found_again_and_changes_with_the_content() {
        let address = asset("cet.css");
        assert!(address.starts_with("/assets/cet."), "{address}");
        assert_eq!(at(address).unwrap().content_type, "text/css; charset=utf-8");
        assert_ne!(Asset::new("a.css", "a").address, Asset::new("a.css", "b").address);
    }

    #[test]
    fn a_client_gets_the_smallest_form_that_it_takes() {
        let css = at(asset("cet.css")).unwrap();
        assert_eq!(css.body_for("gzip, deflate, br").1, Some("br"));
        assert_eq!(css.body_for("gzip").1, Some("gzip"));
        assert_eq!(css.body_for("br;q=0, gzip;q=0.5").1, Some("gzip"));
        assert_eq!(css.body_for("gzip;q=0").1, None);
        assert_eq!(css.body_for("").0, css.plain);
        assert!(css.brotli.len() < css.plain.len() / 2);
    }

    #[test]
    fn packing_a_stylesheet_keeps_its_rules() {
        let css = "/* tokens */\n:root { --a: 1px; }\n/* b */ .x :hover { color: red; top: 0; }\n";
        assert_eq!(packed(css), ":root{--a:1px}.x :hover{color:red;top:0}");
    }

    #[test]
    fn the_manifests_are_one_program_in_two_languages_and_name_files_that_are_there() {
        for (name, lang) in [("app.webmanifest", "zh-CN"), ("app.en.webmanifest", "en")] {
            let app = String::from_utf8(named(name).unwrap().plain.clone()).unwrap();
            let app: serde_json::Value = serde_json::from_str(&app).unwrap();
            let icons = app["icons"].as_array().unwrap();
            for icon in icons {
                let asset = at(icon["src"].as_str().unwrap()).unwrap();
                assert_eq!(icon["type"].as_str(), asset.content_type.split(';').next());
            }
            let said = ["id", "start_url", "scope", "lang"].map(|key| app[key].as_str().unwrap());
            assert_eq!((icons.len(), said), (3, ["/", "/home", "/", lang]), "{name}");
        }
    }

    /// P4.
    #[test]
    fn the_first_load_keeps_to_its_budget() {
        assert!(at(asset("cet.css")).unwrap().plain.len() <= 25_000);
        assert!(at(asset("cet.js")).unwrap().plain.len() <= 6_000);
        assert!(at(asset("captcha.js")).unwrap().plain.len() <= 5_000);
        assert!(at(asset("keep.js")).unwrap().plain.len() <= 2_500);
        assert!(at(asset("sw.js")).unwrap().plain.len() <= 2_200);
        assert!(at(asset("icons.svg")).unwrap().plain.len() <= 2_500);
    }
}
