//! The state machine that drives one call of a page from its arrival to its last answer: events
//! in, actions out, no I/O.
//!
//! ```text
//! start ─► Reading ─► Inspecting ─► Consenting ⇄ Preparing ─► Working ─► Embedding ─► Lingering ─► Finished
//!    └─────────┴───► Finished        └──────────────┴─► Failed ◄┴──────────┘              ▲
//!                                                         └───────────────────────────────┘
//! ```
//!
//! Inspecting, Preparing and Embedding are for documents in which the signature itself stands (`signing/embedding.rs`).
//!
//! What holds on every path: the page gets exactly one final answer, [`SigningAction::Finish`]
//! comes once and last, nothing is sent for signing without the user's consent to exactly what the
//! window shows, one consent sends once, and no signature leaves before it was verified against
//! the certificate's key and the exact bytes that were to be signed.

mod deliver;
mod embedding;
mod request;
mod text;

pub(crate) use request::site_view;
pub use text::unicode_origin;

use crate::advice::{Guide, LoginAdvice, Situation, SituationAccount, advise_login};
use crate::keys::{self, Key, seals};
use embedding::{Embedding, Preparing};
use request::{Document, Task};
use std::collections::VecDeque;
use yinxin_fees::Tariff;
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::content_guard;
use yinxin_pki::hash::Hasher;
use yinxin_pki::seal::Seal;
use yinxin_pki::trust::Anchor;
use yinxin_proto::consent::{Act, ConsentView, Decision, DocumentView, Phase, SiteView, TokenView};
use yinxin_proto::host::HostCommand;
use yinxin_proto::limits::{
    CONSENT_MS, HOST_REPLY_MS, LINGER_MS, MAX_ANCHORS, MAX_CHUNK_BYTES, READ_MS,
};
use yinxin_proto::page::{PageOutcome, PageResult, Purpose, SignatureAlgorithm, Stage};
use yinxin_proto::signing::{
    KeyReply, PreparedFacts, SigningAction, SigningEvent, SigningStart, SigningTimer,
};
use yinxin_proto::site::Origin;
use yinxin_proto::text::visible;
use yinxin_proto::time::UnixTime;
use yinxin_proto::token::Module;
use yinxin_proto::{Base64, Error};

/// One call of a page.
pub struct Signing {
    /// `None` only if the call was refused at once.
    call: Option<Call>,
    state: State,
    next_call: u32,
    /// The page has its final answer.
    answered: bool,
    window_open: bool,
    /// The listing of tokens under way.
    listing: Option<u32>,
    /// Tokens changed during that listing.
    list_again: bool,
    /// As the host listed them last. Kept, since judging their certificates takes milliseconds.
    keys: Option<Vec<Key>>,
    /// Trust anchors beside the product's own.
    anchors: Vec<Anchor>,
    modules: Vec<Module>,
    notice: Option<Error>,
}

/// Added anchors that can still be read; what is wrong with the others the workspace shows.
fn anchors_of(start: &SigningStart) -> Vec<Anchor> {
    let given = start.anchors.iter().take(MAX_ANCHORS as usize);
    given
        .filter_map(|der| Certificate::from_der(der.0.clone()).ok())
        .map(Anchor::from)
        .collect()
}

/// What is asked, checked and frozen.
struct Call {
    origin: Origin,
    site: SiteView,
    task: Task,
}

enum State {
    /// The content script hands over the bytes of the documents.
    Reading(Reading),
    /// It is looked whether documents can take a signature; this one now.
    Inspecting(usize),
    /// The window is open, the user decides.
    Consenting,
    /// The user consented; documents are prepared, so that it is known what is signed.
    Preparing(Box<Preparing>),
    /// The host signs.
    Working(Box<Working>),
    /// All is signed and verified, and is put into the documents.
    Embedding(Box<Embedding>),
    /// All is delivered; the window shows the end for a moment.
    Lingering,
    /// The page has its error; the window shows it until it is closed.
    Failed {
        error: Error,
        /// The name of the document that it is about, where it doesn't name it itself.
        document: Option<String>,
    },
    /// Nothing happens any more.
    Finished,
}

#[derive(Default)]
struct Reading {
    /// What is asked for and has not come, in the order in which it comes.
    asked: VecDeque<Piece>,
    /// What is asked for next.
    ahead: Option<Piece>,
    /// Over the document whose bytes come.
    hasher: Hasher,
    /// Bytes that have come, of all documents.
    done: u32,
    /// As many of them as the page was told of.
    told: u32,
}

