import { cpSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { openGenerators } from '../../../../finetuning/serving/engine/generators.js';
import { TextTokenizer } from '../../../../finetuning/text/text-tokenizer.js';
import type { OpenGenerators } from '../../../../finetuning/serving/engine/opened.js';
import { readGroup } from '../../../../finetuning/serving/engine/read-group.js';
import type {
  GenerationRequest,
  GenerationResult,
  ModelSource,
  ScoredToken,
} from '../../../../finetuning/serving/types.js';
import { GPT2 } from '../../models/generation/expected.js';

const folder = mkdtempSync(join(tmpdir(), 'reprise-test-'));
for (const part of ['model', 'tokenizer']) cpSync(join(GPT2, part), folder, { recursive: true });
const source = (name: string): ModelSource => ({
  ...{ name, version: 'v1', baseModelDir: folder, labels: [] },
  problem: 'single_label_classification',
});
const sizes = { maxBatch: 6, maxLength: 64, maxContext: 64 };

const WORDS = ['the', 'capital', 'of', 'a', 'mammal', 'cafe', 'domesticated', 'carnivorous'];

/** Prompts of different lengths, some drawn, some not, some ended early. */
const requests = Array.from({ length: 14 }, (_, n): GenerationRequest => ({
  prompt: Array.from({ length: 1 + ((n * 5) % 11) }, (_, at) => WORDS[(n + at * 3) % WORDS.length]).join(' '),
  maxNewTokens: 3 + ((n * 7) % 23),
  ...(n % 2 === 0 ? { temperature: 0, topK: 0, topP: 1 } : { temperature: 1.3, topK: 50, topP: 0.95 }),
  seed: n,
  stop: n % 5 === 4 ? ['e', 'a', 't'] : [],
}));

interface Heard {
  text: string;
  readonly tokens: ScoredToken[];
  together: number;
  readonly result: Promise<GenerationResult>;
}

let generators: OpenGenerators;
beforeAll(() => (generators = openGenerators(readGroup([source('a'), source('b')]), sizes)));
afterAll(() => {
  generators.dispose();
  rmSync(folder, { recursive: true });
});

function ask(request: GenerationRequest, member = 0, isCanceled = (): boolean => false): Heard {
  let end: (result: GenerationResult) => void;
  const result = new Promise<GenerationResult>((resolve) => (end = resolve));
  const heard: Heard = { text: '', tokens: [], together: 0, result };
  generators.generate(member, request, {
    isCanceled,
    onBegin: (together) => (heard.together = together),
    onText(text, tokens) {
      heard.text += text;
      heard.tokens.push(...tokens);
    },
    onEnd(outcome) {
      if ('code' in outcome) throw new Error(outcome.message);
      end(outcome);
    },
  });
  return heard;
}

async function alone(request: GenerationRequest): Promise<object> {
  const heard = ask(request);
  return { ...(await heard.result), text: heard.text };
}

describe('texts that are gone on from together', () => {
  let expected: object[];
  beforeAll(async () => {
    expected = [];
    for (const request of requests) expected.push(await alone(request));
  });

  it('has each say what it says alone, whenever it joins', async () => {
    const heard: Heard[] = [];
    for (const [n, request] of requests.entries()) {
      heard.push(ask(request, n % 7 === 6 ? 1 : 0));
      // Between two: no token, one, or some.
      for (let turns = (n * 3) % 5; turns > 0; turns--) await setImmediate();
    }
    const results = await Promise.all(heard.map(({ result }) => result));
    expect(results.map((result, n) => ({ ...result, text: heard[n]?.text }))).toEqual(expected);
    const sizesSeen = heard.map(({ together }) => together);
    expect(Math.max(...sizesSeen)).toBeGreaterThan(1);
    expect(Math.max(...sizesSeen)).toBeLessThanOrEqual(sizes.maxBatch);
    expect(new Set(results.map(({ finish }) => finish))).toEqual(new Set(['stop', 'length']));
  });

  it('lets a short text end while a long one, which came before it, goes on', async () => {
    const [long, short] = [requests[3], requests[0]] as [GenerationRequest, GenerationRequest];
    const ends: string[] = [];
    const first = ask({ ...long, stop: [], maxNewTokens: 40 });
    void first.result.then(() => ends.push('long'));
    for (let turns = 0; turns < 4; turns++) await setImmediate();
    const begun = first.text;
    const second = ask({ ...short, maxNewTokens: 3 });
    void second.result.then(() => ends.push('short'));
    await Promise.all([first.result, second.result]);
    expect(begun.length).toBeGreaterThan(0);
    expect(ends).toEqual(['short', 'long']);
    expect(second.together).toBe(2);
  });

  it('begins all that are asked at once, as many as there is room for', async () => {
    const heard = requests.slice(0, 9).map((request) => ask(request));
    const results = await Promise.all(heard.map(({ result }) => result));
    expect(results.map((result, n) => ({ ...result, text: heard[n]?.text }))).toEqual(expected.slice(0, 9));
    expect(heard.slice(0, 6).map(({ together }) => together)).toEqual([1, 2, 3, 4, 5, 6]);
  });

  it('lets go of what nobody waits for, before and after it has begun', async () => {
    let isGone = false;
    const request = { ...(requests[1] as GenerationRequest), stop: [], maxNewTokens: 50 };
    const waits = ask(request, 0, () => true);
    const goes = ask(request, 0, () => isGone);
    for (let turns = 0; turns < 3; turns++) await setImmediate();
    isGone = true;
    expect(await waits.result).toMatchObject({ newTokens: 0 });
    const { newTokens } = await goes.result;
    expect(newTokens).toBeGreaterThan(0);
    expect(newTokens).toBeLessThan(50);
  });
});

/** What transformers says: see tests/finetuning/fixtures/gpt2.py. */
interface ExpectedLogProbabilities {
  readonly prompt: string;
  readonly ids: readonly number[];
  readonly chosen: readonly number[];
  readonly best: readonly { readonly ids: readonly number[]; readonly values: readonly number[] }[];
}

describe('the log probabilities of what is generated', () => {
  const expected = JSON.parse(
    readFileSync(join(GPT2, 'log-probabilities.json'), 'utf8'),
  ) as ExpectedLogProbabilities[];
  const asked = (prompt: string, logProbabilities: number): GenerationRequest => ({
    ...{ prompt, maxNewTokens: 16, temperature: 0, topK: 0, topP: 1, seed: 0, stop: [], logProbabilities },
  });
  const tokenizer = new TextTokenizer(folder);

  it('are those of transformers, of texts that are gone on from together', async () => {
    const heard = expected.map(({ prompt }) => ask(asked(prompt, 5)));
    // Another, of which none are asked for.
    const plain = ask(requests[1] as GenerationRequest);
    await Promise.all([...heard, plain].map(({ result }) => result));
    expect(plain.tokens).toEqual([]);
    heard.forEach(({ tokens }, at) => {
      const { ids, chosen, best } = expected[at] as ExpectedLogProbabilities;
      expect(tokens.map(({ token }) => token)).toEqual(ids.map((id) => tokenizer.tokenText(id)));
      tokens.forEach((token, place) => {
        const reference = best[place] as (typeof best)[number];
        expect(token.logProbability).toBeCloseTo(chosen[place] as number, 4);
        expect(token.best.map((one) => one.token)).toEqual(
          reference.ids.map((id) => tokenizer.tokenText(id)),
        );
        token.best.forEach(({ logProbability }, rank) =>
          expect(logProbability).toBeCloseTo(reference.values[rank] as number, 4),
        );
      });
    });
  });

  it('are of the model, whatever is drawn from', async () => {
    const [{ prompt, best }] = expected as [ExpectedLogProbabilities];
    const drawn = ask({ ...asked(prompt, 1), temperature: 2, topK: 3, maxNewTokens: 1 });
    await drawn.result;
    const [token] = drawn.tokens;
    expect(token?.best[0]?.logProbability).toBeCloseTo(best[0]?.values[0] as number, 4);
    const likeliest = best[0]?.ids.map((id) => tokenizer.tokenText(id)) ?? [];
    const rank = likeliest.indexOf(token?.token ?? '');
    expect(rank).toBeGreaterThanOrEqual(0);
    expect(token?.logProbability).toBeCloseTo(best[0]?.values[rank] as number, 4);
  });
});
