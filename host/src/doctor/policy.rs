//! What an administrator's policies forbid in a browser: our host, or our extension. Read as
//! Chromium reads them; whatever has another form than its own is no policy.
//!
//! Source: Chromium's `config_dir_policy_loader.cc`, `native_messaging_policy_handler.cc` and
//! `extension_management.cc`, and its documentation of these policies.

use crate::registration::Place;
use serde_json::{Map, Value};
use std::collections::BTreeMap;
use yinxin_proto::site::{HOST_NAME, RELEASED_EXTENSION_ID, is_addon};

/// Whether manifests of the user count.
pub const USER_LEVEL_HOSTS: &str = "NativeMessagingUserLevelHosts";
const HOST_BLOCKLIST: &str = "NativeMessagingBlocklist";
const HOST_ALLOWLIST: &str = "NativeMessagingAllowlist";
const EXTENSION_BLOCKLIST: &str = "ExtensionInstallBlocklist";
const EXTENSION_ALLOWLIST: &str = "ExtensionInstallAllowlist";
const EXTENSION_FORCELIST: &str = "ExtensionInstallForcelist";
const EXTENSION_SETTINGS: &str = "ExtensionSettings";

/// The policies of a browser.
#[derive(Debug, Default)]
pub struct Policies {
    /// Each with where it stands.
    set: BTreeMap<String, (Value, String)>,
    /// Files that can't be read.
    pub unreadable: Vec<String>,
}

impl Policies {
    /// Those of a browser; none where it is not known where they lie.
    #[must_use]
    pub fn of(place: &Place) -> Self {
        let mut policies = Self::default();
        if let Some(place) = place.policies() {
            system::read(place, &mut policies);
        }
        policies
    }

    /// Adds policies, in place of those of the same names.
    fn add(&mut self, policies: Map<String, Value>, source: &str) {
        for (name, value) in policies {
            self.set.insert(name, (value, source.to_owned()));
        }
    }

    /// Where a policy stands.
    #[must_use]
    pub fn source(&self, policy: &str) -> &str {
        self.set.get(policy).map_or("", |(_, source)| source)
    }

    /// Whether the browser takes manifests of the user.
    #[must_use]
    pub fn allow_users_hosts(&self) -> bool {
        // The registry has numbers for true and false.
        !matches!(self.value(USER_LEVEL_HOSTS), Some(value) if *value == false || *value == 0)
    }

    /// The policy that forbids our host, or every extension that could be ours.
    #[must_use]
    pub fn against(&self, extension_ids: &[String]) -> Option<&'static str> {
        if self.lists(HOST_BLOCKLIST, HOST_NAME) && !self.names(HOST_ALLOWLIST, HOST_NAME) {
            return Some(HOST_BLOCKLIST);
        }
        let further = extension_ids.iter().map(String::as_str);
        let further = further.filter(|id| !is_addon(id));
        let mut all = [RELEASED_EXTENSION_ID].into_iter().chain(further);
        let first = self.against_extension(all.next()?)?;
        all.all(|id| self.against_extension(id).is_some())
            .then_some(first)
    }

    fn against_extension(&self, id: &str) -> Option<&'static str> {
        // The settings win over the lists; what stands by an id over what stands by `*`.
        if let Some(mode) = self.mode(|key| key.split(',').any(|key| key.trim() == id)) {
            return is_blocking(mode).then_some(EXTENSION_SETTINGS);
        }
        let is_forced = self
            .strings(EXTENSION_FORCELIST)
            .any(|entry| entry.split(';').next() == Some(id));
        if is_forced || self.names(EXTENSION_ALLOWLIST, id) {
            return None;
        }
        if self.names(EXTENSION_BLOCKLIST, id) {
            return Some(EXTENSION_BLOCKLIST);
        }
        match self.mode(|key| key == "*") {
            Some(mode) => is_blocking(mode).then_some(EXTENSION_SETTINGS),
            None => self
                .names(EXTENSION_BLOCKLIST, "*")
                .then_some(EXTENSION_BLOCKLIST),
        }
    }

    /// The mode of installation in the first settings whose key fits.
    fn mode(&self, fits: impl Fn(&str) -> bool) -> Option<&str> {
        let settings = self.value(EXTENSION_SETTINGS)?.as_object()?;
        let (_, found) = settings.iter().find(|(key, _)| fits(key))?;
        found.get("installation_mode")?.as_str()
    }

    fn value(&self, policy: &str) -> Option<&Value> {
        self.set.get(policy).map(|(value, _)| value)
    }

    fn strings(&self, policy: &str) -> impl Iterator<Item = &str> {
        let list = self.value(policy).and_then(Value::as_array);
        list.into_iter().flatten().filter_map(Value::as_str)
    }

    fn names(&self, policy: &str, name: &str) -> bool {
        self.strings(policy).any(|entry| entry == name)
    }

    /// Whether a list holds a name, or everything.
    fn lists(&self, policy: &str, name: &str) -> bool {
        self.names(policy, name) || self.names(policy, "*")
    }
}

