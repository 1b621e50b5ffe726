import { z } from 'zod';

// zod's compiled parsers need `new Function`, which has no place in the workflow sandbox.
z.config({ jitless: true });

const text = z.string().min(1);

const pathWorkspace = z.strictObject({ kind: z.literal('path'), path: text });

const AS_OF = 'expected schedule, or a time such as 2026-01-31T03:00:00Z';

const time = z.iso.datetime({ offset: true });
const isTimeOrSchedule = (asOf: string): boolean => asOf === 'schedule' || time.safeParse(asOf).success;

const gitFields = {
  kind: z.literal('git'),
  url: text,
  /** Folder of the DVC project in the repository. */
  path: text.default('.'),
  /**
   * What `rev` was at a time: ISO 8601, or `schedule` for the time that a schedule, also a backfill, started the run for.
   */
  asOf: text.refine(isTimeOrSchedule, AS_OF).optional(),
  /** DVC remote that brings inputs and takes results; default: the project's. */
  remote: text.optional(),
} as const;

const HERE = { kind: 'path', path: '.' } as const;

/** Where a run works: a folder of the worker's in place, or a private checkout of a git revision. */
export const workspaceField = z
  .discriminatedUnion('kind', [
    pathWorkspace,
    z.strictObject({
      ...gitFields,
      /** Branch, tag or commit; the run keeps the commit that it names at the start. */
      rev: text.default('HEAD'),
      /** Branch that gets dvc.lock, metrics and plots; default: one named after the run. */
      branch: text.optional(),
    }),
  ])
  .default(HERE);

/** What a sweep is about: each trial gets a commit of its own on it. */
export const sweepWorkspaceField = z
  .discriminatedUnion('kind', [pathWorkspace, z.strictObject({ ...gitFields, rev: text.default('HEAD') })])
  .default(HERE);

/** Where models are retrained and promoted: which one is in production must be known to the next round, too. */
export const promotionWorkspaceField = z
  .discriminatedUnion('kind', [
    pathWorkspace,
    z.strictObject({
      ...gitFields,
      /** Branch that says which model is in production, and gets what is promoted. */
      branch: z.string('expected the branch that says which model is in production').min(1),
      /** What is trained; default: the branch. Of another revision, stages' results go to a branch of the run's own. */
      rev: text.optional(),
    }),
  ])
  .default(HERE);
