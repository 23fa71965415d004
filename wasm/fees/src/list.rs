//! Lists of orders, as agencies keep them: a certificate in each row, read by the titles of its
//! columns, and one total for each payer, since a transfer must come from an account of the
//! certificate's own name.

use super::money::Fen;
use super::order::{Item, Number, OrderItem, Role, Service, plain};
use super::quote::{Assumption, Priced, Range, assumptions, price};
use super::tariff::{SilenceId, Tariff};
use serde::Serialize;
use std::collections::BTreeMap;
use yinxin_proto::limits::MAX_LIST_ROWS;
use yinxin_proto::text::Bilingual;
use yinxin_proto::{Error, Finding};

/// A column of a list.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ListColumn"))]
pub enum Column {
    /// The name in the certificate, which is the payer's.
    Name,
    /// A role.
    Role,
    /// A service.
    Service,
    /// Years of the term.
    Years,
    /// Certificates; one if the cell is empty and the service concerns certificates.
    Certificates,
    /// Seals; one if the cell is empty and the service concerns seals alone.
    Seals,
    /// Days left of the certificate.
    RemainingDays,
    /// Whether it is of the bidding class.
    BiddingClass,
    /// Anything that the user wants to find again.
    Note,
}

impl Column {
    /// All of them, in the order of a template.
    pub const ALL: &[Self] = &[
        Self::Name,
        Self::Role,
        Self::Service,
        Self::Years,
        Self::Certificates,
        Self::Seals,
        Self::RemainingDays,
        Self::BiddingClass,
        Self::Note,
    ];

    /// Without these nothing can be priced.
    const NEEDED: &[Self] = &[Self::Name, Self::Role, Self::Service];

    /// Its title in a template.
    #[must_use]
    pub fn title(self) -> Bilingual {
        let names = self.titles();
        Bilingual::of(names[0], names[1])
    }

    /// Titles by which it is known; the first two are those of a template.
    fn titles(self) -> &'static [&'static str] {
        match self {
            Self::Name => &[
                "证书名称",
                "Name",
                "名称",
                "单位名称",
                "单位",
                "户名",
                "付款户名",
                "付款人",
                "证书名",
                "持有人",
                "姓名",
                "公司",
                "公司名称",
                "holder",
                "payer",
                "unit",
                "company",
            ],
            Self::Role => &[
                "参与角色",
                "Role",
                "角色",
                "类型",
                "用户类型",
                "证书类型",
                "单位类型",
            ],
            Self::Service => &[
                "办理业务",
                "Service",
                "业务",
                "业务类型",
                "服务",
                "办理类型",
                "办理事项",
                "事项",
            ],
            Self::Years => &[
                "年限",
                "Years",
                "年数",
                "期限",
                "办理年限",
                "有效期",
                "年期",
                "年",
                "term",
            ],
            Self::Certificates => &[
                "证书数量",
                "Certificates",
                "证书",
                "证书数",
                "数量",
                "证书张数",
                "张数",
            ],
            Self::Seals => &[
                "印章数量",
                "Seals",
                "印章",
                "印章数",
                "印章个数",
                "签章数量",
            ],
            Self::RemainingDays => &[
                "剩余天数",
                "Remaining days",
                "证书剩余天数",
                "剩余有效期",
                "天数",
                "days left",
            ],
            Self::BiddingClass => &[
                "是否招投标类",
                "Bidding class",
                "招投标类",
                "招投标",
                "是否公共资源交易招投标类",
            ],
            Self::Note => &["备注", "Note", "说明", "notes", "remark"],
        }
    }
}

/// Where the columns of a list are.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ListColumns"))]
pub struct Columns {
    /// The row of the titles, from 0.
    pub header: usize,
    /// For each cell of a row, what it holds.
    pub columns: Vec<Option<Column>>,
    /// Titles that say nothing here.
    pub ignored: Vec<String>,
}

