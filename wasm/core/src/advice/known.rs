//! The messages that other programs give, as data: browsers on native messaging, keys' libraries by
//! their codes, CAs' clients and portals in their words. Each means a code of the catalogue, or one of
//! the guide's problems; what is to be done stands in the table of advice (`rules.rs`), not here.
//! `message.rs` compares.

/// A message in words.
pub(super) struct Said {
    /// Who says it, for whoever mends the table.
    #[cfg_attr(
        not(test),
        expect(dead_code, reason = "a record, as a clause would be")
    )]
    pub source: &'static str,
    /// A code of the catalogue, or the id of a problem of the guide.
    pub means: &'static str,
    /// Parts that all have to stand close together, in any order, with a space between them. A part is
    /// one of several pieces (`a|b`); a piece is letters, `_` for a space between Latin words, or a
    /// class (`@key`).
    pub words: &'static str,
    /// Pieces none of which may stand anywhere in the message.
    pub unless: &'static str,
}

/// A message as a number, a name or both.
pub(super) struct Coded {
    pub system: System,
    pub number: u32,
    /// Its name in the source; none where the source has none.
    pub name: &'static str,
    pub means: &'static str,
}

/// Whose numbers they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum System {
    /// GM/T 0016-2012, annex A: `SAR_…`, what an SKF library returns.
    Skf,
    /// GM/T 0020-2012, annex A: `SOR_…`, what a SOF interface returns, and the numbers that clients added.
    Sof,
    /// GM/T 0020-2012, 6.2.18: what `SOF_ValidateCert` returns, as BJCA's XTXSAB and GDCA's scripts have it.
    ValidateCert,
    /// PKCS #11 v3.1, 6.2: `CKR_…`.
    Pkcs11,
    /// 统一安全认证客户端: the four digits in its answers' `code`.
    UnifiedClient,
    /// `winerror.h`: Windows' smart cards and certificates.
    Windows,
}

impl System {
    /// Whether a number says nothing without a word beside it that tells whose it is.
    pub fn is_common(self) -> bool {
        matches!(
            self,
            Self::ValidateCert | Self::Pkcs11 | Self::UnifiedClient
        )
    }

    /// Such words.
    pub fn context(self) -> &'static str {
        match self {
            Self::ValidateCert => "validatecert",
            Self::Pkcs11 => {
                "pkcs|pkcs11|pkcs_11|cryptoki|ckr|c_login|c_sign|c_opensession|c_initialize|rv"
            }
            Self::UnifiedClient => {
                "code|errcode|errorcode|错误码|错误代码|错误编码|返回码|返回值|错误号|代码|互认助手|统一安全认证客户端|userlist|certlogin|keysign"
            }
            Self::Skf | Self::Sof | Self::Windows => "",
        }
    }
}

/// Words that mean the same.
pub(super) const CLASSES: &[(&str, &str)] = &[
    (
        "key",
        "电子钥匙|密码钥匙|智能钥匙|数字钥匙|usbkey|usb_key|ukey|u_key|ekey|key|ca锁|usb锁|加密锁|密码锁|加密狗|usb加密狗|u盾|k宝|优盾|智能卡|ic卡|smart_card|smartcard|ca设备|ca介质|ca介质设备|证书介质|密码介质|存储介质|ca盘|证书锁|key盘|密码设备|加密设备|usb设备|证书设备|硬件设备|密码机|介质|token",
    ),
    ("cert", "证书|ca|certificate|cert"),
    ("pin", "pin|pin码|口令|密码|passwd|password"),
    (
        "absent",
        "未检测到|没有检测到|没检测到|检测不到|未能检测到|未检测出|无法检测到|未检查到|未监测到|未探测到|未发现|没有发现|发现不了|未找到|没有找到|没找到|找不到|无法找到|未能找到|未识别|没有识别|识别不到|识别不出|不能识别|无法识别|未插入|没有插入|没插入|没插|未插|尚未插入|未连接|没有连接|未接入|未读到|未读取到|没有读取到|没有读到|读取不到|读不到|未获取到|没有获取到|获取不到|未枚举到|枚举不到|不存在|不在线|请插入|请先插入|请重新插入|请您插入|请将|是否插入|是否已插入|是否正确插入|确认插入|确认已插入|检查插入|没有插好|未插好|是否插好|是否已插好|插紧|未查找到|查找不到|无可用|没有可用|未就绪|not_found|not_present|not_detected|not_inserted|no|insert|please_insert|missing",
    ),
    (
        "fails",
        "失败|失敗|出错|错误|异常|不成功|未成功|无法|不能|不通过|未通过|超时|无响应|failed|failure|error|fails",
    ),
    (
        "off",
        "未启动|没有启动|没启动|未运行|没有运行|没运行|未开启|没有开启|未打开|没有打开|未安装|没有安装|没安装|尚未安装|未正常安装|未正确安装|未检测到|检测不到|没有检测到|未找到|找不到|连接失败|连接异常|连接错误|连接超时|连接断开|连接中断|断开连接|已断开|无法连接|连接不上|连不上|未连接|不能连接|拒绝连接|拒绝了|无法访问|请启动|请先启动|请打开|请先打开|请运行|请安装|请先安装|请下载|启动失败|启动异常|通信失败|通讯失败|通讯异常|无响应|未响应|没有响应|不可用|已停止|停止运行|版本过低|版本过旧|版本太低|请升级|需要升级|请更新|需要更新|是否启动|是否已启动|是否安装|是否运行|未就绪|调用失败|访问失败|请求失败|服务异常|refused|failed|timed_out|timeout|unreachable|blocked|not_running|not_installed|not_started",
    ),
    (
        "client",
        "本地服务|本机服务|本地客户端|客户端|互认助手|证书助手|ca助手|数字证书助手|i信|驱动助手|ukey助手|签名服务|签名助手|签章服务|签章助手|后台服务|中间件|安全组件|证书组件|代理程序|密码服务|认证服务|证书服务|ukey服务|证书应用环境|ca驱动服务|localserver|local_server|local_service|websocket|web_socket|签章软件|签名软件|投标客户端|安全客户端|安全代理|证书管理工具|证书工具|pta|itruspta|itrus|xtxsab|xtxapp|topesa",
    ),
    (
        "control",
        "控件|插件|activex|active_x|ocx|加载项|com组件|浏览器组件|签章组件|签名组件|npapi|plugin|plug_in",
    ),
    (
        "seal",
        "印章|签章图片|签章数据|印模|公章|图章|电子章|电子签章|手写签名图片",
    ),
];

