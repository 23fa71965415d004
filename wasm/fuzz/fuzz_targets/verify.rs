//! Runs `yinxin_fuzz::verify` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::verify(input));