impl Columns {
    /// Finds the titles among the first rows; above them may stand what the list is about.
    ///
    /// # Errors
    /// `list-columns-missing`.
    pub fn find(rows: &[Vec<String>]) -> Result<Self, Error> {
        let candidates = rows.iter().take(ROWS_ABOVE).enumerate();
        let columns = candidates.map(|(header, row)| Self::of(header, row));
        let columns: Vec<Self> = columns.collect();
        let missing = |columns: &Self| columns.missing().count();
        let least = columns.iter().map(missing).min();
        let known = |columns: &Self| columns.columns.iter().flatten().count();
        let mut best: Option<Self> = None;
        for columns in columns {
            match &best {
                None if Some(missing(&columns)) == least => best = Some(columns),
                // Titles that are several rows tall, some of them merged, end with the most precise ones.
                Some(above)
                    if columns.header == above.header + 1
                        && Some(missing(&columns)) == least
                        && known(&columns) >= known(above) =>
                {
                    best = Some(columns);
                }
                _ => (),
            }
        }
        let best = best.unwrap_or_else(|| Self::of(0, &[]));
        let missing: Vec<String> = best.missing().map(|column| column.title().zh).collect();
        if missing.is_empty() {
            Ok(best)
        } else {
            Err(Error::ListColumnsMissing {
                columns: missing.join("、"),
            })
        }
    }

    fn of(header: usize, titles: &[String]) -> Self {
        let mut columns: Vec<Option<Column>> = Vec::new();
        let mut ignored = Vec::new();
        for title in titles {
            let plain = plain(title.split(['(', '（']).next().unwrap_or(title));
            // Marks of what must be filled in.
            let plain = plain.trim_matches(['*', ':']);
            let column = Column::ALL
                .iter()
                .copied()
                .find(|column| {
                    column
                        .titles()
                        .iter()
                        .any(|name| self::plain(name) == plain)
                })
                // The first one counts.
                .filter(|column| !columns.contains(&Some(*column)));
            if column.is_none() && !title.trim().is_empty() {
                ignored.push(title.clone());
            }
            columns.push(column);
        }
        Self {
            header,
            columns,
            ignored,
        }
    }

    fn missing(&self) -> impl Iterator<Item = Column> {
        let has = |column: &Column| self.columns.contains(&Some(*column));
        Column::NEEDED
            .iter()
            .copied()
            .filter(move |column| !has(column))
    }

    fn cell<'r>(&self, row: &'r [String], column: Column) -> &'r str {
        let at = self.columns.iter().position(|one| *one == Some(column));
        at.and_then(|at| row.get(at)).map_or("", |cell| cell.trim())
    }
}

/// Rows in which the titles are looked for.
const ROWS_ABOVE: usize = 10;

/// What a row comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ListRow", optional_fields)
)]
pub struct Row {
    /// Its number in the file, from 1.
    pub row: u32,
    /// The name in the certificate.
    pub name: String,
    /// What is ordered, if it can be.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub item: Option<Item>,
    /// What it costs in fen; `null` where that is open, or nothing can be ordered.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub amount: Option<Fen>,
    /// From the least to the most, for part of a term.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Why it can't be ordered.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub error: Option<Error>,
    /// What should be known first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub findings: Vec<Finding>,
    /// The user's own note.
    #[serde(skip_serializing_if = "String::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub note: String,
}

/// What one payer transfers.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ListPayer", optional_fields)
)]
pub struct Payer {
    /// The name that the account must have.
    pub name: String,
    /// Rows that can be ordered.
    pub rows: u32,
    /// Rows that can't, and are not counted.
    pub errors: u32,
    /// Certificates in all.
    pub certificates: u32,
    /// Seals in all.
    pub seals: u32,
    /// In fen; `null` where part of it is open.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub total: Option<Fen>,
    /// In capital numerals, for the transfer slip.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub capitals: Option<String>,
    /// From the least to the most, where part of it is open and all has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Names that differ from it in spaces, invisible characters, widths or cases alone: probably
    /// the same.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    #[cfg_attr(feature = "typescript", ts(as = "Option<_>"))]
    pub alike: Vec<String>,
}

