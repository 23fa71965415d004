//! `servers/verifier/openapi.json`: the service's description (OpenAPI 3.1), made of the list of its calls and of the types that
//! they take and give, by the same declarations that the npm packages have.

use crate::schema::Schemas;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use yinxin_calls::{Function, PARTS};

/// What a call takes and gives, by the names of its types.
struct Types {
    /// Its own options, where a structure has them.
    own: Option<&'static str>,
    /// Whether a request may narrow what the policy says.
    narrows: bool,
    /// A document, which is no option.
    takes_file: bool,
    answer: &'static str,
}

fn types(function: Function) -> Types {
    let judged = |own, answer| Types {
        own: Some(own),
        narrows: true,
        takes_file: false,
        answer,
    };
    let document = |answer| Types {
        own: None,
        narrows: true,
        takes_file: true,
        answer,
    };
    let plain = |own, answer| Types {
        narrows: false,
        ..judged(own, answer)
    };
    match function {
        Function::VerifyCertificate => judged("VerifyCertificateOptions", "CertificateVerdict"),
        Function::VerifyCms => judged("VerifyCmsOptions", "CmsVerdict"),
        Function::NewLoginChallenge => plain("NewLoginChallengeOptions", "LoginChallenge"),
        Function::VerifyLogin => judged("VerifyLoginOptions", "LoginVerdict"),
        Function::VerifySeal => judged("VerifySealOptions", "SealVerdict"),
        Function::VerifySealSignature => {
            judged("VerifySealSignatureOptions", "SealSignatureVerdict")
        }
        Function::VerifyOfd => document("OfdVerdict"),
        Function::VerifyPdf => document("PdfVerdict"),
        Function::ParseCertificate => plain("ParseCertificate", "CertificateFacts"),
        Function::ParseSeal => plain("ParseSeal", "SealFacts"),
        Function::Text => plain("TextOf", "Text"),
    }
}

const INTRODUCTION: &str = "Certificates, signatures (CMS), logins, electronic seals, OFD and PDF, judged under the policy that the \
service was started with: a request can only narrow it. Calls are those of the npm packages, with the same verdicts, codes and \
texts. Bytes are Base64 in JSON, or parts of their own in `multipart/form-data`, beside a part `request` that holds the JSON; of \
a part `content` larger than 64 KiB only SM3 and SHA-256 are kept. A verdict has the status 200, whatever it says. Largest sizes, \
unless the service was started with others, stand in `x-limits`, in bytes.";

/// The description, as text, by the declarations of types.
pub fn document(declared: &BTreeMap<String, String>) -> String {
    let mut schemas = Schemas::new(declared);
    let mut paths = Map::new();
    for function in Function::ALL {
        let path = format!("/v1/{}", function.name());
        paths.insert(path, json!({ "post": call(*function, &mut schemas) }));
    }
    for (path, summary, content_type) in [
        ("/healthz", "Whether the process lives", "text/plain"),
        (
            "/readyz",
            "Whether it takes requests; 503, once it was told to stop",
            "text/plain",
        ),
        (
            "/metrics",
            "What is counted, for Prometheus",
            "application/openmetrics-text",
        ),
        ("/openapi.json", "This description", "application/json"),
    ] {
        let schema = match content_type {
            "application/json" => json!({ "type": "object" }),
            _ => json!({ "type": "string" }),
        };
        let mut responses = json!({
            "200": { "description": "It is so", "content": { content_type: { "schema": schema } } },
        });
        if path == "/readyz" {
            responses["503"] = json!({ "description": "It was told to stop" });
        }
        let id: String = path.chars().filter(char::is_ascii_alphanumeric).collect();
        let get = json!({ "operationId": id, "summary": summary, "responses": responses });
        paths.insert(path.into(), json!({ "get": get }));
    }
    let mut components = schemas.components();
    components.insert(
        "Error".into(),
        json!({
            "type": "object",
            "description": "A code of the catalogue (docs/errors.md), with its parameters.",
            "properties": {
                "code": { "type": "string" },
                "params": { "type": "object" },
            },
            "required": ["code", "params"],
        }),
    );
    let whole = json!({
        "openapi": "3.1.0",
        "info": {
            "title": "Yinxin verifier",
            "version": env!("CARGO_PKG_VERSION"),
            "description": INTRODUCTION,
            "license": { "name": "MIT OR Apache-2.0", "identifier": "MIT OR Apache-2.0" },
        },
        "x-limits": { "json": 4 << 20, "file": 64 << 20, "content": u32::MAX },
        "servers": [{ "url": "http://127.0.0.1:8085" }],
        "paths": paths,
        "components": { "schemas": components },
    });
    // A value of JSON can be written.
    let mut text = serde_json::to_string_pretty(&whole).unwrap_or_default();
    text.push('\n');
    text
}

