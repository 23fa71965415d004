//! Runs `yinxin_fuzz::sm2::run` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::sm2::run(input));
