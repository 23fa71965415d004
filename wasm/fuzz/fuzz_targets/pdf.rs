//! Runs `yinxin_fuzz::pdf` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::pdf::run(input));
