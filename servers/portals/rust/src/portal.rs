//! The portal: logs users in by certificate, binds certificates to accounts, takes signatures.

use crate::http::{Answer, Asked, Origin, Refusal, new_session};
use crate::store::Store;
use axum::Router;
use axum::extract::{FromRef, State};
use axum::routing::post;
use base64ct::{Base64, Encoding as _};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};
use std::sync::Arc;
use std::time::{SystemTime, UNIX_EPOCH};
use yinxin_calls::{Error, Function, Policy, Request, Time};

/// What is to be signed: the portal's own copy.
pub const TENDER: &str = "我单位承诺：按招标文件的要求履行合同。\n";
/// Seconds after which a user logs in again.
const SESSION: i64 = 8 * 3600;
/// Seconds for which the record of a challenge outlives it, so that a late proof is told what it is.
const GRACE: i64 = 600;

/// Of the configuration, never of a request.
pub struct Portal {
    /// Its own address, as browsers write it.
    pub origin: Origin,
    /// Whom it trusts, and what it accepts.
    pub policy: Policy,
    /// What it remembers.
    pub store: Store,
}

impl FromRef<Arc<Portal>> for Origin {
    fn from_ref(portal: &Arc<Portal>) -> Self {
        portal.origin.clone()
    }
}

/// What pages ask.
pub fn routes() -> Router<Arc<Portal>> {
    Router::new()
        .route("/api/challenge", post(challenge))
        .route("/api/login", post(login))
        .route("/api/bind", post(bind))
        .route("/api/signature", post(signature))
}

type Shared = State<Arc<Portal>>;

async fn challenge(State(portal): Shared, asked: Asked) -> Answer {
    let is_to_bind = asked.body["purpose"] == "bind";
    let record = portal.call(
        Function::NewLoginChallenge,
        &json!({
            "origin": portal.origin.0,
            "purpose": if is_to_bind { "bind" } else { "login" },
            "session": asked.session,
        }),
    )?;
    let key = hash(&asked.session);
    let ends = seconds(&record["expiresAt"]) + GRACE;
    let kept = record.to_string();
    portal.store.put_challenge(&key, &kept, ends).await?;
    let body = json!({ "challenge": record["challenge"] });
    Ok(portal.origin.reply(&asked.session, &body))
}

async fn login(State(portal): Shared, asked: Asked) -> Answer {
    let verdict = portal.proven(&asked, "login").await?;
    let identity = identity(&verdict["binding"])?;
    let account = portal.store.account(&identity).await?;
    let account = account.ok_or(Refusal::of("not-bound"))?;
    // A renewed certificate is bound anew, by its user's own act.
    if verdict["certificate"]["sha256"] != account.certificate {
        return Err(Refusal::of("certificate-renewed"));
    }
    let enter = portal.enter(&asked, &identity, &account.name, &account.certificate);
    enter.await
}

/// The first time, and after a renewal: here whoever comes gets an account; yours come from your registration.
async fn bind(State(portal): Shared, asked: Asked) -> Answer {
    let verdict = portal.proven(&asked, "bind").await?;
    let identity = identity(&verdict["binding"])?;
    let facts = &verdict["certificate"];
    let name = facts["organization"]
        .as_str()
        .unwrap_or(text(&facts["holder"]));
    let certificate = text(&facts["sha256"]);
    let since = seconds(&facts["notBefore"]);
    let bound = portal
        .store
        .bind(&identity, name, certificate, since)
        .await?;
    let name = bound.ok_or(Refusal::of("certificate-superseded"))?;
    portal.enter(&asked, &identity, &name, certificate).await
}

