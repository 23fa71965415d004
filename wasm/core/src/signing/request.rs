//! What a page asks for, checked: who may ask for what, and within which limits.

use super::Call;
use super::text::unicode_origin;
use yinxin_pki::hash::Digests;
use yinxin_pki::login::is_challenge;
use yinxin_proto::Error;
use yinxin_proto::consent::{DocumentNotice, SiteView};
use yinxin_proto::limits::{
    MAX_ATTACHED_BYTES, MAX_DETACHED_BYTES, MAX_DOCUMENTS, MAX_NAME_CHARS, MAX_PLACEMENT_MM,
    MAX_PLACEMENT_PAGE, MAX_PROPERTY_INFO_CHARS, MAX_TOTAL_BYTES,
};
use yinxin_proto::page::{
    Account, Document as Asked, LoginFormat, PageCall, Placement, Purpose, SignFormat,
};
use yinxin_proto::signing::{Setting, Signer, SigningStart};
use yinxin_proto::site::{Origin, SiteKind};
use yinxin_proto::text::visible;

/// What is to be done.
pub(super) enum Task {
    Login {
        purpose: Purpose,
        challenge: String,
        format: LoginFormat,
        /// Invisible characters made visible.
        account: Option<Account>,
    },
    Sign {
        documents: Vec<Document>,
        format: SignFormat,
    },
    /// The user shows the site a seal.
    Seals,
}

/// A document.
pub(super) struct Document {
    /// As the site gave it.
    pub name: String,
    pub size: u32,
    /// Once it is read.
    pub digests: Option<Digests>,
    /// SM3 of a content that is not read, as the site gave it.
    pub given: Option<[u8; 32]>,
    /// What a seal's signature says that it belongs to.
    pub property_info: String,
    /// How it is signed.
    pub format: SignFormat,
    /// Where the seal is drawn, by the site or in the document itself.
    pub placement: Option<Placement>,
    /// The seal lies over the right edges of all pages.
    pub straddling: Option<u32>,
    /// Further seals may follow.
    pub to_be_continued: bool,
    /// What was seen of it.
    pub notices: Vec<DocumentNotice>,
}

impl Document {
    /// SM3 of its content, once that is known.
    pub fn sm3(&self) -> Option<[u8; 32]> {
        self.given.or(self.digests.map(|digests| digests.sm3))
    }

    /// Whether a seal is set, or its picture seen.
    pub fn needs_seal(&self) -> bool {
        self.format.is_seal() || self.format == SignFormat::Pdf && self.placement.is_some()
    }

    /// How a signature is set in it. `None` if none is set inside.
    pub fn setting(&self, signer: Option<Signer>) -> Option<Setting> {
        self.format.is_embedded().then_some(Setting {
            format: self.format,
            placement: self.placement,
            straddling: self.straddling,
            to_be_continued: self.to_be_continued,
            signer,
        })
    }
}

/// Checks a call and its sender.
pub(super) fn check(start: SigningStart) -> Result<Call, Error> {
    let origin = parse_origin(&start.origin)?;
    let task = match start.request.call {
        PageCall::Status {} => return Err(invalid("status needs no consent")),
        PageCall::Login {
            challenge,
            purpose,
            format,
            account,
        } => {
            if !is_challenge(&challenge) {
                return Err(Error::ChallengeInvalid {});
            }
            if format != LoginFormat::Yinxin && !origin.may_use_logondata(start.development) {
                return Err(Error::FormatNotAllowed {
                    origin: start.origin,
                    format: "logondata".into(),
                });
            }
            Task::Login {
                purpose,
                challenge,
                format,
                account: account.map(check_account).transpose()?,
            }
        }
        PageCall::Sign { documents, format } => {
            let documents: Vec<Document> = documents
                .into_iter()
                .map(|document| check_document(document, format))
                .collect::<Result<_, _>>()?;
            let seals = documents.iter().any(Document::needs_seal);
            match start.kind {
                SiteKind::Portal => {}
                // A site that the user added logs in and signs.
                SiteKind::Added if !seals => {}
                SiteKind::Added | SiteKind::Hall => {
                    let act = if seals { "seal" } else { "sign" };
                    return Err(not_allowed(start.origin, act));
                }
            }
            check_documents(&documents)?;
            Task::Sign { documents, format }
        }
        PageCall::Seals {} => match start.kind {
            SiteKind::Portal => Task::Seals,
            SiteKind::Added | SiteKind::Hall => return Err(not_allowed(start.origin, "seals")),
        },
    };
    if !start.activated {
        return Err(Error::UserActionRequired {});
    }
    let site = site_view(&origin, start.kind, start.first_use);
    Ok(Call { origin, site, task })
}

/// Who asks, as windows show it.
pub(crate) fn site_view(origin: &Origin, kind: SiteKind, first_use: bool) -> SiteView {
    SiteView {
        origin: origin.as_str().into(),
        unicode: unicode_origin(origin),
        name: origin.site().map(|site| site.name.into()),
        kind,
        first_use,
        local: origin.is_local(),
    }
}

