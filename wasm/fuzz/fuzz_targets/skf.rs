//! Runs `yinxin_fuzz::skf` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::skf::run(input));
