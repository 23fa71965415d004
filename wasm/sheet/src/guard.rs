//! The guard of CSV against formulas: programs that open a CSV compute a cell that begins with one
//! of certain characters, whoever wrote it. An apostrophe in front makes it text.

use crate::read::is_unseen;

/// Begin a formula, or are read as if they did, their full-width forms included.
const BEGINNINGS: [char; 8] = ['=', '+', '-', '@', '＝', '＋', '－', '＠'];

/// Whether a cell could be taken for a formula, whatever unseen stands before it; or is one that bears the guard already. (Were that
/// not guarded once more, reading would take its own apostrophe off.)
#[must_use]
pub fn is_needed(cell: &str) -> bool {
    let seen = cell.trim_start_matches(|c: char| c == '\'' || is_unseen(c));
    let before = &cell[..cell.len() - seen.len()];
    seen.starts_with(BEGINNINGS) || (before.contains(['\t', '\r']) && !seen.is_empty())
}

/// The cell without the guard, if it bears one.
#[must_use]
pub fn remove(cell: &str) -> Option<&str> {
    cell.strip_prefix('\'').filter(|rest| is_needed(rest))
}
