//! The words of the command line: in the terminal's language, all of them, and to the point.

use crate::support::*;
use std::fs;

/// A home whose terminal is Chinese.
fn chinese(home: &Home, line: &str) -> Output {
    home.shell(&format!("export LC_ALL=zh_CN.UTF-8; {line}"))
}

/// Two English words in a row, in what is not a name, a path or an option.
fn untranslated(text: &str) -> Option<String> {
    let is_word = |word: &str| {
        word.len() > 1
            && word != "yinxin"
            && word
                .bytes()
                .all(|b| b.is_ascii_lowercase() || b == b'\'' || b == b',')
    };
    text.split(|c: char| !c.is_ascii()).find_map(|run| {
        let words: Vec<&str> = run.split_whitespace().collect();
        let pair = words
            .windows(2)
            .find(|pair| is_word(pair[0]) && is_word(pair[1]))?;
        Some(pair.join(" "))
    })
}

#[test]
fn nothing_is_said_in_english_on_a_chinese_terminal() {
    let home = home_with_keys("");
    let folder = home.path();
    fs::write(folder.join("doc"), "x").unwrap();
    fs::write(folder.join("old"), "x").unwrap();
    fs::write(folder.join("gbk.toml"), b"# \xc5\xe4\xd6\xc3\n").unwrap();
    fs::write(folder.join("login"), "LOGONDATA:0123456789abcdef").unwrap();
    let chrome = home.browser("google-chrome");
    home.browser("microsoft-edge");
    fs::create_dir_all(chrome.parent().unwrap()).unwrap();
    fs::write(&chrome, "{\"name\": \"yinxin.host\"}").unwrap();
    let sign = "yinxin sign --token demo-unit --id 01 --format cms --pin-stdin";
    let mut english_words = Vec::new();
    for (line, word) in [
        ("yinxin --help", "登记本机程序"),
        ("yinxin tokens", "还可尝试 10 次"),
        ("yinxin certificates", "demo-unit"),
        ("yinxin tokens --module doc", "是另一种文件"),
        ("yinxin tokens --module /nowhere/x.so", "找不到驱动"),
        ("yinxin seal --token demo-unit --in doc", "第 0 字节"),
        ("yinxin doctor", "标有 ✗ 的不能用"),
        ("yinxin doctor --repair --dry-run", "写入"),
        ("yinxin doctor --repair", "更改"),
        ("yinxin doctor --repair", "没有需要改动的"),
        ("yinxin doctor --undo", "删除"),
        ("yinxin install", "写入"),
        ("yinxin install", "不变"),
        ("yinxin uninstall", "删除"),
        ("yinxin-host sing", "没有“sing”这个命令"),
        ("yinxin tokens x", "多出了“x”"),
        ("yinxin tokens --pin-stdin", "没有 --pin-stdin 这个选项"),
        ("yinxin tokens --json --json", "只能给一次"),
        ("yinxin tokens --json=1", "不带值"),
        ("yinxin tokens --module", "缺少它的值"),
        ("yinxin-host --json", "没有 --json 这个选项"),
        ("yinxin sign", "缺少 --token"),
        ("yinxin sign --format pdfs", "签名格式"),
        ("yinxin install --browser lynx", "不认识浏览器"),
        ("yinxin install --extension-id x", "不是扩展的 id"),
        ("yinxin seal --replace 00", "不是 SHA-256"),
        ("yinxin doctor --dry-run", "缺少 --repair"),
        ("yinxin doctor --repair --report a", "不能和"),
        ("yinxin doctor --json --report -", "都要写标准输出"),
        ("yinxin seal --token a --in - --pin-stdin", "都要读标准输入"),
        ("yinxin tokens > /dev/full", "标准输出（磁盘空间已满）"),
        ("yinxin install --config no.toml", "没有这个文件或文件夹"),
        ("YINXIN_HOST_CONFIG=gbk.toml yinxin tokens", "另存为 UTF-8"),
        (
            "env -u HOME -u XDG_CONFIG_HOME yinxin install",
            "环境变量 HOME",
        ),
        (
            "env -u HOME -u XDG_CONFIG_HOME yinxin doctor",
            "环境变量 HOME",
        ),
        (&format!("{sign} --in doc --out old"), "--force"),
        (&format!("{sign} --in doc --out doc"), "另一个文件"),
        (&format!("{sign} --in no --out new"), "没有这个文件或文件夹"),
        (&format!("{sign} --in doc --out / --force"), "不是普通文件"),
        (&format!("{sign} --in login --out new"), "核实它的来源"),
        (
            &format!("{sign} --in doc --out new < /dev/null"),
            "--pin-stdin",
        ),
        (&format!("echo 1 | {sign} --in doc --out new"), "6 到"),
        (
            &format!("echo 999999 | {sign} --in doc --out new"),
            "（还可尝试 9 次）",
        ),
        (
            &format!("{sign} --in doc --out new").replace("01", "77"),
            "yinxin certificates",
        ),
        (
            &format!("{sign} --in doc --out new").replace("unit", "unti"),
            "已插入的有",
        ),
        (
            &format!("{sign} --in doc --out new").replace("unit", "expired"),
            "过期",
        ),
        (
            "echo 999999 | yinxin doctor --test-signature demo-unit --pin-stdin",
            "测试签名会用到 demo-unit 的 PIN 码",
        ),
    ] {
        let output = chinese(&home, line);
        let said = format!("{}{}", output.stdout, output.stderr);
        assert!(said.contains(word), "{line}: {said}");
        // What the software key says of itself.
        let theirs = [
            "Yinxin demo softkey",
            "Yinxin demo seal",
            "Yinxin software key, demo only",
            "yinxin help",
        ];
        let ours = theirs
            .iter()
            .fold(said, |said, name| said.replace(name, ""));
        let english = ours.lines().filter_map(untranslated);
        english_words.extend(english.map(|words| format!("{line}: {words}")));
    }
    assert_eq!(english_words, [""; 0]);
    assert_eq!(home.host().token("demo-unit")["pin"]["left"], 8);
    let said = home.terminal("LC_ALL=zh_CN.UTF-8 yinxin-host", None).stdout;
    assert!(
        said.contains("本机程序 yinxin-host 平时由浏览器启动"),
        "{said}"
    );
    assert_eq!(untranslated(&said), None);
}

