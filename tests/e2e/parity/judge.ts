import { spawn, type ChildProcess } from 'node:child_process';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';

export interface Judgement {
  readonly code: number;
  /** Both of its outputs. */
  readonly out: string;
}

/** The real `dvc`, which takes a second to start: once for all questions. */
export class Judge {
  readonly #process: ChildProcess;
  readonly #lines: AsyncIterator<string>;
  #last: Promise<unknown> = Promise.resolve();

  /** @param env beside the process's own */
  constructor(env: NodeJS.ProcessEnv) {
    const python = join(dirname(process.env['REPRISE_TEST_DVC'] ?? ''), 'python');
    this.#process = spawn(python, [join(import.meta.dirname, 'judge.py')], {
      stdio: ['pipe', 'pipe', 'inherit'],
      env: { ...process.env, DVC_NO_ANALYTICS: '1', CI: '1', ...env },
    });
    const output = this.#process.stdout;
    if (!output) throw new Error('no output');
    this.#lines = createInterface({ input: output })[Symbol.asyncIterator]();
  }

  /** What `dvc <argv>` does in a folder. One question at a time. */
  ask(root: string, ...argv: readonly string[]): Promise<Judgement> {
    const answer = this.#last.then(async () => {
      this.#process.stdin?.write(`${JSON.stringify({ root, argv })}\n`);
      const { value, done } = await this.#lines.next();
      if (done) throw new Error('dvc has ended');
      return JSON.parse(value) as Judgement;
    });
    this.#last = answer.catch(() => undefined);
    return answer;
  }

  async ok(root: string, ...argv: readonly string[]): Promise<string> {
    const { code, out } = await this.ask(root, ...argv);
    if (code !== 0) throw new Error(`dvc ${argv.join(' ')}: ${out}`);
    return out;
  }

  stop(): void {
    this.#process.kill();
  }
}

const LINE =
  /^(?:Running stage '(.+?)':|Verifying (?:data sources in|outputs in frozen) stage: '(.+?)'|Stage '(.+?)' is cached|(?:Stage )?'(.+?)' didn't change|Importing '.+?' -> '(.+?)')/gm;

/** Stage → what became of it, in the words of our results. */
export function outcomesIn(out: string): Readonly<Record<string, string>> {
  const found: Record<string, string> = {};
  for (const [, ran, verified, cached, unchanged, imported] of out.matchAll(LINE)) {
    const address = ran ?? verified ?? cached ?? unchanged ?? `${imported}.dvc`;
    found[address] = cached !== undefined ? 'restored' : unchanged !== undefined ? 'skipped' : 'ran';
  }
  return found;
}
