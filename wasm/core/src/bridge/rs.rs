//! The skin of 统一安全认证客户端: how its calls carry what [`Request`] says, and how its envelope carries the answer. Source
//! of names, fields and codes: page scripts of portals that call it, as far as they are public; where those don't say what
//! a code is for, the nearest was taken.
//!
//! Codes of that program which nobody gets here, and why:
//!
//! | code | |
//! |---|---|
//! | 9002 several keys | the user chooses in our window |
//! | 9007 an item failed | items are there, absent (9017) or unknown (9016) |
//! | 9008, 9018 a key or its application can't be opened | that is the host's matter, and 9999 |
//! | 9010 no PIN, 9013 PIN first | our window asks for it |
//! | 9030 encryption failed | what could make it fail has codes of its own (9023 to 9025, 9039, 9040) |
//! | 9037 no UKEY | the same as 9001, which pages ask for |
//!
//! 9999 stands for all that has no code of its own. Of a call that needs the window the page hears 9001 where the user
//! pressed nothing before it, since no key is what it knows to handle.

use super::request::{Answer, Failure, Form, Request, Usage};
use std::collections::BTreeMap;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::pem::base64;
use yinxin_pki::sm2::Ciphertext;
use yinxin_proto::Base64;
use yinxin_proto::bridge::{Function, Operation};
use yinxin_proto::flow::Json;

/// A call's fields.
pub(super) type Fields = BTreeMap<String, String>;

/// Reads a call.
pub(super) fn read(function: &Function, fields: &Fields) -> Result<Request, Failure> {
    let field = |name: &str| fields.get(name).map(String::as_str).unwrap_or_default();
    let container = || match field("containerId") {
        "" => Err(Failure::ContainerMissing),
        container => Ok(container.to_owned()),
    };
    let certificate = || match field("certBase64") {
        "" => Err(Failure::CertificateMissing),
        text => base64(text)
            .and_then(|der| Certificate::from_der(der).ok())
            .map(Box::new)
            .ok_or(Failure::CertificateUnreadable),
    };
    let item = || match field("type") {
        "" => Err(Failure::ItemMissing),
        number => number.parse().map_err(|_| Failure::ItemUnknown),
    };
    let signed = || match function.content.iter().find_map(|name| fields.get(*name)) {
        None => Err(Failure::FieldMissing),
        Some(text) if text.is_empty() => Err(Failure::FieldMissing),
        Some(text) => Ok(text.clone()),
    };
    let signature = || match field("signdMsg") {
        "" => Err(Failure::FieldMissing),
        text => base64(text).ok_or(Failure::SignatureMalformed),
    };
    let text = |name: &str| match field(name) {
        "" => Err(Failure::FieldMissing),
        text => Ok(text.to_owned()),
    };
    let detached = || match field("flag") {
        "0" => Ok(false),
        "1" => Ok(true),
        _ => Err(Failure::FieldMissing),
    };
    Ok(match function.operation {
        Operation::UserList => Request::UserList,
        Operation::ExportCertificate => Request::Export {
            container: container()?,
            usage: match field("certType") {
                "1" => Usage::Sign,
                "2" => Usage::Encrypt,
                _ => return Err(Failure::UsageUnknown),
            },
        },
        Operation::CertificateInfo => Request::CertificateInfo {
            certificate: certificate()?,
            item: item()?,
        },
        Operation::ValidateCertificate => Request::Validate {
            certificate: certificate()?,
        },
        Operation::Login => Request::Login {
            container: container()?,
        },
        Operation::IsLoggedIn => Request::IsLoggedIn {
            container: container()?,
        },
        Operation::PinRetryCount => Request::PinRetryCount {
            container: container()?,
        },
        Operation::DeviceInfo => Request::DeviceInfo {
            container: container()?,
            item: item()?,
        },
        Operation::DeviceSerial => Request::DeviceSerial {
            container: container()?,
        },
        Operation::SignData => Request::Sign {
            container: container()?,
            text: signed()?,
            form: Form::Bare,
        },
        Operation::SignMessage => Request::Sign {
            container: container()?,
            text: signed()?,
            form: Form::Message {
                attached: !detached()?,
            },
        },
        Operation::VerifySignedData => Request::Verify {
            certificate: certificate()?,
            text: text("asn1Msg").or_else(|_| text("msg"))?,
            signature: signature()?,
        },
        Operation::VerifySignedMessage => Request::VerifyMessage {
            message: signature()?,
            text: detached()?.then(|| text("msg")).transpose()?,
        },
        Operation::SetParameter => Request::SetParameter {
            name: parameter(field("cmd"))?,
            value: match field("val") {
                long if long.len() > MAX_PARAMETER_BYTES => return Err(Failure::ParameterUnknown),
                value => value.to_owned(),
            },
        },
        Operation::Parameter => Request::Parameter {
            name: parameter(field("cmd"))?,
        },
        Operation::Version => Request::Version,
        Operation::ChangePin => Request::ChangePin {
            container: container()?,
        },
        Operation::Encrypt => Request::Encrypt {
            text: match field("rsKey") {
                "" => return Err(Failure::PlaintextMissing),
                long if long.len() > MAX_PLAINTEXT_BYTES => return Err(Failure::PlaintextTooLong),
                text => text.to_owned(),
            },
            certificate: certificate()?,
        },
        Operation::Decrypt => Request::Decrypt {
            container: container()?,
            ciphertext: match field("encRsKey") {
                "" => return Err(Failure::CiphertextMissing),
                text => Ciphertext::parse(text).ok_or(Failure::CiphertextMalformed)?,
            },
        },
        Operation::Envelop | Operation::OpenEnvelope | Operation::NotSupported => {
            return Err(Failure::NotSupported);
        }
    })
}

