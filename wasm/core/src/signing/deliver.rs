//! What the key is asked to sign, and what becomes of its signatures.

use super::request::{Document, Task};
use super::{Call, Choice, Working, small};
use yinxin_pki::asn1::hex;
use yinxin_pki::attributes::{self, logondata};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::hash::{self, Digests};
use yinxin_pki::seal::{MakerPolicy, Sealed, Sealing, TimeInfo};
use yinxin_pki::{cms, login};
use yinxin_proto::host::ToSign;
use yinxin_proto::page::{DocumentSignature, LoginFormat, LoginProof, PageResult, SignFormat};
use yinxin_proto::signing::{PreparedFacts, SigningAction};
use yinxin_proto::{Base64, Error};

/// What the host is asked to sign, and the exact bytes that each signature must cover.
pub(super) fn to_sign(
    call: &Call,
    choice: &Choice,
    prepared: &[Option<PreparedFacts>],
) -> Result<(Vec<ToSign>, Vec<Vec<u8>>), Error> {
    let Choice {
        certificate,
        algorithm,
        at,
        ..
    } = choice;
    let (algorithm, at) = (*algorithm, *at);
    match &call.task {
        Task::Login {
            purpose,
            challenge,
            format: LoginFormat::Yinxin,
            ..
        } => {
            let item = ToSign::Login {
                purpose: *purpose,
                challenge: challenge.clone(),
            };
            let bytes = login::to_be_signed(&call.origin, *purpose, challenge, certificate);
            Ok((vec![item], vec![bytes]))
        }
        Task::Login {
            challenge,
            format: LoginFormat::Logondata | LoginFormat::LogondataDetached,
            ..
        } => {
            let digest = hash::digest(algorithm, logondata(challenge).as_bytes());
            let bytes = attributes::build(algorithm, certificate, &digest, Some(at));
            let item = ToSign::Logondata {
                challenge: challenge.clone(),
                attributes: Base64(bytes.clone()),
            };
            Ok((vec![item], vec![bytes]))
        }
        Task::Seals => Ok((Vec::new(), Vec::new())),
        Task::Sign { documents, .. } => documents
            .iter()
            .zip(prepared)
            .map(|(document, prepared)| {
                let covered = Covered::of(document, prepared.as_ref())?;
                if document.format.is_seal() {
                    let seal = choice.seal.as_ref().ok_or(Error::SealNotFound {})?;
                    let item = ToSign::Seal {
                        seal: hex(&hash::sha256(seal.der())),
                        time: at.to_string(),
                        digest: Base64(covered.sm3.to_vec()),
                        property_info: covered.property_info.to_owned(),
                    };
                    let sealing = sealing(choice, &covered)?;
                    return Ok((item, sealing.to_be_signed(certificate)?));
                }
                // PAdES knows the claimed time from the PDF's own dictionary (ETSI EN 319 142-1, 5.3).
                let claimed = (document.format != SignFormat::Pdf).then_some(at);
                let digest = covered.digests()?.for_algorithm(algorithm);
                let bytes = attributes::build(algorithm, certificate, digest, claimed);
                let item = ToSign::Attributes {
                    attributes: Base64(bytes.clone()),
                };
                Ok((item, bytes))
            })
            .collect(),
    }
}

/// What a signature on a document covers: its content, or all of the prepared one.
struct Covered<'a> {
    sm3: [u8; 32],
    /// None where the site gave SM3 alone.
    digests: Option<Digests>,
    property_info: &'a str,
}

impl<'a> Covered<'a> {
    fn of(document: &'a Document, prepared: Option<&'a PreparedFacts>) -> Result<Self, Error> {
        if let Some(prepared) = prepared {
            let digests = digests_of(prepared)?;
            return Ok(Self {
                sm3: digests.sm3,
                digests: Some(digests),
                property_info: &prepared.property_info,
            });
        }
        Ok(Self {
            sm3: document.sm3().ok_or_else(not_read)?,
            digests: document.digests,
            property_info: &document.property_info,
        })
    }

    fn digests(&self) -> Result<&Digests, Error> {
        self.digests.as_ref().ok_or_else(not_read)
    }
}

/// Digests as they were told.
fn digests_of(prepared: &PreparedFacts) -> Result<Digests, Error> {
    let read = |digest: &Base64| {
        <[u8; 32]>::try_from(digest.0.as_slice()).map_err(|_| Error::Internal {
            detail: "digest of a prepared document".into(),
        })
    };
    Ok(Digests {
        sm3: read(&prepared.sm3)?,
        sha256: read(&prepared.sha256)?,
    })
}

fn not_read() -> Error {
    Error::Internal {
        detail: "document not read".into(),
    }
}

/// A seal on what is covered.
fn sealing<'a>(choice: &'a Choice, covered: &'a Covered<'_>) -> Result<Sealing<'a>, Error> {
    Ok(Sealing {
        seal: choice.seal.as_ref().ok_or(Error::SealNotFound {})?,
        time: TimeInfo::Claimed(choice.at),
        digest: &covered.sm3,
        property_info: covered.property_info,
        extensions: &[],
    })
}

