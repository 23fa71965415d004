//! The command line.
#![forbid(unsafe_code)]

fn main() -> std::process::ExitCode {
    yinxin_host::command_line()
}
