//! Runs `yinxin_fuzz::pem` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::pem(input));
