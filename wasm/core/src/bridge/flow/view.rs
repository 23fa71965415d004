//! What the window shows of a flow.

use super::{Current, Flow, Question, Step, Window};
use crate::bridge::request::{Form, Request};
use crate::bridge::text;
use crate::keys;
use yinxin_proto::consent::{Act, CertificateView, ConsentView, Phase, TokenView};
use yinxin_proto::flow::FlowAction;

impl Flow {
    /// Whether the user types the PIN for it.
    pub(super) fn asks_pin(&self, question: Question) -> bool {
        let session = self.grant.as_ref().and_then(|grant| grant.session);
        match question {
            Question::Identify => false,
            Question::Unlock { sent } => !sent,
            Question::Sign | Question::Decrypt => session.is_none(),
            Question::ChangePin => true,
        }
    }

    /// Shows the window how things stand, if it is there.
    pub(super) fn show(&self, out: &mut Vec<FlowAction>) {
        if matches!(self.window, Window::Closed) {
            return;
        }
        let (question, phase) = match (&self.current, &self.window) {
            (None, Window::Failed(error)) => {
                let error = error.clone();
                (
                    None,
                    Phase::Failed {
                        error,
                        document: None,
                    },
                )
            }
            (None, _) => (None, Phase::Awaiting {}),
            (Some(Current { step, .. }), _) => match step {
                Step::Listing => (None, Phase::Looking {}),
                Step::Asking(question) => (Some(*question), Phase::Choosing {}),
                Step::Working { work, .. } => {
                    (Some(work.question), Phase::Working { done: 0, total: 1 })
                }
            },
        };
        let failed = self.modules.iter();
        let failed = failed.filter(|module| module.problem.is_some());
        out.push(FlowAction::Show {
            view: Box::new(ConsentView {
                site: self.site.clone(),
                act: match (&phase, &self.done) {
                    (Phase::Awaiting {}, Some(done)) => done.clone(),
                    _ => self.act(question),
                },
                phase,
                tokens: self.views(),
                modules: failed.cloned().collect(),
                question: self.question,
                asks_pin: question.is_some_and(|question| self.asks_pin(question)),
                notice: self.notice.clone(),
            }),
        });
    }

    pub(super) fn act(&self, question: Option<Question>) -> Act {
        let request = self.current.as_ref().map(|current| &current.asked.request);
        match (question, request) {
            (Some(Question::Unlock { sent }), _) => Act::Unlock { sent },
            (Some(Question::Sign), Some(Request::Sign { text, form, .. })) => Act::SignText {
                text: text::view(text),
                message: *form != Form::Bare,
            },
            (Some(Question::ChangePin), _) => Act::ChangePin {},
            (Some(Question::Decrypt), Some(Request::Decrypt { ciphertext, .. })) => Act::Decrypt {
                size: u32::try_from(ciphertext.size()).unwrap_or(u32::MAX),
            },
            _ => Act::Identify {},
        }
    }

    /// The keys as the window shows them: of a page that names a certificate only those that hold it.
    fn views(&self) -> Vec<TokenView> {
        let mut views = keys::views(self.keys.as_deref().unwrap_or_default());
        if let Some(Current { asked, .. }) = &self.current
            && asked.names_one()
        {
            for view in &mut views {
                let key = self.key(&view.token);
                let is_it = |known: &CertificateView| {
                    key.and_then(|key| Some((key, key.certificate(&known.certificate)?)))
                        .is_some_and(|(key, certificate)| asked.is_of(key, certificate))
                };
                view.certificates.retain(is_it);
            }
            views.retain(|view| !view.certificates.is_empty());
        }
        for view in &mut views {
            view.seals.clear();
        }
        views
    }
}
