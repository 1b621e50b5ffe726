import type { ProblemType } from '../../configs/index.js';
import type { FirstRecords } from '../../finetuning/index.js';

/** A column is called so that counts rows, or names them. */
const NAMES_ROWS = /^$|^(index|id|uuid|key|unnamed.*)$|[_-]?id$/i;
/** Writing that sets no spaces between words. */
const UNSPACED =
  /[\p{Script=Han}\p{Script=Hiragana}\p{Script=Katakana}\p{Script=Thai}\p{Script=Lao}\p{Script=Khmer}]/gu;
const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i;
/** Longer ones are texts. In characters. */
const LONGEST_LABEL = 60;
/** So much longer than the next is the one that is read. */
const MUCH_LONGER = 3;

interface Column {
  readonly name: string;
  /** Without those that are missing. */
  readonly values: readonly unknown[];
}

/** The columns that may be what is asked for, by what stands in them. */
export function columnsLike(
  { columns, records }: FirstRecords,
  kind: 'text' | 'messages' | ProblemType,
): string[] {
  const all = columns.map((name): Column => ({
    name,
    values: records
      .map((record) => record[name])
      .filter((value) => value !== undefined && value !== null && value !== ''),
  }));
  const is = {
    text: isText,
    messages: isConversation,
    single_label_classification: isLabel,
    regression: isNumber,
    multi_label_classification: isLabels,
  }[kind];
  return all.filter((column) => column.values.length > 0 && is(column)).map(({ name }) => name);
}

/** The only text, or one that is far longer than the others; undefined where it is not plain. */
export function plainText(sample: FirstRecords, among: readonly string[]): string | undefined {
  const length = (name: string): number =>
    mean(sample.records.map((record) => String(record[name] ?? '').length));
  const [first, second] = among
    .map((name) => ({ name, length: length(name) }))
    .sort((a, b) => b.length - a.length);
  if (!first || (second && first.length < MUCH_LONGER * second.length)) return undefined;
  return first.name;
}

/** What stands between the labels in a cell, where they are no list. */
export function separatorIn({ records }: FirstRecords, name: string): string | undefined {
  const cells = records.map((record) => record[name]).filter((cell) => typeof cell === 'string');
  // A list as JSON is read as it is.
  if (cells.some((cell) => cell.trimStart().startsWith('['))) return undefined;
  return [';', '|', ','].find((separator) => cells.some((cell) => cell.includes(separator)));
}

/** The column whose values are files of pictures. */
export function pictureNames({ columns, records }: FirstRecords): string | undefined {
  const isPicture = (value: unknown): boolean =>
    typeof value === 'string' && /\.(png|jpe?g|webp)$/i.test(value);
  return columns.find((name) => records.length > 0 && records.every((record) => isPicture(record[name])));
}

/** Some words, other ones in most rows. */
function isText({ values }: Column): boolean {
  const texts = values.filter((value): value is string => typeof value === 'string');
  if (texts.length < values.length || new Set(texts).size * 2 <= texts.length) return false;
  const words = (text: string): number =>
    text.trim().split(/\s+/).length + (text.match(UNSPACED)?.length ?? 0) / 2;
  // Dates and addresses have words, too, but few letters.
  const letters = (text: string): number =>
    (text.match(/[\p{L}\p{M}]/gu)?.length ?? 0) / Math.max(1, text.replace(/\s/g, '').length);
  return mean(texts.map(words)) >= 3 && mean(texts.map(letters)) >= 0.6;
}

/** Short, and each the same in two rows or more, in the mean. */
function isLabel({ name, values }: Column): boolean {
  if (NAMES_ROWS.test(name) || values.some((value) => typeof value === 'object')) return false;
  const labels = values.map(String);
  const distinct = new Set(labels).size;
  return (
    distinct > 1 && distinct * 2 <= labels.length && labels.every(({ length }) => length <= LONGEST_LABEL)
  );
}

function isNumber({ name, values }: Column): boolean {
  if (NAMES_ROWS.test(name) || !values.every((value) => NUMBER.test(String(value).trim()))) return false;
  const numbers = values.map(Number);
  const counts = numbers.every((number, at) => at === 0 || number === (numbers[at - 1] as number) + 1);
  return numbers.length === 1 || !counts;
}

/** Lists of names, or cells with something between names. */
function isLabels(column: Column): boolean {
  const { name, values } = column;
  if (NAMES_ROWS.test(name) || isText(column)) return false;
  if (values.every((value) => Array.isArray(value) && value.every((label) => typeof label === 'string')))
    return true;
  const names = values.flatMap((value) => (typeof value === 'string' ? value.split(/[;|,]/) : [value]));
  return names.length > values.length && isLabel({ name, values: names });
}

function isConversation({ values }: Column): boolean {
  return values.every((value) => {
    const list: unknown = typeof value === 'string' && value.startsWith('[') ? parsed(value) : value;
    return (
      Array.isArray(list) &&
      list.length > 0 &&
      list.every(
        (turn: unknown) =>
          typeof turn === 'object' && turn !== null && ('content' in turn || 'value' in turn),
      )
    );
  });
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function mean(values: readonly number[]): number {
  return values.reduce((sum, value) => sum + value, 0) / Math.max(1, values.length);
}
