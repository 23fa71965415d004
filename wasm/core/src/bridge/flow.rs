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
//! it was verified; whatever ends a login early, the host keeps no PIN of it.

mod view;

use super::answers;
use super::request::{Answer, Failure, Request, Usage};
use super::{info, read, skin};
use crate::keys::{self, Key};
use crate::signing::site_view;
use std::collections::{BTreeMap, VecDeque};
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::sm3;
use yinxin_pki::trust::Anchor;
use yinxin_proto::Error;
use yinxin_proto::bridge::{Address, Operation, Skin};
use yinxin_proto::consent::{Act, Decision, SiteView};
use yinxin_proto::flow::{FlowAction, FlowEvent, FlowStart, FlowTimer};
use yinxin_proto::host::HostCommand;
use yinxin_proto::limits::{
    BRIDGE_NEXT_MS, CONSENT_MS, HOST_REPLY_MS, MAX_ANCHORS, MAX_BRIDGE_CALLS, MAX_SESSION_MS,
    SESSION_IDLE_MS,
};
use yinxin_proto::signing::KeyReply;
use yinxin_proto::site::Origin;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::Module;

/// The calls of one document.
pub struct Flow {
    site: SiteView,
    tab: u32,
    /// Whose calls it may make.
    skins: &'static [Skin],
    /// Trust anchors beside the product's own.
    anchors: Vec<Anchor>,
    /// What the site keeps.
    parameters: BTreeMap<String, String>,
    /// Why the last call failed, if it did.
    last: Option<Failure>,
    /// The call that is served.
    current: Option<Current>,
    /// Numbers what the window asked.
    question: u32,
    /// Those behind it.
    waiting: VecDeque<Asked>,
    /// What the user showed this document.
    grant: Option<Grant>,
    /// A PIN of the page was wrong, or the host does not try it: our own window asks.
    drops_pins: bool,
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
    /// What was done last while it was.
    done: Option<Act>,
    /// What random numbers are made of, with the number of those that were made.
    seed: ([u8; 32], u32),
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

/// A call that wants an answer.
#[derive(Clone, Copy)]
struct Call {
    number: u32,
    /// Whose it is.
    skin: Skin,
    /// Absent for a function that no table names.
    operation: Option<Operation>,
}

/// A call.
struct Asked {
    call: Call,
    request: Request,
    /// What the page calls the key by, if it does.
    device: String,
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
    /// Another PIN, both of them typed.
    ChangePin,
    /// A decryption.
    Decrypt,
}

/// What the host works at.
struct Work {
    question: Question,
    token: String,
    certificate: Certificate,
    /// The exact bytes that a signature must cover.
    to_be_signed: Vec<u8>,
}

enum Window {
    Closed,
    /// Shows the call that is served, or waits for the next one.
    Open,
    /// Shows what went wrong, until the user closes it or the next call asks something.
    Failed(Error),
}

impl Flow {
    /// The flow of a document. `seed` is random, and used for nothing else.
    ///
    /// # Errors
    /// `origin-opaque` and its like; `act-not-allowed` where the site's calls are not known.
    pub fn start(
        start: FlowStart,
        parameters: BTreeMap<String, String>,
        seed: [u8; 32],
    ) -> Result<Self, Error> {
        let origin = Origin::read(&start.origin)?;
        let skins = origin.skins(start.development);
        if skins.is_empty() {
            return Err(Error::ActNotAllowed {
                origin: start.origin,
                act: "bridge".into(),
            });
        }
        let given = start.anchors.into_iter().take(MAX_ANCHORS as usize);
        Ok(Self {
            site: site_view(&origin, start.kind, start.first_use),
            tab: start.tab,
            skins,
            anchors: given
                .filter_map(|der| Certificate::from_der(der.0).ok())
                .map(Anchor::from)
                .collect(),
            parameters,
            last: None,
            current: None,
            question: 0,
            waiting: VecDeque::new(),
            grant: None,
            drops_pins: false,
            keys: None,
            stale: false,
            modules: Vec::new(),
            listing: None,
            notice: None,
            window: Window::Closed,
            signed: false,
            done: None,
            seed: (seed, 0),
            next_request: 1,
        })
    }

