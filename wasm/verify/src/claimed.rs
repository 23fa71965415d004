//! The time that a signer claims. It proves nothing, and may still be impossible.

use crate::{Certificate, Error, Finding, Seal, Severity, Time};

/// What can't be of a claimed time: that it is later than the time for which it is judged, or that the certificate or the
/// seal was not valid then. Warnings: clocks of signers are wrong at times.
pub(crate) fn oddities(
    claimed: Option<Time>,
    at: Time,
    certificate: Option<&Certificate>,
    seal: Option<&Seal>,
    place: &str,
) -> Vec<Finding> {
    let Some(claimed) = claimed else {
        return Vec::new();
    };
    let time = || claimed.to_string();
    let later = (claimed.0 > at.0.saturating_add(CLOCK_SECONDS)).then(|| Error::ClaimedTimeLater {
        time: time(),
        at: at.to_string(),
    });
    let validities = [
        certificate.map(|certificate| (certificate.not_before(), certificate.not_after())),
        seal.map(|seal| (seal.property().valid_from, seal.property().valid_until)),
    ];
    let outside = validities
        .into_iter()
        .flatten()
        .find(|(from, until)| claimed < *from || claimed > *until)
        .map(|(from, until)| Error::ClaimedTimeOutside {
            time: time(),
            from: from.to_string(),
            until: until.to_string(),
        });
    [later, outside]
        .into_iter()
        .flatten()
        .map(|error| Finding::new(Severity::Warning, error).at(place))
        .collect()
}

/// By how much two clocks may differ.
const CLOCK_SECONDS: i64 = 300;
