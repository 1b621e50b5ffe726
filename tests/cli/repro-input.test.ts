import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { checkedEvents } from '../rig/event-schema.js';
import { makeProject } from '../rig/project.js';
import { endAll, reprise } from '../rig/reprise.js';

afterEach(endAll);

const CHAIN = 'stages:\n  first: {cmd: cat in > a, deps: [in], outs: [a]}\n';

describe('bad input is refused before anything starts', () => {
  const stage = (text: string) => ({ 'dvc.yaml': `stages:\n  a:\n    cmd: echo\n${text}` });
  it.each([
    [
      'YAML that does not parse',
      { 'dvc.yaml': 'stages:\n  a: {cmd: [\n' },
      /^dvc\.yaml:\d+:\d+: this is not valid YAML/,
    ],
    ['an unknown key', stage('    dep: [x]\n'), /^dvc\.yaml:4:5: .*dep/],
    ['an undefined variable', stage('    desc: x\n    outs: ["${nothing}"]\n'), /^dvc\.yaml:\d+.*nothing/],
    [
      'a missing dep',
      stage('    deps: [gone]\n'),
      /^dvc\.yaml:4.*: a needs gone, which is not there and which no stage makes[^]*\n {2}fix: /,
    ],
    ['a wrong setting', stage('    meta: {reprise: {retries: many}}\n'), /^dvc\.yaml:4:\d+: .*retries/],
  ])('%s', async (_, files, message) => {
    const root = makeProject(files);
    const end = await reprise(['repro'], root);
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(message);
    const [event, ...more] = checkedEvents((await reprise(['repro', '--json'], root)).stdout);
    expect(event).toMatchObject({ event: 'error', at: { file: 'dvc.yaml' } });
    expect(more).toEqual([]);
    expect(existsSync(join(root, '.reprise', 'temporal'))).toBe(false);
  });

  it('missing data, unless it may be', async () => {
    const lock = `schema: '2.0'
stages:
  first:
    cmd: cat in > a
    deps:
    - path: in
      hash: md5
      md5: ${'0'.repeat(32)}
    outs:
    - path: a
      hash: md5
      md5: ${'1'.repeat(32)}
`;
    const root = makeProject({ 'dvc.yaml': CHAIN, 'dvc.lock': lock });
    expect((await reprise(['repro', '--dry'], root)).code).toBe(1);
    const end = await reprise(['repro', '--dry', '--allow-missing', '--json'], root);
    expect(checkedEvents(end.stdout)).toMatchObject([
      { event: 'dry-run', stages: [{ address: 'first', action: 'skip' }] },
    ]);
  });

  it('no project', async () => {
    const end = await reprise(['repro'], '/');
    expect(end).toMatchObject({ code: 1, stdout: '' });
    expect(end.stderr).toMatch(/fix: /);
  });

  it('a wrong option', async () => {
    const end = await reprise(['repro', '--jobs', '0'], makeProject({}));
    expect(end.code).toBe(2);
    expect(end.stderr).toContain('whole number');
  });

  it('a server that does not answer', async () => {
    const root = makeProject({ 'dvc.yaml': CHAIN, in: '' });
    const end = await reprise(['repro', '--address', '127.0.0.1:1'], root);
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/no Temporal server answers at 127\.0\.0\.1:1\n[^]*fix: /);
  });

  it('a Temporal CLI that is not there', async () => {
    const root = makeProject({ 'dvc.yaml': CHAIN, in: '' });
    const end = await reprise(['repro'], root, { TEMPORAL_CLI_PATH: '/nowhere/temporal' });
    expect(end.code).toBe(1);
    expect(end.stderr).toMatch(/TEMPORAL_CLI_PATH[^]*fix: /);
  });
});