fn parameter(name: &str) -> Result<String, Failure> {
    match name {
        "" => Err(Failure::FieldMissing),
        name if PARAMETERS.contains(&name) => Ok(name.to_owned()),
        _ => Err(Failure::ParameterUnknown),
    }
}

/// Writes an answer.
pub(super) fn write(answer: Result<Answer, Failure>) -> Json {
    let (code, message, data) = match answer {
        Ok(answer) => ("0000", "successful", Some(data(answer))),
        Err(failure) => {
            let (code, message) = code(failure);
            (code, message, None)
        }
    };
    let mut envelope = BTreeMap::from([
        ("code".to_owned(), code.into()),
        ("msg".into(), message.into()),
    ]);
    if let Some(data) = data {
        envelope.insert("data".into(), Json::Object(data));
    }
    Json::Object(envelope)
}

fn data(answer: Answer) -> BTreeMap<String, Json> {
    let pairs: Vec<(&str, String)> = match answer {
        Answer::Done => vec![],
        Answer::Users(users) => {
            let entry = |(name, container)| format!("{name}||{container}");
            let entries: Vec<String> = users.into_iter().map(entry).collect();
            vec![("userlist", entries.join("&&&"))]
        }
        Answer::Certificate(der) => vec![("certBase64", Base64(der).encode())],
        Answer::Info(info) => vec![("info", info)],
        Answer::Container(container) => vec![("containerId", container)],
        Answer::Tries(tries) => vec![("retryCount", tries.to_string())],
        Answer::Serial { container, serial } => {
            vec![("containerId", container), ("keySn", serial)]
        }
        Answer::Ciphertext(ciphertext) => {
            vec![("encRsKey", hex(&ciphertext.bytes()).to_uppercase())]
        }
        Answer::Plaintext(text) => vec![("rsKey", text)],
        Answer::Signature(signature) => vec![("signdMsg", Base64(signature).encode())],
        Answer::Parameter(value) => vec![("val", value)],
        Answer::Version(version) => vec![("version", version)],
    };
    let named = |(name, value): (&str, String)| (name.to_owned(), value.into());
    pairs.into_iter().map(named).collect()
}

/// The program's code, with words for whoever sees them.
fn code(failure: Failure) -> (&'static str, &'static str) {
    match failure {
        Failure::NoKey => ("9001", "未检测到 UKey"),
        Failure::ContainerMissing => ("9003", "缺少证书标识"),
        Failure::OtherContainer => ("9004", "证书标识与当前选择的证书不一致"),
        Failure::CertificateMissing => ("9005", "缺少证书"),
        Failure::CertificateUnreadable => ("9006", "证书无法读取"),
        Failure::PinIncorrect => ("9011", "PIN 不正确"),
        Failure::PinLocked => ("9011", "PIN 已锁定"),
        Failure::UsageUnknown => ("9012", "证书类型不正确"),
        Failure::NoSuchCertificate => ("9014", "没有这样的证书"),
        Failure::ItemMissing => ("9015", "缺少信息项"),
        Failure::ItemUnknown => ("9016", "没有这个信息项"),
        Failure::ItemAbsent => ("9017", "证书中没有这一项"),
        Failure::IdentityAbsent => ("9019", "证书中没有用户标识"),
        Failure::PlaintextMissing => ("9023", "缺少要加密的内容"),
        Failure::NotForEncryption => ("9024", "该证书不能用于加密"),
        Failure::PlaintextTooLong => ("9025", "要加密的内容太长"),
        Failure::CiphertextMissing => ("9026", "缺少密文"),
        Failure::CiphertextMalformed => ("9027", "密文格式不正确"),
        Failure::NoDecryptionKey => ("9029", "UKey 中没有可用于解密的加密证书"),
        Failure::NotDecrypted => ("9031", "解密失败"),
        Failure::RsaRefused => ("9039", "不支持 RSA"),
        Failure::NotLoggedIn => ("9028", "PIN 未验证"),
        Failure::FieldMissing => ("9034", "参数为空"),
        Failure::AlgorithmUnknown => ("9040", "不支持这种密钥"),
        Failure::CertificateInvalid => ("9999", "证书无效"),
        Failure::SignatureInvalid => ("9999", "签名验证未通过"),
        Failure::SignatureMalformed => ("9999", "签名无法读取"),
        Failure::TriesUnknown => ("9999", "UKey 未提供剩余次数"),
        Failure::ContentRefused => ("9999", "不允许对这样的内容签名"),
        Failure::ParameterUnknown => ("9999", "没有这个参数"),
        Failure::Cancelled => ("9999", "用户已取消"),
        Failure::Busy => ("9999", "请稍后再试"),
        Failure::NotSupported => ("9999", "不支持"),
        Failure::Unknown => ("9999", "未知的接口"),
        Failure::Failed => ("9999", "操作失败"),
    }
}

/// What pages may keep.
const PARAMETERS: [&str; 6] = [
    "authCode",
    "clientId",
    "rsigncloud",
    "bussName",
    "authType",
    "keySn",
];
/// Bytes of one.
const MAX_PARAMETER_BYTES: usize = 1024;
/// Bytes of what is encrypted: keys, mostly.
const MAX_PLAINTEXT_BYTES: usize = 4096;