/// What a list comes to.
#[derive(Clone, Debug, PartialEq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(
    feature = "typescript",
    derive(ts_rs::TS),
    ts(rename = "ListTotals", optional_fields)
)]
pub struct Totals<'t> {
    /// Each payer, in the order of the list.
    pub payers: Vec<Payer>,
    /// Rows that can be ordered.
    pub rows: u32,
    /// Rows that can't.
    pub errors: u32,
    /// In fen; `null` where part of it is open.
    #[cfg_attr(feature = "typescript", ts(optional = false))]
    pub total: Option<Fen>,
    /// From the least to the most, where part of it is open and all has a price.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub range: Option<Range>,
    /// Where the tariff is silent; `items` are numbers of rows.
    pub assumptions: Vec<Assumption<'t>>,
    /// Rows that sum up others, and are no orders.
    pub sums: Vec<Sum>,
}

/// A row that sums up others: 合计.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "camelCase")]
#[cfg_attr(feature = "typescript", derive(ts_rs::TS), ts(rename = "ListSum"))]
pub struct Sum {
    /// Its number in the file, from 1.
    pub row: u32,
    /// What it calls itself.
    pub title: String,
}

/// A list that is being read.
pub struct List {
    columns: Columns,
    payers: Vec<Account>,
    /// Where each payer stands in `payers`.
    known: BTreeMap<String, usize>,
    rows: u32,
    sums: Vec<Sum>,
    silences: BTreeMap<SilenceId, Vec<u32>>,
}

/// A payer while rows still come, with what they are counted into.
struct Account {
    payer: Payer,
    priced: Priced<'static>,
}

impl List {
    /// Begins with the columns that were found.
    #[must_use]
    pub fn new(columns: Columns) -> Self {
        Self {
            columns,
            payers: Vec::new(),
            known: BTreeMap::new(),
            rows: 0,
            sums: Vec::new(),
            silences: BTreeMap::new(),
        }
    }

    /// Takes a row; `number` is its number in the file, from 1. Nothing comes of an empty one, and of one that sums up
    /// others only a [`Sum`].
    ///
    /// # Errors
    /// `list-too-long`. What is wrong with a row is told in it.
    pub fn row(
        &mut self,
        number: u32,
        cells: &[String],
        tariff: &Tariff,
    ) -> Result<Option<Row>, Error> {
        if cells.iter().all(|cell| cell.trim().is_empty()) {
            return Ok(None);
        }
        if self.rows as usize + self.sums.len() >= MAX_LIST_ROWS as usize {
            return Err(Error::ListTooLong {
                rows: MAX_LIST_ROWS,
                columns: yinxin_proto::limits::MAX_LIST_COLUMNS,
            });
        }
        if let Some(title) = self.sum(cells) {
            self.sums.push(Sum { row: number, title });
            return Ok(None);
        }
        self.rows += 1;
        let name = self.columns.cell(cells, Column::Name).to_owned();
        let mut row = Row {
            row: number,
            item: None,
            amount: None,
            range: None,
            error: None,
            findings: Vec::new(),
            note: self.columns.cell(cells, Column::Note).to_owned(),
            name,
        };
        let read = self.item(number, cells, tariff).and_then(|item| {
            let priced = price(number, &item, tariff)?;
            Ok((item, priced))
        });
        // Without a name there is nobody to count it for.
        let read = if row.name.is_empty() {
            Err(Error::ListNameMissing { item: number })
        } else {
            read
        };
        let account = (!row.name.is_empty()).then(|| self.account(&row.name));
        match read {
            Err(error) => {
                if let Some(at) = account {
                    self.payers[at].payer.errors += 1;
                }
                row.error = Some(error);
            }
            Ok((item, priced)) => {
                if let Some(at) = account {
                    let account = &mut self.payers[at];
                    account.payer.rows += 1;
                    account.payer.certificates += item.certificates;
                    account.payer.seals += item.seals;
                    account.priced.count(&priced);
                }
                row.item = Some(item);
                row.amount = priced.total();
                row.range = priced.range();
                // They stand in their row; a place in an order says nothing here.
                row.findings = priced.findings;
                for finding in &mut row.findings {
                    finding.place = None;
                }
                for id in priced.silences {
                    self.silences.entry(id).or_default().push(number);
                }
            }
        }
        Ok(Some(row))
    }

