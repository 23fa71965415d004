//! Runs `yinxin_fuzz::seal` under libFuzzer.
#![no_main]

libfuzzer_sys::fuzz_target!(|input: &[u8]| yinxin_fuzz::seal(input));
