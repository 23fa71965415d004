//! The state machine behind the calls that one document of a bridged site makes, from its first to its end: events in,
//! actions out, no I/O.
//!
//! ```text
//!            ┌──────────────── answered ────────────────┐
//! called ─► Listing ─► Asking ⇄ Working ─► (window: Awaiting) ─► called … ─► closed
//! ```
//!
//! What holds on every path: a call gets exactly one answer; calls are served one after the other; nothing of a key is
//! told, signed or unlocked without a press in our window on exactly what it shows, but for what a
//! [grant](Flow#structfield.grant) covers; a press covers the call that is shown and no other; no signature leaves before
//! it was verified.

use super::request::{Answer, Failure, Form, Request, Usage, container_of};
use super::{info, rs, text};
use crate::keys::{self, Key};
use crate::signing::unicode_origin;
use std::collections::{BTreeMap, VecDeque};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash;
use yinxin_pki::trust::{Anchor, Crls, PathPolicy};
use yinxin_pki::{attributes, bare_text, cms, content_guard};
use yinxin_proto::Error;
use yinxin_proto::bridge::{Address, Function, Skin};
use yinxin_proto::consent::{Act, ConsentView, Decision, Phase, SiteView, TokenView};
use yinxin_proto::flow::{FlowAction, FlowEvent, FlowStart, FlowTimer, Json};
use yinxin_proto::host::{HostCommand, TextForm};
use yinxin_proto::limits::{
    BRIDGE_NEXT_MS, CONSENT_MS, HOST_REPLY_MS, MAX_ANCHORS, MAX_BRIDGE_CALLS, MAX_SESSION_MS,
    SESSION_IDLE_MS,
};
use yinxin_proto::signing::KeyReply;
use yinxin_proto::site::Origin;
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::{Module, PinState, PinTries};
use yinxin_proto::{Base64, page::SignatureAlgorithm};

/// The calls of one document.
pub struct Flow {
    origin: Origin,
    site: SiteView,
    tab: u32,
    skin: Skin,
    /// Trust anchors beside the product's own.
    anchors: Vec<Anchor>,
    /// What the site keeps.
    parameters: BTreeMap<String, String>,
    /// The call that is served.
    current: Option<Current>,
    /// Those behind it.
    waiting: VecDeque<Asked>,
    /// What the user showed this document.
    grant: Option<Grant>,
    /// As the host listed them last.
    keys: Option<Vec<Key>>,
    /// Tokens changed since then.
    stale: bool,
    modules: Vec<Module>,
    /// The listing of tokens under way.
    listing: Option<u32>,
    notice: Option<Error>,
    window: Window,
    /// Something was signed while the window was open.
    signed: bool,
    next_request: u32,
}

/// A certificate that the user showed this document.
struct Grant {
    /// [`yinxin_proto::token::Token::token`].
    token: String,
    certificate: Certificate,
    /// The user pressed a button for it last.
    pressed: UnixTime,
    /// One login with the PIN that the page sends needs no press.
    covers_login: bool,
    /// Since when the host holds the PIN.
    session: Option<UnixTime>,
}

/// A call.
struct Asked {
    call: u32,
    request: Request,
    /// It brought a PIN.
    pin: bool,
    /// The user pressed something on the page before it.
    pressed: bool,
}

/// The call that is served.
struct Current {
    asked: Asked,
    step: Step,
}

enum Step {
    /// The keys are looked at.
    Listing,
    /// The window shows it.
    Asking(Question),
    /// The host works.
    Working { request: u32, work: Box<Work> },
}

/// What the window asks.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Question {
    /// Which certificate.
    Identify,
    /// A login, with the PIN that the page sent or one that is typed.
    Unlock { sent: bool },
    /// A signature.
    Sign,
}

/// What the host works at.
struct Work {
    token: String,
    certificate: Certificate,
    kind: WorkKind,
}

enum WorkKind {
    /// A login, with the PIN that the page sent or one that was typed.
    Login { sent: bool },
    /// The exact bytes that the signature must cover.
    Sign {
        algorithm: SignatureAlgorithm,
        to_be_signed: Vec<u8>,
    },
}

enum Window {
    Closed,
    /// Shows the call that is served, or waits for the next one.
    Open,
    /// Shows what went wrong, until the user closes it or the next call asks something.
    Failed(Error),
}

impl Flow {
    /// The flow of a document.
    ///
    /// # Errors
    /// `origin-opaque` and its like; `act-not-allowed` where the site's calls are not known.
    pub fn start(start: FlowStart, parameters: BTreeMap<String, String>) -> Result<Self, Error> {
        let origin = Origin::read(&start.origin)?;
        let skin = origin
            .skin(start.development)
            .ok_or_else(|| Error::ActNotAllowed {
                origin: start.origin,
                act: "bridge".into(),
            })?;
        let given = start.anchors.into_iter().take(MAX_ANCHORS as usize);
        Ok(Self {
            site: SiteView {
                origin: origin.as_str().into(),
                unicode: unicode_origin(&origin),
                name: origin.site().map(|site| site.name.into()),
                kind: start.kind,
                first_use: start.first_use,
                local: origin.is_local(),
            },
            origin,
            tab: start.tab,
            skin,
            anchors: given
                .filter_map(|der| Certificate::from_der(der.0).ok())
                .map(Anchor::from)
                .collect(),
            parameters,
            current: None,
            waiting: VecDeque::new(),
            grant: None,
            keys: None,
            stale: false,
            modules: Vec::new(),
            listing: None,
            notice: None,
            window: Window::Closed,
            signed: false,
            next_request: 1,
        })
    }

