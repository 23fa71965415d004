//! Runs `yinxin_fuzz::certificate` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::certificate(input));
