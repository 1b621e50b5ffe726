import { mkdirSync, readdirSync, readFileSync, rmdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { jest } from '@jest/globals';
import { writeFiles } from '../../rig/project.js';
import { endAll, EXECUTABLE, reprise } from '../../rig/reprise.js';
import { tinyGpt2 } from './tiny-gpt2.js';
import { tinyProject } from './tiny-project.js';

/** Memory runs out in earnest: a batch that takes gigabytes, in a process that may have one. Each beginning is a minute of work or more on a busy host. */
jest.setTimeout(600_000);

const config = { batch_size: 8000, max_steps: 2, max_length: 64 };
const MiB = 2 ** 20;
/** RLIMIT_DATA, of which the libraries take a half. */
const LIMIT = 1200 * MiB;
const GROUP_LIMIT = 700 * MiB;

/** A control group of that much memory, of either version; nothing where this host grants none. */
function limitedGroup(bytes: number): string | undefined {
  const name = `reprise-test-${process.pid}`;
  for (const [parent, file] of [
    ['/sys/fs/cgroup/memory', 'memory.limit_in_bytes'],
    ['/sys/fs/cgroup', 'memory.max'],
  ] as const) {
    const group = join(parent, name);
    try {
      mkdirSync(group);
      try {
        writeFileSync(join(group, file), String(bytes));
        readFileSync(join(group, file));
        return group;
      } catch {
        rmdirSync(group);
      }
    } catch {
      // The other version, or none.
    }
  }
  return undefined;
}

const wanted = {
  event: 'error',
  code: 'out-of-memory',
  expected: expect.stringMatching(
    /GiB by full \(.* of weights, .* of gradients, .* of optimizer\).* batch of 8000/,
  ) as string,
  found: expect.stringMatching(/GiB that were free/) as string,
  fix: expect.stringMatching(
    /lower finetuning.batch_size .*gradient_checkpointing: true.*\(lora, adapter, qlora\)/,
  ) as string,
};

(process.platform === 'linux' ? describe : describe.skip)('a training for which memory runs out', () => {
  const group = limitedGroup(GROUP_LIMIT);
  let root: string;
  beforeAll(() => {
    root = tinyProject({ config }, tinyGpt2);
  });
  afterEach(endAll);
  afterAll(() => {
    rmSync(root, { recursive: true, force: true });
    if (group !== undefined) rmdirSync(group);
  });

  /** In a shell, after these words. */
  const finetune = (...words: string[]) => {
    const script = `${words.join(' ')} "${process.execPath}" "${EXECUTABLE}" finetune --json`;
    const end = spawnSync('sh', ['-c', script], { cwd: root, encoding: 'utf8' });
    return { ...end, last: JSON.parse(end.stdout.trim().split('\n').at(-1) as string) as unknown };
  };
  const inGroup = (path: string): string => `echo $$ > ${path}/cgroup.procs;`;

  it('by an allocator that finds none says what it takes, and what to change', () => {
    const { last, status, signal } = finetune(`prlimit --data=${LIMIT}`);
    expect(last).toMatchObject(wanted);
    // Where C++ finds none, it ends the process itself.
    expect(signal ?? status).not.toBe(0);
  });

  (group === undefined ? it.skip : it)('killed by the system does so too', () => {
    const { last, status, signal } = finetune(inGroup(group as string), 'exec');
    expect(last).toMatchObject({ ...wanted, message: 'memory ran out: the system has killed the training' });
    expect([signal, status]).toEqual(['SIGKILL', null]);
  });

  it('as a stage shows it in the run’s failure', async () => {
    const limit = group === undefined ? `prlimit --data=${LIMIT} --` : `${inGroup(group)} exec`;
    writeFiles(root, {
      '.dvc/config': '',
      'dvc.yaml': `stages:\n  finetune:\n    cmd: '${limit} reprise finetune'\n    outs: [models/checkpoints]\n    meta: { reprise: { retries: 0 } }\n`,
    });
    const { code, stdout, stderr } = await reprise(['repro'], root);
    expect(code).not.toBe(0);
    expect(stdout + stderr).toContain('memory ran out: ');
    expect(stdout + stderr).toMatch(/fix: lower finetuning.batch_size/);
    // Killed by the system, it is begun once more.
    const attempts = group === undefined ? 1 : 2;
    const logs = join(root, '.reprise/logs');
    const log = readdirSync(logs, { recursive: true, encoding: 'utf8' }).find((name) =>
      name.endsWith('.log'),
    );
    const begun = readFileSync(join(logs, log as string), 'utf8').match(/^--- finetune, attempt /gm);
    expect(begun).toHaveLength(attempts);
  });
});