const CHROME: &str =
    "Chromium, extensions/browser/api/messaging (native_message_host.cc, message_service.cc)";
const FIREFOX: &str =
    "Firefox, toolkit/components/extensions (NativeMessaging.sys.mjs, NativeManifests.sys.mjs)";
const NET: &str = "Chromium, net/base/net_error_list.h and its error pages";
const GMT: &str = "wording of GM/T 0016 and GM/T 0020 codes in vendors' scripts";
const BJCA: &str = "page scripts of BJCA's XTXSAB and XTXAPP";
const ITRUS: &str = "messages of iTrus's TopESA and PTA";
const RS: &str = "page scripts of 统一安全认证客户端 (BRIDGE)";
const PORTALS: &str = "portals for public procurement and bidding, as their users quote them";
const PAGES: &str = "browsers, of pages' scripts";

const fn said(
    source: &'static str,
    means: &'static str,
    words: &'static str,
    unless: &'static str,
) -> Said {
    Said {
        source,
        means,
        words,
        unless,
    }
}

/// In words, what is graver or more particular first: of several that fit the first is meant.
#[rustfmt::skip]
pub(super) const SAID: &[Said] = &[
    // ── Browsers on native messaging ─────────────────────────────────────────────────────────
    said(CHROME, "host-missing", "specified_native_messaging_host_not_found", ""),
    said(CHROME, "host-missing", "native_messaging_host is_not_registered|not_registered|not_found", ""),
    said(CHROME, "host-missing", "invalid_native_messaging_host_name", ""),
    said(CHROME, "host-forbidden", "access_to_the_specified_native_messaging_host_is_forbidden|native_messaging_host forbidden|disabled_by_the_system_administrator|not_allowed", ""),
    said(CHROME, "host-gone", "native_host_has_exited", ""),
    said(CHROME, "registration-broken", "failed_to_start_native_messaging_host", ""),
    said(CHROME, "host-message-invalid", "error_when_communicating_with_the_native_messaging_host", ""),
    said(CHROME, "host-message-invalid", "native_messaging_host tried_sending_a_message|exceeds", ""),
    said(CHROME, "host-gone", "attempting_to_use_a_disconnected_port|disconnected_port", ""),
    said(CHROME, "extension-restarted", "extension_context_invalidated", ""),
    said(CHROME, "extension-restarted", "receiving_end_does_not_exist|message_port_closed_before|message_channel_closed_before|message_channel_is_closed", ""),
    said(CHROME, "blocked-by-policy", "扩展|扩展程序|extension 管理员|administrator|organization|贵单位 屏蔽|禁止|阻止|停用|不允许|blocked|disabled", ""),
    said(FIREFOX, "host-missing", "no_such_native_application", ""),
    said(FIREFOX, "host-forbidden", "does_not_have_permission_to_use_native_application", ""),
    said(FIREFOX, "registration-broken", "native_manifest|native_application is_invalid|invalid|must_be_an_absolute_path|is_not_executable|not_executable", ""),
    said(FIREFOX, "host-message-invalid", "native_application tried_to_send_a_message|exceeds_the_limit", ""),
    said(FIREFOX, "host-gone", "an_unexpected_error_occurred|native_application_exited", "证书|certificate"),

    // ── PIN ──────────────────────────────────────────────────────────────────────────────────
    said(PORTALS, "pin-locked", "@pin|@key|@cert 次数过多|次数太多|次数超|次数已达|次数达到|达到上限|已达上限|达到最大|超过最大|超过限制|次数已用完|次数用完|次数用尽|次数耗尽", "账号|账户|用户名|登录名|以免|避免|将被|将会|会被|即将"),
    said(BJCA, "pin-locked", "@pin|@key|@cert 锁死|已锁|被锁|锁定|锁住|冻结了", "账号|账户|用户名|登录名|未锁定|没有锁定|以免|避免|防止|将被|将会|将锁|会被|会锁|后锁|即将|锁定前|证书已被冻结|证书被冻结"),
    said(GMT, "pin-locked", "pin|key|ukey|token|card|chv locked|blocked|have_been_locked", ""),
    said(BJCA, "pin-locked", "@pin|重试|剩余|尝试|次数|机会 余0次|剩0次|还有0次|次数0|次数为0|机会0|0次机会|0_tries|0_attempts|余零次", "账号|账户|用户名|登录名"),
    said(BJCA, "pin-last-try", "@pin|重试|剩余|尝试|机会|锁 余1次|剩1次|还有1次|次数1|次数为1|机会1|1次机会|余一次|剩一次|还有一次|最后一次|最后1次|一次机会|1_try|1_attempt|1_attempts|1_tries|one_try|last_try|final_try", "账号|账户|用户名|登录名|验证码"),
    said(PORTALS, "pin-initial", "初始|默认|出厂 @pin 修改|更改|更换|正在使用|仍在使用|请改", "忘记"),
    said(BJCA, "pin-length", "@pin 长度|位数 错误|不符|不正确|不足|不够|应|必须|须|过短|过长|在|不能|invalid", "账号|账户|用户名"),
    said(BJCA, "pin-incorrect", "pin|pin码|口令|证书密码|ca密码|ukey密码|key密码|锁密码|密码 错误|不正确|有误|不对|输错|错了|失败|不匹配|校验不通过|验证不通过|incorrect|wrong|invalid|还有|剩余", "账号|账户|用户名|登录名|邮箱|手机|验证码|图形码|锁定了|修改密码"),
    said(GMT, "pin-incorrect", "wrong|incorrect|bad|invalid passphrase|chv|passcode", ""),
    said(RS, "pin-incorrect", "ukey|key|token login_failed|login_error", ""),
    said(PORTALS, "pin-not-set", "@pin 未初始化|没有初始化|未设置|尚未设置|首次使用|not_initialized", "账号|账户"),
    said(RS, "pin-required", "请输入|未输入|没有输入|未校验|未验证|请先验证|请先校验|不能为空 pin|pin码|证书密码|证书口令|口令|ca密码", "错误|不正确|有误"),
    said(GMT, "pin-required", "用户|user 未登录|没有登录|not_logged_in|not_login @key|设备|user|skf|sof|证书", ""),

    // ── Clock ────────────────────────────────────────────────────────────────────────────────
    said(PORTALS, "clock-wrong", "系统时间|本机时间|本地时间|电脑时间|计算机时间|客户端时间|主机时间|电脑日期|系统日期|时钟|电脑的时间|电脑的日期|计算机的日期|system_clock|your_clock|clock 不正确|错误|有误|不一致|不准|不准确|偏差|相差|异常|校准|校正|不同步|不对|快了|慢了|ahead|behind|wrong|incorrect|skew", "时间戳服务"),
    said(NET, "clock-wrong", "err_cert_date_invalid", ""),

    // ── Seals ────────────────────────────────────────────────────────────────────────────────
    said(PORTALS, "seal-not-for-certificate", "@seal @cert 不匹配|不一致|不符|不对应|未授权|不属于|不是同一|mismatch", "名称"),
    said(PORTALS, "seal-ends-soon", "@seal 即将过期|即将到期|快到期|将到期|将过期|天后过期|天后到期|天到期|天过期|临近到期", ""),
    said(PORTALS, "seal-expired", "@seal 过期|到期|失效|不在有效期|超过有效期|超出有效期|有效期外|已过有效期|expired", "证书"),
    said(PORTALS, "seal-not-upgraded", "@seal 旧版|老版|旧标准|非国标|不是国标|未升级|需升级|需要升级|请升级|待升级|版本过低|版本不符", ""),
    said(PORTALS, "seal-unreadable", "@seal 解析失败|解析错误|格式错误|数据损坏|无法解析|数据错误|数据异常", ""),
    said(PORTALS, "seal-not-upgraded", "@seal @absent|没有|无|未制作|未办理|未申请|为空|列表为空|尚未", "控件|插件|服务|有效期|时间戳|无法|无响应|过期|印章客户端|失败"),
    said(PORTALS, "seal-data", "@seal 获取|读取|加载 失败|错误|异常|不成功", "控件|插件|服务"),

    // ── Certificates ─────────────────────────────────────────────────────────────────────────
    said(NET, "crl-missing", "吊销列表|注销列表|撤销列表|crl|ocsp|吊销状态|吊销信息|revocation 失败|错误|无法|不能|过期|未找到|超时|不可用|offline|failed|unable|unavailable|unknown", ""),
    said(GMT, "certificate-on-hold", "@cert 冻结|挂起|暂停使用|被停用|on_hold|suspended|frozen", ""),
    said(GMT, "certificate-revoked", "@cert 吊销|撤销|注销|作废|废止|revoked", "未被吊销|未吊销|没有吊销|注销登录|注销账号|退出"),
    said(GMT, "certificate-not-yet-valid", "@cert 未生效|尚未生效|没有生效|还没生效|未到生效|未到有效期|未到启用|not_yet_valid", ""),
    said(BJCA, "certificate-ends-soon", "@cert|@key|有效期 即将过期|即将到期|快过期|快到期|将要过期|将要到期|天后过期|天后到期|天过期|天到期|到期还有|过期还有|到期还剩|有效期还有|有效期还剩|临近到期|临近有效期|将在|expire_soon|about_to_expire|expires_in", "已过期|已经过期"),
    said(GMT, "certificate-expired", "@cert|@key 过期|到期|失效|不在有效期|不在有效期内|超过有效期|超出有效期|已过有效期|有效期已过|有效期外|超期|expired", "未过期|没有过期|会话|登录已失效|登录失效|登录超时|缓存|链接|验证码|请求已|页面|cookie"),
    said(PORTALS, "certificate-not-for-signing", "@cert 不是签名证书|加密证书不能|不能用于签名|不能签名|选择签名证书|使用签名证书|非签名证书", ""),
    said(RS, "certificate-not-for-encryption", "@cert 不能用于加密|不能加密|不是加密证书|选择加密证书|未找到加密证书|没有加密证书|加密证书不存在", ""),
    said(GMT, "key-not-found", "公私钥|私钥|密钥|密钥对|private_key 不匹配|不存在|未找到|找不到|没有找到|未发现|不符|not_found|mismatch", ""),
    said(PORTALS, "name-differs", "单位名称|机构名称|企业名称|公司名称|供应商名称|证书名称|所属机构|证书主体|证书单位|统一社会信用代码|信用代码|账号名称|姓名 不一致|不匹配|不符|不相符|不同|不对应|mismatch", ""),
    said(PORTALS, "account-bound-to-other", "@cert|@key 不匹配|不一致|不相符|不符|不对应|不是绑定|非绑定|非本人|不是本人|不是本单位|非本单位|不是当前|非当前|与绑定|换了|不属于当前|does_not_match|mismatch", "版本|算法|类型|格式|印章|密码|口令|浏览器|公钥|私钥"),
    said(PORTALS, "not-bound", "@cert|@key|锁 未绑定|没有绑定|尚未绑定|还没绑定|还没有绑定|未注册|没有注册|尚未注册|未关联|没有关联|未登记|未备案|未激活|未入库|请先绑定|请绑定|先进行绑定|not_bound|not_registered", "控件|插件|组件|dll|ocx|类"),
    said(PORTALS, "not-bound", "绑定信息|绑定关系|绑定记录 未查询|查询不到|没有|不存在|未找到|找不到|无", ""),
    said(PORTALS, "account-not-bound", "用户|账号|账户 不存在|未注册|没有注册|尚未注册|未绑定|没有绑定 @cert|@key|证书|绑定|注册", "密码错误"),
    said(PORTALS, "entrance-other-role", "入口|角色|用户类型|身份类型|登录身份 不正确|不符|错误|不匹配|不一致|有误|选错|选择错误|请切换", "控件"),
    said(PORTALS, "issuer-not-accepted", "@cert|颁发者|颁发机构|发证机构|根证书|证书链|签发机构|电子认证机构 不受信任|不被信任|不可信|不信任|不是可信|非可信|未受信任|不支持该ca|不支持的ca|不支持此ca|不认可|未互认|不在互认|非法ca|链不完整|链验证失败|链校验失败|untrusted|not_trusted|self_signed|unknown_ca|unknown_issuer", "127_0_0_1|localhost"),
    said(NET, "issuer-not-accepted", "err_bad_ssl_client_auth_cert|alert_unknown_ca|alert_bad_certificate", ""),
    said(RS, "certificate-unreadable", "@cert 解析失败|解析错误|格式错误|格式不正确|编码错误|读取有误|无法解析|解析异常|证书损坏", ""),
    said(PORTALS, "algorithm-not-supported", "算法|签名算法|加密算法|密钥类型|sm2|rsa|国密 不支持|不匹配|不正确|unsupported|not_supported", ""),

    // ── Programs beside the browser ──────────────────────────────────────────────────────────
    said(NET, "client-not-running", "127_0_0_1|localhost|loopback @off|@fails|占用|err|net|不受信任|不安全|untrusted|cors|denied|permission|私有|地址空间|address_space", ""),
    said(NET, "client-not-running", "local_network_access|private_network_access|more_private_address_space|loopback_address_space|loopback_network 拒绝|denied|blocked|permission|requests|request|policy|prompt", ""),
    said(NET, "client-not-running", "err_connection_refused|err_blocked_by_private_network_access_checks|err_blocked_by_local_network_access_checks", ""),
    said(PORTALS, "control-missing", "@control @off|未加载|没有加载|加载失败|未能加载|无法加载|无法创建|创建失败|不支持|初始化失败|初始化错误|初始化异常|未初始化|注册失败|未注册|没有注册|缺少|缺失|被阻止|阻止了|已禁用|被禁用|版本过低|版本过旧|版本太低|需要更新|需要升级|请更新|请升级|未启用|not_defined|not_supported|undefined|不存在|错误|异常", "时间戳"),
    said(PAGES, "control-missing", "automation_服务器不能创建对象|automation服务器不能创建对象|automation_server_can_t_create_object|activexobject|对象不支持此属性或方法|对象不支持|没有注册类|class_not_registered", ""),
    said(PORTALS, "control-missing", "使用|仅支持|只支持|支持|切换|换用|更换|设置|改用 ie|ie浏览器|ie8|ie9|ie10|ie11|internet_explorer|ie内核|ie模式|兼容模式|兼容性视图|兼容视图|32位浏览器", ""),
    said(PORTALS, "control-missing", "浏览器|browser 不支持|不兼容|版本不支持|请更换浏览器|更换浏览器|not_supported|unsupported", "版本过低"),
    said(PAGES, "control-missing", "sof|rs|skf|xtxsab|xtxapp|cryptokit|topesa|sealctrl is_not_a_function|is_not_defined|is_undefined|of_undefined|of_null", ""),
    said(RS, "client-not-running", "@client|服务 未启动|没有启动|没启动|未运行|没有运行|未开启|未打开|请启动|请先启动|启动失败|是否启动|是否已启动|not_running", "平台服务|读卡服务|smart_card|pcscd|智能卡服务|智能卡"),
    said(BJCA, "client-not-running", "@client @off", "时间戳|驱动程序未|读卡服务"),
    said(BJCA, "client-not-running", "websocket|web_socket|wss|ws 失败|错误|异常|断开|关闭|failed|error|closed|connection", ""),
    said(GMT, "reader-service-off", "智能卡服务|智能卡资源管理器|智能卡资源|读卡服务|smart_card_service|smart_card_resource_manager|scardsvr|pcscd @off|not_running|未运行|is_not_running|stopped", ""),
    said(PORTALS, "module-load-failed", "驱动|动态库|dll|库文件|driver|library|skf库|接口库 加载失败|加载错误|加载异常|无法加载|加载不|不兼容|load_failed|failed_to_load|cannot_open_shared|could_not_load|装载失败|导入失败|调用失败", ""),
    said(PORTALS, "no-module", "驱动|驱动程序|driver 未安装|没有安装|没安装|尚未安装|未正确安装|未检测到|检测不到|未找到|找不到|没有找到|缺失|缺少|不存在|请安装|先安装|重新安装|是否安装|是否已安装|是否正确安装|安装失败|请下载|异常|错误|版本过低|版本过旧|未注册|not_installed|not_found|missing", ""),

    // ── Keys ─────────────────────────────────────────────────────────────────────────────────
    said(RS, "several-tokens", "多个|多把|多只|两个|两把|两只|不止一个|不止一把|超过一个|只能插入一|只插入一|请插入一把|仅插入一|仅能插入一|只保留一|multiple @key|证书介质|token|tokens|keys|ca锁|设备", "密钥|公钥"),
    said(PORTALS, "several-certificates", "多个|多张|两张|不止一张|multiple @cert|证书容器|容器", "介质"),
    said(GMT, "token-busy", "@key|设备|device 占用|正在使用|正被使用|被其他程序|被其它程序|独占|in_use|busy|sharing_violation", ""),
    said(GMT, "token-removed", "@key|设备|device 已拔出|被拔出|拔出|拔掉|已移除|被移除|已断开|断开了|已拔|removed|unplugged", "请拔出|拔出后|拔出再|重新拔"),
    said(GMT, "token-empty", "@key|容器|设备|锁 没有证书|无证书|没有数字证书|无数字证书|未写入证书|不含证书|中证书为空|证书为空|证书列表为空|容器为空|容器不存在|没有容器|未找到容器|空的|no_certificate|no_certificates", ""),
    said(ITRUS, "no-token", "@key @absent", "控件|插件|驱动|客户端|服务|公钥|私钥|密钥|证书不存在|打不开|password"),
    said(PORTALS, "no-token", "插入|插好|插上|插ca 锁|钥匙|证书|ca|设备|介质|key|ukey|盘", "已插入|已经插入|成功插入|插入成功|图片|表格|插入行|插入数据|文档|附件"),
    said(PORTALS, "no-token", "@absent 数字证书|ca证书|签名证书|有效证书|有效的证书|可用证书|可用的证书|用户证书|任何证书|证书|ca", "匹配|加密证书|根证书|颁发|控件|插件|驱动|客户端|服务|请将|不存在|安装"),
    said(RS, "certificate-not-found", "证书|certificate|cert 不存在|找不到|未找到|没有找到|缺失|丢失|not_found|获取失败|读取失败|导出失败|获取证书失败|读取证书失败|导出用户证书失败|获取用户信息失败", "控件|插件|驱动|客户端"),
    said(BJCA, "certificate-not-found", "获取|导出|读取 证书|用户列表|证书列表|用户信息 失败|错误|异常|为空", "服务器"),
    said(GMT, "token-unreadable", "@key|设备|device 打开|连接|初始化|读取|识别|枚举|访问 失败|错误|异常|出错|不成功", "控件|插件|服务"),
    said(GMT, "token-unreadable", "@key|设备|device 无法读取|无法打开|无法使用|不可用|未初始化|没有初始化|已损坏|损坏|unrecognized|not_recognized", "控件|插件"),
    said(PORTALS, "issuer-not-accepted", "证书|ca证书 验证失败|校验失败|认证失败|验证不通过|校验不通过|验证未通过|证书无效|无效证书|非法证书|不合法|is_invalid|invalid_certificate", ""),

    // ── What a page was doing ────────────────────────────────────────────────────────────────
    said(PORTALS, "platform-service-failed", "时间戳|时间戳服务|tsa|time_stamp|timestamp @fails|不可用|不正确|无效|验证", ""),
    said(PORTALS, "decryption-failed", "解密 失败|错误|出错|异常|不成功|未成功|无法", ""),
    said(PORTALS, "decryption-failed", "decrypt|decryption failed|error|failure", ""),
    said(PORTALS, "sealing-failed", "签章|盖章|加盖|用印|签电子章 失败|失敗|出错|错误|异常|不成功|未成功", "验证签章|签章验证|验章"),
    said(PORTALS, "signature-invalid", "验签|签名验证|验证签名|签名校验|校验签名|签名值验证|签章验证|验章|signature_verification|verify_signature 失败|不通过|未通过|无效|错误|异常|不正确|failed|error", ""),
    said(PORTALS, "signature-invalid", "签名|签章|signature 无效|不正确|is_invalid|invalid|bad", "控件|证书"),
    said(GMT, "module-failed", "签名|数字签名|加签|签名运算|signing 失败|出错|异常|不成功|错误|failed", "验"),
    said(GMT, "module-failed", "@key|设备|device 操作失败|操作异常|错误|异常|故障|通讯失败|通信失败|无响应|failed|error|failure", "控件|插件|服务"),
    said(PORTALS, "challenge-expired", "登录|会话|session|令牌|随机数|挑战 超时|过期|失效|expired|timeout|timed_out", "证书|连接"),
    said(PORTALS, "platform-service-failed", "服务器|服务端|网关|后台|系统|server|gateway 错误|异常|失败|繁忙|无响应|内部错误|超时|维护|不可用|error|unavailable|timeout|bad", "系统时间|操作系统|本机|127_0_0_1|未知错误"),
    said(NET, "platform-service-failed", "网络|network|网络连接|fetch|xmlhttprequest 异常|错误|失败|超时|中断|不可用|error|failed|changed|timed_out", "本地"),
    said(NET, "platform-service-failed", "err_internet_disconnected|err_ssl_protocol_error|err_name_not_resolved|err_connection_timed_out|err_connection_reset|err_connection_closed|err_network_changed|err_timed_out|err_address_unreachable|err_proxy_connection_failed|无法访问此网站|failed_to_fetch|bad_gateway|gateway_timeout|service_unavailable|internal_server_error", ""),

    // ── What says nothing at all ─────────────────────────────────────────────────────────────
    said(PORTALS, "unknown-error", "未知错误|未知异常", ""),
];

