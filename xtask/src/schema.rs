//! JSON Schema (2020-12) of types by their declarations in TypeScript, which ts-rs makes of the Rust types: as much of that
//! language as it writes.

use serde_json::{Map, Value, json};
use std::collections::BTreeMap;

/// Schemas of declared types, as far as they are asked for.
pub struct Schemas<'a> {
    declared: &'a BTreeMap<String, String>,
    made: BTreeMap<String, Value>,
}

impl<'a> Schemas<'a> {
    pub fn new(declared: &'a BTreeMap<String, String>) -> Self {
        Self {
            declared,
            made: BTreeMap::new(),
        }
    }

    /// A reference to a type, whose schema becomes a component.
    pub fn reference(&mut self, name: &str) -> Value {
        if !self.made.contains_key(name) {
            // It may speak of itself.
            self.made.insert(name.into(), Value::Null);
            let schema = self.object(name);
            self.made.insert(name.into(), schema);
        }
        json!({ "$ref": format!("#/components/schemas/{name}") })
    }

    /// The schema of a type, without making it a component.
    pub fn object(&mut self, name: &str) -> Value {
        if let Some(ours) = of_json(name) {
            return ours;
        }
        let declaration = self
            .declared
            .get(name)
            .unwrap_or_else(|| panic!("{name} is declared nowhere"));
        let mut parser = Parser {
            tokens: tokens(declaration),
            at: 0,
            schemas: self,
        };
        parser.declaration()
    }

    /// All components.
    pub fn components(self) -> Map<String, Value> {
        self.made.into_iter().collect()
    }
}

/// What JSON has otherwise than JavaScript, or says in fewer words.
fn of_json(name: &str) -> Option<Value> {
    let base64 = json!({ "type": "string", "contentEncoding": "base64" });
    Some(match name {
        "Bytes" | "Uint8Array" | "Base64" => base64,
        "BytesLike" => json!({ "type": "string", "description": "Base64, or PEM" }),
        "Time" => {
            json!({ "type": ["string", "number"], "description": "ISO 8601, or milliseconds since 1970" })
        }
        "CatalogueError" => json!({
            "type": "object",
            "properties": { "code": { "type": "string" }, "params": { "type": "object" } },
            "required": ["code", "params"],
        }),
        _ => return None,
    })
}

#[derive(Clone, Debug, PartialEq)]
enum Token {
    /// A comment of documentation.
    Docs(String),
    Word(String),
    Text(String),
    Sign(char),
}

fn tokens(text: &str) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while let Some(first) = rest.chars().next() {
        let length = if let Some(docs) = rest.strip_prefix("/**") {
            let end = docs.find("*/").expect("a comment ends");
            let lines = docs[..end]
                .lines()
                .map(|line| line.trim().trim_start_matches('*').trim());
            let words: Vec<&str> = lines.filter(|line| !line.is_empty()).collect();
            found.push(Token::Docs(words.join(" ")));
            end + "/***/".len()
        } else if first == '"' || first == '\'' {
            let end = rest[1..].find(first).expect("a text ends");
            found.push(Token::Text(rest[1..=end].into()));
            end + 2
        } else if first.is_alphanumeric() || first == '_' {
            let is_other = |c: char| !c.is_alphanumeric() && c != '_';
            let end = rest.find(is_other).unwrap_or(rest.len());
            found.push(Token::Word(rest[..end].into()));
            end
        } else {
            found.push(Token::Sign(first));
            first.len_utf8()
        };
        rest = rest[length..].trim_start();
    }
    found
}

struct Parser<'p, 'a> {
    tokens: Vec<Token>,
    at: usize,
    schemas: &'p mut Schemas<'a>,
}

