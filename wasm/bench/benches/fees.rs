//! Native measurements of fees: one order, and a list of ten thousand rows. `tests/bench/fees.ts`
//! measures the same in Wasm and reads the estimates.

use criterion::Criterion;
use std::hint::black_box;
use std::time::Duration;
use yinxin_fees::{Columns, List, Number, OrderItem, SCCA_TARIFF, Tariff, quote};

fn main() {
    let mut criterion = Criterion::default()
        .warm_up_time(Duration::from_secs(1))
        .measurement_time(Duration::from_secs(3))
        .configure_from_args();
    let json = serde_json::from_str(SCCA_TARIFF).expect("the tariff is JSON");
    let tariff = Tariff::read(&json).expect("the tariff is valid");
    let order = [OrderItem {
        role: "supplier".into(),
        service: "new".into(),
        years: Some(Number::Whole(1)),
        certificates: Some(Number::Whole(1)),
        seals: Some(Number::Whole(1)),
        ..OrderItem::default()
    }];
    let cells = |row: &[&str]| row.iter().map(|&cell| cell.to_owned()).collect::<Vec<_>>();
    let titles = cells(&["证书名称", "参与角色", "办理业务", "年限", "印章数量"]);
    let columns = Columns::find(&[titles]).expect("the titles are known");
    let rows: Vec<Vec<String>> = (0..10_000)
        .map(|at| cells(&[&format!("示例单位{}", at % 100), "供应商", "新办", "2", "1"]))
        .collect();
    let mut group = criterion.benchmark_group("fees");
    group.bench_function("quote", |bencher| {
        bencher.iter(|| quote(black_box(&order), &tariff).expect("it can be ordered"));
    });
    group.bench_function("list", |bencher| {
        bencher.iter(|| {
            let mut list = List::new(columns.clone());
            for (number, row) in (2..).zip(black_box(&rows)) {
                list.row(number, row, &tariff)
                    .expect("the list is not long");
            }
            list.totals(&tariff)
        });
    });
    group.finish();
    criterion.final_summary();
}
