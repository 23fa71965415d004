//! Certificate policies (RFC 5280, 6.1), as far as a signer needs them: which policies of the
//! anchor's domain hold along the whole path. Qualifiers are not carried.
//!
//! Instead of a tree, whose size a hostile path could blow up (RFC 9618), each policy that is valid
//! at a depth keeps the set of policies of the anchor's domain that lead to it.

use crate::asn1::Malformed;
use crate::certificate::Certificate;
use crate::certificate::extension::{
    inhibit_any_policy, policies, policy_constraints, policy_mappings,
};
use crate::oid;
use der::asn1::ObjectIdentifier as Oid;

/// The state between two certificates of a path.
pub(super) struct State {
    /// Valid policies, each with what it is in the anchor's domain.
    valid: Vec<(Oid, Vec<Oid>)>,
    /// Every policy is valid.
    any: bool,
    /// Certificates until one policy at least must be valid.
    explicit: u32,
    /// Certificates until mappings count no more.
    mapping: u32,
    /// Certificates until anyPolicy counts no more.
    any_allowed: u32,
    /// An explicit policy was required, and none was valid.
    failed: bool,
}

/// What holds at the end.
pub(super) struct Outcome {
    /// Whether what was required is there.
    pub satisfied: bool,
    /// The policies of the anchor's domain that hold; anyPolicy for all.
    pub policies: Vec<Oid>,
}

impl State {
    /// For a path of so many certificates. `required`: from the start.
    pub fn new(length: usize, required: bool) -> Self {
        let never = u32::try_from(length).unwrap_or(u32::MAX).saturating_add(1);
        Self {
            valid: Vec::new(),
            any: true,
            explicit: if required { 0 } else { never },
            mapping: never,
            any_allowed: never,
            failed: false,
        }
    }

    /// Takes the next certificate from the anchor downwards (6.1.3 d–f; 6.1.4 a, b, h–j unless it
    /// is the last, 6.1.5 a, b if it is).
    ///
    /// # Errors
    /// The OID of an extension that can't be read.
    pub fn step(&mut self, certificate: &Certificate, is_last: bool) -> Result<(), Oid> {
        let extension = |oid| certificate.extension(oid);
        fn read<T>(value: Result<T, Malformed>, oid: Oid) -> Result<T, Oid> {
            value.map_err(|_| oid)
        }
        let self_issued = certificate.is_self_issued();
        match extension(oid::CERTIFICATE_POLICIES) {
            None => {
                self.valid.clear();
                self.any = false;
            }
            Some(extension) => {
                let listed = read(policies(&extension.value), extension.oid)?;
                let any_listed = listed.contains(&oid::ANY_POLICY)
                    && (self.any_allowed > 0 || (!is_last && self_issued));
                let before = std::mem::take(&mut self.valid);
                for policy in listed.iter().filter(|policy| **policy != oid::ANY_POLICY) {
                    match before.iter().find(|(valid, _)| valid == policy) {
                        Some(kept) => self.valid.push(kept.clone()),
                        None if self.any => self.valid.push((*policy, vec![*policy])),
                        None => {}
                    }
                }
                if any_listed {
                    let kept = before.into_iter();
                    self.valid
                        .extend(kept.filter(|(valid, _)| !listed.contains(valid)));
                }
                self.any &= any_listed;
            }
        }
        if self.explicit == 0 && !self.any && self.valid.is_empty() {
            self.failed = true;
        }

        let constraints = match extension(oid::POLICY_CONSTRAINTS) {
            Some(extension) => read(policy_constraints(&extension.value), extension.oid)?,
            None => (None, None),
        };
        if is_last {
            self.explicit = self.explicit.saturating_sub(1);
            if constraints.0 == Some(0) {
                self.explicit = 0;
            }
            return Ok(());
        }
        if let Some(extension) = extension(oid::POLICY_MAPPINGS) {
            self.map(&read(policy_mappings(&extension.value), extension.oid)?);
        }
        // Mappings back and forth multiply: what grows so is refused rather than followed.
        let pairs = self.valid.iter().map(|(_, origins)| origins.len());
        if pairs.sum::<usize>() > MAX_PAIRS {
            self.valid.clear();
            self.any = false;
            self.failed = true;
        }
        if !self_issued {
            self.explicit = self.explicit.saturating_sub(1);
            self.mapping = self.mapping.saturating_sub(1);
            self.any_allowed = self.any_allowed.saturating_sub(1);
        }
        self.explicit = self.explicit.min(constraints.0.unwrap_or(u32::MAX));
        self.mapping = self.mapping.min(constraints.1.unwrap_or(u32::MAX));
        if let Some(extension) = extension(oid::INHIBIT_ANY_POLICY) {
            let skip = read(inhibit_any_policy(&extension.value), extension.oid)?;
            self.any_allowed = self.any_allowed.min(skip);
        }
        Ok(())
    }

    /// 6.1.4 b.
    fn map(&mut self, mappings: &[(Oid, Oid)]) {
        let is_mapped = |policy: &Oid| mappings.iter().any(|(from, _)| from == policy);
        let before = std::mem::take(&mut self.valid);
        let mut origins_of: Vec<(Oid, Vec<Oid>)> = Vec::new();
        for (policy, origins) in before {
            if is_mapped(&policy) {
                origins_of.push((policy, origins));
            } else {
                self.valid.push((policy, origins));
            }
        }
        if self.mapping == 0 {
            return;
        }
        for (from, to) in mappings {
            let origins = match origins_of.iter().find(|(policy, _)| policy == from) {
                Some((_, origins)) => origins.clone(),
                None if self.any => vec![*from],
                None => continue,
            };
            match self.valid.iter_mut().find(|(policy, _)| policy == to) {
                Some((_, known)) => {
                    for origin in origins {
                        if !known.contains(&origin) {
                            known.push(origin);
                        }
                    }
                }
                None => self.valid.push((*to, origins)),
            }
        }
    }

    /// What holds at the end of the path (6.1.5 g), if these policies are asked for; `None` for any.
    pub fn finish(self, wanted: Option<&[Oid]>) -> Outcome {
        let mut found: Vec<Oid> = Vec::new();
        for origin in self.valid.iter().flat_map(|(_, origins)| origins) {
            if !found.contains(origin) {
                found.push(*origin);
            }
        }
        if self.any {
            found.push(oid::ANY_POLICY);
        }
        let all_wanted = wanted.is_none_or(|wanted| wanted.contains(&oid::ANY_POLICY));
        if let (false, Some(wanted)) = (all_wanted, wanted) {
            found = wanted
                .iter()
                .filter(|policy| self.any || found.contains(policy))
                .copied()
                .collect();
        }
        Outcome {
            satisfied: !self.failed && (self.explicit > 0 || !found.is_empty()),
            policies: found,
        }
    }
}

/// Policies that are valid at a depth, each counted once for every one of the anchor's domain that
/// leads to it.
const MAX_PAIRS: usize = 256;

#[cfg(test)]
mod tests;
