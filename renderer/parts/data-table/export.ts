import { type Column, type Exported, exportedOf } from './columns.ts';

/**
 * Comma-separated values as RFC 4180 has them, with a byte order mark, without which Excel reads UTF-8 as another encoding. A text
 * that a spreadsheet would take for a formula begins with an apostrophe (OWASP, "CSV Injection"): names come from other machines.
 */
export function toCsv<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const used = columns.filter((column) => !column.plain);
  const head = used.map((column) => cell(column.header)).join(',');
  const body = rows.map((row) => used.map((column) => cell(exportedOf(row, column))).join(','));
  return `\uFEFF${[head, ...body].join('\r\n')}\r\n`;
}

/** A list of objects, by the IDs of the columns. */
export function toJson<Row>(rows: readonly Row[], columns: readonly Column<Row>[]): string {
  const used = columns.filter((column) => !column.plain);
  const all = rows.map((row) =>
    Object.fromEntries(used.map((column) => [column.id, exportedOf(row, column)])),
  );
  return `${JSON.stringify(all, null, 2)}\n`;
}

function cell(value: Exported): string {
  if (value === null) return '';
  if (typeof value === 'number' || typeof value === 'boolean') return String(value);
  const text = harmless(typeof value === 'string' ? value : value.join(' '));
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

/** Also the wide forms of the signs, which some spreadsheets take for them. */
function harmless(text: string): string {
  return /^[\s\uFEFF]*[=+\-@\t\r\uFF1D\uFF0B\uFF0D\uFF20]/.test(text) ? `'${text}` : text;
}
