//! Tariffs that can't be used, and where they say it.

use super::scca;
use crate::{Json, SCCA_TARIFF, Tariff};
use serde_json::{Value, json};
use yinxin_proto::Error;

fn refused(tariff: &Value) -> (String, String) {
    let json: Json = serde_json::from_value(tariff.clone()).unwrap();
    match Tariff::read(&json) {
        Err(Error::TariffInvalid { place, reason }) => (place, reason),
        other => panic!("{other:?}"),
    }
}

#[test]
fn what_is_wrong_with_a_tariff_is_told_with_its_place() {
    // The pointer, what is put there (null takes it away), the place and a word of the reason.
    for (pointer, value, place, word) in [
        ("", json!([]), "JSON", "object"),
        ("", json!("x"), "JSON", "object"),
        ("/id", json!(null), "JSON", "“id” is missing"),
        ("/id", json!("SCCA tariff"), "id", "lower-case"),
        ("/id", json!(7), "id", "text"),
        ("/other", json!(1), "JSON", "no field “other”"),
        ("/authority", json!("四川CA"), "authority", "object"),
        (
            "/authority/name/en",
            json!(null),
            "authority.name",
            "“en” is missing",
        ),
        (
            "/authority/family",
            json!("moon"),
            "authority.family",
            "scca",
        ),
        (
            "/authority/family",
            json!("other"),
            "authority.family",
            "scca",
        ),
        ("/title/zh-CN", json!("  "), "title.zh-CN", "empty"),
        (
            "/title/en",
            json!("x".repeat(1001)),
            "title.en",
            "1000 characters",
        ),
        ("/title/fr", json!("x"), "title", "no field “fr”"),
        ("/read", json!("22.11.2026"), "read", "date"),
        ("/read", json!("2026-02-30"), "read", "date"),
        ("/read", json!("2026-02-03T00:00:00Z"), "read", "date"),
        ("/terms", json!([]), "terms", "entries"),
        ("/terms", json!([2, 1]), "terms", "ascending"),
        ("/terms", json!([1, 1]), "terms", "ascending"),
        ("/terms", json!([0, 1]), "terms", "ascending"),
        (
            "/terms",
            json!([1, 11]),
            "terms[1]",
            "whole number from 0 to 10",
        ),
        ("/terms", json!([1.5]), "terms[0]", "whole number"),
        ("/prices", json!({}), "prices", "list"),
        (
            "/prices/0/price",
            json!(-1),
            "prices[0].price",
            "whole number",
        ),
        (
            "/prices/0/price",
            json!(0.5),
            "prices[0].price",
            "whole number",
        ),
        (
            "/prices/0/price",
            json!("100"),
            "prices[0].price",
            "whole number",
        ),
        (
            "/prices/0/price",
            json!(1_000_001),
            "prices[0].price",
            "1000000",
        ),
        (
            "/prices/0/price",
            json!(null),
            "prices[0]",
            "“price” is missing",
        ),
        (
            "/prices/0/roles",
            json!(["supplier", "owner"]),
            "prices[0].roles[1]",
            "owner",
        ),
        ("/prices/0/roles", json!([]), "prices[0].roles", "entries"),
        (
            "/prices/0/services",
            json!(["new", "lease"]),
            "prices[0].services[1]",
            "lease",
        ),
        ("/prices/0/unit", json!("month"), "prices[0].unit", "month"),
        (
            "/prices/0/unit",
            json!("seal-year"),
            "prices",
            "rule is used twice",
        ),
        (
            "/prices/1/services",
            json!(["replacement"]),
            "prices[1].unit",
            "without a term",
        ),
        (
            "/prices/1/services",
            json!(["seal-new"]),
            "prices[1].unit",
            "seals alone",
        ),
        (
            "/prices/1/rule",
            json!("unit-opening"),
            "prices",
            "used twice",
        ),
        (
            "/prices/0/clause",
            json!(null),
            "prices[0]",
            "“clause” is missing",
        ),
        (
            "/waivers/0/waives",
            json!(["nothing"]),
            "waivers",
            "does not exist",
        ),
        (
            "/waivers/1/minimumYears",
            json!(3),
            "waivers",
            "none of the terms",
        ),
        (
            "/waivers/1/minimumYears",
            json!("two"),
            "waivers[1].minimumYears",
            "whole number",
        ),
        (
            "/upgrade/minimumDays",
            json!(3661),
            "upgrade.minimumDays",
            "3660",
        ),
        (
            "/upgrade/minimumDays",
            json!(733),
            "upgrade",
            "longest term",
        ),
        (
            "/upgrade/biddingClass",
            json!("yes"),
            "upgrade.biddingClass",
            "true or false",
        ),
        ("/silences/0/id", json!("tax"), "silences", "twice"),
        ("/silences", json!([]), "JSON", "seal-mid-term"),
        ("/silences/0", json!(null), "JSON", "bidding-class"),
        ("/notes/0/kind", json!("joke"), "notes[0].kind", "joke"),
        (
            "/notes/0/holder",
            json!("agency"),
            "notes[0].holder",
            "agency",
        ),
        (
            "/notes/6/links",
            json!(["javascript:alert(1)"]),
            "notes[6].links[0]",
            "address",
        ),
        (
            "/procedures/0/steps",
            json!([]),
            "procedures[0].steps",
            "entries",
        ),
        (
            "/procedures/0/steps/0/links",
            json!(["https://a b"]),
            "procedures[0].steps[0].links[0]",
            "address",
        ),
        (
            "/procedures/2/when",
            json!("soon"),
            "procedures[2].when",
            "soon",
        ),
        (
            "/undescribed/services",
            json!(null),
            "undescribed",
            "“services” is missing",
        ),
        ("/contacts", json!([]), "contacts", "entries"),
        (
            "/contacts/0/value",
            json!(4_000_281_130_u64),
            "contacts[0].value",
            "text",
        ),
    ] {
        let mut tariff: Value = serde_json::from_str(SCCA_TARIFF).unwrap();
        put(&mut tariff, pointer, value.clone());
        if word == "rule is used twice" {
            tariff["prices"][1]["rule"] = json!("unit-opening");
            tariff["prices"][0]["unit"] = json!("certificate");
        }
        let (found, reason) = refused(&tariff);
        assert_eq!(found, place, "{pointer} {value}: {reason}");
        assert!(reason.contains(word), "{pointer} {value}: {reason}");
    }
}

