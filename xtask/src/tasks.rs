//! tbd
use anyhow::Result;
use std::process::ExitCode;
pub fn build() -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub fn test(_: &[String]) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub fn check() -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub fn bench() -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub fn start(_: &[String]) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
pub fn demo_key(_: &[String]) -> Result<ExitCode> {
    Ok(ExitCode::SUCCESS)
}
