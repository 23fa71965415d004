//! The sets of policies against the tree of RFC 5280, 6.1, grown as its text says, on random paths.

use super::State;
use crate::asn1::{self, tag};
use crate::certificate::Certificate;
use crate::oid::{self, ANY_POLICY};
use crate::testing::{Identity, Profile, TestKey, name};
use der::asn1::ObjectIdentifier as Oid;
use proptest::collection::vec;
use proptest::prelude::*;
use std::collections::BTreeSet;
use std::sync::OnceLock;

/// What a certificate says of policies.
#[derive(Clone, Debug)]
struct Says {
    self_issued: bool,
    policies: Option<Vec<Oid>>,
    mappings: Vec<(Oid, Oid)>,
    require_explicit: Option<u8>,
    inhibit_mapping: Option<u8>,
    inhibit_any: Option<u8>,
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4000))]

    #[test]
    fn sets_of_policies_say_what_the_tree_says(
        path in vec(says(), 1..=5),
        required in any::<bool>(),
        wanted in proptest::option::weighted(0.6, proptest::collection::btree_set(policy_or_any(), 1..=3)),
    ) {
        let wanted: Option<Vec<Oid>> = wanted.map(|set| set.into_iter().collect());
        let mut state = State::new(path.len(), required);
        for (index, says) in path.iter().enumerate() {
            state.step(&certificate(says), index + 1 == path.len()).expect("extensions read");
        }
        let outcome = state.finish(wanted.as_deref());
        let (satisfied, policies) = by_the_tree(&path, required, wanted.as_deref());
        prop_assert_eq!(outcome.satisfied, satisfied);
        if satisfied {
            let found: BTreeSet<Oid> = outcome.policies.iter().copied().collect();
            prop_assert_eq!(found.len(), outcome.policies.len(), "a policy twice");
            prop_assert_eq!(found, policies);
        }
    }
}

#[test]
fn mappings_that_multiply_are_refused() {
    let policy = |at: u32| Oid::from_arcs([1, 2, 3, at]).unwrap();
    let all: Vec<Oid> = (0..60).map(policy).collect();
    let says = |mappings: Vec<(Oid, Oid)>| Says {
        self_issued: false,
        policies: Some(all.clone()),
        mappings,
        require_explicit: None,
        inhibit_mapping: None,
        inhibit_any: None,
    };
    // All into one, and that one into so many: each then has sixty origins.
    for (count, satisfied) in [(4, true), (5, false)] {
        let many = all.iter().map(|from| (*from, policy(0))).collect();
        let one = (0..count).map(|to| (policy(0), policy(to))).collect();
        let path = [says(many), says(one), says(Vec::new())];
        let mut state = State::new(path.len(), false);
        for (index, says) in path.iter().enumerate() {
            state.step(&certificate(says), index == 2).unwrap();
        }
        assert_eq!(state.finish(None).satisfied, satisfied);
    }
}

const POLICIES: [Oid; 4] = [
    Oid::new_unwrap("1.2.3.1"),
    Oid::new_unwrap("1.2.3.2"),
    Oid::new_unwrap("1.2.3.3"),
    Oid::new_unwrap("1.2.3.4"),
];

fn policy() -> impl Strategy<Value = Oid> {
    proptest::sample::select(&POLICIES[..])
}

fn policy_or_any() -> impl Strategy<Value = Oid> {
    prop_oneof![3 => policy(), 1 => Just(ANY_POLICY)]
}

fn says() -> impl Strategy<Value = Says> {
    use proptest::option::weighted;
    let policies = proptest::collection::btree_set(policy_or_any(), 1..=4);
    (
        proptest::bool::weighted(0.2),
        weighted(0.95, policies.prop_map(|set| set.into_iter().collect())),
        prop_oneof![Just(Vec::new()), vec((policy(), policy()), 1..=4)],
        weighted(0.15, 0u8..3),
        weighted(0.15, 0u8..3),
        weighted(0.15, 0u8..3),
    )
        .prop_map(
            |(self_issued, policies, mappings, explicit, mapping, any)| Says {
                self_issued,
                policies,
                mappings,
                require_explicit: explicit,
                inhibit_mapping: mapping,
                inhibit_any: any,
            },
        )
}