    /// Takes an event. Events that come late or don't fit are ignored.
    pub fn handle(&mut self, event: FlowEvent, now: UnixTime) -> Vec<FlowAction> {
        let mut out = Vec::new();
        let out_of = &mut out;
        self.end_old_session(now, out_of);
        match event {
            FlowEvent::Called {
                call,
                port,
                name,
                fields,
                pins,
                pressed,
            } => self.called(
                call,
                port,
                &name,
                &fields,
                !pins.is_empty(),
                pressed,
                now,
                out_of,
            ),
            FlowEvent::Gone { call } => self.gone(call, now, out_of),
            FlowEvent::HostReplied { request, reply } => {
                self.host_replied(request, reply, now, out_of);
            }
            FlowEvent::HostFailed { request, error } => {
                self.host_failed(request, error, now, out_of);
            }
            FlowEvent::TokensChanged {} => {
                self.stale = true;
                let asks = matches!(&self.current, Some(current) if !matches!(current.step, Step::Working { .. }));
                if asks || self.grant.is_some() {
                    self.list(out_of);
                }
            }
            FlowEvent::Decided { decision } => self.decided(decision, now, out_of),
            FlowEvent::WindowClosed {} => self.close(Error::Cancelled {}, out_of),
            FlowEvent::WindowLost {} => self.close(Error::WindowLost {}, out_of),
            FlowEvent::WindowRefused { error } => self.close(error, out_of),
            FlowEvent::SessionEnded {} => self.end_session(out_of),
            FlowEvent::TimedOut { timer } => self.timed_out(timer, now, out_of),
        }
        out
    }

    // ── Calls ────────────────────────────────────────────────────────────────────────────────

    #[allow(clippy::too_many_arguments, reason = "they are the event's fields")]
    fn called(
        &mut self,
        call: u32,
        port: u16,
        name: &str,
        fields: &BTreeMap<String, String>,
        pin: bool,
        pressed: bool,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) {
        let address = Address::at(port).filter(|address| address.skin == self.skin);
        let function = address.and_then(|address| address.function(name));
        let read = match function {
            Some(function) => read(self.skin, function, fields),
            None => Err(Failure::Unknown),
        };
        match read {
            Ok(request) => {
                let asked = Asked {
                    call,
                    request,
                    pin,
                    pressed,
                };
                if self.waiting.len() < MAX_BRIDGE_CALLS as usize {
                    self.waiting.push_back(asked);
                    self.go_on(now, out);
                } else {
                    self.reply(call, Err(Failure::Busy), out);
                }
            }
            Err(failure) => {
                if matches!(failure, Failure::Unknown | Failure::NotSupported) {
                    out.push(FlowAction::Unanswered {
                        port,
                        name: name.to_owned(),
                    });
                }
                self.reply(call, Err(failure), out);
            }
        }
    }

    /// Serves what waits, until something takes time.
    fn go_on(&mut self, now: UnixTime, out: &mut Vec<FlowAction>) {
        while self.current.is_none()
            && let Some(asked) = self.waiting.pop_front()
        {
            self.serve(asked, now, out);
        }
    }

    /// Answers a call from what is known, or looks at the keys first, or asks the user.
    fn serve(&mut self, asked: Asked, now: UnixTime, out: &mut Vec<FlowAction>) {
        let answer = match &asked.request {
            Request::CertificateInfo { certificate, item } => {
                info::item(certificate, *item).map(Answer::Info)
            }
            Request::Validate { certificate } => self.validate(certificate, now),
            Request::Verify {
                certificate,
                text,
                signature,
            } => match certificate.key() {
                Ok(key) if key.verify(&[text.as_bytes()], signature) => Ok(Answer::Done),
                Ok(_) => Err(Failure::SignatureInvalid),
                Err(_) => Err(Failure::AlgorithmUnknown),
            },
            Request::VerifyMessage { message, text } => self.verify_message(message, text, now),
            Request::SetParameter { name, value } => self.keep(name, value),
            Request::Parameter { name } => match self.parameters.get(name) {
                Some(value) => Ok(Answer::Parameter(value.clone())),
                None => Err(Failure::ParameterUnknown),
            },
            Request::Version => Ok(Answer::Version(env!("CARGO_PKG_VERSION").into())),
            Request::Sign { text, form, .. } if is_refused(text, *form) => {
                Err(Failure::ContentRefused)
            }
            _ if self.keys.is_none() || self.stale => {
                self.current = Some(Current {
                    asked,
                    step: Step::Listing,
                });
                return self.list(out);
            }
            _ => return self.serve_from_keys(asked, out),
        };
        self.reply(asked.call, answer, out);
    }

