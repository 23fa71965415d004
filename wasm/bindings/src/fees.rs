//! The Wasm surface of fees: quotes, tariffs, lists of orders. A module of its own for the
//! calculator, whose page must be small, and a part of the whole package.
use crate::edge::input::Instant;
use crate::edge::{self, Exception, exception, fields, from_js, no_such_option, platform, unknown};
use js_sys::{Array, JsString, Reflect};
use serde::{Deserialize, Serialize};
use std::sync::OnceLock;
use wasm_bindgen::prelude::*;
use yinxin_fees::{
    CertificateOrder, Column, Columns, Fen, Json, List, OrderCertificate, OrderItem, Role,
    SCCA_TARIFF, Service, Tariff, quote as core_quote, quote_certificate,
};
use yinxin_proto::text::Bilingual;
// An amount that is open is `null`, not absent.
use crate::edge::to_js_with_nulls as to_js;
use yinxin_proto::Error;
use yinxin_proto::consent::{FamilyId, HolderKind};
use yinxin_proto::limits::{MAX_CELL_CHARS, MAX_LIST_COLUMNS, MAX_LIST_ROWS};

/// Characters of a tariff as JSON.
const MAX_TARIFF_CHARS: u32 = 1_000_000;
/// The number of a row in a file: more than any list has.
const MAX_ROW_NUMBER: u32 = 1_000_000_000;

/// What an order costs, and why; or what the holder of a certificate orders next.
///
/// # Errors
/// The `order-…` codes; `tariff-invalid`; `certificate-unreadable`, where certificates are read.
#[wasm_bindgen(unchecked_return_type = "Quote")]
pub fn quote(
    #[wasm_bindgen(unchecked_param_type = "Order")] order: JsValue,
    #[wasm_bindgen(unchecked_optional_param_type = "Tariff | string | null")] tariff: JsValue,
) -> Result<JsValue, Exception> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Order {
        #[serde(default)]
        items: Option<Vec<OrderItem>>,
        #[serde(default)]
        now: Option<Instant>,
    }
    let chosen = Chosen::read(tariff)?;
    let tariff = chosen.tariff();
    check_names(&order).map_err(unreadable)?;
    let parts: Order = read(order.clone()).map_err(exception)?;
    let certificate = edge::field(&order, "certificate");
    match (parts.items, certificate.is_undefined()) {
        (Some(items), true) => to_js(&core_quote(&items, tariff).map_err(exception)?),
        (None, false) => {
            let certificate = order_certificate(certificate)?;
            let how: CertificateOrder = read(order).map_err(exception)?;
            let now = parts.now.map_or_else(platform::now, |now| now.0);
            to_js(&quote_certificate(&certificate, how, tariff, now).map_err(exception)?)
        }
        _ => Err(unreadable(
            "either items or a certificate is expected".into(),
        )),
    }
}