fn is_blocking(mode: &str) -> bool {
    mode == "blocked" || mode == "removed"
}

#[cfg(not(windows))]
mod system {
    use super::Policies;
    use crate::{config, files};
    use serde_json::{Map, Value};
    use std::fs;
    use std::path::Path;

    pub fn read(folder: &str, policies: &mut Policies) {
        read_folder(&config::system_path(folder), policies);
    }

    /// The files of a folder. Of two with the same policy the last by name wins.
    pub fn read_folder(folder: &Path, policies: &mut Policies) {
        let Ok(entries) = fs::read_dir(folder) else {
            return;
        };
        let mut paths: Vec<_> = entries
            .flatten()
            .take(MAX_FILES)
            .map(|entry| entry.path())
            .collect();
        paths.sort();
        for path in paths {
            // Opening a pipe would wait for somebody to write into it.
            if !fs::metadata(&path).is_ok_and(|told| told.is_file()) {
                continue;
            }
            let source = path.display().to_string();
            let text = files::read_text(&path).ok();
            match text.and_then(|text| serde_json::from_str::<Map<String, Value>>(&text).ok()) {
                Some(read) => policies.add(read, &source),
                None => policies.unreadable.push(source),
            }
        }
    }

    /// Files of a folder that are read.
    const MAX_FILES: usize = 64;
}

#[cfg(windows)]
mod system {
    use super::Policies;
    use serde_json::{Map, Value};
    use winreg::RegKey;
    use winreg::enums::{HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE, RegType};
    use winreg::types::FromRegValue;

    /// The values and keys below the browser's. Those of the machine win over those of the user.
    pub fn read(vendor: &str, policies: &mut Policies) {
        for root in [HKEY_CURRENT_USER, HKEY_LOCAL_MACHINE] {
            let path = format!("Software\\Policies\\{vendor}");
            if let Ok(key) = RegKey::predef(root).open_subkey(&path) {
                policies.add(values(&key, MAX_DEPTH), &path);
            }
        }
    }

    fn values(key: &RegKey, depth: u32) -> Map<String, Value> {
        let mut all = Map::new();
        for (name, value) in key.enum_values().flatten().take(MAX_ENTRIES) {
            let read = match value.vtype {
                RegType::REG_DWORD => u32::from_reg_value(&value).ok().map(Value::from),
                // A dictionary may be one text of JSON.
                RegType::REG_SZ => String::from_reg_value(&value).ok().map(|text| {
                    let read = serde_json::from_str(&text).ok().filter(Value::is_object);
                    read.unwrap_or(Value::String(text))
                }),
                _ => None,
            };
            all.extend(read.map(|read| (name, read)));
        }
        if depth > 0 {
            for name in key.enum_keys().flatten().take(MAX_ENTRIES) {
                let Ok(below) = key.open_subkey(&name) else {
                    continue;
                };
                let below = values(&below, depth - 1);
                // A list is a key with the values 1, 2, 3 and so on.
                let is_list = below.keys().all(|name| name.parse::<u32>().is_ok());
                let read = if is_list {
                    Value::Array(below.into_iter().map(|(_, value)| value).collect())
                } else {
                    Value::Object(below)
                };
                all.insert(name, read);
            }
        }
        all
    }

