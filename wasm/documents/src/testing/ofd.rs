//! An OFD in the making, signed as makers sign.

use super::Zip;
use yinxin_pki::hash;
use yinxin_pki::seal::{Seal, Sealing, TimeInfo, Users, Version};
use yinxin_pki::testing::{Identity, NOW, seal_draft};
use yinxin_proto::Base64;

/// An OFD: parts by their absolute paths, in the order in which they are written.
#[derive(Clone)]
pub struct OfdDraft {
    pub parts: Vec<(String, Vec<u8>)>,
    signatures: usize,
}

/// How a signature is made.
#[derive(Clone)]
pub struct Signing {
    pub kind: Option<&'static str>,
    pub check_method: Option<&'static str>,
    /// Whether no further signature is allowed.
    pub covers_list: bool,
    /// Parts that are not covered: those whose paths begin so.
    pub left_out: Vec<&'static str>,
    /// Elements.
    pub stamps: String,
}

impl Default for Signing {
    fn default() -> Self {
        Self {
            kind: Some("Seal"),
            check_method: Some("1.2.156.10197.1.401"),
            covers_list: false,
            left_out: Vec::new(),
            stamps: r#"<ofd:StampAnnot ID="s900" PageRef="1" Boundary="150 200 40 40"/>"#.into(),
        }
    }
}

