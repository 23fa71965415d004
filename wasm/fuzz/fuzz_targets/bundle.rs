//! Runs `yinxin_fuzz::bundle` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::bundle(input));
