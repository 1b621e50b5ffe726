import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connectRemote } from '../../../cli/connection/remote.js';
import { EmbeddedServer, type ServerChange } from '../../../cli/connection/embedded/embedded-server.js';
import { endAbandoned } from '../../../cli/connection/embedded/end-abandoned.js';
import { serversOf } from '../../../cli/connection/embedded/strays.js';
import { temporalCli } from '../../../cli/connection/temporal-cli.js';
import { identify, isAlive, type ProcessIdentity } from '../../../runner/index.js';

const newState = (): string => mkdtempSync(join(tmpdir(), 'reprise-server-'));
const started: ProcessIdentity[] = [];

async function open(
  state: string,
  onChange: (change: ServerChange) => void = () => undefined,
): Promise<EmbeddedServer> {
  const server = await EmbeddedServer.open({ state, executable: await temporalCli(), onChange });
  started.push(identify(server.pid) as ProcessIdentity);
  return server;
}

async function until(condition: () => boolean): Promise<void> {
  const deadline = Date.now() + 120_000;
  while (!condition()) {
    if (Date.now() > deadline) throw new Error(`not within two minutes: ${condition.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

async function startWorkflow(address: string, workflowId: string): Promise<void> {
  const connection = await connectRemote({ address, namespace: 'default', options: { address } });
  await connection.workflowService.startWorkflowExecution({
    namespace: 'default',
    workflowId,
    workflowType: { name: 'waits' },
    taskQueue: { name: 'nobody' },
    requestId: workflowId,
  });
  await connection.close();
}

async function workflowIsOpen(address: string, workflowId: string): Promise<boolean> {
  const connection = await connectRemote({ address, namespace: 'default', options: { address } });
  const answer = await connection.workflowService.describeWorkflowExecution({
    namespace: 'default',
    execution: { workflowId },
  });
  await connection.close();
  return answer.workflowExecutionInfo?.status === 1;
}

afterAll(() => {
  for (const server of started) if (isAlive(server)) process.kill(server.pid, 'SIGKILL');
});

describe('EmbeddedServer', () => {
  it('starts on loopback with our search attributes, and stops when its user leaves', async () => {
    const server = await open(newState());
    expect(server.started).toBe(true);
    expect(server.address).toMatch(/^127\.0\.0\.1:\d+$/);
    const connection = await connectRemote({
      address: server.address,
      namespace: 'default',
      options: { address: server.address },
    });
    const { customAttributes } = await connection.operatorService.listSearchAttributes({
      namespace: 'default',
    });
    expect(Object.keys(customAttributes)).toEqual(
      expect.arrayContaining(['RepriseProject', 'RepriseStage', 'RepriseStatus']),
    );
    await connection.close();
    expect((await fetch(server.uiAddress)).status).toBe(200);
    const identity = identify(server.pid) as ProcessIdentity;
    await server.release();
    await until(() => !isAlive(identity));
  });

  it('is one server for all who ask at the same time', async () => {
    const state = newState();
    const servers = await Promise.all([open(state), open(state), open(state)]);
    expect(new Set(servers.map((server) => server.pid)).size).toBe(1);
    expect(servers.filter((server) => server.started)).toHaveLength(1);
    // All three are this process, so the first to leave ends it.
    for (const server of servers) await server.release();
    await until(() => !isAlive({ ...(started.at(-1) as ProcessIdentity) }));
  });

  it('is restarted when it is killed: same ports, and nothing is lost', async () => {
    const changes: string[] = [];
    const server = await open(newState(), (change) => changes.push(change.state));
    await startWorkflow(server.address, 'before');
    const { address, uiAddress, pid } = server;
    process.kill(pid, 'SIGKILL');
    await until(() => changes.includes('restarted'));
    expect(changes).toEqual(['lost', 'restarted']);
    expect(server).toMatchObject({ address, uiAddress });
    expect(server.pid).not.toBe(pid);
    started.push(identify(server.pid) as ProcessIdentity);
    expect(await workflowIsOpen(address, 'before')).toBe(true);
    await server.release();
  });

  it('ends one on its database that nobody has a record of before it starts another', async () => {
    const state = newState();
    const lost = await open(state);
    const identity = identify(lost.pid) as ProcessIdentity;
    await startWorkflow(lost.address, 'before');
    // Whoever started it was killed before it could write the record.
    rmSync(join(state, 'temporal', 'server.json'));
    const again = await open(state);
    expect(again.pid).not.toBe(identity.pid);
    expect(isAlive(identity)).toBe(false);
    expect(await workflowIsOpen(again.address, 'before')).toBe(true);
    await Promise.all([lost.release(), again.release()]);
  });

  it('is stopped by a command that needs none, when those who needed it were killed', async () => {
    const state = newState();
    const server = await open(state);
    const identity = identify(server.pid) as ProcessIdentity;
    const users = join(state, 'temporal', 'users');
    const other = spawn('sleep', ['60']);
    writeFileSync(join(users, `${other.pid}.json`), JSON.stringify(identify(other.pid as number)));
    rmSync(join(users, `${process.pid}.json`));
    await endAbandoned(state);
    expect(isAlive(identity)).toBe(true);
    other.kill('SIGKILL');
    await once(other, 'exit');
    await endAbandoned(state);
    await until(() => !isAlive(identity));
    await server.release();
  });

  it('does not take another process that got its number for the server', async () => {
    const state = newState();
    const first = await open(state);
    await first.release();
    await until(() => !isAlive(started.at(-1) as ProcessIdentity));
    const file = join(state, 'temporal', 'server.json');
    const record = JSON.parse(readFileSync(file, 'utf8')) as Record<string, unknown>;
    writeFileSync(file, JSON.stringify({ ...record, pid: process.pid, stopping: false }));
    const second = await open(state);
    expect(second.pid).not.toBe(process.pid);
    // The same address as before: a link in a browser stays good.
    expect(second.address).toBe(first.address);
    await second.release();
  });

  it('keeps its state across a stop, and starts while the one before still stops', async () => {
    const state = newState();
    const first = await open(state);
    await startWorkflow(first.address, 'kept');
    await first.release();
    const second = await open(state);
    expect(second.pid).not.toBe(first.pid);
    expect(await workflowIsOpen(second.address, 'kept')).toBe(true);
    await second.release();
    expect(readdirSync(join(state, 'temporal', 'users'))).toEqual([]);
  });

  it.each([20, 40, 150, 220])(
    'starts though it was killed %i ms after its start, wherever that was in making the tables',
    async (milliseconds) => {
      const state = newState();
      const database = join(state, 'temporal', 'temporal.db');
      const begun = EmbeddedServer.open({ state, executable: await temporalCli() });
      await until(() => serversOf(database).length > 0);
      await new Promise((resolve) => setTimeout(resolve, milliseconds));
      for (const pid of serversOf(database)) process.kill(pid, 'SIGKILL');
      await (await begun).release();
      const server = await open(state);
      await startWorkflow(server.address, 'first');
      await server.release();
      await until(() => !isAlive(started.at(-1) as ProcessIdentity));
      const again = await open(state);
      expect(await workflowIsOpen(again.address, 'first')).toBe(true);
      await again.release();
    },
  );

  it('names the database when it is damaged', async () => {
    const state = newState();
    const server = await open(state);
    await server.release();
    await until(() => !isAlive(started.at(-1) as ProcessIdentity));
    writeFileSync(
      join(state, 'temporal', 'temporal.db'),
      'this is no database, and not a short one either\n'.repeat(100),
    );
    await expect(open(state)).rejects.toMatchObject({
      code: 'temporal-server-failed',
      fix: expect.stringMatching(/remove .*temporal\.db/) as string,
    });
  });

  it('says what to do when the Temporal CLI is not there', async () => {
    await expect(
      EmbeddedServer.open({ state: newState(), executable: '/nowhere/temporal' }),
    ).rejects.toMatchObject({ code: 'temporal-cli-missing' });
  });
});
