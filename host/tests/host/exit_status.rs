//! The table of exit statuses in the documents, line by line.

use crate::support::*;
use std::collections::BTreeSet;
use std::fs;

const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/command-line.md");

/// The cells of a line of a table.
fn cells(line: &str) -> Vec<String> {
    let line = line.replace("\\|", "\u{0}");
    let cells = line.trim().trim_matches('|').split('|');
    cells
        .map(|cell| cell.trim().trim_matches('`').replace('\u{0}', "|"))
        .collect()
}

#[test]
fn every_line_of_the_table_of_exit_statuses_holds() {
    let text = fs::read_to_string(DOCUMENT).unwrap();
    let (_, table) = text
        .split_once("| Command | What happens | Status | Code |\n")
        .unwrap();
    let mut statuses = BTreeSet::new();
    let mut lines = 0;
    for line in table
        .lines()
        .skip(1)
        .take_while(|line| line.starts_with('|'))
    {
        let [command, _, status, code] = <[String; 4]>::try_from(cells(line)).unwrap();
        let status = status.parse().unwrap();
        let home = home_with_keys("");
        fs::write(home.path().join("contract.pdf"), "%PDF-1.7 a contract").unwrap();
        fs::write(home.path().join("old.p7s"), "an older signature").unwrap();
        let output = home.shell(&command);
        assert_eq!(output.status, Some(status), "{command}: {output:?}");
        if status == 1 {
            assert_eq!(output.code(), code, "{command}");
        }
        if status == 2 {
            assert_eq!(
                (output.stdout.as_str(), output.stderr.lines().count()),
                ("", 1),
                "{command}"
            );
        }
        assert_eq!(status == 1, !code.is_empty(), "{command}");
        // Whatever failed left the files as they were.
        let kept = |name: &str| fs::read_to_string(home.path().join(name)).ok();
        assert_eq!(
            kept("contract.pdf").as_deref(),
            Some("%PDF-1.7 a contract"),
            "{command}"
        );
        if status != 0 {
            assert_eq!(
                kept("old.p7s").as_deref(),
                Some("an older signature"),
                "{command}"
            );
        }
        statuses.insert(status);
        lines += 1;
    }
    assert_eq!(statuses, BTreeSet::from([0, 1, 2, 3, 4, 5]));
    assert!(lines > 30, "{lines}");
}
