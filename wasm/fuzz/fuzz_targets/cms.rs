//! Runs `yinxin_fuzz::cms` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::cms(input));
