//! Lists as spreadsheets: XLSX, CSV and pasted cells into rows of text, and rows into XLSX and CSV.
//! It knows nothing of orders, and is a module of its own, since only lists need it.
#![forbid(unsafe_code)]

mod guard;
mod read;
mod write;

pub use read::{Decoder, Format, Table, Unreadable, read};
pub use write::{Book, Cell, Column, Kind, Sheet, write_csv, write_xlsx};