/// The seal on a document, judged once more from its own bytes before it leaves.
fn sealed(
    choice: &Choice,
    covered: &Covered<'_>,
    to_be_signed: &[u8],
    signature: &[u8],
) -> Result<Vec<u8>, Error> {
    let sealing = sealing(choice, covered)?;
    let signed = sealing.sign(&choice.certificate, |_| Ok(signature.to_vec()))?;
    // Whether its maker is listed was shown to the user, who decided.
    let makers = [Certificate::from_der(sealing.seal.maker().to_vec())?];
    let policy = MakerPolicy {
        makers: &makers,
        at: choice.at,
        // It was offered: which purposes are accepted is for whoever receives it.
        extended_key_usages: choice.certificate.extended_key_usage().unwrap_or_default(),
        user: None,
    };
    let sealed = Sealed::Digest(covered.sm3);
    if signed.signed() != to_be_signed || !signed.verify(Some(&sealed), &policy).valid {
        return Err(Error::SignatureNotVerified {});
    }
    Ok(signed.der().to_vec())
}

/// What was signed and verified, in the forms that the page asked for.
pub(super) struct Signed {
    /// What leaves before the result, in the order of the documents.
    pub deliveries: Vec<SigningAction>,
    /// What is put into documents: index and value.
    pub values: Vec<(usize, Vec<u8>)>,
    /// The result; of documents in which something is put the sizes are not known yet.
    pub result: PageResult,
}

/// Verifies signatures and puts them into the forms that the page asked for.
pub(super) fn signed(
    call: &Call,
    working: &Working,
    signatures: &[Base64],
) -> Result<Signed, Error> {
    let choice = &working.choice;
    let key = choice.certificate.key()?;
    if signatures.len() != working.to_be_signed.len() {
        return Err(Error::HostMessageInvalid {});
    }
    let signed: Vec<(&[u8], &[u8])> = working
        .to_be_signed
        .iter()
        .zip(signatures)
        .map(|(bytes, signature)| (bytes.as_slice(), signature.0.as_slice()))
        .collect();
    if !signed
        .iter()
        .all(|(bytes, signature)| key.verify(&[bytes], signature))
    {
        return Err(Error::SignatureNotVerified {});
    }
    let assemble = |attributes: &[u8], signature: &[u8], size| {
        let certificate = &choice.certificate;
        cms::assemble(choice.algorithm, certificate, attributes, signature, size)
    };
    let (mut deliveries, mut values, mut results) = (Vec::new(), Vec::new(), Vec::new());
    let documents = match &call.task {
        Task::Login {
            challenge, format, ..
        } => {
            let [(bytes, signature)] = signed[..] else {
                return Err(Error::HostMessageInvalid {});
            };
            let content = logondata(challenge);
            let signature = match format {
                LoginFormat::Yinxin => signature.to_vec(),
                LoginFormat::Logondata => {
                    let parts = assemble(bytes, signature, Some(content.len()));
                    [parts.head, content.into_bytes(), parts.tail].concat()
                }
                LoginFormat::LogondataDetached => assemble(bytes, signature, None).head,
            };
            let proof = LoginProof {
                format: *format,
                version: login::VERSION,
                algorithm: choice.algorithm,
                certificate: Base64(choice.certificate.der().to_vec()),
                signature: Base64(signature),
            };
            return Ok(Signed {
                deliveries,
                values,
                result: PageResult::Login { proof },
            });
        }
        Task::Seals => return Err(Error::HostMessageInvalid {}),
        Task::Sign { documents, .. } => documents,
    };
    let parts = documents.iter().zip(&working.prepared).zip(signed);
    for (index, ((document, prepared), (bytes, signature))) in parts.enumerate() {
        let covered = Covered::of(document, prepared.as_ref())?;
        let content = document.format == SignFormat::CmsAttached;
        let inside = if content { document.size as usize } else { 0 };
        let (head, tail) = if document.format.is_seal() {
            let head = sealed(choice, &covered, bytes, signature)?;
            (head, Vec::new())
        } else {
            let parts = assemble(bytes, signature, content.then_some(inside));
            (parts.head, parts.tail)
        };
        // Of the content as the page gave it, also where more than that is signed.
        let digest = match document.digests {
            Some(digests) => *digests.for_algorithm(choice.algorithm),
            None => covered.sm3,
        };
        results.push(DocumentSignature {
            name: document.name.clone(),
            algorithm: choice.algorithm,
            digest: hex(&digest),
            size: small(head.len() + inside + tail.len()),
        });
        let document_index = small(index);
        if document.format.is_embedded() {
            values.push((index, head));
            deliveries.push(SigningAction::DeliverEmbedded {
                document: document_index,
            });
        } else {
            deliveries.push(SigningAction::Deliver {
                document: document_index,
                head: Base64(head),
                content,
                tail: Base64(tail),
            });
        }
    }
    Ok(Signed {
        deliveries,
        values,
        result: PageResult::Sign {
            signatures: results,
        },
    })
}