    /// Answers a call that needs a key: silently where that was granted, else by asking.
    fn serve_from_keys(&mut self, asked: Asked, out: &mut Vec<FlowAction>) {
        let container = asked.request.container().to_owned();
        let Some((key, grant)) = self.granted() else {
            let question = match &asked.request {
                // Who asks before a login gets no window for it.
                Request::IsLoggedIn { .. } => {
                    return self.reply(asked.call, Err(Failure::NotLoggedIn), out);
                }
                Request::Login { .. } => Question::Unlock { sent: asked.pin },
                Request::Sign { .. } => Question::Sign,
                _ => Question::Identify,
            };
            return self.ask(asked, question, out);
        };
        if !container.is_empty() && container != container_of(&grant.certificate) {
            return self.reply(asked.call, Err(Failure::OtherContainer), out);
        }
        let held = |usage| match usage {
            Usage::Sign => Some(grant.certificate.der().to_vec()),
            Usage::Encrypt => partner(key, &grant.certificate),
        };
        let answer = match &asked.request {
            // Without a login the user may want to be another one.
            Request::UserList if grant.session.is_none() && asked.pressed => {
                return self.ask(asked, Question::Identify, out);
            }
            Request::UserList => Ok(users(&grant.certificate)),
            Request::Export { usage, .. } => held(*usage)
                .map(Answer::Certificate)
                .ok_or(Failure::NoSuchCertificate),
            Request::IsLoggedIn { .. } => match grant.session {
                Some(_) => Ok(Answer::Container(container)),
                None => Err(Failure::NotLoggedIn),
            },
            Request::PinRetryCount { .. } => tries(key.token().pin),
            Request::DeviceInfo { item, .. } => device_info(key, *item),
            Request::DeviceSerial { .. } => Ok(Answer::Serial {
                container,
                serial: key.token().serial.trim().to_owned(),
            }),
            Request::Login { .. } if grant.covers_login && asked.pin => {
                let (token, certificate) = (grant.token.clone(), grant.certificate.clone());
                return self.log_in(asked, token, certificate, true, false, out);
            }
            Request::Login { .. } => {
                let question = Question::Unlock { sent: asked.pin };
                return self.ask(asked, question, out);
            }
            Request::Sign { .. } => return self.ask(asked, Question::Sign, out),
            // The others need no key.
            _ => Err(Failure::Failed),
        };
        self.reply(asked.call, answer, out);
        self.await_next(out);
    }

    /// What was granted, with its key, while that is there.
    fn granted(&self) -> Option<(&Key, &Grant)> {
        let grant = self.grant.as_ref()?;
        let mut keys = self.keys.iter().flatten();
        let key = keys.find(|key| key.token().token == grant.token)?;
        Some((key, grant))
    }

    fn validate(&self, certificate: &Certificate, now: UnixTime) -> Result<Answer, Failure> {
        let crls = Crls::default();
        let policy = PathPolicy {
            national: true,
            ..PathPolicy::new(&self.anchors, &[], &crls, now)
        };
        let verdict = yinxin_pki::trust::verify(certificate, &policy);
        // A certificate of whose CA nothing is known is no worse than its own words.
        let fatal = |finding: &yinxin_proto::Finding| {
            finding.severity == yinxin_proto::Severity::Fatal
                && !matches!(finding.error, Error::IssuerUnknown { .. })
        };
        if certificate.validity_problem(now).is_some() || verdict.findings.iter().any(fatal) {
            Err(Failure::CertificateInvalid)
        } else {
            Ok(Answer::Done)
        }
    }

    fn verify_message(
        &self,
        message: &[u8],
        text: &Option<String>,
        now: UnixTime,
    ) -> Result<Answer, Failure> {
        let crls = Crls::default();
        let mut options = cms::Options::new(PathPolicy::new(&self.anchors, &[], &crls, now));
        options.check_trust = false;
        options.allow_without_attributes = true;
        options.allow_mixed_content_types = true;
        let bytes = text
            .as_ref()
            .map(|text| cms::Content::Bytes(text.as_bytes()));
        options.content = bytes;
        match cms::verify(message, &options) {
            Ok(judgement) if judgement.valid => Ok(Answer::Done),
            Ok(_) => Err(Failure::SignatureInvalid),
            Err(_) => Err(Failure::SignatureMalformed),
        }
    }

    fn keep(&mut self, name: &str, value: &str) -> Result<Answer, Failure> {
        if value.len() > MAX_PARAMETER_BYTES {
            return Err(Failure::ParameterUnknown);
        }
        self.parameters.insert(name.to_owned(), value.to_owned());
        Ok(Answer::Done)
    }

    /// What the site keeps, for its next document.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// Answers a call.
    fn reply(&self, call: u32, answer: Result<Answer, Failure>, out: &mut Vec<FlowAction>) {
        let body = write(self.skin, answer);
        out.push(FlowAction::Answer { call, body });
    }