fn parse_origin(text: &str) -> Result<Origin, Error> {
    Origin::read(text).map_err(|error| match error {
        // The browser wrote it, so it is one that has no such form.
        Error::OriginMalformed { .. } => Error::OriginOpaque {},
        other => other,
    })
}

fn check_account(account: Account) -> Result<Account, Error> {
    let fits = |text: &str| text.chars().count() <= MAX_NAME_CHARS as usize;
    let words = [&account.role, &account.entrance];
    if !fits(&account.name) || !words.into_iter().flatten().all(|text| fits(text)) {
        return Err(invalid("account: too long"));
    }
    let is_sha256 = |text: &String| {
        let mut digits = text.bytes();
        text.len() == 64 && digits.all(|byte| matches!(byte, b'0'..=b'9' | b'a'..=b'f'))
    };
    if !account.certificate.as_ref().is_none_or(is_sha256) {
        return Err(invalid(
            "account: certificate is not a SHA-256 in lower-case hex",
        ));
    }
    Ok(Account {
        name: visible(&account.name),
        role: account.role.as_deref().map(visible),
        entrance: account.entrance.as_deref().map(visible),
        ..account
    })
}

/// What a document brings along for its format.
fn check_document(asked: Asked, format: SignFormat) -> Result<Document, Error> {
    let own = asked.format.unwrap_or(format);
    if own != format && !(own.is_embedded() && format.is_embedded()) {
        return Err(invalid(
            "documents: only documents that are signed inside have a format of their own",
        ));
    }
    let apart = own == SignFormat::Seal;
    if (asked.digest.is_some() || asked.property_info.is_some()) && !apart {
        return Err(invalid(
            "documents: digest and propertyInfo are for the format seal",
        ));
    }
    if asked.placement.is_some() && !apart && !own.is_embedded() {
        return Err(invalid(
            "documents: placement is for seals and for what is signed inside",
        ));
    }
    let is_ofd = own == SignFormat::Ofd;
    if (asked.straddling.is_some() || asked.to_be_continued.is_some()) && !is_ofd {
        return Err(invalid(
            "documents: straddling and toBeContinued are for the format ofd",
        ));
    }
    if asked.straddling.is_some() && asked.placement.is_some() {
        return Err(invalid("documents: placement or straddling, not both"));
    }
    let property_info = asked.property_info.unwrap_or_default();
    let is_printable = property_info
        .bytes()
        .all(|byte| (b' '..=b'~').contains(&byte));
    if !is_printable || property_info.len() > MAX_PROPERTY_INFO_CHARS as usize {
        return Err(invalid(
            "documents: propertyInfo is not printable ASCII, or too long",
        ));
    }
    let fits = |Placement { page, x, y }: Placement| {
        (1..=MAX_PLACEMENT_PAGE).contains(&page) && x.max(y) <= MAX_PLACEMENT_MM
    };
    let straddles = asked.straddling.is_none_or(|y| y <= MAX_PLACEMENT_MM);
    if !asked.placement.is_none_or(fits) || !straddles {
        return Err(invalid("documents: placement is on no page"));
    }
    let given = match asked.digest {
        None => None,
        Some(_) if asked.size > 0 => {
            return Err(invalid("documents: content or digest, not both"));
        }
        Some(digest) => {
            let digest = <[u8; 32]>::try_from(digest.0);
            Some(digest.map_err(|_| invalid("documents: digest is no SM3"))?)
        }
    };
    Ok(Document {
        name: asked.name,
        size: asked.size,
        digests: None,
        given,
        property_info,
        format: own,
        placement: asked.placement,
        straddling: asked.straddling,
        to_be_continued: asked.to_be_continued.unwrap_or_default(),
        notices: Vec::new(),
    })
}

fn not_allowed(origin: String, act: &str) -> Error {
    Error::ActNotAllowed {
        origin,
        act: act.into(),
    }
}

fn check_documents(documents: &[Document]) -> Result<(), Error> {
    let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
    if !(1..=MAX_DOCUMENTS).contains(&count) {
        return Err(Error::DocumentsCount {
            count,
            limit: MAX_DOCUMENTS,
        });
    }
    let mut total = 0u64;
    for document in documents {
        let limit = match document.format {
            SignFormat::Cms | SignFormat::Seal => MAX_DETACHED_BYTES,
            _ => MAX_ATTACHED_BYTES,
        };
        let characters = document.name.chars().count();
        if document.name.trim().is_empty() || characters > MAX_NAME_CHARS as usize {
            return Err(invalid("documents: a name is empty or too long"));
        }
        let too_large = |limit| Error::DocumentTooLarge {
            name: visible(&document.name),
            limit,
        };
        if document.size == 0 && document.given.is_none() {
            return Err(Error::DocumentEmpty {
                name: visible(&document.name),
            });
        }
        if document.size > limit {
            return Err(too_large(limit));
        }
        total += u64::from(document.size);
        if total > u64::from(MAX_TOTAL_BYTES) {
            return Err(too_large(MAX_TOTAL_BYTES));
        }
    }
    Ok(())
}

fn invalid(reason: &str) -> Error {
    Error::RequestInvalid {
        reason: reason.into(),
    }
}
