//! Name constraints (RFC 5280, 4.2.1.10): what the CAs above a certificate allow it to be called.

use crate::certificate::Certificate;
use crate::certificate::extension::{NameConstraints, general_names, network_of};
use crate::certificate::general_name::GeneralName;
use crate::certificate::name::DistinguishedName;
use crate::oid;
use std::mem::discriminant;

/// The constraints that have accumulated from the anchor downwards.
#[derive(Default)]
pub(super) struct Accumulated(Vec<NameConstraints>);

/// A name that is not permitted.
pub(super) struct Violation {
    /// The name.
    pub name: String,
    /// Where it should lie, or should not.
    pub expected: String,
}

impl Accumulated {
    /// Adds those of a CA's certificate.
    pub fn add(&mut self, constraints: NameConstraints) {
        self.0.push(constraints);
    }

    /// The first name of a certificate that is not permitted: of its subject, its alternative
    /// names, and the mail addresses in its subject.
    pub fn violation(&self, certificate: &Certificate) -> Option<Violation> {
        if self.0.is_empty() {
            return None;
        }
        let mut names = Vec::new();
        if !certificate.subject().is_empty() {
            names.push(GeneralName::Directory(certificate.subject().clone()));
        }
        // The clause asks for the subject's mail addresses only where there is no alternative
        // name; asking always can only refuse more, and no one is misled by the other.
        let emails = certificate.subject().iter();
        let emails = emails.filter(|(kind, _)| *kind == oid::EMAIL);
        names.extend(emails.map(|(_, text)| GeneralName::Email(text.to_owned())));
        if let Some(extension) = certificate.extension(oid::SUBJECT_ALT_NAME) {
            match general_names(&extension.value) {
                Ok(read) => names.extend(read),
                // What can't be read can't be shown to be permitted.
                Err(malformed) => {
                    return Some(Violation {
                        name: "subjectAltName".into(),
                        expected: malformed.reason.into(),
                    });
                }
            }
        }
        let subtrees: usize = self
            .0
            .iter()
            .map(|level| level.permitted.len() + level.excluded.len())
            .sum();
        if subtrees.saturating_mul(names.len()) > MAX_COMPARISONS {
            return Some(Violation {
                name: format!("{} names", names.len()),
                expected: "too many constraints".into(),
            });
        }
        names.iter().find_map(|name| self.refuses(name))
    }

    fn refuses(&self, name: &GeneralName) -> Option<Violation> {
        let same_form = |base: &&GeneralName| match (name, *base) {
            (GeneralName::Other(a), GeneralName::Other(b)) => a == b,
            (a, b) => discriminant(a) == discriminant(b),
        };
        for level in &self.0 {
            let mut permitted = level.permitted.iter().filter(same_form).peekable();
            let asked_for = permitted.peek().is_some();
            if asked_for && !permitted.any(|base| lies_within(name, base) == Some(true)) {
                let all = level.permitted.iter().filter(same_form).map(show);
                return Some(Violation {
                    name: show(name),
                    expected: all.collect::<Vec<_>>().join(" / "),
                });
            }
            let mut excluded = level.excluded.iter().filter(same_form);
            // A form that can't be compared is refused.
            if let Some(base) = excluded.find(|base| lies_within(name, base) != Some(false)) {
                return Some(Violation {
                    name: show(name),
                    expected: format!("not {}", show(base)),
                });
            }
        }
        None
    }
}

