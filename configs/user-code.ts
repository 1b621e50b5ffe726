import { z } from 'zod';

const file = z
  .string()
  .min(1)
  .refine((path) => !path.startsWith('/') && !path.includes('\\') && !path.split('/').includes('..'), {
    message: 'must be a path relative to the project that stays inside of it',
  });

/** A file of the project with code of the user's own: its path, or that and what it is given. */
export const userCodeSchema = z.union([
  file,
  z.strictObject({ use: file, with: z.record(z.string(), z.unknown()).default({}) }),
]);

export type UserCode = z.output<typeof userCodeSchema>;