    /// Takes an event. Events that come late or don't fit are ignored.
    pub fn handle(&mut self, event: FlowEvent, now: UnixTime) -> Vec<FlowAction> {
        let mut actions = Vec::new();
        let out = &mut actions;
        if self.grant.as_ref().is_some_and(|grant| grant.end() <= now) {
            self.end_grant(out);
        }
        match event {
            FlowEvent::Called {
                call,
                port,
                name,
                fields,
                pins,
                pressed,
            } => {
                let address = Address::at(port).filter(|known| self.skins.contains(&known.skin));
                let function = address.and_then(|address| address.function(&name));
                // Of no other address the host tells.
                let own = self.skins.first().copied().unwrap_or(Skin::Rs);
                let call = Call {
                    number: call,
                    skin: address.map_or(own, |address| address.skin),
                    operation: function.map(|function| function.operation),
                };
                let function = function.ok_or(Failure::Unknown);
                match function.and_then(|function| {
                    // Another PIN at a login would be changed by a success, and is not.
                    if function.operation == Operation::Login && pins.len() > 1 {
                        return Err(Failure::NotSupported);
                    }
                    let request = read::read(function, &fields)?;
                    Ok((request, read::device(function, &fields)))
                }) {
                    Ok((request, device)) => {
                        let asked = Asked {
                            call,
                            request,
                            device,
                            pin: !pins.is_empty(),
                            pressed,
                        };
                        self.called(asked, now, out);
                    }
                    Err(failure) => {
                        if matches!(failure, Failure::Unknown | Failure::NotSupported) {
                            out.push(FlowAction::Unanswered { port, name });
                        }
                        self.reply(call, Err(failure), out);
                    }
                }
            }
            FlowEvent::Gone { call } => self.gone(call, now, out),
            FlowEvent::HostReplied { request, reply } => {
                self.host_replied(request, reply, now, out);
            }
            FlowEvent::HostFailed { request, error } => {
                self.host_failed(request, error, now, out);
            }
            FlowEvent::TokensChanged {} => {
                self.stale = true;
                if self.grant.is_some() || self.current.is_some() && !self.works() {
                    self.list(out);
                }
            }
            FlowEvent::Decided { decision } => self.decided(decision, now, out),
            FlowEvent::WindowClosed {} => self.close(Error::Cancelled {}, out),
            FlowEvent::WindowLost {} => self.close(Error::WindowLost {}, out),
            FlowEvent::WindowRefused { error } => self.close(error, out),
            FlowEvent::SessionEnded {} => self.end_grant(out),
            FlowEvent::TimedOut { timer } => self.timed_out(timer, now, out),
        }
        actions
    }

    // ── Calls ────────────────────────────────────────────────────────────────────────────────

    fn called(&mut self, asked: Asked, now: UnixTime, out: &mut Vec<FlowAction>) {
        if self.waiting.len() >= MAX_BRIDGE_CALLS as usize {
            return self.reply(asked.call, Err(Failure::Busy), out);
        }
        self.waiting.push_back(asked);
        self.go_on(now, out);
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
        if matches!(asked.request, Request::Logout) {
            self.end_grant(out);
        }
        let answer = match self.known(&asked.request, now) {
            None if self.keys.is_none() || self.stale => {
                let step = Step::Listing;
                self.current = Some(Current { asked, step });
                return self.list(out);
            }
            None => self.shown(&asked),
            known => known,
        };
        if let Some(answer) = answer {
            self.reply(asked.call, answer, out);
            self.await_next(out);
        } else if let Some((key, grant)) = self.granted()
            && grant.covers(&asked)
            && !self.drops_pins
        {
            let question = Question::Unlock { sent: true };
            match order(&asked, question, key, &grant.certificate, now) {
                Ok(Some(order)) => self.begin(asked, order, out),
                Ok(None) | Err(_) => self.ask(asked, out),
            }
        } else {
            self.ask(asked, out);
        }
    }

