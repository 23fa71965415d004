//! TypeScript declarations of the package.

use wasm_bindgen::prelude::*;

#[wasm_bindgen(typescript_custom_section)]
const TYPES: &str = r#"
/** What is thrown: `code` and `params` are those of the error catalogue. */
export interface YinxinError extends Error {
  readonly name: 'YinxinError';
  readonly code: string;
  readonly params: Record<string, unknown>;
}

/** A list as it was read. */
export interface Table {
  format: 'xlsx' | 'csv';
  /** Of a text. */
  encoding?: 'utf-8' | 'utf-16le' | 'utf-16be' | 'gb18030';
  /** What stands between the cells of a text. */
  delimiter?: '\t' | ',' | ';' | '，';
  /** The sheet that was taken from a workbook: the one that was asked for, or the first that is visible and not empty. */
  sheet?: string;
  /** The sheets that can be asked for, in the workbook's order, where there are several: 32 at most. */
  sheets?: string[];
  /**
   * Cells, trimmed. Row 3 of the file is `rows[2]`; what is empty at the end of a row, and at the end
   * of the table, is left out.
   */
  rows: string[][];
  /**
   * For each row, up to the last that has one, the columns (from 0) whose cell is part of merged cells
   * and was filled in from above: what is written once for several rows counts for each of them.
   */
  filled?: number[][];
}

export interface Book {
  /** At least one; for CSV exactly one. */
  sheets: Sheet[];
}

export interface Sheet {
  /** Up to 31 characters without `[ ] : * ? / \`, and not the name of another one. */
  name: string;
  columns: Column[];
  /** Each as long as there are columns, or shorter. */
  rows: Cell[][];
  /** Which rows, from 0, are totals. */
  totals?: number[];
}

export interface Column {
  title: string;
  /** In characters of Latin text; Chinese ones take two. */
  width: number;
  /** What its numbers are; those of money are in fen, and written in yuan. */
  kind: 'text' | 'whole' | 'money';
}

/** Nothing, text (never a formula), or a whole number. */
export type Cell = null | string | number;

/**
 * Reads XLSX, CSV, and cells pasted from a spreadsheet.
 * Throws `list-unreadable`, `list-too-large`, `list-too-long`.
 */
export function readTable(bytes: Uint8Array, sheet?: string): Table;

/** Writes a file; the same book gives the same bytes. Throws `request-invalid`. */
export function writeTable(book: Book, format: 'xlsx' | 'csv'): Uint8Array;
"#;