    /// What a row calls itself that sums up others: it begins with that word alone, and orders nothing.
    fn sum(&self, cells: &[String]) -> Option<String> {
        let mut words = cells.iter().map(|cell| cell.trim());
        let title = words.find(|cell| !cell.is_empty())?;
        let title = title.split(['(', '（', ':', '：']).next()?.trim();
        let is_sum = SUMS.contains(&plain(title).as_str())
            && service_of(self.columns.cell(cells, Column::Service)).is_none();
        is_sum.then(|| title.to_owned())
    }

    fn account(&mut self, name: &str) -> usize {
        if let Some(&at) = self.known.get(name) {
            return at;
        }
        let at = self.payers.len();
        self.known.insert(name.to_owned(), at);
        self.payers.push(Account {
            payer: Payer {
                name: name.to_owned(),
                rows: 0,
                errors: 0,
                certificates: 0,
                seals: 0,
                total: None,
                capitals: None,
                range: None,
                alike: Vec::new(),
            },
            priced: Priced::default(),
        });
        at
    }

    /// The item of a row.
    fn item(&self, number: u32, cells: &[String], tariff: &Tariff) -> Result<Item, Error> {
        let cell = |column| self.columns.cell(cells, column);
        let (role, service) = (cell(Column::Role), cell(Column::Service));
        if RENEWALS.contains(&plain(service).as_str()) {
            return Err(Error::OrderRenewalUnclear {
                item: number,
                service: service.to_owned(),
            });
        }
        let known_service = service_of(service);
        let seals_alone = known_service.is_some_and(Service::is_for_seals);
        let amount = |column, units| match cell(column) {
            "" => None,
            text => Some(number_of(text, units)),
        };
        let count = |column, otherwise: bool| {
            let said = amount(column, &["个", "张", "枚", "本", "份", "套"][..]);
            said.or(Some(Number::Whole(otherwise.into())))
        };
        let bidding_class = match plain(cell(Column::BiddingClass)).as_str() {
            "" => None,
            word if YES.contains(&word) => Some(true),
            word if NO.contains(&word) => Some(false),
            word => {
                return Err(Error::ListAnswerUnknown {
                    item: number,
                    value: word.chars().take(40).collect(),
                });
            }
        };
        let written = OrderItem {
            role: Role::named(role).map_or_else(|| role.to_owned(), |role| role.word().to_owned()),
            service: known_service
                .map_or_else(|| service.to_owned(), |service| service.word().to_owned()),
            years: amount(Column::Years, &["年期", "年"]),
            certificates: count(Column::Certificates, !seals_alone),
            seals: count(Column::Seals, seals_alone),
            remaining_days: amount(Column::RemainingDays, &["天", "日"]),
            bidding_class,
        };
        Item::check(number, &written, tariff)
    }

