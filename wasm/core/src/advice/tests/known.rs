//! Messages of other programs, as people paste them, and what each is known as; and ordinary
//! sentences, which are nothing.

use super::*;
use crate::advice::known::{CLASSES, CODED, SAID};
use crate::advice::rules::TOLD;
use std::collections::BTreeSet;
use yinxin_proto::error::ALL;

/// Messages with the code, or the guide's problem, that each means.
#[rustfmt::skip]
const MESSAGES: &[(&str, &str)] = &[
    // ── Browsers on native messaging ─────────────────────────────────────────────────────────
    ("Specified native messaging host not found.", "host-missing"),
    ("Unchecked runtime.lastError: Specified native messaging host not found.", "host-missing"),
    ("Native messaging host org.yinxin.host is not registered.", "host-missing"),
    ("Invalid native messaging host name specified.", "host-missing"),
    ("Access to the specified native messaging host is forbidden.", "host-forbidden"),
    ("Access to the native messaging host was disabled by the system administrator.", "host-forbidden"),
    ("Native host has exited.", "host-gone"),
    ("Failed to start native messaging host.", "registration-broken"),
    ("Error when communicating with the native messaging host.", "host-message-invalid"),
    ("Native Messaging host tried sending a message that is 1414092869 bytes long.", "host-message-invalid"),
    ("Uncaught Error: Attempting to use a disconnected port object", "host-gone"),
    ("Uncaught Error: Extension context invalidated.", "extension-restarted"),
    ("Could not establish connection. Receiving end does not exist.", "extension-restarted"),
    ("The message port closed before a response was received.", "extension-restarted"),
    ("Error: A listener indicated an asynchronous response by returning true, but the message channel closed before a response was received", "extension-restarted"),
    ("此扩展程序已被管理员屏蔽", "blocked-by-policy"),
    ("Error: No such native application org.yinxin.host", "host-missing"),
    ("This extension does not have permission to use native application org.yinxin.host (or the application is not installed)", "host-forbidden"),
    ("Native manifest /home/u/.mozilla/native-messaging-hosts/h.json is invalid", "registration-broken"),
    ("Native application tried to send a message of 2097152 bytes, which exceeds the limit of 1048576 bytes.", "host-message-invalid"),
    ("An unexpected error occurred", "host-gone"),

    // ── PIN ──────────────────────────────────────────────────────────────────────────────────
    ("证书口令连续输入错误次数过多", "pin-locked"),
    ("证书口令连续输入错误次数过多，请联系CA中心解锁！", "pin-locked"),
    ("您的证书密码已被锁死,请联系\n数字证书办理机构进行解锁!", "pin-locked"),
    ("PIN码已锁定", "pin-locked"),
    ("ＰＩＮ　码 已 锁 定！（错误码：-1）", "pin-locked"),
    ("USBKey已锁定", "pin-locked"),
    ("UKEY have been locked!", "pin-locked"),
    ("密码错误，CA锁已被锁住，请到窗口解锁", "pin-locked"),
    ("密码输入错误次数超过限制", "pin-locked"),
    ("口令错误，剩余重试次数：0", "pin-locked"),
    ("校验PIN失败, 还有0次机会", "pin-locked"),
    ("密码错误，剩余次数1次", "pin-last-try"),
    ("口令错误，您还有 1 次机会重试！", "pin-last-try"),
    ("PIN incorrect, 1 attempt left", "pin-last-try"),
    ("请注意：这是最后一次输入密码的机会", "pin-last-try"),
    ("您正在使用初始密码，请修改", "pin-initial"),
    ("密码长度应该在4-16位之间", "pin-length"),
    ("口令位数不正确", "pin-length"),
    ("校验证书密码失败!您还有5次机会重试!", "pin-incorrect"),
    ("密码错误，剩余次数：10", "pin-incorrect"),
    ("UKey密码不正确", "pin-incorrect"),
    ("PIN码输入有误，请重新输入", "pin-incorrect"),
    ("密码输错，再错3次将被锁定", "pin-incorrect"),
    ("incorrect PIN", "pin-incorrect"),
    ("Wrong CHV presented", "pin-incorrect"),
    ("UKEY Login failed! containerId is 1A2B", "pin-incorrect"),
    ("该UKey的PIN未初始化", "pin-not-set"),
    ("请输入证书密码", "pin-required"),
    ("用户未登录设备", "pin-required"),

    // ── Clock ────────────────────────────────────────────────────────────────────────────────
    ("系统时间不正确，请校准后重试", "clock-wrong"),
    ("客户端时间与服务器时间相差超过5分钟", "clock-wrong"),
    ("您的时钟快了 Your clock is ahead", "clock-wrong"),
    ("NET::ERR_CERT_DATE_INVALID", "clock-wrong"),

    // ── Seals ────────────────────────────────────────────────────────────────────────────────
    ("印章与证书不匹配", "seal-not-for-certificate"),
    ("您的印章即将过期，剩余15天", "seal-ends-soon"),
    ("印章已过期", "seal-expired"),
    ("电子印章不在有效期内[0x1003]", "seal-expired"),
    ("印章版本过低，请升级", "seal-not-upgraded"),
    ("UKey内无印章", "seal-not-upgraded"),
    ("未检测到印章，请联系CA制作", "seal-not-upgraded"),
    ("没有找到可用的电子印章", "seal-not-upgraded"),
    ("印章数据解析失败", "seal-unreadable"),
    ("读取印章失败：-3", "seal-data"),

    // ── Certificates ─────────────────────────────────────────────────────────────────────────
    ("无法获取吊销列表", "crl-missing"),
    ("证书已被冻结", "certificate-on-hold"),
    ("您的证书已被吊销", "certificate-revoked"),
    ("数字证书已注销，请重新办理", "certificate-revoked"),
    ("证书尚未生效", "certificate-not-yet-valid"),
    ("您的证书还有30天过期,请尽快办理更新", "certificate-ends-soon"),
    ("距离证书到期还有 7 天", "certificate-ends-soon"),
    ("CA证书已过期", "certificate-expired"),
    ("证书不在有效期内", "certificate-expired"),
    ("您的CA已到期，请续费", "certificate-expired"),
    ("sslv3 alert certificate expired", "certificate-expired"),
    ("ERR_SSL_CLIENT_AUTH_CERT_EXPIRED", "certificate-expired"),
    ("该证书不是签名证书", "certificate-not-for-signing"),
    ("没有加密证书，证书不能用于加密", "certificate-not-for-encryption"),
    ("公私钥不匹配", "key-not-found"),
    ("单位名称与CA证书不一致", "name-differs"),
    ("身份验证失败：证书不匹配", "account-bound-to-other"),
    ("当前CA锁与账号绑定的不一致", "account-bound-to-other"),
    ("该证书未注册，请先注册", "not-bound"),
    ("此CA锁尚未绑定账号", "not-bound"),
    ("用户不存在，请用CA注册", "account-not-bound"),
    ("登录角色选择错误", "entrance-other-role"),
    ("不支持该CA颁发的证书：颁发机构不受信任", "issuer-not-accepted"),
    ("证书链不完整", "issuer-not-accepted"),
    ("ERR_BAD_SSL_CLIENT_AUTH_CERT", "issuer-not-accepted"),
    ("证书解析失败", "certificate-unreadable"),
    ("不支持的算法：签名算法不支持", "algorithm-not-supported"),

    // ── Programs beside the browser ──────────────────────────────────────────────────────────
    ("本地服务未启动，请检查 http://127.0.0.1:11200", "client-not-running"),
    ("无法连接到 127.0.0.1:7256", "client-not-running"),
    ("POST http://127.0.0.1:11200/RS_GetUserList net::ERR_CONNECTION_REFUSED", "client-not-running"),
    ("127.0.0.1 拒绝了我们的连接请求。", "client-not-running"),
    ("https://127.0.0.1:7256/SOF_GetUserList net::ERR_CERT_AUTHORITY_INVALID", "client-not-running"),
    ("has been blocked by CORS policy: Permission was denied for this request to access the `loopback` address space.", "client-not-running"),
    ("Access to localhost:51235 was denied: local network access requests need permission", "client-not-running"),
    ("Local Network Access request was blocked: permission denied", "client-not-running"),
    ("net::ERR_CONNECTION_REFUSED", "client-not-running"),
    ("WebSocket connection to 'wss://127.0.0.1:21061/xtxapp' failed", "client-not-running"),
    ("WSS error: closed with 1006", "client-not-running"),
    ("WebSocket 连接已断开", "client-not-running"),
    ("请检查证书应用环境是否安装或BJCA证书助手是否运行!", "client-not-running"),
    ("互认助手未启动", "client-not-running"),
    ("签章服务未运行，请先启动", "client-not-running"),
    ("客户端未安装", "client-not-running"),
    ("签章控件未安装", "control-missing"),
    ("请安装签名插件后再试", "control-missing"),
    ("ActiveX控件加载失败", "control-missing"),
    ("控件初始化失败！", "control-missing"),
    ("Automation 服务器不能创建对象", "control-missing"),
    ("对象不支持此属性或方法", "control-missing"),
    ("请使用IE浏览器打开本页面", "control-missing"),
    ("请切换到兼容模式", "control-missing"),
    ("您的浏览器不支持本功能", "control-missing"),
    ("Uncaught ReferenceError: SOF_GetUserList is not defined", "control-missing"),
    ("智能卡服务未运行", "reader-service-off"),
    ("驱动加载失败", "module-load-failed"),
    ("未安装UKey驱动", "no-module"),
    ("请安装驱动程序后重新插入", "no-module"),

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────
    ("检测到多个UKey，请只插入一个", "several-tokens"),
    ("请勿插入多把CA锁", "several-tokens"),
    ("存在多个证书容器", "several-certificates"),
    ("UKey 被其他程序占用", "token-busy"),
    ("UKey已拔出", "token-removed"),
    ("UKey中没有证书", "token-empty"),
    ("未检测到电子钥匙", "no-token"),
    ("未检测到 USB Key,请检查是否已插入!", "no-token"),
    ("未检测到UKey", "no-token"),
    ("没有检测到智能密码钥匙", "no-token"),
    ("提示：未检测到CA锁，请插入CA锁!", "no-token"),
    ("请插入CA锁", "no-token"),
    ("请插入ＣＡ锁，点击确定", "no-token"),
    ("请先插入证书", "no-token"),
    ("UKey未插入或未识别", "no-token"),
    ("未检测到数字证书", "no-token"),
    ("找不到有效的证书", "no-token"),
    ("未发现USBKEY设备，请插入USBKEY设备！(0x3)", "no-token"),
    ("token not present", "no-token"),
    ("证书不存在", "certificate-not-found"),
    ("导出用户证书失败!", "certificate-not-found"),
    ("获取用户列表失败", "certificate-not-found"),
    ("打开设备失败", "token-unreadable"),
    ("UKey已损坏，无法使用", "token-unreadable"),
    ("证书验证失败", "issuer-not-accepted"),
    ("没有查询到绑定信息", "not-bound"),
    ("插入的不是本单位的CA锁", "account-bound-to-other"),
    ("未找到证书，请插入UKey", "no-token"),
    ("请检查USBKey是否插好", "no-token"),
    ("读取证书失败，请确认已插入UKey", "no-token"),
    ("您的电脑未安装CA驱动或未插入CA锁", "no-module"),
    ("PIN码错误次数超限，已锁定", "pin-locked"),
    ("数字证书密码输入错误，剩余 4 次", "pin-incorrect"),
    ("密码错误，您还可以尝试3次", "pin-incorrect"),
    ("签章客户端版本过低，请升级", "client-not-running"),
    ("端口被占用 127.0.0.1:11200", "client-not-running"),
    ("请安装iTrusPTA", "client-not-running"),
    ("证书序列号不一致", "account-bound-to-other"),
    ("连接CA服务器失败", "platform-service-failed"),
    ("UKey初始化失败", "token-unreadable"),

    // ── What a page was doing ────────────────────────────────────────────────────────────────
    ("获取时间戳失败", "platform-service-failed"),
    ("时间戳服务器连接超时", "platform-service-failed"),
    ("投标文件解密失败", "decryption-failed"),
    ("Decryption failed", "decryption-failed"),
    ("签章失败", "sealing-failed"),
    ("盖章出错，请重试", "sealing-failed"),
    ("验签失败", "signature-invalid"),
    ("signature is invalid", "signature-invalid"),
    ("签名失败", "module-failed"),
    ("设备操作失败", "module-failed"),
    ("登录超时，请重新登录", "challenge-expired"),
    ("服务器内部错误", "platform-service-failed"),
    ("网络异常，请稍后再试", "platform-service-failed"),
    ("出现未知异常", "unknown-error"),
    ("ERR_NAME_NOT_RESOLVED", "platform-service-failed"),
    ("502 Bad Gateway", "platform-service-failed"),

    // ── Numbers and names ────────────────────────────────────────────────────────────────────
    ("SAR_PIN_INCORRECT", "pin-incorrect"),
    ("登录失败，错误码：0x0A000024", "pin-incorrect"),
    ("错误代码 0A000024", "pin-incorrect"),
    ("VerifyPIN ret=0xa000024", "pin-incorrect"),
    ("ret a000024", "pin-incorrect"),
    ("返回值167772196", "pin-incorrect"),
    ("0X0A000025L", "pin-locked"),
    ("未知错误（0x0a000025）", "pin-locked"),
    ("SKF_ConnectDev 返回 0x0A000023", "token-removed"),
    ("SAR_CERTNOTFOUNDERR", "certificate-not-found"),
    ("0x0A000001", "module-failed"),
    ("SAR_MEMORYERR", "module-failed"),
    ("CKR_PIN_INCORRECT", "pin-incorrect"),
    ("C_Login: rv = 0xA0", "pin-incorrect"),
    ("PKCS#11 错误 0x000000A4", "pin-locked"),
    ("CKR 164", "pin-locked"),
    ("CKR_TOKEN_NOT_PRESENT (0xE0)", "no-token"),
    ("CKR_DEVICE_ERROR", "module-failed"),
    ("pkcs11: 0x5", "module-failed"),
    ("{\"code\":\"9011\",\"msg\":\"PIN错误\"}", "pin-incorrect"),
    ("错误码9001", "no-token"),
    ("9002", "several-tokens"),
    ("RS_CertLogin 返回 code 9028", "pin-required"),
    ("SOF_ValidateCert 返回 -2", "certificate-expired"),
    ("SOF_ValidateCert=-3", "certificate-revoked"),
    ("SOR_CertHasExpiredErr", "certificate-expired"),
    ("0x0B000426", "pin-incorrect"),
    ("SCARD_W_CHV_BLOCKED", "pin-locked"),
    ("智能卡错误 0x8010006B", "pin-incorrect"),
    ("-2146434970", "token-unreadable"),
    ("0x8010001D", "reader-service-off"),
    ("CRYPT_E_REVOKED 0x80092010", "certificate-revoked"),
];