/// Whether a name lies within a subtree of the same form. `None` if it can't be told: of a name that
/// its form does not allow, and that another reader may take for a name inside.
fn lies_within(name: &GeneralName, base: &GeneralName) -> Option<bool> {
    match (name, base) {
        (GeneralName::Directory(name), GeneralName::Directory(base)) => name.is_within(base),
        (GeneralName::Dns(_), GeneralName::Dns(base)) if base.is_empty() => Some(true),
        (GeneralName::Dns(name), GeneralName::Dns(base)) => {
            let name = host(name)?;
            // A point in front is not of the standard; OpenSSL, too, takes it for "below" only.
            Some(match base.strip_prefix('.') {
                Some(domain) => is_below(name, host(domain)?),
                None => {
                    let base = host(base)?;
                    // A wildcard means a host in the subtree and others outside (RFC 9525, 6.3).
                    let wild = name.strip_prefix("*.");
                    let parent = base.split_once('.').map(|(_, parent)| parent);
                    if wild
                        .zip(parent)
                        .is_some_and(|(a, b)| a.eq_ignore_ascii_case(b))
                    {
                        return None;
                    }
                    name.eq_ignore_ascii_case(base) || is_below(name, base)
                }
            })
        }
        (GeneralName::Email(name), GeneralName::Email(base)) => {
            let (mailbox, of) = mailbox(name)?;
            if !base.contains('@') {
                return host_within(of, base);
            }
            let (wanted, wanted_of) = self::mailbox(base)?;
            if !host(of)?.eq_ignore_ascii_case(host(wanted_of)?) {
                return Some(false);
            }
            // To the letter (RFC 5280, 7.5); one in quotes is written in more than one way.
            let is_quoted = |text: &str| text.contains(['"', '\\']);
            match mailbox == wanted {
                false if is_quoted(mailbox) || is_quoted(wanted) => None,
                same => Some(same),
            }
        }
        (GeneralName::Uri(name), GeneralName::Uri(base)) => host_within(host_of(name)?, base),
        (GeneralName::Ip(address), GeneralName::Ip(base)) => {
            if !matches!(address.len(), 4 | 16) {
                return None;
            }
            // An address of one family lies in no network of the other, also where it is written as
            // one of that (::ffff:0:0/96): the two forms are different names.
            let (network, mask) = network_of(base)?;
            if network.len() != address.len() {
                return Some(false);
            }
            let bytes = address.iter().zip(network).zip(mask);
            Some(bytes.into_iter().all(|((a, n), m)| a & m == n & m))
        }
        _ => None,
    }
}

/// The local part and the domain of a mailbox (RFC 5321, 4.1.2); `None` of what is none: without the
/// one, or with a second `@` outside of quotes.
fn mailbox(text: &str) -> Option<(&str, &str)> {
    let (local, domain) = text.rsplit_once('@')?;
    let is_sound = match local.strip_prefix('"') {
        None => !local.is_empty() && !local.contains(['@', '"']),
        Some(quoted) => {
            let mut is_escaped = false;
            let end = quoted.find(|c| {
                let is_end = c == '"' && !is_escaped;
                is_escaped = c == '\\' && !is_escaped;
                is_end
            });
            end.is_some_and(|end| end + 1 == quoted.len())
        }
    };
    is_sound.then_some((local, domain))
}

/// Of mail addresses and URIs: a base that begins with a point means every host below it, another
/// one the host itself. What an empty one means, readers differ in.
fn host_within(name: &str, base: &str) -> Option<bool> {
    let name = host(name)?;
    Some(match base.strip_prefix('.') {
        Some(domain) => is_below(name, host(domain)?),
        None => name.eq_ignore_ascii_case(host(base)?),
    })
}

/// A host without the point of an absolute name; `None` if it is none: labels of letters, digits,
/// hyphens, underscores and asterisks.
fn host(text: &str) -> Option<&str> {
    let text = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        let mut octets = label.bytes();
        !label.is_empty() && octets.all(|b| b.is_ascii_alphanumeric() || b"-_*".contains(&b))
    };
    text.split('.').all(is_label).then_some(text)
}

fn is_below(host: &str, domain: &str) -> bool {
    let Some(cut) = host.len().checked_sub(domain.len() + 1) else {
        return false;
    };
    match (host.get(..cut), host.get(cut..cut + 1), host.get(cut + 1..)) {
        (Some(label), Some("."), Some(tail)) => {
            !label.is_empty() && tail.eq_ignore_ascii_case(domain)
        }
        _ => false,
    }
}