    /// What it comes to so far.
    #[must_use]
    pub fn totals<'t>(&self, tariff: &'t Tariff) -> Totals<'t> {
        let mut same: BTreeMap<String, Vec<&str>> = BTreeMap::new();
        for Account { payer, .. } in &self.payers {
            same.entry(plain(&payer.name))
                .or_default()
                .push(&payer.name);
        }
        let payers: Vec<Payer> = self
            .payers
            .iter()
            .map(|Account { payer, priced }| {
                let alike = same.get(&plain(&payer.name)).into_iter().flatten();
                let others = alike.filter(|name| **name != payer.name);
                Payer {
                    total: priced.total(),
                    capitals: priced.total().map(Fen::capitals),
                    range: priced.range(),
                    alike: others
                        .take(MAX_ALIKE)
                        .map(|name| (*name).to_owned())
                        .collect(),
                    ..payer.clone()
                }
            })
            .collect();
        let mut all = Priced::default();
        for Account { priced, .. } in &self.payers {
            all.count(priced);
        }
        let counted: u32 = payers.iter().map(|payer| payer.rows).sum();
        Totals {
            rows: counted,
            errors: self.rows - counted,
            total: all.total(),
            range: all.range(),
            assumptions: assumptions(&self.silences, tariff),
            sums: self.sums.clone(),
            payers,
        }
    }
}

/// Names told as alike, of one.
const MAX_ALIKE: usize = 5;

const YES: &[&str] = &["是", "y", "yes", "true", "1", "√", "✓", "✔", "对", "有"];
const NO: &[&str] = &["否", "n", "no", "false", "0", "×", "✗", "不是", "非", "无"];

/// Words that a row begins with which sums up others.
const SUMS: &[&str] = &[
    "合计",
    "总计",
    "小计",
    "共计",
    "总和",
    "累计",
    "本页合计",
    "本页小计",
    "total",
    "totals",
    "subtotal",
    "sub-total",
    "grandtotal",
    "sum",
];

/// Of a certificate, or of a seal? Whoever wrote it must say.
const RENEWALS: &[&str] = &["续期", "续费", "续办"];

/// The service that a cell names.
fn service_of(cell: &str) -> Option<Service> {
    let word = plain(cell);
    let other = match word.as_str() {
        "新办" | "证书新办" | "新办证书" | "新增" | "首次办理" => {
            Some(Service::New)
        }
        "更新" | "证书更新" | "更新证书" | "证书续期" | "证书延期" | "延期" => {
            Some(Service::Renewal)
        }
        "补办" | "补办证书" => Some(Service::Replacement),
        "新办印章" | "新增印章" => Some(Service::SealNew),
        "续期印章" | "印章更新" | "印章延期" => Some(Service::SealRenewal),
        "升级" | "升级印章" | "国标印章升级" => Some(Service::SealUpgrade),
        "变更" => Some(Service::Change),
        "解锁" => Some(Service::Unlocking),
        "注销" => Some(Service::Revocation),
        _ => None,
    };
    other.or_else(|| {
        let called = |service: &&Service| {
            let Bilingual { zh, en } = service.name();
            word == service.word() || word == zh || word == plain(&en)
        };
        Service::ALL.iter().find(called).copied()
    })
}

/// The number that a cell holds: `2`, `２`, `2.0`, and with a unit of its column `2年`, `两年`. What
/// is in another unit is none: a year is not a day.
fn number_of(cell: &str, units: &[&str]) -> Number {
    let plain = plain(cell);
    let digits = units.iter().find_map(|unit| plain.strip_suffix(unit));
    let digits = digits.unwrap_or(&plain);
    let digits = match digits.split_once('.') {
        Some((whole, zeros)) if !zeros.is_empty() && zeros.bytes().all(|b| b == b'0') => whole,
        _ => digits,
    };
    let chinese = [
        "零", "一", "二", "三", "四", "五", "六", "七", "八", "九", "十",
    ];
    let said = chinese.iter().position(|digit| *digit == digits);
    let said = said.or((digits == "两").then_some(2));
    match (said, digits.parse::<i64>()) {
        (Some(number), _) => Number::Whole(number as i64),
        (None, Ok(number)) => Number::Whole(number),
        (None, Err(_)) => Number::Other(cell.chars().take(40).collect()),
    }
}
