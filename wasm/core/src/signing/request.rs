//! What a page asks for, checked: who may ask for what, and within which limits.

use super::Call;
use super::text::unicode_origin;
use crate::hash::Digests;
use crate::login::is_challenge;
use crate::text::visible;
use yinxin_proto::Error;
use yinxin_proto::consent::SiteView;
use yinxin_proto::limits::{
    MAX_ATTACHED_BYTES, MAX_DETACHED_BYTES, MAX_DOCUMENTS, MAX_NAME_CHARS, MAX_TOTAL_BYTES,
};
use yinxin_proto::page::{Account, LoginFormat, PageCall, Purpose, SignFormat};
use yinxin_proto::signing::SigningStart;
use yinxin_proto::site::{Origin, SiteKind};

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
}

/// A document.
pub(super) struct Document {
    /// As the site gave it.
    pub name: String,
    pub size: u32,
    /// Once it is read.
    pub digests: Option<Digests>,
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
            match start.kind {
                SiteKind::Portal | SiteKind::Added => {}
                SiteKind::Hall => {
                    return Err(Error::ActNotAllowed {
                        origin: start.origin,
                        act: "sign".into(),
                    });
                }
            }
            let documents = documents
                .into_iter()
                .map(|document| Document {
                    name: document.name,
                    size: document.size,
                    digests: None,
                })
                .collect();
            check_documents(&documents, format)?;
            Task::Sign { documents, format }
        }
    };
    if !start.activated {
        return Err(Error::UserActionRequired {});
    }
    let site = SiteView {
        origin: origin.as_str().into(),
        unicode: unicode_origin(&origin),
        name: origin.site().map(|site| site.name.into()),
        kind: start.kind,
        first_use: start.first_use,
        local: origin.is_local(),
    };
    Ok(Call { origin, site, task })
}

fn parse_origin(text: &str) -> Result<Origin, Error> {
    Origin::parse(text).ok_or_else(|| {
        if text.starts_with("http://") {
            Error::OriginInsecure {
                origin: text.chars().take(300).collect(),
            }
        } else {
            Error::OriginOpaque {}
        }
    })
}

fn check_account(account: Account) -> Result<Account, Error> {
    let fits = |text: &str| text.chars().count() <= MAX_NAME_CHARS as usize;
    if !fits(&account.name) || !account.role.as_deref().is_none_or(fits) {
        return Err(invalid("account: too long"));
    }
    Ok(Account {
        name: visible(&account.name),
        role: account.role.as_deref().map(visible),
    })
}

fn check_documents(documents: &Vec<Document>, format: SignFormat) -> Result<(), Error> {
    let count = u32::try_from(documents.len()).unwrap_or(u32::MAX);
    if !(1..=MAX_DOCUMENTS).contains(&count) {
        return Err(Error::DocumentsCount {
            count,
            limit: MAX_DOCUMENTS,
        });
    }
    let limit = match format {
        SignFormat::Cms => MAX_DETACHED_BYTES,
        SignFormat::CmsAttached => MAX_ATTACHED_BYTES,
    };
    let mut total = 0u64;
    for document in documents {
        let characters = document.name.chars().count();
        if document.name.trim().is_empty() || characters > MAX_NAME_CHARS as usize {
            return Err(invalid("documents: a name is empty or too long"));
        }
        let too_large = |limit| Error::DocumentTooLarge {
            name: visible(&document.name),
            limit,
        };
        if document.size == 0 {
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
