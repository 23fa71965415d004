//! Texts that were reviewed, word for word. `YINXIN_GOLDEN=write` writes them anew.

use serde_json::Value;
use std::path::Path;

/// Compares with `FOLDER/NAME.json`, or writes it.
pub fn compare(folder: &str, name: &str, told: &Value) {
    let folder = Path::new(folder);
    let file = folder.join(format!("{name}.json"));
    let mut text = serde_json::to_string_pretty(told).unwrap();
    text.push('\n');
    if std::env::var_os("YINXIN_GOLDEN").is_some_and(|how| how == "write") {
        std::fs::create_dir_all(folder).unwrap();
        std::fs::write(&file, &text).unwrap();
    }
    let golden = std::fs::read_to_string(&file).unwrap_or_default();
    for (at, (found, expected)) in text.lines().zip(golden.lines()).enumerate() {
        assert_eq!(found, expected, "{name}.json, line {}", at + 1);
    }
    assert_eq!(text.lines().count(), golden.lines().count(), "{name}.json");
}
