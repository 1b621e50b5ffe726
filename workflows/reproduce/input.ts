import { z } from 'zod';
import { workspaceField } from '../workspace-field.js';

// zod's compiled parsers need `new Function`, which has no place in the workflow sandbox.
z.config({ jitless: true });

const flag = z.boolean().default(false);

const text = z.string();

/** `{"metric": "eval_loss", "part": 0.25}`: as the stage contract's progress names it, and of the `total` there. */
const stopRule = z.strictObject({ metric: text.min(1), part: z.number().gt(0).lt(1) });

/** As {@link StageSummary}. `added`: dvc.lock has its entry by this run alone. */
const stageSummary = z.strictObject({
  address: text,
  outcome: z.enum(['ran', 'restored', 'skipped', 'failed', 'blocked', 'canceled']),
  seconds: z.number(),
  attempts: z.number(),
  error: z.strictObject({ code: text, message: text, tail: z.array(text).exactOptional() }).exactOptional(),
  gpuSeconds: z.number().exactOptional(),
  gpuSecondsLost: z.number().exactOptional(),
  hosts: z.array(text).exactOptional(),
  added: z.literal(true).exactOptional(),
});

/** What a person changes of a stage while its run goes on. */
export const stageChange = z.strictObject({
  labels: z.array(z.string().regex(/^[a-z0-9][a-z0-9_.]*$/)).optional(),
  retries: z.number().int().min(0).optional(),
  /** Seconds. */
  timeout: z.number().positive().optional(),
  priority: z.number().int().min(1).max(5).optional(),
});
export type StageChange = z.output<typeof stageChange>;

/** What people have asked of a run: it holds for all of its parts. */
const steering = z.strictObject({
  allPaused: z.boolean(),
  paused: z.array(text),
  /** By address. */
  changes: z.record(text, stageChange),
});
export type Steering = z.output<typeof steering>;

/** The one argument of the workflow `reproduce`: a plain JSON object whose fields all have defaults. */
export const reproduceInput = z
  .strictObject({
    /** Stages, `.dvc` files, dvc.yaml files or outs, as `dvc repro` takes them. */
    targets: z.array(z.string().min(1)).default([]),
    force: flag,
    /** Run a stage, too, when one that it reads from has run. */
    forceDownstream: flag,
    /** Take missing data for unchanged: run only what something that is there has changed. Not for a git workspace, which fetches. */
    allowMissing: flag,
    /** Bring missing data from the remote in place of making it anew. A git workspace always does. */
    pull: flag,
    /** False: do not bring back the outs of an earlier run on the same inputs. */
    runCache: z.boolean().default(true),
    /** False: leave outs out of the cache. In a git workspace they are always put there, and pushed. */
    commit: z.boolean().default(true),
    singleItem: flag,
    downstream: flag,
    pipeline: flag,
    allPipelines: flag,
    recursive: flag,
    glob: flag,
    /** Bring what `.dvc` files import anew, where its source has changed: as `dvc update`. */
    updateImports: flag,
    /** Go on with what does not depend on a failed stage. */
    keepGoing: flag,
    /**
     * Go on with all of the rest, also with what depends on a failed stage, and do not fail. In a git workspace the outs of a failed stage
     * are on no other host: what depends on it is blocked.
     */
    ignoreErrors: flag,
    /** How many stages may run at once; 0 leaves it to the workers' slots. */
    jobs: z.number().int().min(0).default(0),
    /** Run a labelled stage on the CPU queue when no worker serves its labels. */
    cpuFallback: flag,
    /** Seconds to wait for a worker that serves a label before the stage fails; 0 waits without end. */
    labelTimeout: z.number().min(0).default(0),
    /** Seconds that a stage of a git workspace waits for the host that holds most of its inputs, before any may run it. */
    localityWait: z.number().min(0).default(5),
    /** Default heartbeat timeout of a stage, in seconds. */
    heartbeat: z.number().min(1).default(30),
    workspace: workspaceField,
    /** Tell the workflow that started this one, by its `progress` signal, what the stages say of themselves. */
    reportToParent: flag,
    /** Ends the run at a stage that has reported a metric at such a part of its steps; its checkpoint stays. */
    until: stopRule.optional(),
    /** What an earlier part of the same run did, when it was continued as new. */
    carried: z.array(stageSummary).default([]),
    /** When the first part began, in milliseconds since 1970, and what is paused and changed. */
    continued: z.strictObject({ startedAt: z.number(), steering }).optional(),
  })
  .prefault({});
