//! Runs `yinxin_fuzz::fees` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::fees::run(input));
