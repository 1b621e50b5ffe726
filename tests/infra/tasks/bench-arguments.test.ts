import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { readBenchArguments } from '../../../infra/tasks/bench-arguments.mjs';

const SCRIPT = fileURLToPath(new URL('../../../infra/bench.mjs', import.meta.url));

function bench(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  return spawnSync(process.execPath, [SCRIPT, ...args], {
    encoding: 'utf8',
    env: { ...process.env, NODE_OPTIONS: '' },
  });
}

describe('npm run bench', () => {
  it('tells what there is, and runs nothing', () => {
    const { status, stdout, stderr } = bench('scale', '--help');
    expect(stdout).toMatch(/^usage: npm run bench/);
    expect(stdout).toMatch(/scale .*\n.*--stages=N/);
    expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  });

  it.each([
    [['--stages'], 'there is no option --stags=3', ['scale', '--stags=3']],
    [['a name'], 'there is no benchmark training', ['training']],
    [['a size'], '--stages is a whole number from 1, not --stages=many', ['scale', '--stages=many']],
    [['a choice'], '--model is one of minilm, ', ['finetuning', '--model=llama']],
    [['a value'], '--compiled-peer is given without a value', ['finetuning', '--compiled-peer=yes']],
    [['another option'], 'there is no option --model=gpt2', ['scale', '--model=gpt2']],
  ])('refuses a slip in %s before anything is installed', (_, message, args) => {
    const { status, stderr } = bench(...args);
    expect(stderr).toContain(message);
    expect(stderr).toContain('usage: npm run bench');
    expect(status).toBe(2);
  });

  it('knows what the program knows', () => {
    const program = readFileSync(new URL('../../../bench/main.ts', import.meta.url), 'utf8');
    const tables = program.slice(program.indexOf('const BENCHMARKS'), program.indexOf('const json'));
    const names = [...tables.matchAll(/^ {2}(\w+): /gm)].map(([, name]) => name ?? '');
    expect(names).toContain('scale');
    expect(names.filter((name) => !('peers' in readBenchArguments([name])))).toEqual([]);
  });

  it('installs the peers of what is asked for', () => {
    const peersOf = (...args: string[]): unknown => {
      const asked = readBenchArguments(args);
      return 'peers' in asked ? [...asked.peers] : asked;
    };
    expect(peersOf('scale', '--stages=100', '--json')).toEqual([]);
    expect(peersOf('stages')).toEqual(['dvc', 'metaflow']);
    expect(peersOf('--json')).toEqual(['python', 'serving', 'dvc', 'metaflow']);
  });
});
