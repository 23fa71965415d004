//! Runs `yinxin_fuzz::outermost` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::outermost(input));
