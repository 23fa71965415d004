//! Runs `yinxin_fuzz::advice` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::advice::run(input));