async fn signature(State(portal): Shared, asked: Asked) -> Answer {
    let login = portal
        .store
        .certificate(&hash(&asked.session), now().0)
        .await?;
    let certificate = login.ok_or(Refusal::of("not-logged-in"))?;
    let cms = Base64::decode_vec(text(&asked.body["cms"])).ok();
    let cms = cms
        .filter(|cms| !cms.is_empty())
        .ok_or(Refusal::of("request-malformed"))?;
    // Over the portal's own copy of the document, never one that comes back.
    let request = Request::parse(b"{}")?
        .with("cms", cms)?
        .with("content", TENDER.into())?;
    let verdict = valid(portal.judged(Function::VerifyCms, &request)?)?;
    // A valid signature of somebody else is valid, too.
    let signers = verdict["signers"].as_array().map(Vec::as_slice);
    match signers {
        Some([one]) if one["certificate"]["sha256"] == certificate => Ok(portal
            .origin
            .reply(&asked.session, &json!({ "signed": true }))),
        _ => Err(Refusal::of("signer-other")),
    }
}

impl Portal {
    /// That its policy lists its origin.
    ///
    /// # Errors
    /// What the core says of it.
    pub fn check(&self) -> Result<(), String> {
        let request = json!({ "origin": self.origin.0, "session": "none" });
        let made = self.call(Function::NewLoginChallenge, &request);
        made.map(drop)
            .map_err(|error| yinxin_calls::error_json(&error))
    }

    /// A certificate whose possession was proven to this portal, in this session, for this purpose, just now.
    async fn proven(&self, asked: &Asked, purpose: &str) -> Result<Value, Refusal> {
        // First of all, and by one statement: a proof counts once, whatever comes of it.
        let record = self.store.take_challenge(&hash(&asked.session)).await?;
        let record = record.ok_or(Refusal::of("challenge-used"))?;
        let record: Value = serde_json::from_str(&record).unwrap_or_default();
        let verdict = self.call(
            Function::VerifyLogin,
            &json!({
                "proof": asked.body["proof"],
                "challenge": record,
                "origin": self.origin.0,
                "purpose": purpose,
                "session": asked.session,
            }),
        )?;
        valid(verdict)
    }

    /// Logs in: with a new session, since the old one's id may be known to somebody.
    async fn enter(&self, asked: &Asked, account: &str, name: &str, certificate: &str) -> Answer {
        let session = new_session()?;
        self.store.end(&hash(&asked.session)).await?;
        let ends = now().0 + SESSION;
        let key = hash(&session);
        self.store.begin(&key, account, certificate, ends).await?;
        Ok(self.origin.reply(&session, &json!({ "name": name })))
    }

    fn call(&self, function: Function, request: &Value) -> Result<Value, Error> {
        let request = Request::parse(request.to_string().as_bytes())?;
        self.judged(function, &request)
    }

    /// Calls the core, which takes a millisecond or more of the processor.
    fn judged(&self, function: Function, request: &Request) -> Result<Value, Error> {
        let call = || yinxin_calls::call(function, Some(&self.policy), request, now());
        let answer = tokio::task::block_in_place(call)?;
        Ok(serde_json::from_str(&answer).unwrap_or_default())
    }
}

/// A valid verdict, or its gravest finding.
fn valid(verdict: Value) -> Result<Value, Refusal> {
    match verdict["valid"] == true {
        true => Ok(verdict),
        false => Err(Refusal::found(&verdict["findings"][0])),
    }
}

/// Whom a certificate stands for: issuer, subject and person together, never a name or a credit code alone.
fn identity(binding: &Value) -> Result<String, Refusal> {
    let (Some(issuer), Some(subject)) = (binding["issuer"].as_str(), binding["subject"].as_str())
    else {
        return Err(Refusal::of("portal-internal"));
    };
    Ok(hash(
        &json!([issuer, subject, binding["person"]]).to_string(),
    ))
}

fn hash(text: &str) -> String {
    hex::encode(Sha256::digest(text))
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// Seconds since 1970.
fn seconds(time: &Value) -> i64 {
    Time::parse(text(time)).map_or(0, |time| time.0)
}

/// The time of this machine.
pub fn now() -> Time {
    let since = SystemTime::now().duration_since(UNIX_EPOCH);
    Time(since.map_or(0, |since| since.as_secs().cast_signed()))
}