/// What says nothing of a key, a certificate or a seal being in the way.
const ORDINARY: &[&str] = &[
    "",
    "今天天气很好",
    "登录提示",
    "UKey",
    "证书",
    "印章",
    "我的钥匙找不到了",
    "开标时间为上午九点",
    "请上传营业执照",
    "登录成功",
    "签名成功",
    "签章成功，请继续",
    "证书更新成功",
    "UKey已插入",
    "密码修改成功",
    "用户名或密码错误",
    "账号已锁定，密码错误次数过多",
    "验证码错误",
    "请在表格中插入图片",
    "通过 ISO 9001 认证",
    "会议室 9011 已预订",
    "联系电话 028-9001",
    "共 160 页",
    "公司注册资本 167 万元",
    "monkey",
    "keyboard",
    "cancel",
    "Please cancel the order",
    "unknown",
    "有效期至 2027-01-01",
    "项目编号 N5100012026000123",
    "SAR 是特别行政区",
    "0x1234",
    "20261129",
    "文件大小不能超过 5MB",
    "投标保证金已缴纳",
    "下载完成",
    "已检测到UKey",
    "驱动安装成功",
    "控件已安装",
    "服务已启动",
    "PIN码正确",
    "证书未过期",
    "请妥善保管UKey和密码",
    "上传失败",
    "价格不一致",
    "项目名称",
    "报名已截止",
    "2026 年 11 月 29 日 09:30",
    "请输入验证码",
    "印章采集要求",
    "证书有效期一年",
    "无",
    "系统将于今晚升级",
];