/// A certificate that says so. Its signature is another's: nobody asks for it here.
fn certificate(says: &Says) -> Certificate {
    static TEMPLATE: OnceLock<Vec<u8>> = OnceLock::new();
    let template = TEMPLATE.get_or_init(|| {
        let made = Identity::self_signed(TestKey::sm2(1), &Profile::unit());
        made.certificate.der().to_vec()
    });
    let sequence = |parts: &[&[u8]]| asn1::element(tag::SEQUENCE, parts);
    let oids = |oids: &[Oid]| {
        oids.iter()
            .flat_map(|oid| asn1::oid(*oid))
            .collect::<Vec<_>>()
    };
    let number = |tag: u8, number: Option<u8>| {
        number.map_or(Vec::new(), |number| asn1::element(tag, &[&[number]]))
    };
    let mut extensions = Vec::new();
    let mut extend = |oid: Oid, value: &[u8]| {
        let value = asn1::element(tag::OCTET_STRING, &[value]);
        extensions.extend(sequence(&[&asn1::oid(oid), &value]));
    };
    if let Some(policies) = &says.policies {
        let all = policies
            .iter()
            .flat_map(|policy| sequence(&[&oids(&[*policy])]));
        extend(
            oid::CERTIFICATE_POLICIES,
            &sequence(&[&all.collect::<Vec<_>>()]),
        );
    }
    if !says.mappings.is_empty() {
        let all = says
            .mappings
            .iter()
            .flat_map(|(from, to)| sequence(&[&oids(&[*from, *to])]));
        extend(oid::POLICY_MAPPINGS, &sequence(&[&all.collect::<Vec<_>>()]));
    }
    if says.require_explicit.is_some() || says.inhibit_mapping.is_some() {
        let parts = [
            number(0x80, says.require_explicit),
            number(0x81, says.inhibit_mapping),
        ];
        extend(oid::POLICY_CONSTRAINTS, &sequence(&[&parts.concat()]));
    }
    if says.inhibit_any.is_some() {
        extend(
            oid::INHIBIT_ANY_POLICY,
            &number(tag::INTEGER, says.inhibit_any),
        );
    }

    let mut outer = asn1::Reader::new(template).read().unwrap().children();
    let mut fields = outer.read().unwrap().children();
    let mut tbs = Vec::new();
    // Up to the issuer; then the validity, a subject, and the key.
    let mut copy = |count: usize, tbs: &mut Vec<u8>| {
        for _ in 0..count {
            tbs.extend_from_slice(fields.read().unwrap().raw);
        }
    };
    let issuer = name(&[(oid::COMMON_NAME, "a")]);
    let subject = name(&[(oid::COMMON_NAME, if says.self_issued { "a" } else { "b" })]);
    copy(3, &mut tbs);
    tbs.extend(&issuer);
    copy(1, &mut Vec::new());
    copy(1, &mut tbs);
    tbs.extend(&subject);
    copy(1, &mut Vec::new());
    copy(1, &mut tbs);
    tbs.extend(asn1::element(0xa3, &[&sequence(&[&extensions])]));
    let rest = [outer.read().unwrap().raw, outer.read().unwrap().raw].concat();
    Certificate::from_der(sequence(&[&sequence(&[&tbs]), &rest])).unwrap()
}

/// A node of valid_policy_tree.
#[derive(Clone, Debug)]
struct Node {
    depth: usize,
    parent: Option<usize>,
    policy: Oid,
    expected: BTreeSet<Oid>,
}

/// valid_policy_tree. A node that is deleted leaves its place empty.
struct Tree(Vec<Option<Node>>);

impl Tree {
    fn at(&self, depth: usize) -> Vec<(usize, Node)> {
        let nodes = self.0.iter().enumerate();
        let nodes = nodes.filter_map(|(id, node)| Some((id, node.clone()?)));
        nodes.filter(|(_, node)| node.depth == depth).collect()
    }

    fn add(&mut self, parent: usize, depth: usize, policy: Oid, expected: &[Oid]) {
        self.0.push(Some(Node {
            depth,
            parent: Some(parent),
            policy,
            expected: expected.iter().copied().collect(),
        }));
    }

    fn children(&self, of: usize) -> Vec<(usize, Node)> {
        let nodes = self.0.iter().enumerate();
        let nodes = nodes.filter_map(|(id, node)| Some((id, node.clone()?)));
        nodes.filter(|(_, node)| node.parent == Some(of)).collect()
    }

    fn delete_with_children(&mut self, id: usize) {
        for (child, _) in self.children(id) {
            self.delete_with_children(child);
        }
        self.0[id] = None;
    }

    /// Deletes nodes above this depth that have no children, again and again.
    fn prune(&mut self, depth: usize) {
        loop {
            let childless = (0..self.0.len()).find(|id| {
                let node = self.0[*id].as_ref();
                node.is_some_and(|node| node.depth < depth) && self.children(*id).is_empty()
            });
            let Some(id) = childless else { return };
            self.0[id] = None;
        }
    }

    fn is_null(&self) -> bool {
        self.0.iter().all(Option::is_none)
    }
}