    /// The answer to a call that no key is needed for.
    fn known(&mut self, request: &Request, now: UnixTime) -> Option<Result<Answer, Failure>> {
        Some(match request {
            Request::CertificateInfo { certificate, item } => {
                info::item(certificate, *item).map(Answer::Info)
            }
            Request::Validate { certificate } => answers::validate(certificate, &self.anchors, now),
            Request::Verify {
                certificate,
                text,
                signature,
            } => answers::verify(certificate, text, signature),
            Request::VerifyMessage { message, text } => {
                answers::verify_message(message, text.as_deref(), now)
            }
            Request::SetParameter { name, value } => {
                self.parameters.insert(name.clone(), value.clone());
                Ok(Answer::Done)
            }
            Request::Parameter { name, otherwise } => self
                .parameters
                .get(name)
                .cloned()
                .or_else(|| otherwise.map(str::to_owned))
                .map(Answer::Parameter)
                .ok_or(Failure::ParameterUnknown),
            Request::Encrypt { certificate, text } => {
                answers::encrypt(certificate, text, &self.random())
            }
            Request::Nothing => Ok(Answer::Done),
            Request::CertificateInfoByOid { certificate, oid } => certificate
                .identifier(*oid)
                .map(Answer::Info)
                .ok_or(Failure::ItemAbsent),
            Request::MessageInfo { message, item } => answers::message_info(message, *item, now),
            Request::Hash { digest, text } => Ok(answers::hash(*digest, text)),
            Request::Random { length } => {
                let blocks = length.div_ceil(32);
                let mut bytes: Vec<u8> = (0..blocks).flat_map(|_| self.random()).collect();
                bytes.truncate(*length);
                Ok(Answer::Bytes(bytes))
            }
            Request::LastError => Ok(Answer::LastError(self.last)),
            Request::Logout => Ok(Answer::Done),
            Request::Version => Ok(Answer::Version(env!("CARGO_PKG_VERSION").into())),
            Request::Sign { text, form, .. } if answers::is_refused(text, *form) => {
                Err(Failure::ContentRefused)
            }
            _ => return None,
        })
    }

    /// The answer that is silent since the user showed this document a certificate. `None` if only the user can give it.
    fn shown(&self, asked: &Asked) -> Option<Result<Answer, Failure>> {
        let Some((key, grant)) = self.granted() else {
            // Who asks before a login gets no window for it.
            let asks = matches!(asked.request, Request::IsLoggedIn { .. });
            return asks.then_some(Err(Failure::NotLoggedIn));
        };
        if !asked.is_of(key, &grant.certificate) {
            return Some(Err(Failure::OtherContainer));
        }
        let id = || skin::id_of(asked.call.skin, key, &grant.certificate);
        let is_closed = matches!(self.window, Window::Closed);
        Some(match &asked.request {
            Request::Login { .. } | Request::Sign { .. } | Request::ChangePin { .. } => {
                return None;
            }
            Request::Decrypt { .. } => match answers::decrypting(key, &grant.certificate) {
                Ok(_) => return None,
                Err(failure) => Err(failure),
            },
            // Without a login, whoever presses anew may want to be another one.
            Request::UserList if grant.session.is_none() && asked.pressed && is_closed => {
                return None;
            }
            Request::UserList => Ok(answers::users(&grant.certificate, id())),
            Request::Devices => Ok(Answer::Devices(vec![skin::serial_of(key)])),
            Request::Choose { serial } => {
                let own = grant.certificate.serial_hex();
                if serial.is_empty() || own.eq_ignore_ascii_case(serial) {
                    Ok(Answer::Done)
                } else {
                    Err(Failure::NoSuchCertificate)
                }
            }
            Request::UserInfo { item, .. } => {
                info::user(&grant.certificate, *item).map(Answer::Info)
            }
            Request::Export { usage, .. } => match usage {
                Usage::Sign => Some(&grant.certificate),
                Usage::Encrypt => answers::partner(key, &grant.certificate),
            }
            .map(|held| Answer::Certificate(held.der().to_vec()))
            .ok_or(Failure::NoSuchCertificate),
            Request::IsLoggedIn { .. } => match grant.session {
                Some(_) => Ok(Answer::Container(id())),
                None => Err(Failure::NotLoggedIn),
            },
            Request::PinRetryCount { .. } => answers::tries(key.token().pin),
            Request::DeviceInfo { item, .. } => answers::device_info(key, *item),
            Request::DeviceSerial { .. } => Ok(Answer::Serial {
                container: id(),
                serial: skin::serial_of(key),
            }),
            // The others need no key.
            _ => Err(Failure::Failed),
        })
    }

