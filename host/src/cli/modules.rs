//! `--module`: libraries that the command line adds.

use super::words::help;
use std::path::PathBuf;

/// Libraries for this call only.
#[derive(clap::Args, Clone, Debug, Default)]
#[group(skip)]
pub struct Modules {
    #[arg(long = "module", value_name = help::A_PATH.text(), help = help::MODULE.text())]
    pub paths: Vec<PathBuf>,
}
