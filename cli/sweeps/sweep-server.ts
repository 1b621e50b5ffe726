import { join } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openState } from '../../runner/index.js';
import { openSession, type ConnectionFlags, type Session } from '../connection/index.js';
import { RunOwner } from '../runs/run-owner.js';
import { Serving } from '../runs/serving.js';
import type { SweepEvent } from './events.js';

/** A command's hold on the server and, where it is the project's own, on the workers. */
export class SweepServer {
  private constructor(
    readonly session: Session,
    /** Absent on a server of others. */
    readonly owner: RunOwner | undefined,
    readonly serving: Serving | undefined,
    readonly lost: () => DiagnosticError | undefined,
  ) {}

  static async open(
    root: string,
    flags: ConnectionFlags,
    emit: (event: SweepEvent) => void,
  ): Promise<SweepServer> {
    let lost: DiagnosticError | undefined;
    const session = await openSession({
      flags,
      root,
      onServerChange: ({ state, message }) => {
        if (state === 'gone') lost = serverGone(message);
      },
    });
    const { address, uiAddress, server } = session;
    emit({
      event: 'server',
      state: server ? (server.started ? 'started' : 'found') : 'connected',
      address,
      ...(uiAddress === undefined ? {} : { ui: uiAddress }),
    });
    if (!server) return new SweepServer(session, undefined, undefined, () => lost);
    const state = await openState(root);
    const serving = new Serving({ session, root, state, logFile: join(state, 'temporal', 'worker.log') });
    const opened = new SweepServer(session, new RunOwner(state, 'sweep-owner.json'), serving, () => lost);
    try {
      await serving.ensure();
      return opened;
    } catch (error) {
      await opened.close();
      throw error;
    }
  }

  /**
   * Takes over from a process that died: its workers' tasks are given back, so that nobody waits for a timeout.
   *
   * @returns true when this process serves since now
   */
  async keepServed(workflowIds: readonly string[]): Promise<boolean> {
    const lost = this.lost();
    if (lost) throw lost;
    if (!(await this.serving?.ensure())) return false;
    await this.takeOver(workflowIds);
    return true;
  }

  async takeOver(workflowIds: readonly string[]): Promise<void> {
    // One that ended in between has nothing to give back.
    await Promise.all(workflowIds.map((id) => this.serving?.takeOver(id).catch(() => undefined)));
  }

  async close(): Promise<void> {
    await this.serving?.drain();
    await this.session.close();
  }
}

function serverGone(message: string | undefined): DiagnosticError {
  return new DiagnosticError('temporal-server-gone', {
    message: `the embedded Temporal server ended, and could not be started again${message === undefined ? '' : `: ${message}`}`,
    fix: 'see .reprise/temporal/server.log; nothing is lost, the same command goes on with the sweep',
  });
}