/// Bytes of a document that come at once.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Piece {
    document: usize,
    offset: u32,
    length: u32,
}

/// What the user chose.
struct Choice {
    token: String,
    protected_path: bool,
    certificate: Certificate,
    algorithm: SignatureAlgorithm,
    /// The seal that is set or seen, if one is.
    seal: Option<Seal>,
    /// The time that the signatures claim.
    at: UnixTime,
}

/// A command to sign that is under way.
struct Working {
    call: u32,
    choice: Choice,
    /// What documents in which a signature is set were prepared to.
    prepared: Vec<Option<PreparedFacts>>,
    /// The exact bytes that each signature must cover, in order.
    to_be_signed: Vec<Vec<u8>>,
    done: u32,
}

/// How an operation ends.
#[derive(Clone, Copy, PartialEq, Eq)]
enum End {
    Signed,
    Cancelled,
    Other,
}

impl Signing {
    /// Takes a call. Refuses it at once, or begins to read its documents, or opens the window.
    #[must_use]
    pub fn start(start: SigningStart) -> (Self, Vec<SigningAction>) {
        let mut machine = Self {
            call: None,
            state: State::Finished,
            next_call: 1,
            answered: false,
            window_open: false,
            listing: None,
            list_again: false,
            keys: None,
            anchors: anchors_of(&start),
            modules: Vec::new(),
            notice: None,
        };
        let mut out = Vec::new();
        match request::check(start) {
            Err(error) => {
                machine.answer(PageOutcome::Error { error }, &mut out);
                machine.finish(End::Other, &mut out);
            }
            Ok(call) => {
                let ahead = call.piece_of(0);
                machine.call = Some(call);
                if ahead.is_some() {
                    machine.state = State::Reading(Reading {
                        ahead,
                        ..Reading::default()
                    });
                    machine.progress_reading(&mut out);
                    machine.read_on(&mut out);
                } else {
                    machine.open(&mut out);
                }
            }
        }
        (machine, out)
    }

    /// Whether nothing happens any more.
    #[must_use]
    pub fn is_finished(&self) -> bool {
        matches!(self.state, State::Finished)
    }

    /// Takes an event. Events that come late or don't fit are ignored.
    pub fn handle(&mut self, event: SigningEvent, now: UnixTime) -> Vec<SigningAction> {
        let mut out = Vec::new();
        if self.is_finished() {
            return out;
        }
        match event {
            SigningEvent::HostReplied { call, reply } => {
                self.host_replied(call, reply, now, &mut out)
            }
            SigningEvent::HostFailed { call, error } => self.host_failed(call, error, &mut out),
            SigningEvent::HostProgress { call, done } => self.host_progress(call, done, &mut out),
            SigningEvent::TokensChanged {} => {
                if matches!(self.state, State::Consenting) {
                    self.list_tokens(&mut out);
                }
            }
            SigningEvent::DocumentUnreadable { document } => {
                let document = document as usize;
                let is_asked = |reading: &Reading| {
                    let mut asked = reading.asked.iter();
                    asked.any(|piece| piece.document == document)
                };
                if matches!(&self.state, State::Reading(reading) if is_asked(reading)) {
                    self.fail_reading(Some(document), &mut out);
                }
            }
            SigningEvent::Prepared { document, facts } => {
                self.prepared(document as usize, facts, &mut out);
            }
            SigningEvent::Embedded { document, size } => {
                self.embedded(document as usize, size, &mut out);
            }
            SigningEvent::DocumentRefused { document, error } => {
                self.document_refused(document as usize, error, &mut out);
            }
            SigningEvent::Decided { decision } => self.decided(decision, now, &mut out),
            SigningEvent::WindowClosed {} => {
                self.window_open = false;
                self.give_up(Error::Cancelled {}, End::Cancelled, &mut out);
            }
            SigningEvent::WindowLost {} => {
                self.window_open = false;
                self.give_up(Error::WindowLost {}, End::Other, &mut out);
            }
            SigningEvent::PageGone {} => self.give_up(Error::PageGone {}, End::Other, &mut out),
            SigningEvent::PageCancelled {} => {
                // Withdrawing after an error leaves the window to the user, who may be reading it.
                if !matches!(self.state, State::Failed { .. } | State::Lingering) {
                    // A page that opens windows only to close them is one that the user cancels.
                    let end = if self.window_open {
                        End::Cancelled
                    } else {
                        End::Other
                    };
                    self.give_up(Error::Aborted {}, end, &mut out);
                }
            }
            SigningEvent::TimedOut { timer } => self.timed_out(timer, &mut out),
        }
        out
    }

