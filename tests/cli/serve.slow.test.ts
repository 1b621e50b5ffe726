import { appendFileSync, cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { tinyGpt2 } from '../finetuning/training/tiny-gpt2.js';
import { tinyPictureProject } from '../finetuning/training/tiny-pictures.js';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import { endAll, reprise, startReprise, type RepriseProcess } from '../rig/reprise.js';

jest.setTimeout(600_000);
afterAll(endAll);

interface Served {
  readonly url: string;
  readonly run: RepriseProcess;
}

const lines = (run: RepriseProcess): Record<string, unknown>[] =>
  run
    .stdout()
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);

async function until<T>(what: string, look: () => Promise<T | undefined> | T | undefined): Promise<T> {
  for (let tries = 0; tries < 1200; tries++) {
    const found = await look();
    if (found !== undefined) return found;
    await new Promise((resolve) => setTimeout(resolve, 100));
  }
  throw new Error(`never: ${what}`);
}

/** Starts a server on a free port. */
async function serve(
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

const post = (url: string, body: object, headers: Record<string, string> = {}, signal?: AbortSignal) =>
  fetch(url, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
    ...(signal ? { signal } : {}),
  });

const json = async (response: Response): Promise<Record<string, unknown>> =>
  (await response.json()) as Record<string, unknown>;

async function train(root: string, evaluated = false): Promise<void> {
  const end = await reprise(['finetune'], root);
  expect({ code: end.code, stderr: end.stderr }).toMatchObject({ code: 0 });
  if (evaluated) expect((await reprise(['predict'], root)).code).toBe(0);
}

