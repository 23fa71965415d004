//! Signatures that stand in the document itself (PDF, OFD): the machine says what is to be done with which document, one
//! at a time; what knows the formats does it outside.
//!
//! Each is looked at before the window opens, so that no user consents in vain. It is prepared after the consent, since the
//! room and the picture depend on who signs. What comes back is a digest, and with it goes to the key what goes there of
//! any other document.

use super::deliver::Signed;
use super::request::Task;
use super::{Choice, Signing, State, small, stop};
use std::collections::VecDeque;
use yinxin_proto::page::PageResult;
use yinxin_proto::signing::{PreparedFacts, Signer, SigningAction, SigningTimer};
use yinxin_proto::{Base64, Error};

/// Documents that are prepared.
pub(super) struct Preparing {
    choice: Choice,
    /// Of those that are behind.
    prepared: Vec<Option<PreparedFacts>>,
}

/// Documents into which signatures are put.
pub(super) struct Embedding {
    signed: Signed,
    /// Index and value of those that are to come; the first is under way.
    values: VecDeque<(usize, Vec<u8>)>,
}

impl Signing {
    /// Looks at the documents from an index on, one after the other; then opens the window.
    pub(super) fn inspect(&mut self, from: usize, out: &mut Vec<SigningAction>) {
        let Some(call) = &self.call else { return };
        let mut rest = call.documents().iter().enumerate().skip(from);
        let next = rest.find_map(|(index, document)| Some((index, document.setting(None)?)));
        let Some((index, setting)) = next else {
            return self.open(out);
        };
        self.state = State::Inspecting(index);
        out.push(SigningAction::Prepare {
            document: small(index),
            setting,
        });
    }

    /// Prepares what has to be, and has the key sign.
    pub(super) fn prepare(
        &mut self,
        choice: Choice,
        out: &mut Vec<SigningAction>,
    ) -> Result<(), Error> {
        let prepared = Vec::new();
        self.prepare_on(Preparing { choice, prepared }, out)
    }

    fn prepare_on(
        &mut self,
        mut preparing: Preparing,
        out: &mut Vec<SigningAction>,
    ) -> Result<(), Error> {
        let Some(call) = &self.call else {
            return Ok(());
        };
        let choice = &preparing.choice;
        let signer = || Signer {
            certificate: Base64(choice.certificate.der().to_vec()),
            seal: choice.seal.as_ref().map(|seal| Base64(seal.der().to_vec())),
            time: choice.at.to_string(),
        };
        while let Some(document) = call.documents().get(preparing.prepared.len()) {
            if !document.format.is_embedded() {
                preparing.prepared.push(None);
                continue;
            }
            if let Some(mut setting) = document.setting(Some(signer())) {
                // The seal's picture is for those that show it.
                if !document.needs_seal() {
                    setting.signer = setting.signer.map(|signer| Signer {
                        seal: None,
                        ..signer
                    });
                }
                out.push(stop(SigningTimer::Consent));
                out.push(SigningAction::Prepare {
                    document: small(preparing.prepared.len()),
                    setting,
                });
            }
            let is_first = preparing.prepared.iter().all(Option::is_none);
            self.state = State::Preparing(Box::new(preparing));
            self.notice = None;
            if is_first {
                self.show(out);
            }
            return Ok(());
        }
        let Preparing { choice, prepared } = preparing;
        self.sign(choice, prepared, out)
    }

    /// A document was looked at, or prepared.
    pub(super) fn prepared(
        &mut self,
        document: usize,
        facts: PreparedFacts,
        out: &mut Vec<SigningAction>,
    ) {
        if !self.is_awaited(document) {
            return;
        }
        if let State::Inspecting(index) = self.state {
            if let Some(Task::Sign { documents, .. }) =
                self.call.as_mut().map(|call| &mut call.task)
                && let Some(document) = documents.get_mut(index)
            {
                document.notices = facts.notices;
            }
            return self.inspect(index + 1, out);
        }
        if matches!(self.state, State::Preparing(_))
            && let State::Preparing(mut preparing) = self.take_state()
        {
            preparing.prepared.push(Some(facts));
            if let Err(error) = self.prepare_on(*preparing, out) {
                self.fail(error, out);
            }
        }
    }

    /// A document can't be signed.
    pub(super) fn document_refused(
        &mut self,
        document: usize,
        error: Error,
        out: &mut Vec<SigningAction>,
    ) {
        if !self.is_awaited(document) {
            return;
        }
        if !self.window_open {
            self.window_open = true;
            out.push(SigningAction::Open {});
        }
        // What is wrong with the user's seal or program is not the page's to know.
        let name = self
            .call
            .as_ref()
            .filter(|_| error.entry().is_of_document())
            .and_then(|call| call.documents().get(document))
            .map(|document| document.name.clone());
        self.fail_over(name, error, out);
    }

    /// Puts what was signed into documents; then all leaves.
    pub(super) fn embed(&mut self, mut signed: Signed, out: &mut Vec<SigningAction>) {
        let values = std::mem::take(&mut signed.values).into();
        self.embed_on(Embedding { signed, values }, out);
    }

    fn embed_on(&mut self, embedding: Embedding, out: &mut Vec<SigningAction>) {
        let Some((index, value)) = embedding.values.front() else {
            let Signed {
                deliveries, result, ..
            } = embedding.signed;
            return self.deliver(deliveries, result, out);
        };
        out.push(SigningAction::Embed {
            document: small(*index),
            value: Base64(value.clone()),
        });
        self.state = State::Embedding(Box::new(embedding));
    }

    /// A document is complete.
    pub(super) fn embedded(&mut self, document: usize, size: u32, out: &mut Vec<SigningAction>) {
        if !self.is_awaited(document) || !matches!(self.state, State::Embedding(_)) {
            return;
        }
        let State::Embedding(mut embedding) = self.take_state() else {
            return;
        };
        if let PageResult::Sign { signatures } = &mut embedding.signed.result
            && let Some(signature) = signatures.get_mut(document)
        {
            signature.size = size;
        }
        embedding.values.pop_front();
        self.embed_on(*embedding, out);
    }

    /// The state, in the place of which the caller puts another one.
    fn take_state(&mut self) -> State {
        std::mem::replace(&mut self.state, State::Finished)
    }

    /// Whether this document is the one that is being looked at, prepared or completed.
    fn is_awaited(&self, document: usize) -> bool {
        match &self.state {
            State::Inspecting(index) => *index == document,
            State::Preparing(preparing) => preparing.prepared.len() == document,
            State::Embedding(embedding) => embedding
                .values
                .front()
                .is_some_and(|(index, _)| *index == document),
            _ => false,
        }
    }
}