    /// Policies, and entries of one, that are read.
    const MAX_ENTRIES: usize = 1_024;
    /// A policy, and an extension's settings in it.
    const MAX_DEPTH: u32 = 2;
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::json;

    const OURS: &str = RELEASED_EXTENSION_ID;
    const OTHER: &str = "abcdefghijklmnopabcdefghijklmnop";

    fn policies(text: Value) -> Policies {
        let mut policies = Policies::default();
        if let Value::Object(text) = text {
            policies.add(text, "here");
        }
        policies
    }

    fn against(text: Value) -> Option<&'static str> {
        policies(text).against(&[])
    }

    #[test]
    fn a_host_is_blocked_by_its_name_or_with_all_others_unless_it_is_allowed() {
        assert_eq!(against(json!({})), None);
        for blocked in [json!(["*"]), json!([HOST_NAME]), json!(["a", "*"])] {
            let list = json!({ HOST_BLOCKLIST: blocked });
            assert_eq!(against(list.clone()), Some(HOST_BLOCKLIST));
            let mut allowed = list;
            allowed[HOST_ALLOWLIST] = json!([HOST_NAME]);
            assert_eq!(against(allowed.clone()), None);
            // All others allowed is no form that Chromium knows.
            allowed[HOST_ALLOWLIST] = json!(["*", "other.host"]);
            assert_eq!(against(allowed), Some(HOST_BLOCKLIST));
        }
        assert_eq!(against(json!({ HOST_BLOCKLIST: ["other.host"] })), None);
        assert_eq!(against(json!({ HOST_BLOCKLIST: "*" })), None);
    }

    #[test]
    fn an_extension_is_blocked_by_lists_and_by_settings_which_win() {
        let all = json!(["*"]);
        let list = Some(EXTENSION_BLOCKLIST);
        assert_eq!(against(json!({ EXTENSION_BLOCKLIST: all })), list);
        assert_eq!(against(json!({ EXTENSION_BLOCKLIST: [OURS] })), list);
        assert_eq!(against(json!({ EXTENSION_BLOCKLIST: [OTHER] })), None);
        for allowing in [
            json!({ EXTENSION_ALLOWLIST: [OURS] }),
            json!({ EXTENSION_FORCELIST: [format!("{OURS};https://a.example/updates")] }),
            json!({ EXTENSION_SETTINGS: { OURS: { "installation_mode": "allowed" } } }),
            json!({ EXTENSION_SETTINGS: { format!("{OTHER},{OURS}"): { "installation_mode": "force_installed" } } }),
        ] {
            let mut text = allowing;
            text[EXTENSION_BLOCKLIST] = json!(["*"]);
            assert_eq!(against(text.clone()), None, "{text}");
        }
        let settings = Some(EXTENSION_SETTINGS);
        for key in ["*", OURS] {
            for mode in ["blocked", "removed"] {
                let text = json!({ EXTENSION_SETTINGS: { key: { "installation_mode": mode } } });
                assert_eq!(against(text), settings, "{key} {mode}");
            }
        }
        let both = json!({ EXTENSION_SETTINGS: {
            "*": { "installation_mode": "blocked" },
            OURS: { "installation_mode": "allowed" },
        } });
        assert_eq!(against(both), None);
    }

    #[test]
    fn one_extension_of_ours_that_is_allowed_is_enough() {
        let text = json!({ EXTENSION_BLOCKLIST: ["*"], EXTENSION_ALLOWLIST: [OTHER] });
        let policies = policies(text);
        assert_eq!(policies.against(&[]), Some(EXTENSION_BLOCKLIST));
        assert_eq!(policies.against(&[OTHER.to_owned()]), None);
    }

    #[test]
    fn manifests_of_the_user_count_unless_they_are_ruled_out() {
        let allow = |value: Value| policies(json!({ USER_LEVEL_HOSTS: value })).allow_users_hosts();
        assert!(policies(json!({})).allow_users_hosts());
        assert!(allow(json!(true)) && allow(json!(1)) && allow(json!("false")));
        assert!(!allow(json!(false)) && !allow(json!(0)));
    }

    /// Any JSON, with the names that mean something strewn in.
    fn any_json() -> impl Strategy<Value = Value> {
        let words = prop_oneof![
            Just("*".to_owned()),
            Just(HOST_NAME.to_owned()),
            Just(OURS.to_owned()),
            Just("installation_mode".to_owned()),
            Just("blocked".to_owned()),
            Just(HOST_BLOCKLIST.to_owned()),
            Just(EXTENSION_SETTINGS.to_owned()),
            ".{0,8}",
        ];
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            words.clone().prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 6, move |inner| {
            prop_oneof![
                prop::collection::vec(inner.clone(), 0..6).prop_map(Value::from),
                prop::collection::btree_map(words.clone(), inner, 0..6)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    #[cfg(not(windows))]
    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]

        /// Whatever lies in the folder: what is JSON is read, and all else is told.
        #[test]
        fn any_file_is_policies_or_told(
            bytes in prop_oneof![
                prop::collection::vec(any::<u8>(), 0..64),
                any_json().prop_map(|value| value.to_string().into_bytes()),
            ],
        ) {
            let folder = tempfile::tempdir().unwrap();
            std::fs::write(folder.path().join("a.json"), &bytes).unwrap();
            let last = json!({ HOST_BLOCKLIST: ["*"], HOST_ALLOWLIST: [] });
            std::fs::write(folder.path().join("b.json"), last.to_string()).unwrap();
            let mut policies = Policies::default();
            system::read_folder(folder.path(), &mut policies);
            let is_object = serde_json::from_slice::<Map<String, Value>>(&bytes).is_ok();
            prop_assert_eq!(policies.unreadable.len(), usize::from(!is_object));
            prop_assert_eq!(policies.against(&[]), Some(HOST_BLOCKLIST));
            prop_assert!(policies.source(HOST_BLOCKLIST).ends_with("b.json"));
        }
    }

    proptest! {
        /// Only a list or settings that name us or everything stand against us.
        #[test]
        fn any_policies_are_judged(values in prop::collection::vec(any_json(), 7)) {
            let names = [
                USER_LEVEL_HOSTS, HOST_BLOCKLIST, HOST_ALLOWLIST, EXTENSION_BLOCKLIST,
                EXTENSION_ALLOWLIST, EXTENSION_FORCELIST, EXTENSION_SETTINGS,
            ];
            let text: Map<String, Value> = names
                .iter()
                .map(|name| (*name).to_owned())
                .zip(values)
                .collect();
            let policies = policies(Value::Object(text.clone()));
            let blocks = |name: &str, ours: &str| {
                let list = text[name].as_array();
                list.is_some_and(|list| list.contains(&json!("*")) || list.contains(&json!(ours)))
            };
            let expected = match policies.against(&[]) {
                Some(HOST_BLOCKLIST) => blocks(HOST_BLOCKLIST, HOST_NAME),
                Some(EXTENSION_BLOCKLIST) => blocks(EXTENSION_BLOCKLIST, OURS),
                Some(policy) => policy == EXTENSION_SETTINGS && text[policy].is_object(),
                None => !blocks(HOST_BLOCKLIST, HOST_NAME) || text[HOST_ALLOWLIST].is_array(),
            };
            prop_assert!(expected);
            let ruled_out = [json!(false), json!(0)].contains(&text[USER_LEVEL_HOSTS]);
            prop_assert_eq!(policies.allow_users_hosts(), !ruled_out);
        }
    }
}
