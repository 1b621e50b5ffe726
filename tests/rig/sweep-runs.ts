import { randomUUID } from 'node:crypto';
import { mkdtempSync, readdirSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { SweepInput, SweepResult, SweepState } from '../../workflows/index.js';
import { SCORE_PROJECT, makeGitProject } from './sweep-project.js';
import { startTemporal, startWorkers } from './temporal.js';

/** A server and a worker that a suite's sweeps share. */
export class SweepRig {
  private constructor(
    readonly env: TestWorkflowEnvironment,
    /** The folder that is served: projects lie in it. */
    readonly served: string,
    public stopWorkers: () => Promise<void>,
  ) {}

  static async start(): Promise<SweepRig> {
    const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
    const env = await startTemporal();
    return new SweepRig(env, served, await startWorkers(env, served, { slots: 4 }));
  }

  async end(): Promise<void> {
    await this.stopWorkers();
    await this.env.teardown();
  }

  project(files: Readonly<Record<string, string>> = {}): string {
    return makeGitProject({ ...SCORE_PROJECT, ...files }, this.served);
  }

  start(root: string, input: object): Promise<WorkflowHandle> {
    return this.env.client.workflow.start('sweep', {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root }, metric: 'metrics.json:test.score', ...input }],
    });
  }

  async sweep(root: string, input: Partial<SweepInput>): Promise<SweepResult> {
    return (await (await this.start(root, input)).result()) as SweepResult;
  }
}

/** What the stage of `SCORE_PROJECT` scores. */
export const score = (x: number, y: number): number => 10 - (x - 3) ** 2 - (y - 2) ** 2;

export const statuses = ({ trials }: SweepState): readonly string[] => trials.map(({ status }) => status);

/** Of trials, that are left in a project. */
export const copiesOf = (root: string, id: string): readonly string[] =>
  readdirSync(join(root, '.reprise/sweeps', id, 'trials'));
