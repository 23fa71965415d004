//! The users' guide, which lies beside the test data.

/// The guide; `None`, with a line that says so, where it is absent.
#[must_use]
pub fn written() -> Option<String> {
    let file = crate::data::folder()?.join("../guide/certificate-and-seal-guide.zh.txt");
    let text = std::fs::read_to_string(&file);
    if text.is_err() {
        crate::skipped(&format!("no guide at {}", file.display()));
    }
    text.ok()
}

/// Without white space; the guide writes 登陆 for 登录 here and there.
#[must_use]
pub fn plain(text: &str) -> String {
    let text: String = text.split_whitespace().collect();
    text.replace("登陆", "登录")
}
