/** Below that, a figure on thousands of rows says nothing. */
export const METRIC_DECIMALS = 6;
/** A probability's last bits depend on the processor; four decimals do not. */
export const CONFIDENCE_DECIMALS = 4;

/** @returns `null` for what cannot be said, as JSON has it */
export function round(value: number | null, decimals: number = METRIC_DECIMALS): number | null {
  return value !== null && Number.isFinite(value) ? Number(value.toFixed(decimals)) : null;
}

/** The same of each figure. */
export function rounded(figures: Readonly<Record<string, number | null>>): Record<string, number | null> {
  return Object.fromEntries(Object.entries(figures).map(([name, value]) => [name, round(value)]));
}
