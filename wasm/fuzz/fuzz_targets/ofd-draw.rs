//! Runs `yinxin_fuzz::drawing::run` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::drawing::run(input));
