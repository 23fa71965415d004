//! What a certificate tells of an order that comes from it.

use yinxin_fees::OrderCertificate;
use yinxin_pki::certificate::Certificate;
use yinxin_pki::certificate::authority::Family;

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
