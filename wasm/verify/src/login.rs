//! A login: its challenge, and the proof that answers it.

use crate::{Options, Signer, Verdict};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::login::{self, Binding, Challenge, Expected};
use yinxin_pki::trust;
use yinxin_proto::page::{LoginFormat, LoginProof, Purpose};
use yinxin_proto::text::{Bilingual, visible};
use yinxin_proto::time::UnixTime;
use yinxin_proto::{Error, Finding, Locale, Severity};

/// What a portal expects of a login: its own part.
#[derive(Clone, Copy, Debug)]
pub struct LoginOptions<'a> {
    /// The challenge, as the portal kept it.
    pub challenge: &'a Challenge,
    /// The portal's own origin, from its configuration and not from the request.
    pub origin: &'a str,
    /// What the portal is about to do.
    pub purpose: Purpose,
    /// The browser's session at the portal.
    pub session: &'a str,
    /// Formats that the portal accepts.
    pub formats: &'a [LoginFormat],
    /// Seconds by which the clock that issued the challenge may differ from this one, 300 at most; 0 on one machine.
    pub clock_skew: u32,
}

/// What more there is to say of a login.
#[derive(Clone, Debug)]
pub struct LoginDetails {
    /// [`Challenge::id`]: to be inserted as used, atomically, before a session is made.
    pub challenge_id: String,
    /// What an account binds: all of it, never a name or a credit code alone.
    pub binding: Option<Binding>,
}

/// Issues a challenge from 32 random bytes, for `seconds`, or 300.
///
/// # Errors
/// `origin-insecure`, `origin-malformed`; `request-invalid` for an empty session or a time of 0 or above a day.
pub fn new_login_challenge(
    origin: &str,
    purpose: Purpose,
    session: &str,
    random: &[u8; 32],
    now: UnixTime,
    seconds: Option<u32>,
) -> Result<Challenge, Error> {
    login::new_challenge(origin, purpose, session, random, now, seconds)
}

/// Judges the proof of a login. The proof is the visitor's: whatever is wrong with it is a finding, and so is the error of one
/// that could not even be read as a [`LoginProof`]: [`Error::ProofUnreadable`] with what the reader of its JSON says.
///
/// # Errors
/// For the portal's own part: `origin-insecure`, `origin-malformed`; `request-invalid` for a record of a challenge that
/// is damaged, for a clock skew above 300, and for options that contradict each other.
pub fn verify_login(
    proof: Result<&LoginProof, Error>,
    expected: &LoginOptions<'_>,
    options: &Options,
) -> Result<Verdict<LoginDetails>, Error> {
    options.check()?;
    if expected.clock_skew > MAX_CLOCK_SKEW {
        return Err(Error::RequestInvalid {
            reason: format!("clockSkew: more than {MAX_CLOCK_SKEW}"),
        });
    }
    let own = Expected {
        challenge: expected.challenge,
        origin: expected.origin,
        purpose: expected.purpose,
        session: expected.session,
        formats: expected.formats,
        clock_skew: expected.clock_skew,
        policy: options.policy(),
    };
    let proof = match proof {
        Ok(proof) => proof,
        Err(error) => {
            // What the portal itself hands in is wrong whatever the visitor sent.
            own.read()?;
            let findings = vec![Finding::new(Severity::Fatal, error)];
            let details = LoginDetails {
                challenge_id: expected.challenge.id.clone(),
                binding: None,
            };
            return Ok(Verdict::new(
                findings,
                |all| summary(all, None),
                Vec::new(),
                details,
            ));
        }
    };
    let judged = login::verify(proof, &own)?;
    let details = LoginDetails {
        challenge_id: judged.challenge_id,
        binding: judged.binding,
    };
    let signer = judged.certificate.map(|certificate| Signer {
        valid: trust::is_valid(&judged.findings),
        certificate: Some(certificate),
        path: judged.path,
        claimed_time: None,
        signed: None,
        signature: proof.signature.0.clone(),
    });
    let certificate = signer
        .as_ref()
        .and_then(|signer| signer.certificate.clone());
    let words = |all: &[Finding]| summary(all, certificate.as_ref());
    let signers = signer.into_iter().collect();
    Ok(Verdict::new(judged.findings, words, signers, details))
}

/// Seconds: beyond them a clock is wrong.
const MAX_CLOCK_SKEW: u32 = 300;

/// What it comes to.
fn summary(findings: &[Finding], certificate: Option<&Certificate>) -> Bilingual {
    let worst = findings
        .iter()
        .find(|finding| finding.severity == Severity::Fatal);
    if let Some(worst) = worst {
        let text = |locale| worst.error.text(locale).message;
        return Bilingual {
            zh: format!("登录不能接受：{}", text(Locale::ZhCn)),
            en: format!("The login can’t be accepted: {}", text(Locale::En)),
        };
    }
    let name = certificate.map(Certificate::holder).unwrap_or_default();
    let name = visible(&name);
    Bilingual {
        zh: format!("已核实：由“{name}”登录。"),
        en: format!("Verified: “{name}” logs in."),
    }
}
