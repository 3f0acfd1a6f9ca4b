#![no_main]

libfuzzer_sys::fuzz_target!(|data: &[u8]| cet_fuzz::run("form", data));
