import { randomUUID } from 'node:crypto';
import { mkdtempSync, readFileSync, realpathSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { WorkflowHandle } from '@temporalio/client';
import type { TestWorkflowEnvironment } from '@temporalio/testing';
import type { PromoteInput, RetrainInput, RetrainResult } from '../../workflows/index.js';
import { startTemporal, startWorkers } from './temporal.js';

/** A server and a worker that a suite's retrainings share. */
export class RetrainRig {
  private constructor(
    readonly env: TestWorkflowEnvironment,
    /** The folder that is served: projects lie in it. */
    readonly served: string,
    public stopWorkers: () => Promise<void>,
  ) {}

  static async start(): Promise<RetrainRig> {
    const served = realpathSync(mkdtempSync(join(tmpdir(), 'reprise-served-')));
    const env = await startTemporal();
    return new RetrainRig(env, served, await startWorkers(env, served, { slots: 4 }));
  }

  async end(): Promise<void> {
    await this.stopWorkers();
    await this.env.teardown();
  }

  handle(workflowId: string | undefined, runId?: string): WorkflowHandle {
    return this.env.client.workflow.getHandle(workflowId ?? 'none', runId);
  }

  start(
    type: 'retrain' | 'promote',
    root: string,
    input: RetrainInput | PromoteInput = {},
  ): Promise<WorkflowHandle> {
    return this.env.client.workflow.start(type, {
      taskQueue: 'reprise',
      workflowId: randomUUID(),
      args: [{ workspace: { kind: 'path', path: root }, ...input }],
    });
  }

  async retrain(root: string, input: RetrainInput = {}): Promise<RetrainResult> {
    return (await (await this.start('retrain', root, input)).result()) as RetrainResult;
  }
}

export function production(root: string): Readonly<Record<string, unknown>> {
  return JSON.parse(readFileSync(join(root, 'final/production.json'), 'utf8')) as Record<string, unknown>;
}