/// The host of a URI with an authority (RFC 3986, 3.2), if it is a name and no address.
fn host_of(uri: &str) -> Option<&str> {
    // Browsers take a backslash for a slash, and leave out some of what no URI has.
    if uri.contains('\\') || !uri.bytes().all(|b| b.is_ascii_graphic()) {
        return None;
    }
    let (_, rest) = uri.split_once("://")?;
    let authority = rest.split(['/', '?', '#']).next()?;
    let host = authority
        .rsplit_once('@')
        .map_or(authority, |(_, host)| host);
    let host = host.split_once(':').map_or(host, |(host, _)| host);
    let is_address = host.starts_with('[') || host.bytes().all(|b| b.is_ascii_digit() || b == b'.');
    (!is_address).then_some(host)
}

fn show(name: &GeneralName) -> String {
    match name {
        GeneralName::Email(text) | GeneralName::Dns(text) | GeneralName::Uri(text) => text.clone(),
        GeneralName::Directory(name) => DistinguishedName::to_string(name),
        GeneralName::Ip(octets) => octets
            .iter()
            .map(u8::to_string)
            .collect::<Vec<_>>()
            .join("."),
        GeneralName::Other(tag) => format!("[{tag}]"),
    }
}

/// Names times subtrees, beyond which a path is refused rather than compared.
const MAX_COMPARISONS: usize = 1 << 14;

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::collection::vec;
    use proptest::prelude::*;

    /// A host, label by label.
    fn labels() -> impl Strategy<Value = Vec<String>> {
        vec("[abA-]{1,3}", 1..=4)
    }

    /// Whether a host ends with all labels of another, and how many it has besides.
    fn besides(host: &[String], base: &[String]) -> Option<usize> {
        let count = host.len().checked_sub(base.len())?;
        let pairs = host[count..].iter().zip(base);
        let mut same = pairs.map(|(a, b)| a.eq_ignore_ascii_case(b));
        same.all(|same| same).then_some(count)
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2000))]

        #[test]
        fn hosts_lie_below_a_domain_by_whole_labels(
            host in labels(),
            cut in 0usize..5,
            other in labels(),
            related in any::<bool>(),
        ) {
            let base = if related { host[cut.min(host.len() - 1)..].to_vec() } else { other };
            let besides = besides(&host, &base);
            let (host, base) = (host.join("."), base.join("."));
            let point = format!(".{base}");
            let dns = |name: &str, base: &str| {
                lies_within(&GeneralName::Dns(name.into()), &GeneralName::Dns(base.into()))
            };
            prop_assert_eq!(dns(&host, &base), Some(besides.is_some()));
            prop_assert_eq!(dns(&host, ""), Some(true));
            // Of mail addresses and URIs (4.2.1.10), the host itself, or with a point all below it.
            let below = besides.is_some_and(|count| count > 0);
            let mail = |base: &str| {
                let name = GeneralName::Email(format!("some@{host}"));
                lies_within(&name, &GeneralName::Email(base.into()))
            };
            prop_assert_eq!(mail(&base), Some(besides == Some(0)));
            prop_assert_eq!(mail(&point), Some(below));
            prop_assert_eq!(mail(&format!("some@{base}")), Some(besides == Some(0)));
            prop_assert_eq!(mail(&format!("other@{base}")), Some(false));
            for uri in [
                format!("http://{host}"),
                format!("ldap://{host}:389/cn=a?b"),
                format!("https://user:pass@{host}/@{base}x"),
                format!("https://{host}?http://{base}x"),
            ] {
                let uri = GeneralName::Uri(uri);
                let within = |base: &str| lies_within(&uri, &GeneralName::Uri(base.into()));
                prop_assert_eq!(within(&base), Some(besides == Some(0)));
                prop_assert_eq!(within(&point), Some(below));
            }
        }

        #[test]
        fn any_text_is_compared(name in any::<String>(), base in any::<String>()) {
            for form in [GeneralName::Dns, GeneralName::Email, GeneralName::Uri] {
                let (name, base) = (form(name.clone()), form(base.clone()));
                let _ = lies_within(&name, &base);
                let _ = lies_within(&name, &name);
            }
        }
    }
}
