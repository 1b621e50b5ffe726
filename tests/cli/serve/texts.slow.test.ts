import { cpSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { tinyProject } from '../../finetuning/training/tiny-project.js';
import { endAll, reprise } from '../../rig/reprise.js';
import { json, lines, post, serve, train, until, type Served } from '../../rig/serve.js';

jest.setTimeout(600_000);
afterAll(endAll);

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