/// A certificate, by what an order needs to know of it: what `parseCertificate` tells.
#[derive(Deserialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "OrderCertificate")
)]
pub(crate) struct Facts {
    /// Whose it is: the payer's account must have that name.
    holder: String,
    /// What its holder is.
    kind: HolderKind,
    /// The last moment of its validity.
    not_after: Instant,
    /// The issuer as users know it.
    #[cfg_attr(feature = "typescript", ts(inline))]
    issuer_family: Family,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
struct Family {
    /// Which it is.
    id: FamilyId,
    /// What to call it.
    name: Bilingual,
}

/// The certificate of an order: what `parseCertificate` tells of one, or, where this module reads them, one.
fn order_certificate(certificate: JsValue) -> Result<OrderCertificate, Exception> {
    #[cfg(feature = "all")]
    if !edge::is_plain(&certificate) {
        let blob: edge::input::Blob = edge::read(certificate, "certificate").map_err(unreadable)?;
        let certificate =
            yinxin_pki::certificate::Certificate::parse(&blob.0).map_err(exception)?;
        return Ok(yinxin_core::order::certificate_of(&certificate));
    }
    if !edge::is_plain(&certificate) {
        let reason = "certificate: expected what parseCertificate tells of one";
        return Err(unreadable(reason.into()));
    }
    let facts: Facts = edge::read(certificate, "certificate").map_err(unreadable)?;
    Ok(OrderCertificate {
        holder: facts.holder,
        kind: facts.kind,
        not_after: facts.not_after.0,
        family: facts.issuer_family.id,
        issuer: facts.issuer_family.name.zh,
    })
}

/// Refuses names that an order does not have: a mistyped one would change its price in silence.
fn check_names(order: &JsValue) -> Result<(), String> {
    // It is told either by items or by a certificate.
    let names = [
        &["items", "certificate", "now"],
        fields::<CertificateOrder>(),
    ];
    if let Some(name) = unknown(order, &names) {
        return Err(no_such_option("", &name, &names.concat()));
    }
    let items = Reflect::get(order, &"items".into()).unwrap_or_default();
    let Some(items) = items.dyn_ref::<Array>() else {
        return Ok(());
    };
    for (index, item) in items.iter().enumerate() {
        let names = fields::<OrderItem>();
        if let Some(name) = unknown(&item, &[names]) {
            return Err(no_such_option(&format!("items[{index}]."), &name, names));
        }
    }
    Ok(())
}

/// A tariff, validated: the product's own one, or that of an object or JSON text.
///
/// # Errors
/// `tariff-invalid`, with its place.
#[wasm_bindgen(unchecked_return_type = "Tariff")]
pub fn tariff(
    #[wasm_bindgen(unchecked_optional_param_type = "Tariff | string | null")] source: JsValue,
) -> Result<JsValue, Exception> {
    // It is given as it was read.
    let value = match Chosen::value(source).map_err(exception)? {
        None => return parse(SCCA_TARIFF).map_err(exception),
        Some(value) => value,
    };
    read_tariff(value.clone()).map_err(exception)?;
    // The copy that came through the door has no prototype, which callers expect of an object.
    let plain = js_sys::JSON::stringify(&value).map(String::from);
    parse(&plain.unwrap_or_default()).map_err(exception)
}

/// The words of orders and lists.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "OrderWords"))]
pub(crate) struct Words {
    /// Who orders.
    roles: Vec<Named<Role>>,
    /// What is ordered.
    services: Vec<ServiceWords>,
    /// What a row of a list says.
    columns: Vec<Named<Column>>,
}

/// A word with its name.
#[derive(Serialize)]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
struct Named<T> {
    /// The word.
    id: T,
    /// What it is called.
    name: Bilingual,
}

/// The word of a service.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS))]
struct ServiceWords {
    /// The word.
    id: Service,
    /// What it is called.
    name: Bilingual,
    /// It concerns seals alone.
    for_seals: bool,
    /// It is ordered for years.
    has_term: bool,
}

/// The words of orders and lists with their names, for forms and templates.
///
/// # Errors
/// None in practice.
#[wasm_bindgen(js_name = orderWords, unchecked_return_type = "OrderWords")]
pub fn order_words() -> Result<JsValue, Exception> {
    to_js(&Words {
        roles: Role::ALL
            .iter()
            .map(|&id| Named {
                id,
                name: id.name(),
            })
            .collect(),
        services: Service::ALL
            .iter()
            .map(|&id| ServiceWords {
                id,
                name: id.name(),
                for_seals: id.is_for_seals(),
                has_term: id.has_term(),
            })
            .collect(),
        columns: Column::ALL
            .iter()
            .map(|&id| Named {
                id,
                name: id.title(),
            })
            .collect(),
    })
}

/// An amount of fen in capital numerals (人民币大写).
///
/// # Errors
/// `request-invalid` if it is no amount.
#[wasm_bindgen]
pub fn capitals(
    #[wasm_bindgen(unchecked_param_type = "number")] fen: JsValue,
) -> Result<String, Exception> {
    // The reader takes no number that JavaScript can't tell from its neighbours.
    from_js(fen, "fen").map(|fen| Fen(fen).capitals())
}

/// A list of orders, a certificate in each row.
#[wasm_bindgen]
pub struct OrderList {
    columns: Columns,
    list: List,
    chosen: Chosen,
}

#[wasm_bindgen]
impl OrderList {
    /// Begins with the first rows of a file, among which the titles are looked for.
    ///
    /// # Errors
    /// `list-columns-missing`, `tariff-invalid`.
    #[wasm_bindgen(constructor)]
    pub fn new(
        #[wasm_bindgen(js_name = firstRows, unchecked_param_type = "readonly (readonly string[])[]")]
        first_rows: JsValue,
        #[wasm_bindgen(unchecked_optional_param_type = "Tariff | string | null")] tariff: JsValue,
    ) -> Result<OrderList, Exception> {
        let chosen = Chosen::read(tariff)?;
        let rows = rows_of(&first_rows, "firstRows").map_err(exception)?;
        let columns = Columns::find(&rows).map_err(exception)?;
        Ok(Self {
            list: List::new(columns.clone()),
            columns,
            chosen,
        })
    }

    /// Where the columns are.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "ListColumns")]
    pub fn columns(&self) -> Result<JsValue, Exception> {
        to_js(&self.columns)
    }

