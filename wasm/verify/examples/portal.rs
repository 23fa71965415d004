//! A portal in some sixty lines: what its server does with a login, a signature and a seal that its users hand in.
//!
//! `cargo run --example portal` makes a CA, a user and a maker of seals on the spot, has the user log in, sign and seal,
//! and verifies all three with this crate alone.
#![allow(clippy::print_stdout)]

use yinxin_pki::testing::{Identity, NOW, Profile, TestKey, chain};
use yinxin_verify::{
    Error, LoginFormat, LoginOptions, Options, Purpose, SealedContent, new_login_challenge,
    verify_cms, verify_login, verify_seal_signature,
};

/// The portal's own configuration.
const ORIGIN: &str = "https://portal.example";

fn main() -> Result<(), Error> {
    let (root, issuing, user) = chain(TestKey::sm2(1));
    let maker = Identity::self_signed(TestKey::sm2(2), &Profile::authority("示例制章机构"));

    // Whom the portal trusts: a root, the CA below it whose certificates may log in, and a maker of seals.
    let options = Options::at(NOW)
        .anchors(root.pem().as_bytes())?
        .intermediates(issuing.pem().as_bytes())?
        .issuers(issuing.pem().as_bytes())?
        .makers(maker.pem().as_bytes())?;

    // A login: the challenge goes to the page, its record stays here.
    let random = [7; 32]; // of a random number generator, in earnest
    let challenge = new_login_challenge(ORIGIN, Purpose::Login, "session", &random, NOW, None)?;
    let proof = user.login_proof(ORIGIN, &challenge);
    let expected = LoginOptions {
        challenge: &challenge,
        origin: ORIGIN,
        purpose: Purpose::Login,
        session: "session",
        formats: &[LoginFormat::Yinxin],
        clock_skew: 0,
    };
    let login = verify_login(Ok(&proof), &expected, &options)?;
    // Before a session is made, the id is inserted where used ones are kept; where it is there already, all ends here.
    println!(
        "{} — {} is used",
        login.summary.zh, login.details.challenge_id
    );
    assert!(login.valid);
    println!("the account binds {:?}", login.details.binding);

    // A document, signed beside its content.
    let contract = "采购合同".as_bytes();
    let signature = verify_cms(&user.cms(contract), Some(contract.into()), &options)?;
    println!("{}", signature.summary.zh);
    assert!(
        signature.valid && signature.signers[0].certificate.as_ref() == Some(&user.certificate)
    );
    let changed = verify_cms(
        &user.cms(contract),
        Some(b"another contract".as_slice().into()),
        &options,
    )?;
    println!("{} ({:?})", changed.summary.zh, changed.outcome);
    assert!(!changed.valid);

    // A seal on it.
    let seal = user.sealed(&maker, contract);
    let content = Some(SealedContent::Content(contract.into()));
    let verdict = verify_seal_signature(&seal, content, &options)?;
    println!("{}", verdict.summary.zh);
    assert!(verdict.valid);
    for finding in &verdict.findings {
        println!(
            "{:?} {} {:?}",
            finding.severity,
            finding.error.code(),
            finding.place
        );
    }
    Ok(())
}
