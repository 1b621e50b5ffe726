import { spawn, type ChildProcess } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { Connection } from '@temporalio/client';
import { SEARCH_ATTRIBUTES, SERVER_SETTINGS } from '../../workflows/index.js';
import { freePort } from '../rig/free-port.js';

/** Runs are continued as new after so few events, with whatever becomes of them then. */
const EARLY = { 'limit.historyCount.suggestContinueAsNew': '30' };

/** A real Temporal server whose database is a file: it may be killed, and has all its runs when it is back. */
export class TemporalServer {
  #child: ChildProcess | undefined;
  readonly #folder = mkdtempSync(join(tmpdir(), 'reprise-temporal-'));

  private constructor(readonly port: number) {}

  static async start(): Promise<TemporalServer> {
    const server = new TemporalServer(await freePort());
    await server.restart();
    return server;
  }

  get address(): string {
    return `127.0.0.1:${this.port}`;
  }

  async restart(): Promise<void> {
    const child = spawn(
      process.env['TEMPORAL_CLI_PATH'] ?? 'temporal',
      [
        ...['server', 'start-dev', '--headless', '--ip', '127.0.0.1', '--port', String(this.port)],
        ...['--db-filename', join(this.#folder, 'temporal.db'), '--log-level', 'never'],
        ...Object.entries({ ...SERVER_SETTINGS, ...EARLY }).flatMap(([key, value]) => [
          '--dynamic-config-value',
          `${key}=${value}`,
        ]),
        ...Object.entries(SEARCH_ATTRIBUTES).flatMap(([name, type]) => [
          '--search-attribute',
          `${name}=${type}`,
        ]),
      ],
      { stdio: 'ignore' },
    );
    this.#child = child;
    for (let tries = 0; !(await answers(this.address)); tries++) {
      if (child.exitCode !== null || tries > 300)
        throw new Error(`the Temporal server ended with ${child.exitCode}`);
      await sleep(100);
    }
  }

  async kill(): Promise<void> {
    const child = this.#child;
    if (!child || child.exitCode !== null || child.signalCode !== null) return;
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGKILL');
    await ended;
  }

  async stop(): Promise<void> {
    await this.kill();
    rmSync(this.#folder, { recursive: true, force: true });
  }
}

async function answers(address: string): Promise<boolean> {
  try {
    const connection = await Connection.connect({ address, connectTimeout: 1000 });
    try {
      const call = () => connection.workflowService.describeNamespace({ namespace: 'default' });
      await connection.withDeadline(Date.now() + 1000, call);
      return true;
    } finally {
      await connection.close();
    }
  } catch {
    return false;
  }
}