    /// A random number, used once.
    fn random(&mut self) -> [u8; 32] {
        let (seed, made) = &mut self.seed;
        *made += 1;
        sm3(&[&seed[..], &made.to_be_bytes()].concat())
    }

    /// What was granted, with its key, while that is there.
    fn granted(&self) -> Option<(&Key, &Grant)> {
        let grant = self.grant.as_ref()?;
        Some((self.key(&grant.token)?, grant))
    }

    fn key(&self, token: &str) -> Option<&Key> {
        let mut keys = self.keys.iter().flatten();
        keys.find(|key| key.token().token == token)
    }

    /// What the site keeps, for its next document.
    #[must_use]
    pub fn parameters(&self) -> &BTreeMap<String, String> {
        &self.parameters
    }

    /// Answers a call.
    fn reply(&mut self, call: Call, answer: Result<Answer, Failure>, out: &mut Vec<FlowAction>) {
        if !matches!(answer, Ok(Answer::LastError(_))) {
            self.last = answer.as_ref().err().copied();
        }
        out.push(FlowAction::Answer {
            call: call.number,
            body: skin::write(call.skin, call.operation, answer),
        });
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
        self.end_lost_grant(out);
        self.await_next(out);
        self.go_on(now, out);
    }

    /// The page does not wait any more.
    fn gone(&mut self, call: u32, now: UnixTime, out: &mut Vec<FlowAction>) {
        self.waiting.retain(|asked| asked.call.number != call);
        if matches!(&self.current, Some(current) if current.asked.call.number == call) {
            self.abandon(out);
            self.current = None;
            self.shut(false, out);
            self.go_on(now, out);
        }
    }

    // ── Window ───────────────────────────────────────────────────────────────────────────────

    /// Asks the user about a call.
    fn ask(&mut self, asked: Asked, out: &mut Vec<FlowAction>) {
        if matches!(self.window, Window::Closed) {
            if !asked.pressed {
                out.push(FlowAction::Missed {});
                return self.reply(asked.call, Err(Failure::NoKey), out);
            }
            out.push(FlowAction::Open {});
            self.signed = false;
        }
        let question = match &asked.request {
            Request::Login { .. } => Question::Unlock {
                sent: asked.pin && !self.drops_pins,
            },
            Request::Sign { .. } => Question::Sign,
            Request::ChangePin { .. } => Question::ChangePin,
            Request::Decrypt { .. } => Question::Decrypt,
            _ => Question::Identify,
        };
        self.window = Window::Open;
        self.question += 1;
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
        let mut keys = self.keys.iter().flatten();
        let held = keys.any(|key| {
            key.certificates()
                .iter()
                .any(|known| asked.is_of(key, known))
        });
        let absent = Error::CertificateNotFound {};
        if asked.names_one() && !held {
            self.notice.get_or_insert(absent);
        } else if self.notice.as_ref() == Some(&absent) {
            self.notice = None;
        }
    }