describe('reprise serve with classifiers of texts', () => {
  let root: string;
  let served: Served;
  let expected: { text: string; prediction: string; confidence: number }[];

  beforeAll(async () => {
    root = tinyProject({
      'params.yaml': 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n',
    });
    cpSync(join(root, 'data/finetuning/val.jsonl'), join(root, 'data/finetuning/test.jsonl'));
    await train(root, true);
    expected = readFileSync(join(root, 'predictions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as (typeof expected)[number]);
    // Another adapter over the same base: the same, with its head turned around.
    const first = join(root, 'models/checkpoints/best_model');
    cpSync(first, join(root, 'models/other'), { recursive: true });
    const labels = JSON.parse(readFileSync(join(first, 'labels.json'), 'utf8')) as string[];
    writeFileSync(join(root, 'models/other/labels.json'), JSON.stringify([...labels].reverse()));
    served = await serve(root, ['--model', `a=${first}`, '--model', 'b=models/other', '--max-batch', '8'], {
      REPRISE_API_KEYS: 'first-key, second-key',
    });
  });
  afterAll(() => {
    served.run.child.kill('SIGTERM');
    rmSync(root, { recursive: true, force: true });
  });

  const key = { authorization: 'Bearer second-key' };
  const classify = (body: object, headers = key) => post(`${served.url}/v1/classify`, body, headers);

  it('answers as `reprise predict` does, many at once too', async () => {
    const one = await json(await classify({ inputs: expected[0]?.text ?? '' }));
    expect(one).toMatchObject({ model: 'a', version: 'local' });
    const all = await Promise.all(
      expected.map(async ({ text }) => json(await classify({ inputs: [text], top_k: 1 }))),
    );
    const answers = all.map((answer) => (answer['predictions'] as { label: string; score: number }[])[0]);
    expect(answers.map((answer) => answer?.label)).toEqual(expected.map(({ prediction }) => prediction));
    answers.forEach((answer, at) => expect(answer?.score).toBeCloseTo(expected[at]?.confidence ?? 0, 3));
    const { predictions } = await json(await classify({ inputs: expected.map(({ text }) => text) }));
    expect((predictions as { label: string }[]).map(({ label }) => label)).toEqual(
      expected.map(({ prediction }) => prediction),
    );
    // A second text counts.
    const pairs = ['mammal', 'capital'].map((text) => ({ text, text_pair: 'the cafe of the capital' }));
    const paired = await json(await classify({ inputs: [...pairs, 'mammal'] }));
    const [first, , alone] = paired['predictions'] as { score: number }[];
    expect(first?.score).not.toBe(alone?.score);
    // They were computed together, not each by itself.
    const metrics = await (await fetch(`${served.url}/metrics`)).text();
    expect(Number(/reprise_batch_size_count{model="a"} (\d+)/.exec(metrics)?.[1])).toBeLessThan(1 + 30 + 5);
    expect(metrics).toContain('reprise_requests_total{route="/v1/classify",status="200"} 33');
  });

  it('has several adapters over one base', async () => {
    const labelOf = async (model: string): Promise<string> => {
      const { predictions } = await json(await classify({ model, inputs: expected[0]?.text ?? '' }));
      return (predictions as { label: string }[])[0]?.label ?? '';
    };
    const labels = ['animal', 'place', 'thing'];
    const first = await labelOf('a');
    expect(await labelOf('b')).toBe([...labels].reverse()[labels.indexOf(first)]);
    const { data } = await json(await fetch(`${served.url}/v1/models`, { headers: key }));
    expect((data as { id: string }[]).map(({ id }) => id)).toEqual(['a', 'b']);
  });

  it('says what is wrong with a request', async () => {
    const refused = async (body: object, headers?: Record<string, string>): Promise<[number, unknown]> => {
      const response = await post(`${served.url}/v1/classify`, body, headers);
      const { error } = await json(response);
      return [response.status, (error as { code: string }).code];
    };
    expect(await refused({ inputs: 'a' })).toEqual([401, 'bad-key']);
    expect(await refused({ inputs: 'a' }, { authorization: 'Bearer third' })).toEqual([401, 'bad-key']);
    expect(await refused({}, key)).toEqual([400, 'bad-request']);
    expect(await refused({ inputs: 1 }, key)).toEqual([400, 'bad-request']);
    expect(await refused({ inputs: 'a', more: 1 }, key)).toEqual([400, 'bad-request']);
    expect(await refused({ inputs: 'a', model: 'c' }, key)).toEqual([404, 'no-such-model']);
    expect(await refused({ images: 'aGVsbG8=' }, key)).toEqual([400, 'wrong-input']);
    // The server answers and closes while the body is still sent: a client that has no place to send to may not get to read that.
    const tooLarge = () => refused({ inputs: 'a'.repeat(17 * 2 ** 20) }, key);
    const retried = () => tooLarge().catch(tooLarge).catch(tooLarge);
    expect(await retried()).toEqual([413, 'bad-request']);
    const completions = await post(`${served.url}/v1/completions`, { prompt: 'a' }, key);
    expect([completions.status, (await json(completions))['error']]).toMatchObject([
      400,
      { code: 'wrong-task' },
    ]);
    const nowhere = await fetch(`${served.url}/v2`);
    expect([nowhere.status, (await json(nowhere))['error']]).toMatchObject([404, { code: 'no-such-route' }]);
  });

  it('describes itself, and says how it is', async () => {
    const document = await json(await fetch(`${served.url}/openapi.json`));
    expect(document).toMatchObject({
      openapi: '3.0.3',
      paths: { '/v1/classify': { post: { responses: { 200: expect.anything() } } } },
    });
    expect(await json(await fetch(`${served.url}/health/ready`))).toEqual({ status: 'ok' });
    expect(await json(await fetch(`${served.url}/health/live`))).toEqual({ status: 'ok' });
  });

  it('starts the process again that computes, when it is lost', async () => {
    const { execFileSync } = await import('node:child_process');
    const children = execFileSync('pgrep', ['-P', String(served.run.child.pid)], { encoding: 'utf8' });
    process.kill(Number(children.trim().split('\n')[0]), 'SIGKILL');
    await until('it is ready again', async () => {
      const { status } = await classify({ inputs: 'mammal' });
      expect([200, 503]).toContain(status);
      return status === 200 ? true : undefined;
    });
    expect(await (await fetch(`${served.url}/metrics`)).text()).toContain('reprise_engine_restarts_total 1');
  });

  it('turns to what comes into production, and drops nothing', async () => {
    const version = (n: number, folder: string): void => {
      mkdirSync(join(root, 'models/final'), { recursive: true });
      cpSync(join(root, folder), join(root, `models/final/model_v${n}`), { recursive: true });
      const model = { path: `models/final/model_v${n}`, md5: `${'0'.repeat(32)}.dir` };
      const record = {
        version: n,
        model,
        predictions: model,
        promoted: { at: '2026-01-01T00:00:00Z', by: 'a', reason: 'b', run: 'c' },
      };
      writeFileSync(join(root, 'models/final/production.json'), JSON.stringify(record));
    };
    version(1, 'models/checkpoints/best_model');
    const { url, run } = await serve(root);
    const seen: [number, unknown][] = [];
    let asking = true;
    const asker = (async () => {
      while (asking) {
        const response = await post(`${url}/v1/classify`, { inputs: 'mammal' });
        seen.push([response.status, (await json(response))['version']]);
      }
    })();
    await until('v1 is asked', () => (seen.length > 2 ? true : undefined));
    version(2, 'models/other');
    await until('v2 answers', () => (seen.at(-1)?.[1] === 'v2' ? true : undefined));
    // One that cannot be opened changes nothing.
    writeFileSync(join(root, 'models/other/adapter_model.safetensors'), 'broken');
    version(3, 'models/other');
    await until('it says so', () =>
      lines(run).some(({ message }) => String(message).includes('cannot be served')) ? true : undefined,
    );
    const before = seen.length;
    await until('v2 answers still', () => (seen.length > before + 2 ? true : undefined));
    asking = false;
    await asker;
    expect(seen.filter(([status]) => status !== 200)).toEqual([]);
    expect([...new Set(seen.map(([, of]) => of))]).toEqual(['v1', 'v2']);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });

  it('is refused where anybody could ask, and where there is nothing to serve', async () => {
    const open = await reprise(['serve', '--host', '0.0.0.0'], root);
    expect(open).toMatchObject({ code: 1, stderr: expect.stringContaining('REPRISE_API_KEYS') });
    const nothing = await reprise(['serve', '--model', 'models/nothing'], root);
    expect(nothing).toMatchObject({ code: 1, stderr: expect.stringContaining('there is no model at') });
    const twice = await reprise(['serve', '--model', 'models/other', '--model', 'a/other'], root);
    expect(twice).toMatchObject({ code: 1, stderr: expect.stringContaining('two models are called other') });
  });
});

describe('reprise serve with a language model', () => {
  let root: string;
  let served: Served;
  let expected: { prompt: string; prediction: string }[];

  beforeAll(async () => {
    root = tinyProject(
      {
        config: { num_epochs: 4, eval_steps: 100, save_steps: 1000, learning_rate: 0.01, dropout: 0 },
        'data/finetuning/test.jsonl': '',
        'params.yaml': 'finetuning:\n  preset: tiny\nevaluation:\n  batch_size: 8\n  worst_errors: 3\n',
      },
      tinyGpt2,
    );
    for (const prompt of ['the capital of', 'a', 'one two three four five six seven eight nine ten'])
      appendFileSync(
        join(root, 'data/finetuning/test.jsonl'),
        `${JSON.stringify({ prompt, completion: ' x' })}\n`,
      );
    await train(root);
    expect((await reprise(['predict', '--max-new-tokens', '10'], root)).code).toBe(0);
    expected = readFileSync(join(root, 'predictions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as (typeof expected)[number]);
    served = await serve(root, ['--max-batch', '4', '--timeout', '60']);
  });
  afterAll(() => rmSync(root, { recursive: true, force: true }));

  const complete = (body: object, signal?: AbortSignal) =>
    post(`${served.url}/v1/completions`, body, {}, signal);
  const textOf = async (response: Response): Promise<string> => {
    const { choices } = await json(response);
    return (choices as { text: string }[])[0]?.text ?? '';
  };
  const greedy = { temperature: 0, max_tokens: 10 };

  it('goes on as `reprise predict` does, alone, together and streamed', async () => {
    const texts = expected.map(({ prediction }) => prediction);
    const prompts = expected.map(({ prompt }) => prompt);
    for (const [at, prompt] of prompts.entries())
      expect(await textOf(await complete({ ...greedy, prompt }))).toBe(texts[at]);
    const together = await json(await complete({ ...greedy, prompt: prompts }));
    expect((together['choices'] as { text: string }[]).map(({ text }) => text)).toEqual(texts);
    expect(together['usage']).toMatchObject({ completion_tokens: expect.any(Number) });

    const response = await complete({ ...greedy, prompt: prompts[0], stream: true });
    expect(response.headers.get('content-type')).toContain('text/event-stream');
    const events = (await response.text()).trim().split('\n\n').map((event) => event.replace(/^data: /, '')); // prettier-ignore
    expect(events.at(-1)).toBe('[DONE]');
    const parts = events.slice(0, -1).map((event) => JSON.parse(event) as { choices: { text: string; finish_reason: string | null }[] }); // prettier-ignore
    expect(parts.map(({ choices }) => choices[0]?.text).join('')).toBe(texts[0]);
    expect(parts.at(-1)?.choices[0]?.finish_reason).toMatch(/stop|length/);
  });

  it('draws the same with the same seed, and ends where it is told to', async () => {
    const drawn = { prompt: 'the', temperature: 1, max_tokens: 12 };
    const seeds = Array.from({ length: 12 }, (_, at) => at % 6);
    const texts = await Promise.all(seeds.map(async (seed) => textOf(await complete({ ...drawn, seed }))));
    expect(texts.slice(6)).toEqual(texts.slice(0, 6));
    expect(new Set(texts).size).toBeGreaterThan(1);
    const seed = texts.findIndex((text) => text.length > 3);
    const text = texts[seed] as string;
    const stop = text.slice(-2);
    const ended = await json(await complete({ ...drawn, seed, stop }));
    const [choice] = ended['choices'] as { text: string; finish_reason: string }[];
    expect(choice).toMatchObject({
      text: text.slice(0, text.indexOf(stop)),
      finish_reason: 'stop',
    });
  });

  it('has as many texts of a prompt as are asked for, and the usage at the end of a stream', async () => {
    const [one, other] = expected.map(({ prompt }) => prompt) as [string, string];
    const asked = { prompt: [one, other], n: 2, seed: 5, temperature: 1, max_tokens: 6, echo: true };
    const { choices, usage } = (await json(await complete(asked))) as {
      choices: { index: number; text: string }[];
      usage: { prompt_tokens: number };
    };
    expect(choices.map(({ index, text }) => [index, text.startsWith(index < 2 ? one : other)])).toEqual(
      [0, 1, 2, 3].map((index) => [index, true]),
    );
    const alone = await json(await complete({ ...asked, prompt: one, n: 1, seed: 6 }));
    expect((alone['choices'] as { text: string }[])[0]?.text).toBe(choices[1]?.text);
    const stream = { stream: true, stream_options: { include_usage: true } };
    const events = (await (await complete({ ...asked, ...stream })).text()).trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    const parts = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as {
      choices: { index: number; text: string; finish_reason: string | null }[];
      usage?: object;
    }); // prettier-ignore
    expect(parts.at(-1)).toMatchObject({ choices: [], usage });
    for (const { index, text } of choices) {
      const own = parts.flatMap((part) => part.choices).filter((choice) => choice.index === index);
      expect(own.map((choice) => choice.text).join('')).toBe(text);
      expect(own.filter((choice) => choice.finish_reason !== null)).toEqual([own.at(-1)]);
    }
  });

  it('tells how likely each token was, whole and streamed', async () => {
    interface Told {
      tokens: string[];
      token_logprobs: number[];
      top_logprobs: Record<string, number>[];
      text_offset: number[];
    }
    const asked = { prompt: 'the', temperature: 1, max_tokens: 12, seed: 5, logprobs: 2 };
    const whole = (await json(await complete(asked))) as { choices: { text: string; logprobs: Told }[] };
    const [{ text, logprobs: told }] = whole.choices as [(typeof whole.choices)[number]];
    expect(told.tokens.length).toBeGreaterThan(1);
    told.tokens.forEach((token, at) => {
      if (!token.startsWith('bytes:')) expect(text.startsWith(token, told.text_offset[at])).toBe(true);
      const top = told.top_logprobs[at] as Record<string, number>;
      // The likeliest two, and the one that was drawn, if it is another.
      expect([2, 3]).toContain(Object.keys(top).length);
      expect(told.token_logprobs[at]).toBeLessThanOrEqual(Math.max(...Object.values(top)));
      expect(top[token]).toBe(told.token_logprobs[at]);
      expect(told.token_logprobs[at]).toBeLessThanOrEqual(0);
    });
    const events = (await (await complete({ ...asked, stream: true })).text()).trim().split('\n\n');
    const parts = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as {
      choices: { logprobs: Told | null }[];
    }); // prettier-ignore
    const streamed = parts.flatMap(({ choices }) => choices[0]?.logprobs ?? []);
    expect(streamed.flatMap(({ tokens }) => tokens)).toEqual(told.tokens);
    expect(streamed.flatMap(({ token_logprobs }) => token_logprobs)).toEqual(told.token_logprobs);
    expect(streamed.flatMap(({ text_offset }) => text_offset)).toEqual(told.text_offset);
    const plain = (await json(await complete({ ...greedy, prompt: 'a' }))) as typeof whole;
    expect(plain.choices[0]?.logprobs).toBeNull();
  });

  it('goes on after a stream of which one prompt was refused', async () => {
    const prompt = ['a', 'the '.repeat(2000)];
    const response = await complete({ prompt, max_tokens: 200, temperature: 1, stream: true, echo: true });
    expect(await response.text()).toContain('prompt-too-long');
    for (let again = 0; again < 3; again++)
      expect((await complete({ ...greedy, prompt: 'a' })).status).toBe(200);
    expect(served.run.child.exitCode).toBeNull();
  });

  it('lets go of a text that nobody waits for', async () => {
    const abort = new AbortController();
    const long = complete({ prompt: 'a', max_tokens: 100_000, temperature: 1, stream: true }, abort.signal);
    await (await long).body?.getReader().read();
    abort.abort();
    expect((await complete({ ...greedy, prompt: 'a' })).status).toBe(200);
  });

  it('refuses a prompt that leaves no room', async () => {
    const response = await complete({ prompt: 'the '.repeat(2000) });
    expect([response.status, (await json(response))['error']]).toMatchObject([
      400,
      { code: 'prompt-too-long' },
    ]);
  });

  it('ends what has begun when it is told to stop', async () => {
    const response = await complete({ prompt: 'a', max_tokens: 1000, temperature: 1, seed: 3, stream: true });
    served.run.child.kill('SIGTERM');
    const text = await response.text();
    expect(text.trimEnd().endsWith('data: [DONE]')).toBe(true);
    expect(await served.run.ended).toMatchObject({ code: 0 });
    expect(lines(served.run).at(-1)).toMatchObject({ event: 'draining' });
    await expect(fetch(`${served.url}/health/live`)).rejects.toThrow();
  });
});

describe('reprise serve with a classifier of pictures', () => {
  it('answers as `reprise predict` does, and names a picture that is none', async () => {
    const root = await tinyPictureProject();
    await train(root, true);
    const { url, run } = await serve(root, ['--max-batch', '4']);
    const [row] = readFileSync(join(root, 'predictions.jsonl'), 'utf8').split('\n');
    const { image, prediction } = JSON.parse(row ?? '') as { image: string; prediction: string };
    const bytes = readFileSync(join(root, 'data/finetuning', image)).toString('base64');
    const answer = await json(await post(`${url}/v1/classify`, { images: bytes }));
    expect((answer['predictions'] as { label: string }[])[0]?.label).toBe(prediction);
    const bad = await post(`${url}/v1/classify`, { images: ['aGVsbG8='] });
    expect([bad.status, (await json(bad))['error']]).toMatchObject([400, { code: 'bad-image' }]);
    run.child.kill('SIGTERM');
    expect((await run.ended).code).toBe(0);
  });
});
