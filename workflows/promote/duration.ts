import { z } from 'zod';

const SECONDS = { s: 1, m: 60, h: 3600, d: 86_400 } as const;

/** `90`, `"90s"`, `"10m"`, `"6h"`, `"2d"` → seconds. */
export const duration = z
  .union([
    z.number().positive(),
    z.string().regex(/^\d+(\.\d+)?\s*[smhd]$/, 'expected a duration such as 90s, 10m, 6h or 2d'),
  ])
  .transform((value) =>
    typeof value === 'number'
      ? value
      : Number.parseFloat(value) * SECONDS[value.at(-1) as keyof typeof SECONDS],
  );
