//! What the holder of a certificate orders: what it says of that, its seals, and what it costs.

use crate::keys::Key;
use std::collections::BTreeSet;
use yinxin_fees::{CertificateOrder, OrderCertificate, Quote, Tariff, quote_certificate};
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::Family;
use yinxin_proto::Error;
use yinxin_proto::time::UnixTime;

/// The values of a certificate that an order goes by.
#[must_use]
pub fn certificate_of(certificate: &Certificate) -> OrderCertificate {
    let family = Family::of(certificate.issuer());
    OrderCertificate {
        holder: certificate.holder(),
        kind: certificate.holder_kind(),
        not_after: certificate.not_after(),
        family: family.id,
        issuer: family.name.zh,
    }
}

/// What its holder orders next, priced.
///
/// # Errors
/// The `order-…` codes for what can't be ordered.
pub fn quote<'t>(
    certificate: &Certificate,
    order: CertificateOrder,
    tariff: &'t Tariff,
    now: UnixTime,
) -> Result<Quote<'t>, Error> {
    quote_certificate(&certificate_of(certificate), order, tariff, now)
}

/// Seals in the keys that a certificate may use, as far as they can be read. The same one in two keys is one.
#[must_use]
pub fn seals_of(keys: &[Key], certificate: &str) -> u32 {
    let all = keys.iter().flat_map(|key| &key.view().seals);
    let own = all.filter(|seal| seal.certificates.iter().any(|of| of == certificate));
    let names: BTreeSet<&str> = own.map(|seal| seal.seal.as_str()).collect();
    u32::try_from(names.len()).unwrap_or(u32::MAX)
}
