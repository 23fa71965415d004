//! What `--help` and the manual page say. Lines of Chinese are broken by hand, since nothing else breaks where there is no space:
//! 30 characters at most for an option, 38 for a command. A test measures them.

use super::Words;

words! {
    YINXIN
    zh "印信：用 UKey 中的证书和印章签名、盖章，核验签名。"
    en "Yinxin: sign with the certificates and seals of a USB key, and verify what was signed."
    INSTALL
    zh "在浏览器中登记本机程序"
    en "Register the host with browsers"
    INSTALL_MORE
    zh "不给 --browser 和 --user-data-dir 时，登记装有的浏览器；\n一种都没有装时，登记 chromium、chrome 和 edge。再运行一次可以修好登记。"
    en "Without --browser and --user-data-dir: with the browsers that are there, or where none is with chromium, chrome and edge. Running it again mends what is there."
    UNINSTALL
    zh "撤销登记"
    en "Take the registration back"
    DOCTOR
    zh "逐项检查哪里能用、哪里不能用、为什么"
    en "Say what works, what does not, and why"
    DOCTOR_MORE
    zh "除 --test-signature 外，任何检查都不会用掉 PIN 码的尝试机会。\n退出状态 3：发现了不能用的。"
    en "But for --test-signature nothing uses a try of the PIN. Exit status 3: something does not work."
    TOKENS
    zh "列出 UKey 和其中的印章"
    en "List keys with their seals"
    CERTIFICATES
    zh "列出 UKey 中的证书"
    en "List the certificates in keys"
    SIGN
    zh "签署文件，或给文件盖章"
    en "Sign a file, or set a seal on it"
    SIGN_MORE
    zh "写出的文件要么完整，要么不出现；不会改动 --in 的文件。"
    en "What is written appears as a whole or not at all, and the file that is signed stays as it is."
    SEAL
    zh "把电子印章写入 UKey"
    en "Write an electronic seal into a key"
    SEAL_MORE
    zh "如被中断，请再运行一次。"
    en "If it is interrupted, run it again."
    VERIFY
    zh "核验文件：谁签的、是否可信、之后有没有改动"
    en "Verify files: who signed, whether to believe it, what was changed since"
    VERIFY_MORE
    zh "\
可以核验：签名文件（CMS）、OFD、PDF、印章、印章数据（SES_Signature）
和证书；有 --challenge 时，核验登录应答。

信任的起点是国家根及其所列机构；给了 --anchor 就只信任这些，
再加 --national 则两者都信任。

退出状态：0 全部通过；4 有文件未通过；1 有文件无法核验；
5 有文件还没核实完（按此顺序取最重的）。"
    en "\
Takes signatures (CMS), OFD, PDF, seals, what seals sign (SES_Signature) and certificates; with --challenge proofs of logins.

Trust begins at the national root and the CAs that it lists; with --anchor at those certificates alone, or with --national at both.

Exit status: 0 all are good; else the gravest of: 4 something speaks against a file, 1 a file can't be verified, 5 something about a file is open."
    HELP
    zh "显示用法：yinxin help sign 与 yinxin sign --help 相同"
    en "Show how to use it: “yinxin help sign” is “yinxin sign --help”"
    COMPLETIONS
    zh "输出命令补全脚本"
    en "Print a script that completes commands"
    COMPLETIONS_MORE
    zh "例如：yinxin completions bash > ~/.local/share/bash-completion/completions/yinxin"
    en "For example: yinxin completions bash > ~/.local/share/bash-completion/completions/yinxin"
    MANUAL
    zh "输出手册页（man）"
    en "Print the manual page"
    YINXIN_MORE
    zh "\
--module 只为这一次增加一个驱动（PKCS #11，否则 SKF）。
环境变量 YINXIN_HOST_CONFIG 指明配置文件。
退出状态：0 成功；1 失败（标准错误输出一行：代码、说明、办法）；
2 用法不对；3 doctor 发现了不能用的；4、5 见 yinxin help verify。"
    en "\
--module adds a library (PKCS #11, else SKF) for this call only. YINXIN_HOST_CONFIG names the configuration.

Exit status: 0 success; 1 a failure (one line on standard error: code, message, remedy); 2 wrong usage; 3 doctor found something that does not work; 4 and 5 see “yinxin help verify”."

    // Headings and names of values
    USAGE
    zh "用法："
    en "Usage: "
    COMMANDS
    zh "命令"
    en "Commands"
    ARGUMENTS
    zh "参数"
    en "Arguments"
    OPTIONS
    zh "选项"
    en "Options"
    OPTIONS_SHORT
    zh "[选项]"
    en "[OPTIONS]"
    FOR_DOCUMENTS
    zh "用于 --format pdf 和 ofd"
    en "With --format pdf and ofd"
    FOR_PDF
    zh "用于 --format pdf"
    en "With --format pdf"
    FOR_OFD
    zh "用于 --format ofd"
    en "With --format ofd"
    FOR_LOGINS
    zh "核验登录应答"
    en "For proofs of logins"
    A_BROWSER
    zh "名称"
    en "NAME"
    A_FOLDER
    zh "文件夹"
    en "DIR"
    A_FILE
    zh "文件"
    en "FILE"
    A_PATH
    zh "路径"
    en "PATH"
    A_TOKEN
    zh "UKey名称"
    en "LABEL"
    A_NUMBER
    zh "序列号"
    en "S"
    A_FORMAT
    zh "格式"
    en "FORMAT"
    A_PROGRAM
    zh "程序"
    en "PROGRAM"
    A_KIND
    zh "种类"
    en "KIND"
    A_NAME
    zh "名称"
    en "NAME"
    A_PAGE
    zh "页码"
    en "N"
    MILLIMETRES
    zh "毫米"
    en "MM"
    A_TEXT
    zh "文字"
    en "TEXT"
    A_CERTIFICATE
    zh "证书"
    en "FILE"
    A_TIME
    zh "时间"
    en "TIME"
    AN_ORIGIN
    zh "网站"
    en "ORIGIN"
    A_SESSION
    zh "会话"
    en "S"
    A_PURPOSE
    zh "目的"
    en "P"
    A_COMMAND
    zh "命令"
    en "COMMAND"
    A_SHELL
    zh "名称"
    en "SHELL"

    // Options
    SHOWS_HELP
    zh "显示用法"
    en "Show how to use it"
    SHOWS_VERSION
    zh "显示版本"
    en "Show the version"
    MODULE
    zh "只为这一次增加一个驱动"
    en "Adds a library (PKCS #11, else SKF) for this call only"
    JSON
    zh "输出 JSON，出错时也是"
    en "As JSON, failures too"
    BROWSER
    zh "chromium、chrome、edge、firefox、brave、\nvivaldi、opera 或 qaxbrowser，可以给多个"
    en "chromium, chrome, edge, firefox, brave, vivaldi, opera or qaxbrowser, where that is known on this system; any number of times"
    USER_DATA_DIR
    zh "浏览器的用户数据文件夹，可以给多个"
    en "A browser's folder of profiles; any number of times"
    EXTENSION_ID
    zh "允许另一个扩展调用，并写入配置"
    en "Lets another extension call, and writes that to the configuration"
    CONFIG
    zh "这次登记所用的配置，文件须已存在"
    en "The configuration for this registration, which must be there"
    DRY_RUN
    zh "只说明要改什么，不改动"
    en "Only says what would change"
    ALL_USERS
    zh "为这台电脑的所有用户登记，须以管理员身份运行"
    en "For all users of this computer, by an administrator"
    REPAIR
    zh "在启动不了本机程序的浏览器中重新登记"
    en "Registers the host anew with the browsers that could not start it"
    UNDO
    zh "撤销上次的修复"
    en "Takes the last repair back"
    REPORT
    zh "写一份给技术支持的报告，其中没有 PIN 码、\n证书和印章的内容，除 UKey 名称外没有任何名称：\n发送前请先看一遍"
    en "Writes it into a file for support, which holds no PIN, no content of certificates or seals and no names but the labels of keys: read it before you send it"
    TEST_SIGNATURE
    zh "试签一次登录，会用到一次 PIN 码的尝试机会"
    en "Signs a login for trying out, and uses a try of the PIN for it"
    FORCE
    zh "替换已有的文件"
    en "Replaces a file that is there"
    PIN_STDIN
    zh "从标准输入的第一行读 PIN 码，不在终端询问"
    en "Reads the PIN from the first line of standard input instead of asking for it"
    TOKEN
    zh "UKey 的名称（tokens 列出）"
    en "The key, as “tokens” lists it"
    SERIAL
    zh "有几个 UKey 同名时，指明是哪一个"
    en "Which key, where several have the label"
    ID
    zh "证书的 id（certificates 列出），十六进制"
    en "The certificate's id, as “certificates” lists it, in hex"
    CERTIFICATE
    zh "有几张证书的 id 相同时，指明是哪一张"
    en "Which certificate, where several have the id"
    FORMAT
    zh "raw 签名值；cms 签名文件；cms-attached 签名文件，\n含原文；pdf、ofd 签名或印章写进文件，\n原有内容和已有的签名不变"
    en "raw, the bare signature; cms; cms-attached, with the file in it; pdf, ofd: in the document itself, whose content and signatures stay as they are"
    IN
    zh "要签的文件；- 是标准输入"
    en "The file to sign; - is standard input"
    OUT
    zh "签名写到哪里；- 是标准输出"
    en "Where the result goes; - is standard output"
    TIME_STAMPER
    zh "为签名加盖时间戳（RFC 3161）：程序从标准输入\n得到请求，把应答写到标准输出"
    en "Sets a time stamp (RFC 3161) on the signature: the program gets the request on its standard input, and gives the answer on its standard output"
    SET_SEAL
    zh "有几枚印章时，指明是哪一枚"
    en "Which seal, where there are several"
    PAGE
    zh "页码，从 1 起"
    en "The page, from 1"
    LEFT
    zh "图片离页面左边多少毫米；不写时不显示"
    en "Where it is seen, from the page's left edge; else it is not seen"
    TOP
    zh "图片离页面上边多少毫米"
    en "Where it is seen, from the page's upper edge"
    SUB_FILTER
    zh "ETSI.CAdES.detached（不写时）、adbe.pkcs7.detached、\nGM.sm2seal（用 UKey 中的印章盖章）或\nGM.sm2cms.detached"
    en "ETSI.CAdES.detached (the default), adbe.pkcs7.detached, GM.sm2seal (sets a seal of the key) or GM.sm2cms.detached"
    FIELD
    zh "填写已有的空白签名域，显示在它所在的位置"
    en "Fills an empty field that is there, and is seen where that is"
    WIDTH
    zh "图片的宽度"
    en "Its width"
    PICTURE
    zh "显示的图片；盖章时不写就显示印章自己的图片"
    en "What is seen; a seal shows its own"
    REASON
    zh "签署的理由"
    en "Why it is signed"
    LOCATION
    zh "签署的地点"
    en "Where it is signed"
    CERTIFY
    zh "认证文件，此后只允许 nothing、forms 或\nannotations 这些改动"
    en "Certifies the document, and permits nothing, forms or annotations afterwards"
    STRADDLING
    zh "骑缝章，离页面上边多少毫米"
    en "In slices over the right edge of all pages, from their upper edge"
    TO_BE_CONTINUED
    zh "之后还可以继续盖章"
    en "Allows further seals"
    SEAL_IN
    zh "印章文件；- 是标准输入"
    en "The file with the seal; - is standard input"
    REPLACE
    zh "要替换的印章（tokens 列出各自的 SHA-256），\n在新印章读回无误之后才会删除"
    en "The seal to be replaced (“tokens” lists the SHA-256 of each), which is taken out only after the new one was read back"
    FILES
    zh "要核验的文件；- 是标准输入"
    en "What is to be verified; - is standard input"
    CONTENT
    zh "签名文件之外的原文"
    en "What a signature without it is over"
    ANCHOR
    zh "信任的起点，可以给多个"
    en "Where trust begins; any number of times, as the four below"
    NATIONAL
    zh "也信任国家根"
    en "Trusts the national root too"
    INTERMEDIATE
    zh "中间证书，可以给多个"
    en "Certificates between"
    ISSUER
    zh "只接受由它直接签发的证书，可以给多个"
    en "CAs of which one must have issued the signer's certificate"
    MAKER
    zh "接受的制章者，可以给多个"
    en "Makers whose seals are accepted"
    CRL
    zh "吊销列表，可以给多个"
    en "Revocation lists"
    AT
    zh "按另一时间判断"
    en "Judges for another time"
    CHALLENGE
    zh "网站保存的挑战记录：要核验的是登录应答（JSON）"
    en "The record of the challenge that the portal kept: the files are proofs (JSON)"
    ORIGIN
    zh "网站的源，如 https://portal.example"
    en "The portal's origin, as https://portal.example"
    SESSION
    zh "挑战所属的会话"
    en "The session of the challenge"
    PURPOSE
    zh "登录的目的，不写时为 login"
    en "What the login is for; login, if absent"
    SHELL
    zh "bash、elvish、fish、powershell 或 zsh"
    en "bash, elvish, fish, powershell or zsh"
    OF_COMMAND
    zh "哪个命令的用法"
    en "Whose usage"
}