    /// Answers the call that is served, and goes on.
    fn answer(
        &mut self,
        answer: Result<Answer, Failure>,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) {
        if let Some(current) = self.current.take() {
            self.reply(current.asked.call, answer, out);
        }
        self.notice = None;
        out.push(stop(FlowTimer::Consent));
        out.push(stop(FlowTimer::Host));
        self.await_next(out);
        self.go_on(now, out);
    }

    /// The page does not wait any more.
    fn gone(&mut self, call: u32, now: UnixTime, out: &mut Vec<FlowAction>) {
        self.waiting.retain(|asked| asked.call != call);
        if let Some(current) = self.current.take_if(|current| current.asked.call == call) {
            abandon(&current, out);
            self.shut(false, out);
            self.go_on(now, out);
        }
    }

    // ── Window ───────────────────────────────────────────────────────────────────────────────

    /// Asks the user about a call.
    fn ask(&mut self, asked: Asked, question: Question, out: &mut Vec<FlowAction>) {
        if matches!(self.window, Window::Closed) {
            if !asked.pressed {
                out.push(FlowAction::Missed {});
                return self.reply(asked.call, Err(Failure::NoKey), out);
            }
            out.push(FlowAction::Open {});
            self.signed = false;
        }
        self.window = Window::Open;
        self.current = Some(Current {
            asked,
            step: Step::Asking(question),
        });
        self.note_absence();
        out.push(stop(FlowTimer::Next));
        out.push(start(FlowTimer::Consent, CONSENT_MS));
        self.show(out);
        // What the window shows is what is there now.
        self.list(out);
    }

    /// Says so where the certificate that a page names is in no key.
    fn note_absence(&mut self) {
        let Some(Current { asked, .. }) = &self.current else {
            return;
        };
        let container = asked.request.container();
        let keys = self.keys.iter().flatten();
        let held = keys
            .flat_map(Key::certificates)
            .any(|certificate| container_of(certificate) == container);
        let absent = Error::CertificateNotFound {};
        if !container.is_empty() && !held {
            self.notice.get_or_insert(absent);
        } else if self.notice.as_ref() == Some(&absent) {
            self.notice = None;
        }
    }

    /// The window stays for the page's next call.
    fn await_next(&mut self, out: &mut Vec<FlowAction>) {
        if matches!(self.window, Window::Open) && self.current.is_none() {
            self.show(out);
            out.push(start(FlowTimer::Next, BRIDGE_NEXT_MS));
        }
    }

    fn decided(&mut self, decision: Decision, now: UnixTime, out: &mut Vec<FlowAction>) {
        match decision {
            Decision::Cancel {} => self.close(Error::Cancelled {}, out),
            Decision::Refresh {} => {
                if matches!(&self.current, Some(current) if matches!(current.step, Step::Asking(_)))
                {
                    self.notice = None;
                    out.push(start(FlowTimer::Consent, CONSENT_MS));
                    self.list(out);
                    self.show(out);
                }
            }
            Decision::Approve {
                token, certificate, ..
            } => {
                if let Err(error) = self.approve(&token, &certificate, now, out) {
                    self.notice = Some(error);
                    self.show(out);
                }
            }
        }
    }

    /// Does what the window shows, with the certificate that its user chose.
    fn approve(
        &mut self,
        token: &str,
        certificate: &str,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) -> Result<(), Error> {
        let Some(Current {
            asked,
            step: Step::Asking(question),
        }) = &self.current
        else {
            return Ok(());
        };
        let question = *question;
        let keys = self.keys.as_deref().ok_or(Error::TokenRemoved {})?;
        let (key, chosen) = keys::choose(keys, token, certificate, now)?;
        let algorithm = chosen.signing_algorithm()?;
        let container = asked.request.container();
        if !container.is_empty() && container != container_of(chosen) {
            return Err(Error::CertificateNotFound {});
        }
        let (chosen, protected_path) = (chosen.clone(), key.token().protected_path);
        let signing = match &asked.request {
            Request::Sign { text, form, .. } => {
                Some(to_be_signed(text, *form, algorithm, &chosen, now))
            }
            _ => None,
        };
        self.notice = None;
        out.push(stop(FlowTimer::Consent));
        let asks_pin = self.asks_pin(question) && !protected_path;
        // Whoever is another one now holds no session as the one before.
        let same = self
            .grant
            .as_ref()
            .is_some_and(|grant| grant.token == token && grant.certificate.der() == chosen.der());
        if !same {
            self.end_session(out);
            self.grant = Some(Grant {
                token: token.to_owned(),
                certificate: chosen.clone(),
                pressed: now,
                covers_login: false,
                session: None,
            });
        }
        if let Some(grant) = &mut self.grant {
            grant.pressed = now;
            grant.covers_login = question == Question::Identify;
        }
        self.time_session(now, out);
        let Some(Current { asked, .. }) = self.current.take() else {
            return Ok(());
        };
        match (question, signing) {
            (Question::Sign, Some((bytes, form))) => {
                let command = HostCommand::BridgeSign {
                    call: asked.call,
                    token: token.to_owned(),
                    certificate: certificate.to_owned(),
                    pin: None,
                    form,
                };
                let kind = WorkKind::Sign {
                    algorithm,
                    to_be_signed: bytes,
                };
                let work = Work {
                    token: token.to_owned(),
                    certificate: chosen,
                    kind,
                };
                self.work(asked, work, command, asks_pin, protected_path, out);
            }
            (Question::Unlock { sent }, _) => {
                self.log_in(asked, token.to_owned(), chosen, sent, asks_pin, out);
            }
            _ => {
                // What was granted answers what was asked. The press on the page is used.
                let pressed = false;
                self.serve_from_keys(Asked { pressed, ..asked }, out);
                self.go_on(now, out);
            }
        }
        Ok(())
    }