/// RFC 5280, 6.1.2 to 6.1.5, as far as policies go: whether the path holds, and the policies of
/// the user's set that do (of the authorities', if the user wants any).
fn by_the_tree(path: &[Says], required: bool, wanted: Option<&[Oid]>) -> (bool, BTreeSet<Oid>) {
    let n = path.len();
    // 6.1.2 (a), (d) to (f).
    let mut tree = Tree(vec![Some(Node {
        depth: 0,
        parent: None,
        policy: ANY_POLICY,
        expected: BTreeSet::from([ANY_POLICY]),
    })]);
    let mut explicit_policy = if required { 0 } else { n + 1 };
    let (mut policy_mapping, mut inhibit_any) = (n + 1, n + 1);
    for (index, says) in path.iter().enumerate() {
        let i = index + 1;
        // 6.1.3 (d) and (e).
        match &says.policies {
            Some(listed) if !tree.is_null() => {
                for policy in listed.iter().filter(|policy| **policy != ANY_POLICY) {
                    let mut matched = false;
                    for (id, node) in tree.at(i - 1) {
                        if node.expected.contains(policy) {
                            matched = true;
                            tree.add(id, i, *policy, &[*policy]);
                        }
                    }
                    if !matched {
                        for (id, node) in tree.at(i - 1) {
                            if node.policy == ANY_POLICY {
                                tree.add(id, i, *policy, &[*policy]);
                            }
                        }
                    }
                }
                if listed.contains(&ANY_POLICY) && (inhibit_any > 0 || i < n && says.self_issued) {
                    for (id, node) in tree.at(i - 1) {
                        for expected in &node.expected {
                            let children = tree.children(id);
                            if children.iter().all(|(_, child)| child.policy != *expected) {
                                tree.add(id, i, *expected, &[*expected]);
                            }
                        }
                    }
                }
                tree.prune(i);
            }
            Some(_) => {}
            None => tree.0.clear(),
        }
        // 6.1.3 (f).
        if explicit_policy == 0 && tree.is_null() {
            return (false, BTreeSet::new());
        }
        if i == n {
            break;
        }
        // 6.1.4 (b).
        for (from, _) in &says.mappings {
            if policy_mapping > 0 {
                let subjects = says.mappings.iter().filter(|(other, _)| other == from);
                let subjects: Vec<Oid> = subjects.map(|(_, to)| *to).collect();
                let same: Vec<_> = tree.at(i);
                let same: Vec<_> = same
                    .iter()
                    .filter(|(_, node)| node.policy == *from)
                    .collect();
                for (id, _) in &same {
                    let node = tree.0[*id].as_mut().unwrap();
                    node.expected = subjects.iter().copied().collect();
                }
                if same.is_empty() && tree.at(i).iter().any(|(_, node)| node.policy == ANY_POLICY) {
                    for (id, node) in tree.at(i - 1) {
                        if node.policy == ANY_POLICY {
                            tree.add(id, i, *from, &subjects);
                        }
                    }
                }
            } else {
                for (id, node) in tree.at(i) {
                    if node.policy == *from {
                        tree.delete_with_children(id);
                    }
                }
                tree.prune(i);
            }
        }
        // 6.1.4 (h) to (j).
        if !says.self_issued {
            explicit_policy = explicit_policy.saturating_sub(1);
            policy_mapping = policy_mapping.saturating_sub(1);
            inhibit_any = inhibit_any.saturating_sub(1);
        }
        let least =
            |now: usize, given: Option<u8>| given.map_or(now, |given| now.min(given.into()));
        explicit_policy = least(explicit_policy, says.require_explicit);
        policy_mapping = least(policy_mapping, says.inhibit_mapping);
        inhibit_any = least(inhibit_any, says.inhibit_any);
    }
    // 6.1.5 (a) and (b).
    explicit_policy = explicit_policy.saturating_sub(1);
    if path[n - 1].require_explicit == Some(0) {
        explicit_policy = 0;
    }
    // 6.1.5 (g): the valid_policy_node_set, cut down to what is wanted.
    let parent_is_any = |tree: &Tree, node: &Node| {
        let parent = node.parent.and_then(|parent| tree.0[parent].as_ref());
        parent.is_some_and(|parent| parent.policy == ANY_POLICY)
    };
    let node_set = |tree: &Tree| -> Vec<(usize, Node)> {
        let nodes = tree.0.iter().enumerate();
        let nodes = nodes.filter_map(|(id, node)| Some((id, node.clone()?)));
        nodes
            .filter(|(_, node)| parent_is_any(tree, node))
            .collect()
    };
    if let Some(wanted) = wanted.filter(|wanted| !wanted.contains(&ANY_POLICY)) {
        for (id, node) in node_set(&tree) {
            if node.policy != ANY_POLICY && !wanted.contains(&node.policy) {
                tree.delete_with_children(id);
            }
        }
        let any = tree
            .at(n)
            .into_iter()
            .find(|(_, node)| node.policy == ANY_POLICY);
        if let Some((id, node)) = any {
            let there: Vec<Oid> = node_set(&tree)
                .iter()
                .map(|(_, node)| node.policy)
                .collect();
            for policy in wanted.iter().filter(|policy| !there.contains(policy)) {
                tree.add(node.parent.unwrap(), n, *policy, &[*policy]);
            }
            tree.0[id] = None;
        }
        tree.prune(n);
    }
    let found = node_set(&tree).into_iter().map(|(_, node)| node);
    // An anyPolicy on the way down is no policy that holds at the end.
    let found = found.filter(|node| node.policy != ANY_POLICY || node.depth == n);
    let found = found.map(|node| node.policy).collect();
    (explicit_policy > 0 || !tree.is_null(), found)
}