fn call(function: Function, schemas: &mut Schemas<'_>) -> Value {
    let types = types(function);
    let mut request = json!({ "type": "object", "properties": {}, "required": [], "additionalProperties": false });
    let narrowing = types.narrows.then_some("Narrowing");
    for name in types.own.into_iter().chain(narrowing) {
        let of = schemas.object(name);
        for (field, schema) in of["properties"].as_object().into_iter().flatten() {
            // What a call says of its own comes before.
            if request["properties"].get(field).is_none() {
                request["properties"][field] = schema.clone();
            }
        }
        let required = of["required"].as_array().into_iter().flatten().cloned();
        if let Some(all) = request["required"].as_array_mut() {
            all.extend(required);
        }
    }
    if types.takes_file {
        request["properties"]["file"] = json!({ "$ref": "#/components/schemas/Bytes" });
        request["required"] = json!(["file"]);
    }
    let is_required = |field: &Value| {
        // The policy says it, where it has one only.
        let is_left = field == "origin";
        // Its absence is a finding, as all that is wrong with what a visitor sends.
        !is_left && field != "proof"
    };
    if let Some(all) = request["required"].as_array_mut() {
        all.retain(is_required);
    }
    let parts: BTreeSet<&str> = PARTS
        .iter()
        .copied()
        .filter(|part| request["properties"].get(part).is_some())
        .collect();
    let mut content = json!({ "application/json": { "schema": request } });
    if !parts.is_empty() {
        content["multipart/form-data"] = multipart(&request, &parts);
    }
    let error = |description: &str| {
        let schema = json!({ "$ref": "#/components/schemas/Error" });
        json!({ "description": description, "content": { "application/json": { "schema": schema } } })
    };
    let mut answer = schemas.reference(types.answer);
    if request["properties"].get("fields").is_some() {
        // Those that are asked for.
        answer = json!({ "anyOf": [answer, { "type": "object" }] });
    }
    json!({
        "operationId": function.name(),
        "summary": function.summary(),
        "requestBody": { "required": true, "content": content },
        "responses": {
            "200": { "description": "What came of it", "content": { "application/json": { "schema": answer } } },
            "400": error("`request-invalid`, or what can't be read (`cms-unreadable`, …)"),
            "408": error("`request-timed-out`: the body did not come in time"),
            "413": error("`request-too-large`"),
            "415": error("`request-invalid`: the body is neither JSON nor `multipart/form-data`"),
            "500": error("`internal`: a bug; `detail` is the id of the request"),
            "503": error("`server-busy`, or `request-timed-out`: judging took too long"),
        },
    })
}

/// The same with bytes beside the JSON, where they are required in neither place.
fn multipart(request: &Value, parts: &BTreeSet<&str>) -> Value {
    let mut json_part = request.clone();
    let is_part = |field: &Value| field.as_str().is_some_and(|field| parts.contains(field));
    if let Some(required) = json_part["required"].as_array_mut() {
        required.retain(|field| !is_part(field));
    }
    let mut properties = Map::new();
    let mut encoding = Map::new();
    properties.insert("request".into(), json_part);
    encoding.insert(
        "request".into(),
        json!({ "contentType": "application/json" }),
    );
    for part in parts {
        let (schema, content_type) = match *part {
            "proof" => (json!({}), "application/json"),
            _ => (
                json!({ "contentMediaType": "application/octet-stream" }),
                "application/octet-stream",
            ),
        };
        properties.insert((*part).into(), schema);
        encoding.insert((*part).into(), json!({ "contentType": content_type }));
    }
    let schema =
        json!({ "type": "object", "properties": properties, "additionalProperties": false });
    json!({ "schema": schema, "encoding": encoding })
}