    /// The window stays for the page's next call.
    fn await_next(&self, out: &mut Vec<FlowAction>) {
        if self.current.is_none() {
            self.show(out);
            if matches!(self.window, Window::Open) {
                out.push(start(FlowTimer::Next, BRIDGE_NEXT_MS));
            }
        }
    }

    fn decided(&mut self, decision: Decision, now: UnixTime, out: &mut Vec<FlowAction>) {
        match decision {
            Decision::Cancel {} => self.close(Error::Cancelled {}, out),
            Decision::Refresh {} => {
                if self.asks() {
                    self.notice = None;
                    out.push(start(FlowTimer::Consent, CONSENT_MS));
                    self.list(out);
                    self.show(out);
                }
            }
            // What was asked before is over, whatever its user pressed.
            Decision::Approve { question, .. } if question != self.question => {}
            Decision::Approve {
                token, certificate, ..
            } => {
                if let Err(error) = self.approve(token, &certificate, now, out) {
                    self.notice = Some(error);
                    self.show(out);
                }
            }
        }
    }

    /// Does what the window shows, with the certificate that its user chose.
    fn approve(
        &mut self,
        token: String,
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
        let (key, chosen) = keys::choose(keys, &token, certificate, now)?;
        if !asked.is_of(key, chosen) {
            return Err(Error::CertificateNotFound {});
        }
        let order = order(asked, question, key, chosen, now)?;
        let chosen = chosen.clone();
        let Some(Current { asked, .. }) = self.current.take() else {
            return Ok(());
        };
        self.notice = None;
        out.push(stop(FlowTimer::Consent));
        self.pressed(token, chosen, question, now, out);
        if let Some(order) = order {
            self.begin(asked, order, out);
        } else {
            // What was granted answers what was asked. The press on the page is used.
            let pressed = false;
            self.done = Some(Act::Identify {});
            self.serve(Asked { pressed, ..asked }, now, out);
            self.go_on(now, out);
        }
        Ok(())
    }

    /// The user pressed a button for a certificate.
    fn pressed(
        &mut self,
        token: String,
        certificate: Certificate,
        question: Question,
        now: UnixTime,
        out: &mut Vec<FlowAction>,
    ) {
        let is_it =
            |grant: &Grant| grant.token == token && grant.certificate.der() == certificate.der();
        if !self.grant.as_ref().is_some_and(is_it) {
            // Whoever is another one now holds no session as the one before.
            self.end_grant(out);
        }
        let grant = self.grant.get_or_insert(Grant {
            token,
            certificate,
            pressed: now,
            covers_login: false,
            session: None,
        });
        grant.pressed = now;
        grant.covers_login = question == Question::Identify;
        self.time_session(now, out);
    }

    /// Has the host do something for a call.
    fn begin(
        &mut self,
        asked: Asked,
        (command, work): (HostCommand, Work),
        out: &mut Vec<FlowAction>,
    ) {
        let pad = self
            .key(&work.token)
            .is_some_and(|key| key.token().protected_path);
        let with_pin = self.asks_pin(work.question) && !pad;
        if let Some(grant) = &mut self.grant
            && matches!(work.question, Question::Unlock { .. })
        {
            // Whatever comes of it, it was the one.
            grant.covers_login = false;
        }
        let request = self.send(command, with_pin, out);
        // On a pad of its own the user types while the host waits.
        let ms = if pad { CONSENT_MS } else { HOST_REPLY_MS };
        out.push(start(FlowTimer::Host, ms));
        let step = Step::Working {
            request,
            work: Box::new(work),
        };
        self.current = Some(Current { asked, step });
        self.show(out);
    }

    /// Gives up what the host does for the call that is served.
    fn abandon(&mut self, out: &mut Vec<FlowAction>) {
        if let Some(Current {
            step: Step::Working { request, work },
            ..
        }) = &self.current
        {
            out.push(FlowAction::Abandon { request: *request });
            if matches!(work.question, Question::Unlock { .. }) {
                // It may have come too late.
                self.end_grant(out);
            }
        }
    }

