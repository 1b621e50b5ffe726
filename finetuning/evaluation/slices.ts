/** Rows that have something in common. */
export interface Slice {
  /** What they share: `label`, `length`, or a field's name. */
  readonly by: string;
  readonly value: string;
  /** Row numbers. */
  readonly rows: readonly number[];
}

export interface SlicedRow {
  readonly fields: Readonly<Record<string, unknown>>;
  /** In characters; absent: it is no text. */
  readonly length?: number;
}

const QUARTERS = 4;
/** Of a field with more values than that, those that most rows have. */
const MOST_VALUES = 50;
const NO_VALUE = '(none)';

/** By length, in quarters of the rows, and by fields. */
export function slicesOf(rows: readonly SlicedRow[], fields: readonly string[]): Slice[] {
  return [...byLength(rows), ...fields.flatMap((field) => byField(rows, field))];
}

function byLength(rows: readonly SlicedRow[]): Slice[] {
  const lengths = rows.flatMap(({ length }) => (length === undefined ? [] : [length]));
  if (lengths.length < QUARTERS) return [];
  const sorted = lengths.toSorted((a, b) => a - b);
  const bounds = Array.from(
    { length: QUARTERS },
    (_, at) => sorted[Math.ceil(((at + 1) * sorted.length) / QUARTERS) - 1] as number,
  );
  let above = 0;
  const slices = [...new Set(bounds)].map((bound): Slice => {
    const from = above;
    above = bound + 1;
    const within = (length: number | undefined): boolean =>
      length !== undefined && length >= from && length <= bound;
    return {
      by: 'length',
      value: from === bound ? `${bound} characters` : `${from} to ${bound} characters`,
      rows: [...rows.keys()].filter((row) => within(rows[row]?.length)),
    };
  });
  return slices.length > 1 ? slices : [];
}

function byField(rows: readonly SlicedRow[], field: string): Slice[] {
  const byValue = new Map<string, number[]>();
  for (const [row, { fields }] of rows.entries()) {
    const value = valueOf(fields[field]);
    const known = byValue.get(value);
    if (known) known.push(row);
    else byValue.set(value, [row]);
  }
  return [...byValue]
    .sort(([a, one], [b, other]) => other.length - one.length || (a < b ? -1 : 1))
    .slice(0, MOST_VALUES)
    .map(([value, of]) => ({ by: field, value, rows: of }));
}

function valueOf(value: unknown): string {
  if (value === undefined || value === null) return NO_VALUE;
  return typeof value === 'string' ? value : JSON.stringify(value);
}
