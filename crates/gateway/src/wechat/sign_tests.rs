use super::sign::Signer;
use crate::http::Verb;
use crate::keys::Rsa2PrivateKey;

const PRIVATE: &str = include_str!("../../tests/wire/data/wechat-private.pem");
/// Made with the package `cryptography` of Python, which the independent client `wechatpayv3` uses.
const SIGNATURES: &str = include_str!("../../tests/wire/data/wechat-signatures.txt");

#[test]
fn a_request_is_signed_as_an_independent_client_signs_it() {
    let key = Rsa2PrivateKey::from_pem(PRIVATE).unwrap();
    let signer = Signer { mchid: "1900000109", serial_no: "5157F09EFDC096DE", key: &key };
    let now = (jiff::Timestamp::from_second(1_554_208_460).unwrap(), "593BEC0C930BF1AFEB40B4A08C8FB242");
    let expected = |place: usize| {
        format!(
            "WECHATPAY2-SHA256-RSA2048 mchid=\"1900000109\",nonce_str=\"593BEC0C930BF1AFEB40B4A08C8FB242\",\
             signature=\"{}\",timestamp=\"1554208460\",serial_no=\"5157F09EFDC096DE\"",
            SIGNATURES.lines().nth(place).unwrap()
        )
    };
    let get = signer.sign_with(Verb::Get, "/v3/certificates", b"", now).unwrap();
    assert_eq!(get, expected(0));
    let post =
        signer.sign_with(Verb::Post, "/v3/pay/transactions/native", b"{\"appid\":\"wx1\"}", now).unwrap();
    assert_eq!(post, expected(1));
}

#[test]
fn no_two_requests_have_the_same_nonce() {
    let (one, other) = (super::sign::nonce().unwrap(), super::sign::nonce().unwrap());
    assert!(one.len() == 32 && one != other);
}
