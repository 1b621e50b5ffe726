import { reprise, startReprise, type RepriseProcess } from './reprise.js';

export interface Served {
  readonly url: string;
  readonly run: RepriseProcess;
}

export const lines = (run: RepriseProcess): Record<string, unknown>[] =>
  run
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

export async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never: ${what}`);
}

/** Starts a server on a free port. */
export async function serve(
  root: string,
  flags: readonly string[] = [],
  env: NodeJS.ProcessEnv = {},
): Promise<Served> {
  const run = startReprise(['serve', '--port', '0', '--json', ...flags], root, env);
  let ended: { code: number | null; stderr: string } | undefined;
  void run.ended.then((end) => (ended = end));
  const event = await until('it serves', () => {
    if (ended) throw new Error(`it ended with ${ended.code}: ${ended.stderr} ${run.stdout()}`);
    return lines(run).find((line) => line['event'] === 'serving');
  });
  return { url: event['url'] as string, run };
}

export const post = (url: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });

export const json = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

export async function train(root: string, evaluated = false): Promise<void> {
  const end = await reprise(['finetune'], root);
  expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
  if (evaluated) expect((await reprise(['predict'], root)).code).toBe(0);
}
