//! Runs `yinxin_fuzz::scheme` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::scheme(input));
