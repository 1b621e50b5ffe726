import { mkdtempSync, readFileSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { reprise } from '../rig/reprise.js';

interface Instruction {
  readonly keyword: string;
  readonly value: string;
}

/** https://docs.docker.com/reference/dockerfile: lines that end in `\` go on; comments and blank lines are nothing. */
function parse(text: string): Instruction[] {
  return text
    .replace(/^\s*#.*\n/gm, '')
    .replace(/\\\n\s*/g, ' ')
    .split('\n')
    .filter((line) => line.trim() !== '')
    .map((line) => {
      const [, keyword, value] = /^([A-Z]+) +(.+)$/.exec(line) ?? [];
      if (keyword === undefined || value === undefined) throw new Error(`no instruction: ${line}`);
      return { keyword, value };
    });
}

const KEYWORDS = ['ARG', 'FROM', 'RUN', 'ENV', 'WORKDIR', 'USER', 'COPY', 'CMD'];

describe('the template’s Dockerfile', () => {
  let root: string;
  let instructions: Instruction[];
  beforeAll(async () => {
    root = join(mkdtempSync(join(tmpdir(), 'dockerfile-')), 'project');
    expect((await reprise(['init', root, '--no-commit'], tmpdir())).code).toBe(0);
    instructions = parse(readFileSync(join(root, 'Dockerfile'), 'utf8'));
  });
  afterAll(() => rmSync(join(root, '..'), { recursive: true }));
  const values = (keyword: string): string[] =>
    instructions.filter((one) => one.keyword === keyword).map(({ value }) => value);

  it('has a target for the CPU, which is the last, and one for CUDA, on a common base', () => {
    expect(instructions.every(({ keyword }) => KEYWORDS.includes(keyword))).toBe(true);
    expect(values('FROM')).toEqual(['${NODE} AS base', 'base AS cuda', 'base AS cpu']);
    expect(values('ARG')).toEqual([expect.stringMatching(/^NODE=node:\d+/)]);
    expect(values('ENV').join('\n')).toMatch(/REPRISE_TENSORFLOW=cuda[^]*REPRISE_TENSORFLOW=cpu/);
  });

  it('copies what there is', () => {
    const sources = values('COPY').map(
      (value) => value.split(' ').filter((word) => !word.startsWith('--'))[0] as string,
    );
    expect(sources).toEqual(['package*.json', '.', '.']);
    const pattern = /^package.*\.json$/;
    expect(readdirSync(root).filter((name) => pattern.test(name))).toEqual(['package.json']);
  });

  it('keeps secrets, history, and what stages make out of the image', () => {
    const ignored = readFileSync(join(root, '.dockerignore'), 'utf8').split('\n');
    const made = readFileSync(join(root, '.gitignore'), 'utf8').trimEnd().split('\n');
    const covered = (path: string): boolean =>
      ignored.some((line) => line !== '' && `${path}/`.startsWith(`${line}/`));
    for (const path of ['/.git', '/.env', '/.dvc/cache', '/.dvc/config.local', ...made])
      expect([path, covered(path)]).toEqual([path, true]);
    expect(ignored.some((path) => '/models/final'.startsWith(path) && path !== '')).toBe(false);
  });

  it('runs commands that there are, with flags that they know', async () => {
    const commands = values('RUN').filter((value) => value.startsWith('npx'));
    expect(commands).toEqual(['npx reprise setup --only tensorflow', 'npx reprise setup --only tensorflow']);
    expect(values('CMD')).toEqual(['["npx", "reprise", "worker"]', '["npx", "reprise", "worker"]']);
    const setup = await reprise(['setup', '--help'], root);
    expect([setup.code, setup.stdout]).toEqual([0, expect.stringMatching(/--only <steps>[^]*tensorflow/)]);
    expect((await reprise(['worker', '--help'], root)).code).toBe(0);
    const serve = await reprise(['serve', '--help'], root);
    expect([serve.code, serve.stdout]).toEqual([0, expect.stringContaining('--host')]);
  });
});