#[test]
fn messages_of_other_programs_are_known_as_people_paste_them() {
    let wrong: Vec<String> = MESSAGES
        .iter()
        .map(|&(text, expected)| (text, expected, means(text)))
        .filter(|(_, expected, found)| found.as_deref() != Some(expected))
        .map(|(text, expected, found)| format!("{text}: {expected}, not {found:?}"))
        .collect();
    assert!(wrong.is_empty(), "{}\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn noise_around_a_message_changes_nothing() {
    let known = MESSAGES
        .iter()
        .filter(|(text, _)| text.chars().count() > 4 && !text.contains("ret"));
    for (text, expected) in known {
        for noisy in [
            format!("提示：{text}"),
            format!("【{text}】"),
            format!("{text}\r\n"),
            format!("“{text}”。"),
            format!("[2026-11-29 09:30:12] {text} (请截图)"),
        ] {
            assert_eq!(means(&noisy).as_deref(), Some(*expected), "{noisy}");
        }
    }
}

#[test]
fn ordinary_sentences_are_no_messages() {
    let taken: Vec<String> = ORDINARY
        .iter()
        .filter_map(|text| Some(format!("{text}: {}", means(text)?)))
        .filter(|found| found != "unknown: unknown")
        .collect();
    assert!(taken.is_empty(), "{}", taken.join("\n"));
}

#[test]
fn of_two_meanings_the_graver_or_the_more_particular_is_told() {
    for (text, expected) in [
        ("密码错误，PIN码已锁定", "pin-locked"),
        ("SAR_PIN_INCORRECT；SAR_PIN_LOCKED", "pin-locked"),
        ("未检测到UKey，请检查驱动是否安装", "no-module"),
        ("签章失败：印章已过期", "seal-expired"),
        ("签章失败，签章控件未安装", "control-missing"),
        ("登录失败：证书已过期", "certificate-expired"),
        ("证书已过期或已吊销", "certificate-revoked"),
        ("签名失败：PIN码错误", "pin-incorrect"),
        ("未知错误：证书口令错误", "pin-incorrect"),
        ("未检测到UKey，错误码 0x0A000025", "pin-locked"),
    ] {
        assert_eq!(means(text).as_deref(), Some(expected), "{text}");
    }
}

#[test]
fn each_line_of_the_table_is_sound_and_is_met_by_a_message() {
    let guide = guide();
    let codes: BTreeSet<&str> = ALL.iter().map(|entry| entry.code).collect();
    let is_meant = |means: &str| {
        let rows = || ROWS.iter().chain(TOLD);
        guide.problem(means).is_some()
            || codes.contains(means) && rows().any(|row| row.codes.contains(&means))
    };
    let classes: BTreeSet<&str> = CLASSES.iter().map(|(name, _)| *name).collect();
    let met: BTreeSet<usize> = MESSAGES
        .iter()
        .filter_map(|(text, _)| message::said_at(text))
        .collect();
    let mut missing = Vec::new();
    for (at, said) in SAID.iter().enumerate() {
        assert!(is_meant(said.means), "{}", said.means);
        assert!(!said.source.is_empty());
        assert!(
            (1..=3).contains(&said.words.split(' ').count()),
            "{}",
            said.words
        );
        if !met.contains(&at) {
            missing.push(said.words);
        }
        for part in said.words.split(' ').chain([said.unless]) {
            for piece in part.split('|').filter_map(|piece| piece.strip_prefix('@')) {
                assert!(classes.contains(piece), "{piece}");
            }
        }
    }
    assert!(missing.is_empty(), "no message for {missing:#?}");
    let pieces = SAID.iter().flat_map(|said| [said.words, said.unless]);
    for text in pieces.chain(CLASSES.iter().map(|(_, pieces)| *pieces)) {
        let plain = |c: char| c.is_alphanumeric() && !c.is_ascii_uppercase() || "|_@ ".contains(c);
        assert!(text.chars().all(plain), "{text}");
        assert!(
            text.is_empty() || text.split(['|', ' ']).all(|piece| !piece.is_empty()),
            "{text}"
        );
    }
    let mut seen = BTreeSet::new();
    for known in CODED {
        assert!(is_meant(known.means), "{}", known.means);
        assert!(
            seen.insert((format!("{:?}", known.system), known.number)),
            "{:#x}",
            known.number
        );
    }
    assert!(SAID.len() + CODED.len() > 150 && MESSAGES.len() > 150);
}

#[test]
fn a_known_message_is_answered_by_what_is_found_or_by_its_own_steps() {
    let pasted = |text: &str, mut situation: Situation| {
        situation.message = Some(text.into());
        told(&situation)
    };
    // Nothing here leads to it.
    let (guide, tariff) = (guide(), tariff());
    for &(text, _) in MESSAGES {
        let message = Some(text.to_owned());
        let situation = Situation {
            message,
            ..Situation::default()
        };
        let advice = advise(&situation, &[], &guide, &tariff, NOW);
        let first = &advice.findings[0];
        assert_ne!(first.finding.error.code(), "message-unknown", "{text}");
        assert!(!first.steps.is_empty(), "{text}");
    }
    // The cause is here.
    let mut locked = good_key();
    locked.pin.state = PinState::Locked;
    assert_eq!(
        rules(&pasted("0x0A000025", with(vec![locked])))[0],
        "pin-locked"
    );
    assert_eq!(
        rules(&pasted("请插入CA锁", with(Vec::new())))[0],
        "no-token"
    );
    let ended = key(&[&unit(1, -3)], &[]);
    let advice = pasted("SOF_ValidateCert 返回 -2", with(vec![ended]));
    assert_eq!(rules(&advice)[0], "certificate-expired");
    // Another cause of the same problem.
    let mut without = with(Vec::new());
    without.modules = Some(Vec::new());
    assert_eq!(rules(&pasted("未检测到电子钥匙", without))[0], "no-module");
    let advice = pasted("今天天气很好", good());
    assert_eq!(advice.findings[0].finding.error.code(), "message-unknown");
}

#[test]
fn a_hostile_message_is_looked_at_for_a_bounded_time() {
    for text in ["key密码锁", "未检测到", "0x0a000099 ", "ckr ", "1"] {
        let long = text.repeat(200_000 / text.len());
        let _ = means(&long);
    }
}