    /// Closes the window, and answers whatever waits with why.
    fn close(&mut self, why: Error, out: &mut Vec<FlowAction>) {
        let failure = Failure::from(&why);
        let is_open = !matches!(self.window, Window::Closed);
        let cancelled = why == Error::Cancelled {} && self.current.is_some() && is_open;
        self.abandon(out);
        if let Some(current) = self.current.take() {
            // Who finds no key and leaves has none.
            let no_key = self.keys.as_ref().is_some_and(Vec::is_empty);
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
        if let Some(grant) = &mut self.grant
            && cancelled
        {
            grant.covers_login = false;
        }
        self.shut(cancelled, out);
    }

    /// The window goes, if it is there.
    fn shut(&mut self, cancelled: bool, out: &mut Vec<FlowAction>) {
        self.notice = None;
        self.done = None;
        out.extend([FlowTimer::Consent, FlowTimer::Host, FlowTimer::Next].map(stop));
        let was = std::mem::replace(&mut self.window, Window::Closed);
        if cancelled || !matches!(was, Window::Closed) {
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
    }

    // ── Host ─────────────────────────────────────────────────────────────────────────────────

    fn list(&mut self, out: &mut Vec<FlowAction>) {
        if self.listing.is_none() {
            self.stale = false;
            self.listing = Some(self.send(HostCommand::Tokens {}, false, out));
        }
        // What the host works at has a time of its own.
        if !self.works() {
            out.push(start(FlowTimer::Host, HOST_REPLY_MS));
        }
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

    /// The work of a request, while the host works at it.
    fn work(&self, of: u32) -> Option<(&Asked, &Work)> {
        match &self.current {
            Some(Current {
                asked,
                step: Step::Working { request, work },
            }) if *request == of => Some((asked, work)),
            _ => None,
        }
    }

    fn works(&self) -> bool {
        matches!(&self.current, Some(current) if matches!(current.step, Step::Working { .. }))
    }

    fn asks(&self) -> bool {
        matches!(&self.current, Some(current) if matches!(current.step, Step::Asking(_)))
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
                _ => self.listing_failed(Error::HostMessageInvalid {}, now, out),
            };
        }
        let Some((asked, work)) = self.work(request) else {
            return;
        };
        let question = work.question;
        let done = match (question, reply) {
            (Question::Unlock { .. }, KeyReply::Done {}) => {
                let key = self.key(&work.token);
                let id = key.map(|key| skin::id_of(asked.call.skin, key, &work.certificate));
                Ok(Answer::Container(id.unwrap_or_default()))
            }
            (Question::ChangePin, KeyReply::Done {}) => Ok(Answer::Done),
            (Question::Decrypt, KeyReply::Decrypted { plaintext }) => {
                let text = String::from_utf8(plaintext.0).map_err(|_| Error::NotDecrypted {});
                text.map(Answer::Plaintext)
            }
            (Question::Sign, KeyReply::Signed { signatures }) => {
                let bytes = &work.to_be_signed;
                answers::assemble(&asked.request, &work.certificate, bytes, &signatures)
                    .map(Answer::Signature)
            }
            _ => Err(Error::HostMessageInvalid {}),
        };
        let answer = match done {
            Ok(answer) => answer,
            Err(error) => return self.fail(error, now, out),
        };
        if matches!(question, Question::Unlock { .. }) && !self.open_session(now, out) {
            return self.answer(Err(Failure::NotLoggedIn), now, out);
        }
        self.signed |= question == Question::Sign;
        self.done = Some(self.act(Some(question)));
        out.push(FlowAction::Done {});
        self.answer(Ok(answer), now, out);
    }

    /// The keys are known.
    fn listed(&mut self, now: UnixTime, out: &mut Vec<FlowAction>) {
        if self.stale {
            return self.list(out);
        }
        if self.works() {
            return;
        }
        out.push(stop(FlowTimer::Host));
        self.end_lost_grant(out);
        match self.current.take() {
            Some(Current {
                asked,
                step: Step::Listing,
            }) => {
                self.serve(asked, now, out);
                self.go_on(now, out);
            }
            Some(asking) => {
                self.current = Some(asking);
                self.note_absence();
                self.show(out);
            }
            None => {}
        }
    }

    fn listing_failed(&mut self, error: Error, now: UnixTime, out: &mut Vec<FlowAction>) {
        self.stale = true;
        if self.current.is_some() && !self.works() {
            self.fail(error, now, out);
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
        let Some((_, work)) = self.work(request) else {
            return;
        };
        let sent = work.question == Question::Unlock { sent: true };
        let token = work.token.clone();
        self.note_pin(&token, &error);
        match error {
            // The page says so itself.
            Error::PinIncorrect { .. } | Error::PinLocked {} | Error::PinLength { .. } if sent => {
                self.drops_pins = true;
                self.end_grant(out);
                if let Some(current) = self.current.take() {
                    self.reply(current.asked.call, Err(Failure::from(&error)), out);
                }
                self.shut(true, out);
            }
            // Back to the user: nothing is done again without a new press.
            Error::PinRequired {}
            | Error::PinIncorrect { .. }
            | Error::PinLocked {}
            | Error::PinLength { .. }
            | Error::PinRefused {}
            | Error::TokenRemoved {} => {
                self.drops_pins |= sent && error == Error::PinRequired {};
                if !matches!(error, Error::PinLength { .. } | Error::PinRefused {}) {
                    // The host has no PIN for this tab any more, or none that is right.
                    self.end_grant(out);
                }
                self.notice = Some(error).filter(|error| *error != Error::PinRequired {});
                out.push(stop(FlowTimer::Host));
                if let Some(Current { asked, .. }) = self.current.take() {
                    self.ask(asked, out);
                }
            }
            error => return self.fail(error, now, out),
        }
        self.go_on(now, out);
    }

    /// Puts what an error says about the PIN into the keys as they were listed, so that the window never shows more tries
    /// than there are.
    fn note_pin(&mut self, token: &str, error: &Error) {
        let keys = self.keys.iter_mut().flatten();
        for key in keys.filter(|key| key.token().token == token) {
            key.note_pin(error);
        }
    }

    // ── Session ──────────────────────────────────────────────────────────────────────────────

    /// The host holds the PIN. `false` if what was granted ended meanwhile: then it shall not.
    fn open_session(&mut self, now: UnixTime, out: &mut Vec<FlowAction>) -> bool {
        let Some(grant) = &mut self.grant else {
            self.log_out(out);
            return false;
        };
        grant.session = Some(now);
        self.drops_pins = false;
        self.time_session(now, out);
        out.push(FlowAction::Session { open: true });
        true
    }

    /// Starts the timer at whose end what was granted ends.
    fn time_session(&self, now: UnixTime, out: &mut Vec<FlowAction>) {
        if let Some(grant) = &self.grant {
            let left = grant.end().0.saturating_sub(now.0).max(0);
            let ms = u32::try_from(left.saturating_mul(1000)).unwrap_or(SESSION_IDLE_MS);
            out.push(start(FlowTimer::Session, ms));
        }
    }

    /// The key of what was granted is gone. Whether that is so while the host works, the host will say.
    fn end_lost_grant(&mut self, out: &mut Vec<FlowAction>) {
        if self.grant.is_some() && self.granted().is_none() {
            self.end_grant(out);
        }
    }

    /// Nothing is granted any more, and the host forgets the PIN.
    fn end_grant(&mut self, out: &mut Vec<FlowAction>) {
        let Some(grant) = self.grant.take() else {
            return;
        };
        out.push(stop(FlowTimer::Session));
        // Also where no login was told yet: one that was given up may have come too late.
        self.log_out(out);
        if grant.session.is_some() {
            out.push(FlowAction::Session { open: false });
        }
        if self.asks() {
            // Now with the PIN.
            self.show(out);
        }
    }

    fn log_out(&mut self, out: &mut Vec<FlowAction>) {
        let tab = self.tab;
        self.send(HostCommand::BridgeLogout { tab }, false, out);
    }

    fn timed_out(&mut self, timer: FlowTimer, now: UnixTime, out: &mut Vec<FlowAction>) {
        let silent = Error::HostSilent {
            seconds: HOST_REPLY_MS / 1000,
        };
        match timer {
            FlowTimer::Consent if self.asks() => {
                let seconds = CONSENT_MS / 1000;
                self.close(Error::TimedOut { seconds }, out);
            }
            FlowTimer::Host if self.works() => {
                self.abandon(out);
                self.fail(silent, now, out);
            }
            FlowTimer::Host => {
                if let Some(request) = self.listing.take() {
                    out.push(FlowAction::Abandon { request });
                    self.listing_failed(silent, now, out);
                }
            }
            FlowTimer::Next if self.current.is_none() => self.shut(false, out),
            FlowTimer::Session => self.end_grant(out),
            FlowTimer::Consent | FlowTimer::Next => {}
        }
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

    /// Whether a call is the login that needs no press.
    fn covers(&self, asked: &Asked) -> bool {
        self.covers_login && asked.pin && matches!(asked.request, Request::Login { .. })
    }
}

impl Asked {
    /// Whether a certificate in a key is the one that the page names, as far as it names one.
    fn is_of(&self, key: &Key, certificate: &Certificate) -> bool {
        let container = self.request.container();
        let is_it =
            container.is_empty() || container == skin::id_of(self.call.skin, key, certificate);
        is_it && (self.device.is_empty() || self.device == skin::serial_of(key))
    }

    /// Whether the page names one.
    fn names_one(&self) -> bool {
        !(self.request.container().is_empty() && self.device.is_empty())
    }
}

/// What the host does for a call that the user consented to; nothing where it only asked who the user is.
fn order(
    asked: &Asked,
    question: Question,
    key: &Key,
    certificate: &Certificate,
    now: UnixTime,
) -> Result<Option<(HostCommand, Work)>, Error> {
    let (call, token, pin) = (asked.call.number, key.token().token.clone(), None);
    let sha = |certificate: &Certificate| hex(certificate.sha256());
    let mut work = Work {
        question,
        token: token.clone(),
        certificate: certificate.clone(),
        to_be_signed: Vec::new(),
    };
    let certificate = sha(certificate);
    let command = match &asked.request {
        Request::Login { .. } => HostCommand::BridgeLogin {
            call,
            token,
            certificate,
            pin,
        },
        Request::Sign { text, form, .. } => {
            let (bytes, form) = answers::to_be_signed(text, *form, &work.certificate, now)?;
            work.to_be_signed = bytes;
            HostCommand::BridgeSign {
                call,
                token,
                certificate,
                pin,
                form,
            }
        }
        Request::ChangePin { .. } => HostCommand::BridgeChangePin {
            call,
            token,
            certificate,
            pin,
            new_pin: None,
        },
        Request::Decrypt { .. } => {
            let decrypting = answers::decrypting(key, &work.certificate);
            let decrypting = decrypting.map_err(|_| Error::NotDecrypted {})?;
            HostCommand::BridgeDecrypt {
                call,
                token,
                certificate: sha(decrypting),
                pin,
            }
        }
        _ => return Ok(None),
    };
    Ok(Some((command, work)))
}

fn start(timer: FlowTimer, ms: u32) -> FlowAction {
    FlowAction::Start { timer, ms }
}

fn stop(timer: FlowTimer) -> FlowAction {
    FlowAction::Stop { timer }
}

#[cfg(test)]
mod tests;