    fn log_in(
        &mut self,
        asked: Asked,
        token: String,
        certificate: Certificate,
        sent: bool,
        with_pin: bool,
        out: &mut Vec<FlowAction>,
    ) {
        // Whatever comes of it, it was the one.
        if let Some(grant) = &mut self.grant {
            grant.covers_login = false;
        }
        let command = HostCommand::BridgeLogin {
            call: asked.call,
            token: token.clone(),
            certificate: sha_of(&certificate),
            pin: None,
        };
        let work = Work {
            token,
            certificate,
            kind: WorkKind::Login { sent },
        };
        let pad = !sent && !with_pin;
        self.work(asked, work, command, with_pin, pad, out);
    }

    fn work(
        &mut self,
        asked: Asked,
        work: Work,
        command: HostCommand,
        with_pin: bool,
        pad: bool,
        out: &mut Vec<FlowAction>,
    ) {
        let request = self.send(command, with_pin, out);
        // On a pad of its own the user types while the host waits.
        out.push(start(
            FlowTimer::Host,
            if pad { CONSENT_MS } else { HOST_REPLY_MS },
        ));
        self.current = Some(Current {
            asked,
            step: Step::Working {
                request,
                work: Box::new(work),
            },
        });
        self.show(out);
    }

    /// Closes the window, and answers whatever waits with why.
    fn close(&mut self, why: Error, out: &mut Vec<FlowAction>) {
        let failure = Failure::from(&why);
        let cancelled = matches!(why, Error::Cancelled {}) && self.current.is_some();
        let no_key = self.keys.as_ref().is_some_and(Vec::is_empty);
        if let Some(current) = self.current.take() {
            abandon(&current, out);
            // Who finds no key and leaves has none.
            let failure = if cancelled && no_key {
                Failure::NoKey
            } else {
                failure
            };
            self.reply(current.asked.call, Err(failure), out);
        }
        for asked in std::mem::take(&mut self.waiting) {
            self.reply(asked.call, Err(failure), out);
        }
        self.shut(cancelled, out);
    }

    /// The window goes.
    fn shut(&mut self, cancelled: bool, out: &mut Vec<FlowAction>) {
        self.notice = None;
        out.extend([FlowTimer::Consent, FlowTimer::Host, FlowTimer::Next].map(stop));
        if !matches!(self.window, Window::Closed) {
            self.window = Window::Closed;
            out.push(FlowAction::Close {
                signed: std::mem::take(&mut self.signed),
                cancelled,
            });
        }
    }

    /// The call fails, and the window says why.
    fn fail(&mut self, error: Error, now: UnixTime, out: &mut Vec<FlowAction>) {
        let failure = Failure::from(&error);
        if !matches!(self.window, Window::Closed) {
            self.window = Window::Failed(error);
            out.push(start(FlowTimer::Next, CONSENT_MS));
        }
        self.answer(Err(failure), now, out);
        self.show(out);
    }

    // ── Host ─────────────────────────────────────────────────────────────────────────────────

    fn list(&mut self, out: &mut Vec<FlowAction>) {
        if self.listing.is_some() {
            return;
        }
        self.stale = false;
        let request = self.send(HostCommand::Tokens {}, false, out);
        self.listing = Some(request);
        out.push(start(FlowTimer::Host, HOST_REPLY_MS));
    }

    fn send(&mut self, command: HostCommand, with_pin: bool, out: &mut Vec<FlowAction>) -> u32 {
        let request = self.next_request;
        self.next_request += 1;
        out.push(FlowAction::Send {
            request,
            command,
            with_pin,
        });
        request
    }

