/** Text that is safe between tags and inside double-quoted attributes. */
export function escape(text: string): string {
  return text
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;')
    .replaceAll("'", '&#39;');
}

/** 0.7312 → `73.1 %`. */
export function percent(share: number): string {
  return `${(share * 100).toFixed(1)} %`;
}

/** 0.7312 → `0.731`; what cannot be said is a dash. */
export function figure(value: number | null): string {
  return value === null || !Number.isFinite(value) ? '–' : value.toFixed(3);
}

/** 24000 → `24,000`. */
export function count(value: number): string {
  return value.toLocaleString('en-US');
}
