//! Runs `yinxin_fuzz::integers` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::integers(input));