/// Puts a value at a pointer; none takes away what is there.
fn put(tariff: &mut Value, pointer: &str, value: Value) {
    let Some((parent, name)) = pointer.rsplit_once('/') else {
        *tariff = value;
        return;
    };
    match tariff.pointer_mut(parent).unwrap() {
        Value::Object(fields) if value.is_null() => {
            fields.remove(name);
        }
        Value::Object(fields) => {
            fields.insert(name.into(), value);
        }
        Value::Array(list) if value.is_null() => {
            list.remove(name.parse().unwrap());
        }
        Value::Array(list) => list[name.parse::<usize>().unwrap()] = value,
        other => panic!("{other}"),
    }
}

#[test]
fn too_many_entries_and_too_deep_values_are_refused() {
    let mut tariff: Value = serde_json::from_str(SCCA_TARIFF).unwrap();
    let note = tariff["notes"][0].clone();
    tariff["notes"] = Value::Array(vec![note; 201]);
    assert_eq!(refused(&tariff).0, "notes");
    let mut deep = json!(1);
    for _ in 0..12 {
        deep = json!([deep]);
    }
    assert!(serde_json::from_value::<Json>(deep).is_err());
}

#[test]
fn what_a_tariff_may_leave_out_can_be_left_out() {
    let mut tariff: Value = serde_json::from_str(SCCA_TARIFF).unwrap();
    for name in ["waivers", "upgrade", "notes", "procedures", "undescribed"] {
        tariff.as_object_mut().unwrap().remove(name);
    }
    // Seals are priced by the year, and so may be asked for in the middle of one.
    tariff["silences"] = json!([tariff["silences"][1]]);
    let read = Tariff::read(&serde_json::from_value(tariff).unwrap()).unwrap();
    assert!(read.upgrade.is_none() && read.waivers.is_empty());
    assert_ne!(read, scca());
}