impl OfdDraft {
    /// A document of two pages, with a template, a picture, a font, an annotation, an attachment and a thumbnail.
    pub fn new() -> Self {
        let mut draft = Self {
            parts: Vec::new(),
            signatures: 0,
        };
        let mut add = |path: &str, content: &str| draft.set(path, content.as_bytes());
        add(
            "/OFD.xml",
            &root(
                "OFD",
                "<ofd:DocBody><ofd:DocInfo><ofd:DocID>0</ofd:DocID></ofd:DocInfo><ofd:DocRoot>Doc_0/Document.xml</ofd:DocRoot><ofd:Signatures>/Doc_0/Signs/Signatures.xml</ofd:Signatures></ofd:DocBody>",
            ),
        );
        add(
            "/Doc_0/Document.xml",
            &root(
                "Document",
                r#"<ofd:CommonData><ofd:PageArea><ofd:PhysicalBox>0 0 210 297</ofd:PhysicalBox></ofd:PageArea><ofd:PublicRes>PublicRes.xml</ofd:PublicRes><ofd:TemplatePage ID="9" BaseLoc="Tpls/T.xml"/></ofd:CommonData><ofd:Pages><ofd:Page ID="1" BaseLoc="Pages/Page_0/Content.xml"/><ofd:Page ID="2" BaseLoc="Pages/Page_1/Content.xml"/></ofd:Pages><ofd:Annotations>Annots.xml</ofd:Annotations><ofd:Attachments>Attachs.xml</ofd:Attachments>"#,
            ),
        );
        add("/Doc_0/PublicRes.xml", &root("Res", r#"<ofd:Fonts><ofd:Font ID="3" FontName="宋体"><ofd:FontFile>f.otf</ofd:FontFile></ofd:Font></ofd:Fonts>"#).replacen("<ofd:Res", r#"<ofd:Res BaseLoc="Res""#, 1));
        add("/Doc_0/Tpls/T.xml", &root("Page", "<ofd:Content/>"));
        add(
            "/Doc_0/Pages/Page_0/Content.xml",
            &root("Page", "<ofd:Content><ofd:Layer/></ofd:Content>"),
        );
        add(
            "/Doc_0/Pages/Page_1/Content.xml",
            &root("Page", "<ofd:PageRes>Res.xml</ofd:PageRes><ofd:Content/>"),
        );
        add(
            "/Doc_0/Pages/Page_1/Res.xml",
            &root(
                "Res",
                r#"<ofd:MultiMedias><ofd:MultiMedia ID="4" Type="Image"><ofd:MediaFile>/Doc_0/Res/p.png</ofd:MediaFile></ofd:MultiMedia></ofd:MultiMedias>"#,
            ),
        );
        add(
            "/Doc_0/Annots.xml",
            &root(
                "Annotations",
                r#"<ofd:Page PageID="1"><ofd:FileLoc>Annots/P.xml</ofd:FileLoc></ofd:Page>"#,
            ),
        );
        add("/Doc_0/Annots/P.xml", &root("PageAnnot", ""));
        add(
            "/Doc_0/Attachs.xml",
            &root(
                "Attachments",
                r#"<ofd:Attachment ID="5" Name="a"><ofd:FileLoc>a.csv</ofd:FileLoc></ofd:Attachment>"#,
            ),
        );
        add("/Doc_0/a.csv", "1,2");
        add("/Doc_0/Res/f.otf", "OTTO");
        add("/Doc_0/Res/p.png", "\u{89}PNG");
        add("/Doc_0/Thumbnail.png", "thumbnail");
        draft
    }

    /// One page and nothing else.
    pub fn small() -> Self {
        let mut draft = Self {
            parts: Vec::new(),
            signatures: 0,
        };
        let mut add = |path: &str, content: &str| draft.set(path, content.as_bytes());
        add(
            "/OFD.xml",
            &root(
                "OFD",
                "<ofd:DocBody><ofd:DocRoot>D/D.xml</ofd:DocRoot><ofd:Signatures>/D/S.xml</ofd:Signatures></ofd:DocBody>",
            ),
        );
        add(
            "/D/D.xml",
            &root(
                "Document",
                r#"<ofd:Pages><ofd:Page ID="1" BaseLoc="P.xml"/></ofd:Pages>"#,
            ),
        );
        add("/D/P.xml", &root("Page", "<ofd:Content/>"));
        draft
    }

    pub fn get(&self, path: &str) -> Option<&[u8]> {
        let part = self.parts.iter().find(|(own, _)| own == path);
        part.map(|(_, content)| content.as_slice())
    }

    pub fn set(&mut self, path: &str, content: &[u8]) {
        match self.parts.iter_mut().find(|(own, _)| own == path) {
            Some((_, own)) => *own = content.to_vec(),
            None => self.parts.push((path.into(), content.to_vec())),
        }
    }

    /// Adds a signature in the order of GB/T 33190; `value` makes its value of the bytes of Signature.xml and its path.
    pub fn sign(
        &mut self,
        signing: &Signing,
        seal: Option<&[u8]>,
        value: impl FnOnce(&[u8], &str) -> Vec<u8>,
    ) {
        let folder = format!("/Doc_0/Signs/Sign_{}", self.signatures);
        let entry = String::from_utf8(self.get("/OFD.xml").unwrap().to_vec()).unwrap();
        let (_, list) = entry.split_once("<ofd:Signatures>").unwrap();
        let list = list.split_once('<').unwrap().0.to_owned();
        self.signatures += 1;
        let kind = signing
            .kind
            .map_or(String::new(), |kind| format!(r#" Type="{kind}""#));
        let record = format!(
            r#"<ofd:Signature ID="s{:03}"{kind} BaseLoc="{folder}/Signature.xml"/>"#,
            self.signatures
        );
        let former = self
            .get(&list)
            .map(|own| String::from_utf8(own.to_vec()).unwrap());
        let listed = match former {
            None => root("Signatures", &record),
            Some(own) => own.replace("</ofd:Signatures>", &format!("{record}</ofd:Signatures>")),
        };
        self.set(&list, listed.as_bytes());
        if let Some(seal) = seal {
            self.set(&format!("{folder}/Seal.esl"), seal);
        }
        let covered = self.parts.iter().filter(|(path, _)| {
            let is_left_out = signing.left_out.iter().any(|start| path.starts_with(start));
            !is_left_out && (*path != list || signing.covers_list)
        });
        let references: String = covered
            .map(|(path, content)| {
                let digest = match signing.check_method {
                    Some("SHA-256") => hash::sha256(content),
                    _ => hash::sm3(content),
                };
                let digest = base64(&digest);
                format!(r#"<ofd:Reference FileRef="{path}"><ofd:CheckValue>{digest}</ofd:CheckValue></ofd:Reference>"#)
            })
            .collect();
        let method = signing.check_method.map_or(String::new(), |method| {
            format!(r#" CheckMethod="{method}""#)
        });
        let sealed = seal.map_or(String::new(), |_| {
            format!("<ofd:Seal><ofd:BaseLoc>{folder}/Seal.esl</ofd:BaseLoc></ofd:Seal>")
        });
        let xml = root(
            "Signature",
            &format!(
                r#"<ofd:SignedInfo><ofd:Provider ProviderName="tests"/><ofd:SignatureMethod>1.2.156.10197.1.501</ofd:SignatureMethod><ofd:SignatureDateTime>20261128120000Z</ofd:SignatureDateTime><ofd:References{method}>{references}</ofd:References>{}{sealed}</ofd:SignedInfo><ofd:SignedValue>{folder}/SignedValue.dat</ofd:SignedValue>"#,
                signing.stamps
            ),
        );
        let path = format!("{folder}/Signature.xml");
        let value = value(xml.as_bytes(), &path);
        self.set(&path, xml.as_bytes());
        self.set(&format!("{folder}/SignedValue.dat"), &value);
    }

    /// Adds a seal of its signer's own by a maker.
    pub fn seal(
        &mut self,
        version: Version,
        signing: &Signing,
        signer: &Identity,
        maker: &Identity,
    ) {
        let users = Users::Certificates(vec![signer.certificate.der().to_vec()]);
        let seal = seal_draft(version, users)
            .sign(&maker.certificate, |bytes| Ok(maker.key.sign(bytes)))
            .unwrap();
        self.sign(signing, Some(seal.der()), |xml, path| {
            sealed(&seal, xml, path, signer)
        });
    }

    pub fn zip(&self) -> Zip {
        let parts = self.parts.iter();
        let parts: Vec<_> = parts
            .map(|(path, content)| (&path[1..], content.as_slice()))
            .collect();
        Zip::of(&parts)
    }

    pub fn write(&self) -> Vec<u8> {
        self.zip().write()
    }
}

impl Default for OfdDraft {
    fn default() -> Self {
        Self::new()
    }
}

/// A seal set on a content.
pub fn sealed(seal: &Seal, content: &[u8], path: &str, signer: &Identity) -> Vec<u8> {
    let time = match seal.version() {
        Version::V1 => TimeInfo::Stamp(b"20261128120000Z"),
        Version::V4 | Version::V5 => TimeInfo::Claimed(NOW),
    };
    let sealing = Sealing {
        seal,
        time,
        digest: &hash::sm3(content),
        property_info: path,
        extensions: &[],
    };
    let signed = sealing.sign(&signer.certificate, |bytes| Ok(signer.key.sign(bytes)));
    signed.unwrap().der().to_vec()
}

fn root(name: &str, content: &str) -> String {
    format!(
        r#"<?xml version="1.0" encoding="UTF-8"?><ofd:{name} xmlns:ofd="http://www.ofdspec.org/2016">{content}</ofd:{name}>"#
    )
}

pub fn base64(bytes: &[u8]) -> String {
    Base64(bytes.to_vec()).encode()
}
