//! Runs `yinxin_fuzz::crl` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::crl(input));
