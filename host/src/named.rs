//! The token that a person named by its label, and by its serial number where several have the label.

use unicode_normalization::UnicodeNormalization;
use yinxin_proto::Error;
use yinxin_proto::token::Token;

/// The tokens of a label, as it is or as it is shown, or of a serial number in its place; and, if one is
/// given, of a serial number. They are one key: more than one only where several modules read it, in the
/// order of these.
///
/// # Errors
/// Where none is found, what kept a module from being looked into, if anything did: it may be that
/// module's. Otherwise `no-token`, or `token-not-found` with what is there instead. `token-ambiguous`
/// with those of the label: none of several keys is taken without being asked for.
pub fn tokens<'a>(
    tokens: &'a [Token],
    label: &str,
    serial: Option<&str>,
    problem: Option<&Error>,
) -> Result<Vec<&'a Token>, Error> {
    // That a key was pulled while the modules were looked at says nothing of this one.
    let problem = problem.filter(|problem| !matches!(problem, Error::TokenRemoved {}));
    let missing = |error| Err(problem.cloned().unwrap_or(error));
    if tokens.is_empty() {
        return missing(Error::NoToken {});
    }
    let named = |is: &dyn Fn(&Token) -> bool| tokens.iter().filter(|token| is(token)).collect();
    let mut labelled: Vec<&Token> = named(&|token| token.label == label);
    if labelled.is_empty() {
        labelled = named(&|token| is_shown_as(&token.label, label));
    }
    // A key without a label, or with one that nobody can type.
    if labelled.is_empty() && !label.is_empty() {
        labelled = named(&|token| token.serial == label);
    }
    let meant: Vec<&Token> = labelled
        .iter()
        .copied()
        .filter(|token| serial.is_none_or(|serial| token.serial == serial))
        .collect();
    let Some(first) = meant.first() else {
        let near = if labelled.is_empty() {
            tokens.iter().collect()
        } else {
            labelled
        };
        return missing(Error::TokenNotFound {
            token: label.to_owned(),
            present: listed(&near),
        });
    };
    if meant.iter().any(|token| !is_same(first, token)) {
        return Err(Error::TokenAmbiguous {
            token: label.to_owned(),
            present: listed(&meant),
        });
    }
    Ok(meant)
}

/// Whether a label is shown like this: without what can't be seen, and perhaps in another width.
fn is_shown_as(label: &str, shown: &str) -> bool {
    let seen = |text: &str| {
        let text = text.chars().filter(|c| !c.is_control());
        text.nfkc().collect::<String>().trim().to_owned()
    };
    !seen(shown).is_empty() && seen(label) == seen(shown)
}

/// Whether two tokens look like one key that two modules read: two keys in one module never are.
fn is_same(one: &Token, other: &Token) -> bool {
    let held = |token: &Token| {
        let certificates = token.certificates.iter();
        let mut held: Vec<Vec<u8>> = certificates
            .map(|held| held.certificate.0.clone())
            .collect();
        held.sort();
        held
    };
    one.token == other.token
        || (one.module != other.module && one.serial == other.serial && held(one) == held(other))
}

/// Labels with their serial numbers, for the eye.
fn listed(tokens: &[&Token]) -> String {
    let mut names: Vec<String> = tokens
        .iter()
        .map(|token| format!("{} ({})", token.label, token.serial))
        .collect();
    names.dedup();
    names.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;
    use yinxin_proto::Base64;
    use yinxin_proto::token::{PinLength, PinState, PinTries, TokenCertificate};

    fn token(label: &str, serial: &str, module: &str, certificate: u8) -> Token {
        Token {
            token: format!("{module}/{serial}/{certificate}"),
            label: label.into(),
            manufacturer: String::new(),
            model: String::new(),
            serial: serial.into(),
            module: module.into(),
            pin: PinTries {
                state: PinState::Ok,
                left: None,
            },
            pin_length: PinLength { min: 6, max: 16 },
            protected_path: false,
            initial_pin: false,
            demo: false,
            certificates: vec![TokenCertificate {
                id: "01".into(),
                label: String::new(),
                certificate: Base64(vec![certificate]),
                padding: None,
            }],
            seals: Vec::new(),
            problem: None,
        }
    }

    #[test]
    fn one_key_is_taken_and_never_one_of_several() {
        let found = |all: &[Token], serial| {
            tokens(all, "a", serial, None)
                .map(|found| found.len())
                .map_err(|error| {
                    (
                        error.code(),
                        format!("{:?}", error.text(yinxin_proto::error::Locale::En)),
                    )
                })
        };
        let code = |all: &[Token], serial, word: &str| {
            let (code, text) = found(all, serial).unwrap_err();
            assert!(text.contains(word), "{text}");
            code
        };
        assert_eq!(code(&[], None, ""), "no-token");
        let one = token("a", "1", "m", 1);
        let other = token("b", "2", "m", 2);
        assert_eq!(found(&[one.clone(), other.clone()], None), Ok(1));
        assert_eq!(
            code(std::slice::from_ref(&other), None, "b (2)"),
            "token-not-found"
        );
        let busy = Error::TokenBusy {};
        for all in [&[][..], std::slice::from_ref(&other)] {
            let error = tokens(all, "a", None, Some(&busy)).unwrap_err();
            assert_eq!(error.code(), "token-busy");
        }
        // A key that was pulled meanwhile is another one.
        let pulled = Error::TokenRemoved {};
        let error = tokens(std::slice::from_ref(&other), "a", None, Some(&pulled)).unwrap_err();
        assert_eq!(error.code(), "token-not-found");
        // What is shown, and the number of one whose label nobody can type.
        let mut odd = other.clone();
        odd.label = "四川\u{7}ＣＡ ".into();
        for name in ["四川CA", "2"] {
            let found = tokens(std::slice::from_ref(&odd), name, None, None);
            assert_eq!(found.map(|found| found.len()), Ok(1), "{name}");
        }
        odd.label.clear();
        assert_eq!(
            tokens(&[odd], "2", None, None).map(|found| found.len()),
            Ok(1)
        );
        // The serial number must be right too.
        assert_eq!(
            code(&[one.clone(), other], Some("2"), "a (1)"),
            "token-not-found"
        );
        let twin = token("a", "2", "m", 2);
        let both = [one.clone(), twin];
        assert_eq!(code(&both, None, "a (1), a (2)"), "token-ambiguous");
        assert_eq!(found(&both, Some("2")), Ok(1));
        // The same key by way of another module; a copy of it in the same module, or another key of
        // a careless vendor who numbers none.
        let again = token("a", "1", "n", 1);
        assert_eq!(found(&[one.clone(), again], None), Ok(2));
        let mut copy = one.clone();
        copy.token = "m/copy".into();
        assert_eq!(
            code(&[one.clone(), copy], Some("1"), "a (1)"),
            "token-ambiguous"
        );
        let careless = token("a", "1", "n", 3);
        assert_eq!(code(&[one, careless], None, "a (1)"), "token-ambiguous");
    }
}