    /// Takes bytes of a document that were asked for. Pieces come in the order in which they were asked for.
    pub fn chunk(&mut self, document: u32, offset: u32, bytes: &[u8]) -> Vec<SigningAction> {
        let mut out = Vec::new();
        let Some(Call {
            task: Task::Sign { documents, .. },
            ..
        }) = &mut self.call
        else {
            return out;
        };
        let State::Reading(reading) = &mut self.state else {
            return out;
        };
        let Some(piece) = reading.asked.front().copied() else {
            return out;
        };
        let Some(current) = documents.get_mut(piece.document) else {
            return out;
        };
        let fits = document as usize == piece.document
            && offset == piece.offset
            && bytes.len() == piece.length as usize;
        if !fits {
            let awaited = Some(piece.document);
            self.fail_reading(awaited, &mut out);
            return out;
        }
        if offset == 0 && content_guard::is_refused(bytes, u64::from(current.size)) {
            let error = Error::ContentRefused {
                name: visible(&current.name),
            };
            self.give_up(error, End::Other, &mut out);
            return out;
        }
        reading.asked.pop_front();
        reading.hasher.update(bytes);
        reading.done += piece.length;
        if piece.offset + piece.length == current.size {
            current.digests = Some(std::mem::take(&mut reading.hasher).finish());
        }
        self.read_on(&mut out);
        out
    }

    /// What the account that a login names says of each certificate in the keys.
    #[must_use]
    pub fn login_advice(&self, guide: &Guide, tariff: &Tariff, now: UnixTime) -> Vec<LoginAdvice> {
        let Some(Call {
            task: Task::Login {
                purpose, account, ..
            },
            ..
        }) = &self.call
        else {
            return Vec::new();
        };
        let told = account.clone().unwrap_or_default();
        // A binding is about to change what is bound.
        let bound = *purpose == Purpose::Login;
        let situation = Situation {
            account: Some(SituationAccount {
                site: None,
                name: Some(told.name),
                role: told.role,
                bound: told.bound.filter(|_| bound),
                certificate: told.certificate.filter(|_| bound),
            }),
            entrance: told.entrance,
            ..Situation::default()
        };
        let keys = self.keys.as_deref().unwrap_or_default();
        advise_login(&situation, keys, guide, tariff, now)
    }

    // ── Reading ──────────────────────────────────────────────────────────────────────────────

    /// Asks for what is to be read: so much ahead that nobody waits for the way there and back. Opens the window when
    /// all has come.
    fn read_on(&mut self, out: &mut Vec<SigningAction>) {
        let (State::Reading(reading), Some(call)) = (&mut self.state, &self.call) else {
            return;
        };
        let mut reads = Vec::new();
        while let Some(piece) = reading.ahead
            && reading.has_room_for(piece)
        {
            reading.asked.push_back(piece);
            reading.ahead = call.piece_after(piece);
            reads.push(SigningAction::Read {
                document: small(piece.document),
                offset: piece.offset,
                length: piece.length,
            });
        }
        let ended = reading.asked.is_empty();
        out.push(if ended {
            stop(SigningTimer::Read)
        } else {
            start(SigningTimer::Read, READ_MS)
        });
        out.extend(reads);
        if ended || reading.done - reading.told >= MAX_CHUNK_BYTES {
            reading.told = reading.done;
            self.progress_reading(out);
        }
        if ended {
            self.inspect(0, out);
        }
    }

    fn progress_reading(&self, out: &mut Vec<SigningAction>) {
        if let (State::Reading(reading), Some(call)) = (&self.state, &self.call) {
            let unread = call.documents().iter();
            let unread = unread.filter(|document| document.given.is_none());
            let total = unread.map(|document| document.size).sum();
            out.push(progress(Stage::Reading, reading.done, total));
        }
    }

    /// Ends the call for a document whose bytes don't come.
    fn fail_reading(&mut self, document: Option<usize>, out: &mut Vec<SigningAction>) {
        let name = document
            .and_then(|document| self.call.as_ref()?.documents().get(document))
            .map_or_else(String::new, |document| visible(&document.name));
        self.give_up(Error::DocumentUnreadable { name }, End::Other, out);
    }