#[test]
fn a_wrong_pin_says_how_many_tries_are_left_as_far_as_the_key_tells() {
    let home = home_with_keys("");
    fs::write(home.path().join("doc"), "x").unwrap();
    let mut said = Vec::new();
    for _ in 0..11 {
        let output = home.shell(
            "echo 999999 | yinxin sign --token demo-unit --id 01 --format raw --pin-stdin --in doc --out new",
        );
        assert_eq!(output.status, Some(1));
        said.push(output.stderr);
    }
    assert!(
        said[0].starts_with("pin-incorrect: The PIN is not correct. (9 tries left) "),
        "{said:?}"
    );
    assert!(said[7].contains("(2 tries left)"), "{said:?}");
    assert!(
        said[8].contains("(one try left: a wrong PIN locks the key)"),
        "{said:?}"
    );
    assert!(
        said[9].starts_with("pin-locked: ") && said[10].starts_with("pin-locked: "),
        "{said:?}"
    );
    let tokens = home.run(&["tokens"]).stdout;
    assert!(tokens.contains("the PIN is locked"), "{tokens}");
}

#[test]
fn a_mistyped_key_is_told_with_those_that_are_there() {
    let home = home_with_keys("");
    let missing = home.run(&[
        "seal",
        "--token",
        "demo-unti",
        "--in",
        "/dev/null",
        "--pin-stdin",
    ]);
    // The file is read first.
    assert_eq!(missing.code(), "seal-unreadable");
    fs::write(home.path().join("doc"), "x").unwrap();
    let missing = home
        .shell("yinxin sign --token demo-unti --id 01 --format raw --pin-stdin --in doc --out new");
    assert_eq!(missing.code(), "token-not-found");
    for label in ["“demo-unti”", "demo-unit (", "demo-rsa ("] {
        assert!(missing.stderr.contains(label), "{missing:?}");
    }
    assert!(!missing.stderr.contains("pulled"), "{missing:?}");
}

#[test]
fn on_a_terminal_the_host_says_what_it_is_instead_of_frames() {
    let home = Home::new("");
    let said = home.terminal("yinxin-host", None);
    assert_eq!(said.status, Some(0), "{said:?}");
    assert!(
        said.stdout.contains("“yinxin --help” lists the commands"),
        "{said:?}"
    );
    assert!(
        !said.stdout.contains("greeting") && !said.stdout.contains('\0'),
        "{said:?}"
    );
    // A person looks at the one side or the other.
    for line in ["yinxin-host < /dev/null", "yinxin-host > seen; cat seen"] {
        let said = home.terminal(line, None).stdout;
        assert!(
            said.contains("--help") && !said.contains("greeting"),
            "{line}: {said}"
        );
    }
    // Without a terminal it greets, as a browser without an argument would have it.
    let greeted = home.run(&[]);
    assert!(greeted.stdout.contains("greeting"), "{greeted:?}");
}