impl Parser<'_, '_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }

    fn is(&mut self, sign: char) -> bool {
        let is = self.peek() == Some(&Token::Sign(sign));
        self.at += usize::from(is);
        is
    }

    fn expect(&mut self, sign: char) {
        assert!(
            self.is(sign),
            "expected {sign}, got {:?} in {:?}",
            self.peek(),
            self.tokens
        );
    }

    fn docs(&mut self) -> Option<String> {
        let mut docs = None;
        while let Some(Token::Docs(text)) = self.peek() {
            docs = Some(text.clone());
            self.at += 1;
        }
        docs
    }

    fn word(&mut self) -> String {
        let word = match self.peek() {
            Some(Token::Word(word) | Token::Text(word)) => word.clone(),
            other => panic!("expected a name, got {other:?} in {:?}", self.tokens),
        };
        self.at += 1;
        word
    }

    fn declaration(&mut self) -> Value {
        let docs = self.docs();
        while self.peek() != Some(&Token::Sign('=')) {
            self.at += 1;
        }
        self.at += 1;
        let mut schema = self.union();
        describe(&mut schema, docs);
        schema
    }

    fn union(&mut self) -> Value {
        self.is('|');
        let mut all = vec![self.intersection()];
        while self.is('|') {
            all.push(self.intersection());
        }
        if all.len() == 1 {
            return all.remove(0);
        }
        // Words, all of them.
        if all.iter().all(|one| one.get("const").is_some()) {
            let words: Vec<&Value> = all.iter().map(|one| &one["const"]).collect();
            return json!({ "enum": words });
        }
        json!({ "anyOf": all })
    }

    fn intersection(&mut self) -> Value {
        let mut all = vec![self.list()];
        while self.is('&') {
            all.push(self.list());
        }
        match all.len() {
            1 => all.remove(0),
            _ => json!({ "allOf": all }),
        }
    }

    fn list(&mut self) -> Value {
        let mut schema = self.single();
        while self.is('[') {
            self.expect(']');
            schema = json!({ "type": "array", "items": schema });
        }
        schema
    }

    fn single(&mut self) -> Value {
        self.docs();
        if self.is('(') {
            let inside = self.union();
            self.expect(')');
            return inside;
        }
        if self.is('{') {
            return self.fields();
        }
        if self.is('[') {
            let mut items = Vec::new();
            while !self.is(']') {
                items.push(self.union());
                self.is(',');
            }
            let length = items.len();
            return json!({ "type": "array", "prefixItems": items, "minItems": length, "maxItems": length });
        }
        if let Some(Token::Text(text)) = self.peek().cloned() {
            self.at += 1;
            return json!({ "const": text });
        }
        let word = self.word();
        if let Ok(number) = word.parse::<u32>() {
            return json!({ "const": number });
        }
        match &word[..] {
            "readonly" => self.list(),
            "string" | "number" | "boolean" | "null" => json!({ "type": word }),
            "unknown" => json!({}),
            "Array" => {
                self.expect('<');
                let items = self.union();
                self.expect('>');
                json!({ "type": "array", "items": items })
            }
            "Record" => {
                self.expect('<');
                self.union();
                self.expect(',');
                let values = self.union();
                self.expect('>');
                json!({ "type": "object", "additionalProperties": values })
            }
            name => self.schemas.reference(name),
        }
    }

    fn fields(&mut self) -> Value {
        let (mut properties, mut required) = (Map::new(), Vec::new());
        loop {
            let docs = self.docs();
            if self.is('}') {
                break;
            }
            if self.is('[') {
                // A field for each key.
                while !self.is(']') {
                    self.at += 1;
                }
                self.is('?');
                self.expect(':');
                let values = self.union();
                self.is(',');
                self.expect('}');
                return json!({ "type": "object", "additionalProperties": values });
            }
            let mut name = self.word();
            if name == "readonly" && self.peek() != Some(&Token::Sign(':')) {
                name = self.word();
            }
            if !self.is('?') {
                required.push(name.clone());
            }
            self.expect(':');
            let mut schema = self.union();
            describe(&mut schema, docs);
            properties.insert(name, schema);
            if !self.is(',') {
                self.is(';');
            }
        }
        json!({ "type": "object", "properties": properties, "required": required })
    }
}

/// Says what it is; beside a reference, too, as of 2020-12.
fn describe(schema: &mut Value, docs: Option<String>) {
    if let (Some(docs), Some(object)) = (docs, schema.as_object_mut()) {
        object.insert("description".into(), docs.into());
    }
}

#[cfg(test)]
mod tests {
    use super::Schemas;
    use serde_json::json;
    use std::collections::BTreeMap;

    #[test]
    fn declarations_become_schemas() {
        let declared = [
            (
                "Kind",
                "/**\n * Which.\n */\nexport type Kind = \"one\" | 'two';",
            ),
            (
                "Thing",
                "export type Thing = {\n/**\n * Its kind.\n */\nkind: Kind, list?: Array<Kind | null>, of: { [key in string]?: number }, \
                 readonly many: readonly string[], der: Uint8Array, version: 1 | 4, pair: [number, Kind], } & Other;",
            ),
            (
                "Other",
                "export type Other = { next?: Thing, any: unknown };",
            ),
        ];
        let declared: BTreeMap<String, String> = declared
            .into_iter()
            .map(|(name, text)| (name.into(), text.into()))
            .collect();
        let mut schemas = Schemas::new(&declared);
        assert_eq!(
            schemas.reference("Thing"),
            json!({ "$ref": "#/components/schemas/Thing" })
        );
        let all = schemas.components();
        assert_eq!(
            all["Kind"],
            json!({ "enum": ["one", "two"], "description": "Which." })
        );
        let reference = |name: &str| json!({ "$ref": format!("#/components/schemas/{name}") });
        let thing = &all["Thing"]["allOf"];
        assert_eq!(thing[1], reference("Other"));
        let fields = &thing[0]["properties"];
        assert_eq!(fields["kind"]["description"], "Its kind.");
        let items = json!({ "anyOf": [reference("Kind"), { "type": "null" }] });
        assert_eq!(fields["list"], json!({ "type": "array", "items": items }));
        assert_eq!(
            fields["of"],
            json!({ "type": "object", "additionalProperties": { "type": "number" } })
        );
        assert_eq!(fields["many"]["items"], json!({ "type": "string" }));
        assert_eq!(fields["version"], json!({ "enum": [1, 4] }));
        assert_eq!(
            fields["pair"]["prefixItems"],
            json!([{ "type": "number" }, reference("Kind")])
        );
        assert_eq!(
            thing[0]["required"],
            json!(["kind", "of", "many", "der", "version", "pair"])
        );
        assert_eq!(all["Other"]["properties"]["any"], json!({}));
    }
}
