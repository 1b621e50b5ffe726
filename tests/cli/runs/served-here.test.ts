import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { RunOwner } from '../../../cli/runs/run-owner.js';
import { isServedHere, noteServing } from '../../../cli/runs/served-here.js';
import { identify } from '../../../runner/index.js';

const HERE = { address: 'temporal.example:7233', namespace: 'team' };
const state = (): string => mkdtempSync(join(tmpdir(), 'reprise-state-'));

it('knows a worker of this host by its server, for as long as it serves', () => {
  const folder = state();
  expect(isServedHere(folder, HERE)).toBe(false);
  const forget = noteServing(folder, HERE);
  expect(isServedHere(folder, HERE)).toBe(true);
  expect(isServedHere(folder, { ...HERE, address: 'other.example:7233' })).toBe(false);
  expect(isServedHere(folder, { ...HERE, namespace: 'default' })).toBe(false);
  forget();
  expect(isServedHere(folder, HERE)).toBe(false);
});

it('takes neither a dead process nor one of another host for a worker, and clears what the dead left', async () => {
  const folder = state();
  const forget = noteServing(folder, HERE);
  const [file = ''] = readdirSync(join(folder, 'serving'));
  const note = JSON.parse(readFileSync(join(folder, 'serving', file), 'utf8')) as object;
  forget();
  const child = spawn('sleep', ['60']);
  const dead = identify(child.pid ?? 0);
  child.kill('SIGKILL');
  await new Promise((resolve) => child.once('exit', resolve));
  writeFileSync(join(folder, 'serving', 'dead.json'), JSON.stringify({ ...note, ...dead }));
  writeFileSync(join(folder, 'serving', 'far.json'), JSON.stringify({ ...note, hostname: 'another-host' }));
  expect(isServedHere(folder, HERE)).toBe(false);
  noteServing(folder, HERE)();
  expect(readdirSync(join(folder, 'serving'))).toEqual(['far.json']);
});

it('serves all the same where no note can be written', () => {
  const folder = state();
  writeFileSync(join(folder, 'serving'), 'in the way');
  const forget = noteServing(folder, HERE);
  expect(isServedHere(folder, HERE)).toBe(false);
  forget();
  expect(readdirSync(folder)).toEqual(['serving']);
  const nowhere = new RunOwner(join(folder, 'serving'), 'open-run.json');
  expect(() => nowhere.take()).toThrow('ENOTDIR');
  nowhere.takeIfPossible();
  expect(nowhere.present()).toBe(false);
});