    // ── Consent ──────────────────────────────────────────────────────────────────────────────

    fn open(&mut self, out: &mut Vec<SigningAction>) {
        self.window_open = true;
        out.push(SigningAction::Open {});
        self.consent(out);
    }

    /// Asks the user, and tells the page so.
    fn consent(&mut self, out: &mut Vec<SigningAction>) {
        self.state = State::Consenting;
        out.push(progress(Stage::Consenting, 0, 1));
        self.show(out);
        out.push(start(SigningTimer::Consent, CONSENT_MS));
        self.list_tokens(out);
    }

    fn list_tokens(&mut self, out: &mut Vec<SigningAction>) {
        if self.listing.is_some() {
            self.list_again = true;
            return;
        }
        let call = self.send(HostCommand::Tokens {}, false, out);
        self.listing = Some(call);
        out.push(start(SigningTimer::Host, HOST_REPLY_MS));
    }

    fn decided(&mut self, decision: Decision, now: UnixTime, out: &mut Vec<SigningAction>) {
        match decision {
            Decision::Cancel {} => self.give_up(Error::Cancelled {}, End::Cancelled, out),
            Decision::Refresh {} => {
                if matches!(self.state, State::Consenting) {
                    self.notice = None;
                    out.push(start(SigningTimer::Consent, CONSENT_MS));
                    self.list_tokens(out);
                    self.show(out);
                }
            }
            Decision::Approve {
                token,
                certificate,
                seal,
                ..
            } => {
                if matches!(self.state, State::Consenting)
                    && let Err(error) =
                        self.approve(&token, &certificate, seal.as_deref(), now, out)
                {
                    self.notice = Some(error);
                    self.show(out);
                }
            }
        }
    }

    /// Sends what the window shows for signing, with the certificate that its user chose.
    fn approve(
        &mut self,
        token: &str,
        certificate: &str,
        seal: Option<&str>,
        now: UnixTime,
        out: &mut Vec<SigningAction>,
    ) -> Result<(), Error> {
        let (Some(keys), Some(call)) = (&self.keys, &self.call) else {
            return Err(Error::TokenRemoved {});
        };
        let (key, chosen) = keys::choose(keys, token, certificate, now)?;
        let (token, chosen) = (key.token(), chosen.clone());
        let algorithm = chosen.signing_algorithm()?;
        let seal = match (call.needs_seal(), seal) {
            (false, None) => None,
            (true, Some(seal)) => Some(seals::find(token, seal, &chosen, now)?),
            _ => return Err(Error::SealNotFound {}),
        };
        if let (Task::Seals, Some(seal)) = (&call.task, &seal) {
            let seals = vec![seals::page_seal(seal)];
            out.push(stop(SigningTimer::Consent));
            self.deliver(Vec::new(), PageResult::Seals { seals }, out);
            return Ok(());
        }
        let choice = Choice {
            token: token.token.clone(),
            protected_path: token.protected_path,
            certificate: chosen,
            algorithm,
            seal,
            at: now,
        };
        self.prepare(choice, out)
    }

    /// Has the key sign.
    fn sign(
        &mut self,
        choice: Choice,
        prepared: Vec<Option<PreparedFacts>>,
        out: &mut Vec<SigningAction>,
    ) -> Result<(), Error> {
        let Some(call) = &self.call else {
            return Ok(());
        };
        let (items, to_be_signed) = deliver::to_sign(call, &choice, &prepared)?;
        let protected_path = choice.protected_path;
        let command = HostCommand::Sign {
            origin: call.origin.clone(),
            token: choice.token.clone(),
            certificate: hex(choice.certificate.sha256()),
            pin: None,
            items,
        };
        self.notice = None;
        out.push(stop(SigningTimer::Consent));
        let number = self.send(command, !protected_path, out);
        out.push(start(SigningTimer::Host, host_ms(protected_path)));
        let total = small(to_be_signed.len());
        self.state = State::Working(Box::new(Working {
            call: number,
            choice,
            prepared,
            to_be_signed,
            done: 0,
        }));
        out.push(progress(Stage::Signing, 0, total));
        self.show(out);
        Ok(())
    }

    // ── Host ─────────────────────────────────────────────────────────────────────────────────