    fn host_replied(
        &mut self,
        request: u32,
        reply: KeyReply,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) {
        if self.listing == Some(request) {
            self.listing = None;
            return match reply {
                KeyReply::Tokens { tokens, modules } => {
                    self.keys = Some(keys::read(tokens, &self.anchors, now));
                    self.modules = modules;
                    self.listed(now, out);
                }
                KeyReply::Signed { .. } | KeyReply::Done {} => {
                    self.listing_failed(Error::HostMessageInvalid {}, now, out);
                }
            };
        }
        let Some(Current {
            asked,
            step: Step::Working { request: own, work },
        }) = &self.current
        else {
            return;
        };
        if *own != request {
            return;
        }
        match (&work.kind, reply) {
            (WorkKind::Login { .. }, KeyReply::Done {}) => {
                let container = container_of(&work.certificate);
                if let Some(grant) = &mut self.grant {
                    grant.session = Some(now);
                }
                self.time_session(now, out);
                out.push(FlowAction::Session { open: true });
                out.push(FlowAction::Done {});
                self.answer(Ok(Answer::Container(container)), now, out);
            }
            (
                WorkKind::Sign {
                    algorithm,
                    to_be_signed,
                },
                KeyReply::Signed { signatures },
            ) => {
                let signed = assemble(
                    &asked.request,
                    &work.certificate,
                    *algorithm,
                    to_be_signed,
                    &signatures,
                );
                match signed {
                    Ok(signature) => {
                        self.signed = true;
                        out.push(FlowAction::Done {});
                        self.answer(Ok(Answer::Signature(signature)), now, out);
                    }
                    Err(error) => self.fail(error, now, out),
                }
            }
            _ => self.fail(Error::HostMessageInvalid {}, now, out),
        }
    }

    /// The keys are known.
    fn listed(&mut self, now: UnixTime, out: &mut Vec<FlowAction>) {
        if self.stale {
            return self.list(out);
        }
        if self.grant.is_some() && self.granted().is_none() {
            self.end_session(out);
            self.grant = None;
        }
        match self.current.take() {
            Some(Current {
                asked,
                step: Step::Listing,
            }) => {
                out.push(stop(FlowTimer::Host));
                self.serve_from_keys(asked, out);
                self.go_on(now, out);
            }
            Some(current) => {
                let asks = matches!(current.step, Step::Asking(_));
                self.current = Some(current);
                if asks {
                    out.push(stop(FlowTimer::Host));
                    self.note_absence();
                    self.show(out);
                }
            }
            None => out.push(stop(FlowTimer::Host)),
        }
    }

    fn listing_failed(&mut self, error: Error, now: UnixTime, out: &mut Vec<FlowAction>) {
        self.stale = true;
        match &self.current {
            Some(current) if !matches!(current.step, Step::Working { .. }) => {
                self.fail(error, now, out);
            }
            _ => {}
        }
    }

    fn host_failed(
        &mut self,
        request: u32,
        error: Error,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) {
        if self.listing == Some(request) {
            self.listing = None;
            return self.listing_failed(error, now, out);
        }
        let Some(Current {
            step: Step::Working { request: own, work },
            ..
        }) = &self.current
        else {
            return;
        };
        if *own != request {
            return;
        }
        let sent = matches!(work.kind, WorkKind::Login { sent: true });
        let question = match work.kind {
            WorkKind::Login { .. } => Question::Unlock { sent: false },
            WorkKind::Sign { .. } => Question::Sign,
        };
        let token = work.token.clone();
        let typed = !sent && self.asks_pin(question);
        let pin_is_wrong = matches!(error, Error::PinIncorrect { .. } | Error::PinLocked {});
        self.note_pin(&token, &error);
        if pin_is_wrong || matches!(error, Error::TokenRemoved {} | Error::PinRequired {}) {
            // The host has no PIN for this tab any more.
            self.end_session(out);
        }
        match error {
            // The page's PIN can't be tried: ours asks.
            Error::PinRequired {} => {
                if let Some(Current { mut asked, .. }) = self.current.take() {
                    asked.pin = false;
                    self.ask(asked, question, out);
                }
                self.go_on(now, out);
            }
            // The page says so itself.
            Error::PinIncorrect { .. } | Error::PinLocked {} | Error::PinLength { .. } if sent => {
                let failure = Failure::from(&error);
                self.grant = None;
                if let Some(current) = self.current.take() {
                    self.reply(current.asked.call, Err(failure), out);
                }
                self.shut(true, out);
                self.go_on(now, out);
            }
            Error::PinIncorrect { .. }
            | Error::PinLength { .. }
            | Error::PinLocked {}
            | Error::TokenRemoved {}
                if typed || matches!(error, Error::TokenRemoved {}) =>
            {
                // Back to the user: nothing is done again without a new press.
                self.notice = Some(error);
                if let Some(Current { asked, .. }) = self.current.take() {
                    self.ask(asked, question, out);
                }
            }
            error => self.fail(error, now, out),
        }
    }

    /// Puts what an error says about the PIN into the keys as they were listed, so that the window never shows more tries
    /// than there are.
    fn note_pin(&mut self, token: &str, error: &Error) {
        let keys = self.keys.iter_mut().flatten();
        for key in keys.filter(|key| key.token().token == token) {
            match error {
                Error::PinIncorrect { tries } => key.note_pin(*tries),
                Error::PinLocked {} => key.note_pin(PinTries {
                    state: PinState::Locked,
                    ..key.token().pin
                }),
                _ => {}
            }
        }
    }

    // ── Session ──────────────────────────────────────────────────────────────────────────────

