//! The schema of the file (JSON Schema, draft 2020-12), from its types.

use super::PolicyFile;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use std::borrow::Cow;
use std::marker::PhantomData;
use ts_rs::{Config, TS};

/// An enumeration of words, by its declaration for TypeScript: that is made of the same attributes that read it.
pub(super) struct Words<T>(PhantomData<T>);

impl<T: TS> JsonSchema for Words<T> {
    fn inline_schema() -> bool {
        true
    }

    fn schema_name() -> Cow<'static, str> {
        T::name(&Config::new()).into()
    }

    fn json_schema(_: &mut SchemaGenerator) -> Schema {
        let declared = T::inline(&Config::new());
        let words: Vec<&str> = declared.split('"').skip(1).step_by(2).collect();
        json_schema!({ "type": "string", "enum": words })
    }
}

/// The schema, as text.
#[must_use]
pub fn schema() -> String {
    let schema = schemars::schema_for!(PolicyFile);
    // A schema is JSON.
    let mut text = serde_json::to_string_pretty(&schema).unwrap_or_default();
    text.push('\n');
    text
}
