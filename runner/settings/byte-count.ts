import { z } from 'zod';

const UNITS = { K: 1024, M: 1024 ** 2, G: 1024 ** 3, T: 1024 ** 4 } as const;

/** `8589934592`, `"512M"`, `"1.5G"` → bytes. */
export const byteCount = z
  .union([
    z.number().int().min(0),
    z.string().regex(/^\d+(\.\d+)?\s*[KMGT]$/, 'expected an amount of memory such as 512M or 8G'),
  ])
  .transform((value) => {
    if (typeof value === 'number') return value;
    return Math.ceil(Number.parseFloat(value) * UNITS[value.at(-1) as keyof typeof UNITS]);
  });