    /// Starts the timer at whose end what was granted ends.
    fn time_session(&self, now: UnixTime, out: &mut Vec<FlowAction>) {
        if let Some(grant) = &self.grant {
            let left = grant.end().0.saturating_sub(now.0).max(0);
            let ms = u32::try_from(left.saturating_mul(1000)).unwrap_or(SESSION_IDLE_MS);
            out.push(start(FlowTimer::Session, ms));
        }
    }

    fn end_old_session(&mut self, now: UnixTime, out: &mut Vec<FlowAction>) {
        if self.grant.as_ref().is_some_and(|grant| grant.end() <= now) {
            self.end_session(out);
            self.grant = None;
        }
    }

    /// The host forgets the PIN. What the user showed stays shown.
    fn end_session(&mut self, out: &mut Vec<FlowAction>) {
        if let Some(grant) = &mut self.grant
            && grant.session.take().is_some()
        {
            let tab = self.tab;
            self.send(HostCommand::BridgeLogout { tab }, false, out);
            out.push(FlowAction::Session { open: false });
        }
    }

    fn timed_out(&mut self, timer: FlowTimer, now: UnixTime, out: &mut Vec<FlowAction>) {
        match timer {
            FlowTimer::Consent => {
                let seconds = CONSENT_MS / 1000;
                self.close(Error::TimedOut { seconds }, out);
            }
            FlowTimer::Host => {
                let seconds = HOST_REPLY_MS / 1000;
                if self.listing.take().is_some() || self.current.is_some() {
                    self.fail(Error::HostSilent { seconds }, now, out);
                }
            }
            FlowTimer::Next if self.current.is_none() => self.shut(false, out),
            // What is over has ended before this.
            FlowTimer::Next | FlowTimer::Session => {}
        }
    }

    // ── View ─────────────────────────────────────────────────────────────────────────────────

    fn asks_pin(&self, question: Question) -> bool {
        match question {
            Question::Identify => false,
            Question::Unlock { sent } => !sent,
            Question::Sign => self
                .grant
                .as_ref()
                .is_none_or(|grant| grant.session.is_none()),
        }
    }

    fn show(&self, out: &mut Vec<FlowAction>) {
        if matches!(self.window, Window::Closed) {
            return;
        }
        let (question, phase) = match (&self.window, &self.current) {
            (Window::Failed(error), None) => (
                None,
                Phase::Failed {
                    error: error.clone(),
                },
            ),
            (_, None) => (None, Phase::Awaiting {}),
            (_, Some(Current { step, .. })) => match step {
                Step::Listing => (None, Phase::Looking {}),
                Step::Asking(question) if self.keys.is_none() => {
                    (Some(*question), Phase::Looking {})
                }
                Step::Asking(question) => (Some(*question), Phase::Choosing {}),
                Step::Working { work, .. } => {
                    let question = match work.kind {
                        WorkKind::Login { sent } => Question::Unlock { sent },
                        WorkKind::Sign { .. } => Question::Sign,
                    };
                    (Some(question), Phase::Working { done: 0, total: 1 })
                }
            },
        };
        let act = match (
            question,
            self.current.as_ref().map(|current| &current.asked),
        ) {
            (Some(Question::Unlock { sent }), _) => Act::Unlock { sent },
            (
                Some(Question::Sign),
                Some(Asked {
                    request: Request::Sign { text, form, .. },
                    ..
                }),
            ) => Act::SignText {
                text: text::view(text),
                message: *form != Form::Bare,
            },
            _ => Act::Identify {},
        };
        let failed = self
            .modules
            .iter()
            .filter(|module| module.problem.is_some());
        out.push(FlowAction::Show {
            view: Box::new(ConsentView {
                phase,
                site: self.site.clone(),
                act,
                tokens: self.views(),
                modules: failed.cloned().collect(),
                asks_pin: question.is_some_and(|question| self.asks_pin(question)),
                notice: self.notice.clone(),
            }),
        });
    }

    /// The keys as the window shows them: of a page that names a certificate only those that hold it.
    fn views(&self) -> Vec<TokenView> {
        let mut views = keys::views(self.keys.as_deref().unwrap_or_default());
        let container = match &self.current {
            Some(Current { asked, .. }) => asked.request.container(),
            None => "",
        };
        if !container.is_empty() {
            for view in &mut views {
                let is_it = |sha: &String| sha.starts_with(container);
                view.certificates.retain(|known| is_it(&known.certificate));
            }
            views.retain(|view| !view.certificates.is_empty());
        }
        for view in &mut views {
            view.seals.clear();
        }
        views
    }

    /// The origin of the document.
    #[must_use]
    pub fn origin(&self) -> &Origin {
        &self.origin
    }
}

impl Grant {
    /// When it ends by itself.
    fn end(&self) -> UnixTime {
        let idle = self.pressed.plus(i64::from(SESSION_IDLE_MS / 1000));
        match self.session {
            Some(since) => idle.min(since.plus(i64::from(MAX_SESSION_MS / 1000))),
            None => idle,
        }
    }
}