    fn host_replied(
        &mut self,
        call: u32,
        reply: KeyReply,
        now: UnixTime,
        out: &mut Vec<SigningAction>,
    ) {
        if self.listing == Some(call) {
            self.listing = None;
            match reply {
                KeyReply::Tokens { tokens, modules } => {
                    self.keys = Some(keys::read(tokens, &self.anchors, now));
                    self.modules = modules;
                }
                // While the host signs, and after, a listing is of no interest.
                _ if matches!(self.state, State::Consenting) => {
                    return self.fail(Error::HostMessageInvalid {}, out);
                }
                _ => {}
            }
            if matches!(self.state, State::Consenting) {
                out.push(stop(SigningTimer::Host));
                if std::mem::take(&mut self.list_again) {
                    self.list_tokens(out);
                }
                self.show(out);
            }
        } else if matches!(&self.state, State::Working(working) if working.call == call) {
            match reply {
                KeyReply::Signed { signatures, .. } => self.signed(&signatures, out),
                _ => self.fail(Error::HostMessageInvalid {}, out),
            }
        }
    }

    fn host_failed(&mut self, call: u32, error: Error, out: &mut Vec<SigningAction>) {
        if self.listing == Some(call) {
            self.listing = None;
            if matches!(self.state, State::Consenting) {
                self.fail(error, out);
            }
            return;
        }
        let State::Working(working) = &self.state else {
            return;
        };
        if working.call != call {
            return;
        }
        let correctable = matches!(
            error,
            Error::PinIncorrect { .. }
                | Error::PinLength { .. }
                | Error::PinLocked {}
                | Error::PinRequired {}
                | Error::TokenRemoved {}
        );
        if !correctable {
            return self.fail(error, out);
        }
        // Back to the user: nothing is sent again without a new decision.
        let certificate = hex(working.choice.certificate.sha256());
        self.note_pin(&certificate, &error);
        self.notice = Some(error);
        out.push(stop(SigningTimer::Host));
        self.consent(out);
    }

    /// Puts what an error says about the PIN into the keys as they were listed, so that the
    /// window never shows more tries than there are.
    fn note_pin(&mut self, certificate: &str, error: &Error) {
        let keys = self.keys.iter_mut().flatten();
        for key in keys.filter(|key| key.holds(certificate)) {
            key.note_pin(error);
        }
    }

    /// The keys as the window shows them.
    fn views(&self) -> Vec<TokenView> {
        let mut views = keys::views(self.keys.as_deref().unwrap_or_default());
        if self.call.as_ref().is_some_and(Call::needs_seal) {
            seals::require_seals(&mut views);
        }
        views
    }

    fn host_progress(&mut self, call: u32, done: u32, out: &mut Vec<SigningAction>) {
        let State::Working(working) = &mut self.state else {
            return;
        };
        let total = small(working.to_be_signed.len());
        if working.call != call || done <= working.done || done > total {
            return;
        }
        working.done = done;
        out.push(start(
            SigningTimer::Host,
            host_ms(working.choice.protected_path),
        ));
        out.push(progress(Stage::Signing, done, total));
        self.show(out);
    }

    /// Verifies the host's signatures and answers the page.
    fn signed(&mut self, signatures: &[Base64], out: &mut Vec<SigningAction>) {
        let (State::Working(working), Some(call)) = (&self.state, &self.call) else {
            return;
        };
        match deliver::signed(call, working, signatures) {
            Err(error) => self.fail(error, out),
            Ok(signed) => {
                out.push(stop(SigningTimer::Host));
                self.embed(signed, out);
            }
        }
    }

    /// Gives the page what it asked for.
    fn deliver(
        &mut self,
        deliveries: Vec<SigningAction>,
        result: PageResult,
        out: &mut Vec<SigningAction>,
    ) {
        out.extend(deliveries);
        self.answer(PageOutcome::Result { result }, out);
        self.state = State::Lingering;
        self.show(out);
        out.push(start(SigningTimer::Linger, LINGER_MS));
    }

    // ── Ends ─────────────────────────────────────────────────────────────────────────────────