    /// Takes rows, the first of which has this number in the file, from 1; gives what each of them
    /// comes to. Empty ones come to nothing.
    ///
    /// # Errors
    /// `list-too-long`; `request-invalid`.
    #[wasm_bindgen(unchecked_return_type = "ListRow[]")]
    pub fn push(
        &mut self,
        #[wasm_bindgen(unchecked_param_type = "readonly (readonly string[])[]")] rows: JsValue,
        #[wasm_bindgen(unchecked_param_type = "number")] number: JsValue,
    ) -> Result<JsValue, Exception> {
        let rows = rows_of(&rows, "rows").map_err(exception)?;
        let number: u32 = from_js(number, "number")?;
        if number > MAX_ROW_NUMBER {
            return Err(edge::invalid("number: too large for a row's"));
        }
        let mut out = Vec::new();
        for (number, cells) in (number..).zip(&rows) {
            let row = self.list.row(number, cells, self.chosen.tariff());
            out.extend(row.map_err(exception)?);
        }
        to_js(&out)
    }

    /// What it comes to so far.
    ///
    /// # Errors
    /// None in practice.
    #[wasm_bindgen(unchecked_return_type = "ListTotals")]
    pub fn totals(&self) -> Result<JsValue, Exception> {
        to_js(&self.list.totals(self.chosen.tariff()))
    }
}

/// The tariff of a call: the product's own one, or the caller's.
enum Chosen {
    Own(&'static Tariff),
    Given(Box<Tariff>),
}

impl Chosen {
    fn read(source: JsValue) -> Result<Self, Exception> {
        let chosen = match Self::value(source).map_err(exception)? {
            None => own().map(Self::Own),
            Some(value) => read_tariff(value).map(|tariff| Self::Given(Box::new(tariff))),
        };
        chosen.map_err(exception)
    }

    /// The value of a tariff, if one is given, as plain data.
    fn value(source: JsValue) -> Result<Option<JsValue>, Error> {
        if source.is_undefined() || source.is_null() {
            return Ok(None);
        }
        match source.dyn_ref::<JsString>() {
            None => Ok(Some(source)),
            Some(text) if text.length() > MAX_TARIFF_CHARS => Err(wrong("JSON", "too long")),
            Some(text) => parse(&String::from(text)).map(Some),
        }
    }

    fn tariff(&self) -> &Tariff {
        match self {
            Self::Own(tariff) => tariff,
            Self::Given(tariff) => tariff,
        }
    }
}

/// The product's own tariff, read once. The platform's JSON parser costs nothing.
pub(crate) fn own() -> Result<&'static Tariff, Error> {
    static OWN: OnceLock<Tariff> = OnceLock::new();
    if let Some(tariff) = OWN.get() {
        return Ok(tariff);
    }
    let tariff = read_tariff(parse(SCCA_TARIFF)?)?;
    Ok(OWN.get_or_init(|| tariff))
}

fn parse(json: &str) -> Result<JsValue, Error> {
    js_sys::JSON::parse(json).map_err(|exception| {
        let exception: js_sys::Error = exception.unchecked_into();
        let reason = String::from(exception.message());
        wrong("JSON", &reason.chars().take(200).collect::<String>())
    })
}

fn read_tariff(value: JsValue) -> Result<Tariff, Error> {
    let json: Json = edge::read(value, "tariff").map_err(|reason| wrong("JSON", &reason))?;
    Tariff::read(&json)
}

fn wrong(place: &str, reason: &str) -> Error {
    Error::TariffInvalid {
        place: place.into(),
        reason: reason.into(),
    }
}

/// Reads an order's form; what is wrong with it is no fault of a website.
fn read<T: for<'de> Deserialize<'de>>(value: JsValue) -> Result<T, Error> {
    edge::read(value, "").map_err(|reason| Error::OrderUnreadable { reason })
}

fn unreadable(reason: String) -> Exception {
    exception(Error::OrderUnreadable { reason })
}

/// The rows of a list. Cells that are too long are cut.
fn rows_of(value: &JsValue, name: &str) -> Result<Vec<Vec<String>>, Error> {
    let expected = || Error::RequestInvalid {
        reason: format!("{name}: expected lists of strings"),
    };
    let bounded = |value: &JsValue, limit: u32| -> Result<Array, Error> {
        let list = value.dyn_ref::<Array>().ok_or_else(expected)?;
        if list.length() > limit {
            return Err(Error::ListTooLong {
                rows: MAX_LIST_ROWS,
                columns: MAX_LIST_COLUMNS,
            });
        }
        Ok(list.clone())
    };
    let cell = |value: JsValue| -> Result<String, Error> {
        let text = value.dyn_ref::<JsString>().ok_or_else(expected)?;
        if text.length() <= MAX_CELL_CHARS {
            return Ok(String::from(text));
        }
        // A character has at most two code units.
        let start = String::from(text.slice(0, 2 * MAX_CELL_CHARS));
        Ok(start.chars().take(MAX_CELL_CHARS as usize).collect())
    };
    bounded(value, MAX_LIST_ROWS)?
        .iter()
        .map(|row| bounded(&row, MAX_LIST_COLUMNS)?.iter().map(cell).collect())
        .collect()
}