impl Request {
    /// The certificate that a page names, if it does.
    fn container(&self) -> &str {
        match self {
            Self::Export { container, .. }
            | Self::Login { container }
            | Self::IsLoggedIn { container }
            | Self::PinRetryCount { container }
            | Self::DeviceInfo { container, .. }
            | Self::DeviceSerial { container }
            | Self::Sign { container, .. } => container,
            _ => "",
        }
    }
}

fn read(
    skin: Skin,
    function: &Function,
    fields: &BTreeMap<String, String>,
) -> Result<Request, Failure> {
    match skin {
        Skin::Rs => rs::read(function, fields),
    }
}

fn write(skin: Skin, answer: Result<Answer, Failure>) -> Json {
    match skin {
        Skin::Rs => rs::write(answer),
    }
}

/// Whether a text is never signed in a form.
fn is_refused(text: &str, form: Form) -> bool {
    let size = text.len() as u64;
    match form {
        Form::Bare => bare_text::read(text.as_bytes()).is_none(),
        Form::Message { .. } => content_guard::is_refused(text.as_bytes(), size),
    }
}

/// The exact bytes that a signature over a text covers, and what the host is told of them.
fn to_be_signed(
    text: &str,
    form: Form,
    algorithm: SignatureAlgorithm,
    certificate: &Certificate,
    now: UnixTime,
) -> (Vec<u8>, TextForm) {
    match form {
        Form::Bare => (text.as_bytes().to_vec(), TextForm::Bare {}),
        Form::Message { .. } => {
            let digest = hash::digest(algorithm, text.as_bytes());
            let attributes = attributes::build(algorithm, certificate, &digest, Some(now));
            let form = TextForm::Attributes {
                attributes: Base64(attributes.clone()),
            };
            (attributes, form)
        }
    }
}

/// Verifies a signature and puts it into the form that the page asked for.
fn assemble(
    request: &Request,
    certificate: &Certificate,
    algorithm: SignatureAlgorithm,
    to_be_signed: &[u8],
    signatures: &[Base64],
) -> Result<Vec<u8>, Error> {
    let ([signature], Request::Sign { text, form, .. }) = (signatures, request) else {
        return Err(Error::HostMessageInvalid {});
    };
    if !certificate.key()?.verify(&[to_be_signed], &signature.0) {
        return Err(Error::SignatureNotVerified {});
    }
    Ok(match form {
        Form::Bare => signature.0.clone(),
        Form::Message { attached } => {
            let size = attached.then_some(text.len());
            let parts = cms::assemble(algorithm, certificate, to_be_signed, &signature.0, size);
            let content: &[u8] = if *attached { text.as_bytes() } else { &[] };
            [&parts.head, content, &parts.tail].concat()
        }
    })
}

fn users(certificate: &Certificate) -> Answer {
    // Separators of the list in a name would make another list of it.
    let name: String = visible(&certificate.holder())
        .chars()
        .map(|c| if "|&".contains(c) { ' ' } else { c })
        .collect();
    Answer::Users(vec![(name, container_of(certificate))])
}

/// The other certificate of a dual one.
fn partner(key: &Key, certificate: &Certificate) -> Option<Vec<u8>> {
    let sha = sha_of(certificate);
    let mut views = key.view().certificates.iter();
    let view = views.find(|view| view.certificate == sha)?;
    let partner = key.certificate(view.partner.as_ref()?)?;
    Some(partner.der().to_vec())
}

fn tries(pin: PinTries) -> Result<Answer, Failure> {
    match (pin.state, pin.left) {
        (PinState::Locked, _) => Ok(Answer::Tries(0)),
        (_, Some(left)) => Ok(Answer::Tries(left)),
        (PinState::Final, None) => Ok(Answer::Tries(1)),
        (PinState::Ok | PinState::Low, None) => Err(Failure::TriesUnknown),
    }
}

/// What a key says of itself, by the numbers of GM/T 0006-2012 (`SGD_DEVICE_*`).
fn device_info(key: &Key, item: u32) -> Result<Answer, Failure> {
    let token = key.token();
    let text = match item {
        0x203 => &token.label,
        0x204 => &token.manufacturer,
        0x202 => &token.model,
        0x208 => &token.serial,
        _ => return Err(Failure::ItemUnknown),
    };
    Ok(Answer::Info(text.trim().to_owned()))
}

fn sha_of(certificate: &Certificate) -> String {
    yinxin_pki::asn1::hex(certificate.sha256())
}

/// Gives up what the host does for a call.
fn abandon(current: &Current, out: &mut Vec<FlowAction>) {
    if let Step::Working { request, .. } = &current.step {
        out.push(FlowAction::Abandon { request: *request });
    }
}

fn start(timer: FlowTimer, ms: u32) -> FlowAction {
    FlowAction::Start { timer, ms }
}

fn stop(timer: FlowTimer) -> FlowAction {
    FlowAction::Stop { timer }
}

/// Bytes of a parameter.
const MAX_PARAMETER_BYTES: usize = 1024;

#[cfg(test)]
mod tests;