    fn timed_out(&mut self, timer: SigningTimer, out: &mut Vec<SigningAction>) {
        match (timer, &self.state) {
            (SigningTimer::Read, State::Reading(reading)) => {
                let awaited = reading.asked.front().map(|piece| piece.document);
                self.fail_reading(awaited, out);
            }
            (SigningTimer::Consent, State::Consenting | State::Failed { .. }) => {
                let seconds = CONSENT_MS / 1000;
                self.give_up(Error::TimedOut { seconds }, End::Other, out);
            }
            (SigningTimer::Host, State::Consenting) if self.listing.is_some() => {
                let seconds = HOST_REPLY_MS / 1000;
                self.fail(Error::HostSilent { seconds }, out);
            }
            (SigningTimer::Host, State::Working(working)) => {
                let seconds = host_ms(working.choice.protected_path) / 1000;
                self.fail(Error::HostSilent { seconds }, out);
            }
            (SigningTimer::Linger, State::Lingering) => self.finish(End::Signed, out),
            _ => {}
        }
    }

    /// Ends without a signature: answers the page at once and leaves the window to its user.
    fn fail(&mut self, error: Error, out: &mut Vec<SigningAction>) {
        self.fail_over(None, error, out);
    }

    /// The same, over a document of that name. Of what it gave itself a page may know what is wrong with it; in words it is
    /// told in the window.
    fn fail_over(&mut self, document: Option<String>, error: Error, out: &mut Vec<SigningAction>) {
        self.abandon(out);
        out.push(stop(SigningTimer::Host));
        let told = match &document {
            Some(name) => Error::DocumentRefused {
                name: name.clone(),
                reason: error.code().into(),
            },
            None => error.clone(),
        };
        self.answer(PageOutcome::Error { error: told }, out);
        self.state = State::Failed { error, document };
        out.push(start(SigningTimer::Consent, CONSENT_MS));
        self.show(out);
    }

    /// Ends at once, in whatever state.
    fn give_up(&mut self, error: Error, end: End, out: &mut Vec<SigningAction>) {
        let end = match self.state {
            State::Lingering => End::Signed,
            State::Failed { .. } => End::Other,
            _ => end,
        };
        self.abandon(out);
        self.answer(PageOutcome::Error { error }, out);
        self.finish(end, out);
    }

    /// Gives up what the host is doing.
    fn abandon(&mut self, out: &mut Vec<SigningAction>) {
        if let Some(call) = self.listing.take() {
            out.push(SigningAction::Abandon { call });
        }
        if let State::Working(working) = &self.state {
            out.push(SigningAction::Abandon { call: working.call });
        }
    }

    /// The final answer, unless there was one. A page hears of no more than is meant for pages; the window shows the rest.
    fn answer(&mut self, outcome: PageOutcome, out: &mut Vec<SigningAction>) {
        if !self.answered {
            self.answered = true;
            let outcome = match outcome {
                PageOutcome::Error { error } => PageOutcome::Error {
                    error: error.for_page(),
                },
                other => other,
            };
            out.push(SigningAction::Reply { outcome });
        }
    }

    fn finish(&mut self, end: End, out: &mut Vec<SigningAction>) {
        // Every timer, since a stopped one costs nothing.
        out.extend(TIMERS.map(stop));
        if std::mem::take(&mut self.window_open) {
            out.push(SigningAction::Close {});
        }
        self.state = State::Finished;
        self.call = None;
        self.keys = None;
        out.push(SigningAction::Finish {
            signed: end == End::Signed,
            cancelled: end == End::Cancelled,
        });
    }

    fn send(&mut self, command: HostCommand, with_pin: bool, out: &mut Vec<SigningAction>) -> u32 {
        let call = self.next_call;
        self.next_call += 1;
        out.push(SigningAction::Send {
            call,
            command,
            with_pin,
        });
        call
    }

    fn show(&self, out: &mut Vec<SigningAction>) {
        let Some(call) = &self.call else { return };
        if !self.window_open {
            return;
        }
        let phase = match &self.state {
            State::Consenting if self.keys.is_none() => Phase::Looking {},
            State::Consenting => Phase::Choosing {},
            State::Preparing(_) => Phase::Working {
                done: 0,
                total: small(call.documents().len()),
            },
            State::Working(working) => Phase::Working {
                done: working.done,
                total: small(working.to_be_signed.len()),
            },
            State::Embedding(_) => Phase::Working {
                done: small(call.documents().len()),
                total: small(call.documents().len()),
            },
            State::Lingering => Phase::Done {},
            State::Failed { error, document } => Phase::Failed {
                error: error.clone(),
                document: document.clone(),
            },
            State::Reading(_) | State::Inspecting(_) | State::Finished => return,
        };
        let modules = self
            .modules
            .iter()
            .filter(|module| module.problem.is_some());
        out.push(SigningAction::Show {
            view: Box::new(ConsentView {
                phase,
                site: call.site.clone(),
                act: call.act(),
                tokens: self.views(),
                modules: modules.cloned().collect(),
                // It asks one thing.
                question: 0,
                asks_pin: !matches!(call.task, Task::Seals),
                notice: self.notice.clone(),
            }),
        });
    }
}

