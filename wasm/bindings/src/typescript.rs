//! Which types the declarations of each module begin with, and what callers write that no structure here has as a
//! whole. For the generator in xtask only.
// What is only described is never made.
#![allow(dead_code, clippy::large_enum_variant)]

use crate::edge::input::{Blob, Blobs, Bytes, Given, Instant};
use crate::{advice, documents, embedding, fees, pages, verify, workspace};
use ts_rs::{TS, TypeVisitor};
use yinxin_core::advice as core;
use yinxin_pki::{certificate, outcome, recognise, seal};
use yinxin_proto::flow::{FlowAction, FlowEvent, FlowStart};
use yinxin_proto::signing::{SigningAction, SigningEvent, SigningStart};
use yinxin_proto::token::Token;
use yinxin_proto::{Text, consent};
use yinxin_verify::view;

/// The types that functions of a module, by its feature, take and give. What those consist of follows.
pub fn visit(feature: &str, visitor: &mut impl TypeVisitor) {
    macro_rules! types {
        ($($type:ty),+ $(,)?) => {{ $(visitor.visit::<$type>();)+ }};
    }
    types!(YinxinError, yinxin_proto::Error, Bytes);
    let has = |part: &str| match feature {
        "node" => part != "sheet",
        "all" => !matches!(part, "sheet" | "documents"),
        "documents" => matches!(part, "documents" | "verify"),
        _ => part == feature,
    };
    if has("verify") {
        types!(
            Blob,
            Blobs,
            Instant,
            Text,
            yinxin_proto::Locale,
            certificate::facts::CertificateFacts,
            seal::facts::SealFacts,
            recognise::FileKind,
            outcome::Outcome,
            view::VerdictView,
            view::CertificateView,
            view::LoginView,
            view::CmsView,
            view::SealView,
            view::SealSignatureView,
            yinxin_verify::LoginProof,
            MakerOptions,
        );
        verify::declared(visitor);
    }
    if has("documents") {
        documents::declared(visitor);
        embedding::declared(visitor);
        pages::declared(visitor);
    }
    match feature {
        "all" | "node" => types!(Order),
        "fees" => types!(OrderByFacts),
        _ => {}
    }
    if has("fees") {
        types!(
            yinxin_fees::Quote<'static>,
            yinxin_fees::Tariff,
            fees::Words,
            yinxin_fees::Columns,
            yinxin_fees::Row,
            yinxin_fees::Totals<'static>,
        );
    }
    if has("all") {
        types!(
            Situation,
            WorkspaceKnown,
            yinxin_core::workspace::Shown<'static>,
            core::Advice,
            core::LoginAdvice,
            core::GuideProcedure,
            Token,
            consent::TokenView,
            SigningStart,
            SigningEvent,
            SigningAction,
            FlowStart,
            FlowEvent,
            FlowAction,
        );
    }
    if has("sheet") {
        types!(yinxin_sheet::Table, yinxin_sheet::Book);
    }
}

/// What functions throw, and nothing else: `code` and `params` are those of the error catalogue. An argument of the wrong form,
/// or an option of an unknown name, is `request-invalid` with its name.
#[derive(TS)]
#[ts(type = "Error & { readonly name: 'YinxinError' } & CatalogueError")]
struct YinxinError;

/// By what seals are judged.
#[derive(TS)]
#[ts(type = "TrustOptions & Makers")]
struct MakerOptions;

/// What is ordered: items, or what the holder of a certificate orders next.
#[derive(TS)]
#[ts(untagged)]
enum Order {
    Items {
        /// What is ordered, in the order of the quote.
        items: Given<yinxin_fees::OrderItem>,
    },
    Certificate(CertificateOrder),
}

/// What is ordered, in the package that reads no certificates.
#[derive(TS)]
#[ts(untagged, rename = "Order")]
enum OrderByFacts {
    Items {
        /// What is ordered, in the order of the quote.
        items: Given<yinxin_fees::OrderItem>,
    },
    Certificate(CertificateOrderByFacts),
}

/// What the holder of a certificate orders next: a renewal for the shortest term, unless it says otherwise.
#[derive(TS)]
#[ts(rename = "CertificateOrder", optional_fields)]
struct CertificateOrderByFacts {
    /// What `parseCertificate` of the other packages tells of it.
    certificate: fees::Facts,
    /// The present, if absent.
    now: Option<Instant>,
    #[ts(flatten)]
    order: yinxin_fees::CertificateOrder,
}

/// What the holder of a certificate orders next: a renewal for the shortest term, unless it says otherwise.
#[derive(TS)]
#[ts(optional_fields)]
struct CertificateOrder {
    /// What `parseCertificate` tells of it; or DER, PEM or Base64.
    #[ts(inline)]
    certificate: Certificate,
    /// The present, if absent.
    now: Option<Instant>,
    #[ts(flatten)]
    order: yinxin_fees::CertificateOrder,
}

#[derive(TS)]
#[ts(untagged)]
enum Certificate {
    Told(fees::Facts),
    Read(Blob),
}

/// A set-up, as far as it is known. What is absent is not known, which never means that it is not there.
#[derive(TS)]
struct Situation {
    #[ts(flatten)]
    beside: advice::Beside,
    #[ts(flatten)]
    situation: core::Situation,
}

/// Everything that is known: a situation as `advise` takes it, and what the user's own pages show beside its advice.
#[derive(TS)]
struct WorkspaceKnown {
    #[ts(flatten)]
    beside: workspace::Beside,
    #[ts(flatten)]
    situation: core::Situation,
}
