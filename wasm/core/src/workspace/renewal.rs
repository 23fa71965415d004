//! What the renewal of each certificate costs, as the user wants it.

use crate::keys::Key;
use crate::order::{quote, seals_of};
use serde::Serialize;
use yinxin_fees::{CertificateOrder, Number, Quote, Tariff};
use yinxin_pki::asn1::hex;
use yinxin_pki::certificate::Certificate;
use yinxin_proto::consent::RenewalOrder;
use yinxin_proto::time::UnixTime;

/// What the renewal of a certificate costs.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(optional_fields))]
pub struct Renewal<'t> {
    /// SHA-256 of the certificate, lower-case hex.
    pub certificate: String,
    /// Seals in the keys that it may use, as far as they can be read.
    pub seals_read: u32,
    /// How the user wants it.
    pub order: RenewalOrder,
    /// Absent where the tariff has no price for it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub quote: Option<Quote<'t>>,
}

/// A quote for every certificate that its holder renews, in the keys' order. The same one in two keys is one.
pub(super) fn renewals<'t>(
    keys: &[Key],
    orders: &[(String, RenewalOrder)],
    tariff: &'t Tariff,
    now: UnixTime,
) -> Vec<Renewal<'t>> {
    let mut renewals: Vec<Renewal<'t>> = Vec::new();
    for certificate in keys.iter().flat_map(Key::certificates) {
        let sha = hex(certificate.sha256());
        let known = renewals.iter().any(|other| other.certificate == sha);
        if !known && is_renewed(keys, &sha) {
            renewals.push(renewal(keys, certificate, sha, orders, tariff, now));
        }
    }
    renewals
}

fn is_renewed(keys: &[Key], sha: &str) -> bool {
    let mut views = keys.iter().flat_map(|key| &key.view().certificates);
    views.any(|view| view.renewable && view.certificate == sha)
}

fn renewal<'t>(
    keys: &[Key],
    certificate: &Certificate,
    sha: String,
    orders: &[(String, RenewalOrder)],
    tariff: &'t Tariff,
    now: UnixTime,
) -> Renewal<'t> {
    let seals_read = seals_of(keys, &sha);
    let wanted = orders.iter().find(|(of, _)| *of == sha);
    let order = wanted.map(|(_, order)| order.clone());
    let order = order.unwrap_or(RenewalOrder {
        years: 1,
        // A key may hold seals where nobody can read them: most certificates have one.
        seals: seals_read.max(1),
        role: None,
    });
    let asked = CertificateOrder {
        role: order.role.clone(),
        years: Some(Number::Whole(order.years.into())),
        seals: Some(Number::Whole(order.seals.into())),
        ..CertificateOrder::default()
    };
    Renewal {
        certificate: sha,
        seals_read,
        order,
        quote: quote(certificate, asked, tariff, now).ok(),
    }
}
