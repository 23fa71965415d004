//! A seal that is to be written into a token, with everything that is asked of it before the PIN is.

use crate::crypto::{self, SigningCertificate};
use crate::worker::message::WriteSealTask;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::seal::{Seal, verify_own};
use yinxin_proto::limits::MAX_LISTED_SEAL_BYTES;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::Token;
use yinxin_proto::{Base64, Error, Pin};

/// A seal that may be written.
#[derive(Debug)]
pub struct NewSeal {
    token: Token,
    seal: Base64,
    replaced: Option<Base64>,
    is_there: bool,
}

impl NewSeal {
    /// Judges a seal for a token. `replaced` names one that is in it, by the SHA-256 of its DER in
    /// lower-case hex; it may be gone already if the new one is there.
    ///
    /// # Errors
    /// What is fatal to the seal; `seal-not-written` for one that no listing would tell;
    /// `seal-not-for-certificate` where no certificate of the token may set it; `seal-not-found`.
    pub fn check(
        token: &Token,
        seal: &Seal,
        replaced: Option<&str>,
        now: UnixTime,
    ) -> Result<Self, Error> {
        if let Some(problem) = verify_own(seal, now).problem() {
            return Err(problem.clone());
        }
        if seal.der().len() > MAX_LISTED_SEAL_BYTES as usize {
            return Err(Error::SealNotWritten {
                reason: format!("larger than {MAX_LISTED_SEAL_BYTES} bytes"),
            });
        }
        check_user(token, seal)?;
        let held = |wanted: &dyn Fn(&[u8]) -> bool| {
            let seals = token.seals.iter().filter_map(|told| told.der.as_ref());
            seals.into_iter().find(|der| wanted(&der.0)).cloned()
        };
        let is_there = held(&|der| der == seal.der()).is_some();
        let old = replaced.and_then(|name| held(&|der| crypto::fingerprint(der) == name));
        if replaced.is_some() && old.is_none() && !is_there {
            return Err(Error::SealNotFound {});
        }
        Ok(Self {
            token: token.clone(),
            // A seal does not replace itself.
            replaced: old.filter(|old| old.0 != seal.der()),
            seal: Base64(seal.der().to_vec()),
            is_there,
        })
    }

    /// The token that it goes into.
    #[must_use]
    pub fn token(&self) -> &Token {
        &self.token
    }

    /// Whether nothing is left to be done: it is in the token, and what it replaces is not.
    #[must_use]
    pub fn is_done(&self) -> bool {
        self.is_there && self.replaced.is_none()
    }

    /// What a worker is told to do.
    #[must_use]
    pub fn task(&self, pin: Option<Pin>) -> WriteSealTask {
        WriteSealTask {
            token: self.token.token.clone(),
            seal: self.seal.clone(),
            replaced: self.replaced.clone(),
            pin,
        }
    }
}

/// Whether a certificate of the token that can sign may set the seal.
fn check_user(token: &Token, seal: &Seal) -> Result<(), Error> {
    let mut signing = token
        .certificates
        .iter()
        .map(|held| &held.certificate.0)
        .filter(|der| SigningCertificate::parse(der).is_ok())
        .peekable();
    let Some(first) = signing.peek() else {
        return Err(Error::CertificateNotFound {});
    };
    let holder = crypto::holder(first);
    let may_set = |der: &Vec<u8>| {
        Certificate::from_der(der.clone())
            .is_ok_and(|certificate| seal.property().users.contain(&certificate))
    };
    if signing.any(may_set) {
        Ok(())
    } else {
        Err(Error::SealNotForCertificate { holder })
    }
}