impl Reading {
    /// Whether a piece may be asked for beside those that are.
    fn has_room_for(&self, piece: Piece) -> bool {
        let bytes: u32 = self.asked.iter().map(|asked| asked.length).sum();
        self.asked.len() < PIECES_AHEAD && bytes + piece.length <= BYTES_AHEAD
    }
}

impl Call {
    fn documents(&self) -> &[Document] {
        match &self.task {
            Task::Sign { documents, .. } => documents,
            Task::Login { .. } | Task::Seals => &[],
        }
    }

    /// The first piece of the first document from an index on whose content is to be read.
    fn piece_of(&self, from: usize) -> Option<Piece> {
        let mut rest = self.documents().iter().enumerate().skip(from);
        let (document, &Document { size, .. }) =
            rest.find(|(_, document)| document.given.is_none())?;
        Some(Piece {
            document,
            offset: 0,
            length: size.min(MAX_CHUNK_BYTES),
        })
    }

    /// The piece behind another one.
    fn piece_after(&self, piece: Piece) -> Option<Piece> {
        let offset = piece.offset + piece.length;
        let left = self
            .documents()
            .get(piece.document)?
            .size
            .saturating_sub(offset);
        if left == 0 {
            return self.piece_of(piece.document + 1);
        }
        Some(Piece {
            offset,
            length: left.min(MAX_CHUNK_BYTES),
            ..piece
        })
    }

    /// Whether the user has to choose a seal.
    fn needs_seal(&self) -> bool {
        matches!(self.task, Task::Seals) || self.documents().iter().any(Document::needs_seal)
    }

    fn act(&self) -> Act {
        match &self.task {
            Task::Login {
                purpose,
                format,
                account,
                ..
            } => Act::Login {
                purpose: *purpose,
                format: *format,
                account: account.clone(),
            },
            Task::Sign { documents, format } => Act::Sign {
                documents: documents
                    .iter()
                    .map(|document| DocumentView {
                        name: visible(&document.name),
                        seen: document.given.is_none(),
                        size: document.size,
                        sm3: document.sm3().map_or_else(String::new, |sm3| hex(&sm3)),
                        sha256: document
                            .digests
                            .map_or_else(String::new, |digests| hex(&digests.sha256)),
                        property_info: document.property_info.clone(),
                        format: document.format,
                        placement: document.placement,
                        straddling: document.straddling,
                        notices: document.notices.clone(),
                    })
                    .collect(),
                format: *format,
                sealing: self.needs_seal(),
            },
            Task::Seals => Act::Seals {},
        }
    }
}

fn host_ms(protected_path: bool) -> u32 {
    // On a pad of its own the user types while the host waits.
    if protected_path {
        CONSENT_MS
    } else {
        HOST_REPLY_MS
    }
}

fn progress(stage: Stage, done: u32, total: u32) -> SigningAction {
    SigningAction::Reply {
        outcome: PageOutcome::Progress { stage, done, total },
    }
}

fn start(timer: SigningTimer, ms: u32) -> SigningAction {
    SigningAction::Start { timer, ms }
}

fn stop(timer: SigningTimer) -> SigningAction {
    SigningAction::Stop { timer }
}

/// Counts and sizes here are bounded by the limits of a request, far below 32 bits.
fn small(n: usize) -> u32 {
    u32::try_from(n).unwrap_or(u32::MAX)
}

/// Bytes that are asked for at a time: a piece of full size comes while another one is hashed.
const BYTES_AHEAD: u32 = 2 * MAX_CHUNK_BYTES;
/// Pieces that are, where documents are small.
const PIECES_AHEAD: usize = 32;

const TIMERS: [SigningTimer; 4] = [
    SigningTimer::Read,
    SigningTimer::Consent,
    SigningTimer::Host,
    SigningTimer::Linger,
];

#[cfg(test)]
mod tests;