const fn coded(system: System, number: u32, name: &'static str, means: &'static str) -> Coded {
    Coded {
        system,
        number,
        name,
        means,
    }
}

use System::{Pkcs11, Skf, Sof, UnifiedClient, ValidateCert, Windows};

/// As numbers and names, what is graver first.
#[rustfmt::skip]
pub(super) const CODED: &[Coded] = &[
    coded(Skf, 0x0A00_0025, "SAR_PIN_LOCKED", "pin-locked"),
    coded(Pkcs11, 0xA4, "CKR_PIN_LOCKED", "pin-locked"),
    coded(Sof, 0x0B00_0442, "SOR_UserPinLocked", "pin-locked"),
    coded(Windows, 0x8010_006C, "SCARD_W_CHV_BLOCKED", "pin-locked"),

    coded(Skf, 0x0A00_0024, "SAR_PIN_INCORRECT", "pin-incorrect"),
    coded(Skf, 0x0A00_0026, "SAR_PIN_INVALID", "pin-incorrect"),
    coded(Pkcs11, 0xA0, "CKR_PIN_INCORRECT", "pin-incorrect"),
    coded(Pkcs11, 0xA1, "CKR_PIN_INVALID", "pin-incorrect"),
    coded(Sof, 0x0B00_0426, "SOR_WrongPinErr", "pin-incorrect"),
    coded(UnifiedClient, 9011, "", "pin-incorrect"),
    coded(Windows, 0x8010_006B, "SCARD_W_WRONG_CHV", "pin-incorrect"),
    coded(Skf, 0x0A00_0027, "SAR_PIN_LEN_RANGE", "pin-length"),
    coded(Pkcs11, 0xA2, "CKR_PIN_LEN_RANGE", "pin-length"),
    coded(Skf, 0x0A00_0029, "SAR_USER_PIN_NOT_INITIALIZED", "pin-not-set"),
    coded(Pkcs11, 0xA3, "CKR_PIN_EXPIRED", "pin-not-set"),
    coded(Pkcs11, 0x102, "CKR_USER_PIN_NOT_INITIALIZED", "pin-not-set"),
    coded(Skf, 0x0A00_002D, "SAR_USER_NOT_LOGGED_IN", "pin-required"),
    coded(Pkcs11, 0x101, "CKR_USER_NOT_LOGGED_IN", "pin-required"),
    coded(Sof, 0x0B00_0438, "SOR_NotLoginErr", "pin-required"),
    coded(UnifiedClient, 9010, "", "pin-required"),
    coded(UnifiedClient, 9013, "", "pin-required"),
    coded(UnifiedClient, 9028, "", "pin-required"),

    coded(Sof, 0x0B00_0408, "SOR_CertRevokedErr", "certificate-revoked"),
    coded(ValidateCert, 0xFFFF_FFFD, "", "certificate-revoked"),
    coded(Windows, 0x8009_2010, "CRYPT_E_REVOKED", "certificate-revoked"),
    coded(Windows, 0x800B_010C, "CERT_E_REVOKED", "certificate-revoked"),
    coded(Sof, 0x0B00_0502, "SOR_CertFrozenErr", "certificate-on-hold"),
    coded(ValidateCert, 0xFFFF_FFFC, "", "certificate-on-hold"),
    coded(Sof, 0x0B00_0407, "SOR_CertHasExpiredErr", "certificate-expired"),
    coded(ValidateCert, 0xFFFF_FFFE, "", "certificate-expired"),
    coded(Windows, 0x800B_0101, "CERT_E_EXPIRED", "certificate-expired"),
    coded(Windows, 0x8009_0328, "SEC_E_CERT_EXPIRED", "certificate-expired"),
    coded(Sof, 0x0B00_0501, "SOR_CertNotYetValidErr", "certificate-not-yet-valid"),
    coded(ValidateCert, 0xFFFF_FFFB, "", "certificate-not-yet-valid"),
    coded(Sof, 0x0B00_0406, "SOR_CertInvalidErr", "issuer-not-accepted"),
    coded(Sof, 0x0B01_0012, "SOR_CertNotTrustedErr", "issuer-not-accepted"),
    coded(ValidateCert, 0xFFFF_FFFF, "", "issuer-not-accepted"),
    coded(Windows, 0x800B_0109, "CERT_E_UNTRUSTEDROOT", "issuer-not-accepted"),
    coded(Windows, 0x800B_010A, "CERT_E_CHAINING", "issuer-not-accepted"),
    coded(Windows, 0x8009_2012, "CRYPT_E_NO_REVOCATION_CHECK", "crl-missing"),
    coded(Windows, 0x8009_2013, "CRYPT_E_REVOCATION_OFFLINE", "crl-missing"),
    coded(Sof, 0x0B00_0405, "SOR_CertEncodeErr", "certificate-unreadable"),
    coded(Sof, 0x0B00_0443, "SOR_CertParseErr", "certificate-unreadable"),
    coded(UnifiedClient, 9006, "", "certificate-unreadable"),

    coded(UnifiedClient, 9001, "", "no-token"),
    coded(UnifiedClient, 9037, "", "no-token"),
    coded(Pkcs11, 0xE0, "CKR_TOKEN_NOT_PRESENT", "no-token"),
    coded(Pkcs11, 0x03, "CKR_SLOT_ID_INVALID", "no-token"),
    coded(Sof, 0x0B00_0500, "SOR_EnumDevErr", "no-token"),
    coded(Sof, 0x0B00_100A, "SOR_EnumNoCertErr", "no-token"),
    coded(Windows, 0x8010_000C, "SCARD_E_NO_SMARTCARD", "no-token"),
    coded(Windows, 0x8010_002E, "SCARD_E_NO_READERS_AVAILABLE", "no-token"),
    coded(Windows, 0x8010_001D, "SCARD_E_NO_SERVICE", "reader-service-off"),
    coded(Windows, 0x8010_001E, "SCARD_E_SERVICE_STOPPED", "reader-service-off"),
    coded(UnifiedClient, 9002, "", "several-tokens"),
    coded(Skf, 0x0A00_0023, "SAR_DEVICE_REMOVED", "token-removed"),
    coded(Pkcs11, 0x32, "CKR_DEVICE_REMOVED", "token-removed"),
    coded(Pkcs11, 0xB3, "CKR_SESSION_HANDLE_INVALID", "token-removed"),
    coded(Sof, 0x0B00_0448, "SOR_DeviceRemoved", "token-removed"),
    coded(Windows, 0x8010_0069, "SCARD_W_REMOVED_CARD", "token-removed"),
    coded(Pkcs11, 0x100, "CKR_USER_ALREADY_LOGGED_IN", "token-busy"),
    coded(Pkcs11, 0x104, "CKR_USER_ANOTHER_ALREADY_LOGGED_IN", "token-busy"),
    coded(Pkcs11, 0xB1, "CKR_SESSION_COUNT", "token-busy"),
    coded(Skf, 0x0A00_0028, "SAR_USER_ALREADY_LOGGED_IN", "token-busy"),
    coded(Windows, 0x8010_000B, "SCARD_E_SHARING_VIOLATION", "token-busy"),
    coded(Pkcs11, 0xE1, "CKR_TOKEN_NOT_RECOGNIZED", "token-unreadable"),
    coded(Skf, 0x0A00_002E, "SAR_APPLICATION_NOT_EXISTS", "token-unreadable"),
    coded(Windows, 0x8010_0065, "SCARD_W_UNSUPPORTED_CARD", "token-unreadable"),
    coded(Windows, 0x8010_0066, "SCARD_W_UNRESPONSIVE_CARD", "token-unreadable"),
    coded(UnifiedClient, 9008, "", "token-unreadable"),
    coded(UnifiedClient, 9018, "", "token-unreadable"),

    coded(Skf, 0x0A00_001C, "SAR_CERTNOTFOUNDERR", "certificate-not-found"),
    coded(Skf, 0x0A00_0101, "", "certificate-not-found"),
    coded(Sof, 0x0B00_0310, "SOR_CertNotFountErr", "certificate-not-found"),
    coded(Sof, 0x0B00_0425, "SOR_ContainerNotExistErr", "certificate-not-found"),
    coded(Pkcs11, 0x82, "CKR_OBJECT_HANDLE_INVALID", "certificate-not-found"),
    coded(UnifiedClient, 9004, "", "certificate-not-found"),
    coded(UnifiedClient, 9005, "", "certificate-not-found"),
    coded(UnifiedClient, 9014, "", "certificate-not-found"),
    coded(UnifiedClient, 9029, "", "certificate-not-found"),
    coded(Windows, 0x8009_0016, "NTE_BAD_KEYSET", "key-not-found"),
    coded(Skf, 0x0A00_001B, "SAR_KEYNOTFOUNTERR", "key-not-found"),
    coded(Sof, 0x0B00_0309, "SOR_KeyNotFountErr", "key-not-found"),
    coded(Pkcs11, 0x60, "CKR_KEY_HANDLE_INVALID", "key-not-found"),
    coded(UnifiedClient, 9024, "", "certificate-not-for-encryption"),
    coded(UnifiedClient, 9012, "", "certificate-not-for-signing"),
    coded(Skf, 0x0A00_000A, "SAR_KEYUSAGEERR", "certificate-not-for-signing"),

    coded(Skf, 0x0A00_0003, "SAR_NOTSUPPORTYETERR", "mechanism-missing"),
    coded(Sof, 0x0B00_0002, "SOR_NotSupportYetErr", "mechanism-missing"),
    coded(Pkcs11, 0x54, "CKR_FUNCTION_NOT_SUPPORTED", "mechanism-missing"),
    coded(Pkcs11, 0x70, "CKR_MECHANISM_INVALID", "mechanism-missing"),
    coded(UnifiedClient, 9039, "", "mechanism-missing"),
    coded(UnifiedClient, 9040, "", "mechanism-missing"),
    coded(Windows, 0x8009_001D, "NTE_PROV_DLL_NOT_FOUND", "no-module"),
    coded(Sof, 0x0B00_0005, "SOR_LoadProviderErr", "module-load-failed"),
    coded(Sof, 0x0B00_0006, "SOR_LoadDevMngApiErr", "module-load-failed"),
    coded(UnifiedClient, 9031, "", "decryption-failed"),
    coded(Skf, 0x0A00_001E, "SAR_DECRYPTPADERR", "decryption-failed"),
    coded(Skf, 0x0A00_0019, "SAR_RSADECERR", "decryption-failed"),
    coded(Sof, 0x0B00_0416, "SOR_DecryptDataErr", "decryption-failed"),
    coded(Pkcs11, 0x40, "CKR_ENCRYPTED_DATA_INVALID", "decryption-failed"),
    coded(Sof, 0x0B00_0410, "SOR_VerifySignDataErr", "signature-invalid"),
    coded(Pkcs11, 0xC0, "CKR_SIGNATURE_INVALID", "signature-invalid"),
    coded(Windows, 0x8009_6004, "TRUST_E_CERT_SIGNATURE", "signature-invalid"),
    coded(Sof, 0x0B01_000B, "SOR_SealNotExist", "seal-not-upgraded"),
    coded(Sof, 0x0B01_000D, "SOR_SealParseErr", "seal-unreadable"),
    coded(Sof, 0x0B00_1003, "SOR_ServiceNotConnect", "client-not-running"),
    coded(Sof, 0x0B00_1001, "SOR_ServiceTimeoutErr", "client-not-running"),
    coded(Sof, 0x0B00_1002, "SOR_ServiceComErr", "client-not-running"),
    coded(Sof, 0x0B00_0431, "SOR_TSP_Err", "platform-service-failed"),
    coded(Sof, 0x0B01_0007, "SOR_HttpReqeustErr", "platform-service-failed"),
];

/// Families of numbers and of names without a line of their own: the key's library failed. They say
/// less than words beside them.
pub(super) const FAMILIES: &[(System, &str, u32, u32)] = &[
    (Skf, "sar_", 0x0A00_0001, 0x0A00_00FF),
    (Sof, "sor_", 0x0B00_0001, 0x0B01_FFFF),
    (Pkcs11, "ckr_", 0x05, 0x06),
    (Pkcs11, "ckr_", 0x30, 0x31),
    (Windows, "scard_", 0x8010_0001, 0x8010_0071),
];

/// What they mean.
pub(super) const FAMILY_MEANS: &str = "module-failed";
