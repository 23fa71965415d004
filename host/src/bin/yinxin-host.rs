//! What browsers start.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    yinxin_host::host()
}
