import { appendFileSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { tinyGpt2 } from '../../finetuning/training/tiny-gpt2.js';
import { tinyProject } from '../../finetuning/training/tiny-project.js';
import { endAll, reprise } from '../../rig/reprise.js';
import { json, lines, post, serve, train, type Served } from '../../rig/serve.js';

jest.setTimeout(600_000);
afterAll(endAll);

const TALK = [{ role: 'user', content: 'the' }];

describe('reprise serve with a language model', () => {
  let root: string;
  let served: Served;
  let expected: { prompt: string; prediction: string }[];
  /** What `reprise predict` answers to TALK. */
  let answered: string;

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
    appendFileSync(join(root, 'data/finetuning/test.jsonl'), `${JSON.stringify({ messages: TALK })}\n`);
    await train(root);
    expect((await reprise(['predict', '--max-new-tokens', '10'], root)).code).toBe(0);
    expected = readFileSync(join(root, 'predictions.jsonl'), 'utf8')
      .trim()
      .split('\n')
      .map((line) => JSON.parse(line) as (typeof expected)[number]);
    answered = expected.pop()?.prediction as string;
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

  it('answers a conversation as `reprise predict` does, whole and streamed, and ends its turn', async () => {
    const asked = { messages: TALK, temperature: 0, max_completion_tokens: 10 };
    const chat = (body: object) => post(`${served.url}/v1/chat/completions`, body);
    const whole = (await json(await chat({ ...asked, logprobs: true, top_logprobs: 2 }))) as {
      object: string;
      choices: {
        message: object;
        finish_reason: string;
        logprobs: { content: { top_logprobs: object[] }[] };
      }[];
      usage: { completion_tokens: number };
    };
    expect(whole.object).toBe('chat.completion');
    const [choice] = whole.choices;
    expect(choice?.message).toEqual({ role: 'assistant', content: answered, refusal: null });
    expect(choice?.logprobs.content[0]?.top_logprobs).toHaveLength(2);
    // Parts of a message and the older name of the limit, as other clients have them.
    const parts = [{ role: 'user', content: [{ type: 'text', text: 'the' }] }];
    const same = await json(await chat({ messages: parts, temperature: 0, max_tokens: 10 }));
    expect(same['choices']).toEqual([{ ...choice, logprobs: null }]);

    const options = { stream: true, stream_options: { include_usage: true } };
    const events = (await (await chat({ ...asked, ...options })).text()).trim().split('\n\n');
    expect(events.at(-1)).toBe('data: [DONE]');
    const chunks = events.slice(0, -1).map((event) => JSON.parse(event.slice('data: '.length)) as {
      choices: { delta: { role?: string; content?: string }; finish_reason: string | null }[];
      usage?: object;
    }); // prettier-ignore
    expect(chunks.at(-1)).toMatchObject({ choices: [], usage: whole.usage });
    const deltas = chunks.flatMap(({ choices }) => choices);
    expect(deltas.map(({ delta }) => delta.content ?? '').join('')).toBe(answered);
    expect(deltas.map(({ delta }) => delta.role).filter((role) => role !== undefined)).toEqual(['assistant']);
    expect(deltas.at(-1)).toMatchObject({ delta: {}, finish_reason: choice?.finish_reason });

    // Without a limit it goes on until its turn is over, or to the model's last position.
    const { choices, usage } = (await json(await chat({ messages: TALK, temperature: 0 }))) as typeof whole;
    expect(choices[0]?.finish_reason === 'stop' || usage.completion_tokens > 10).toBe(true);
    expect(JSON.stringify(choices[0]?.message)).not.toContain('<|im_end|>');
  });

  it('reads JSON, whatever the header says of it, and says what else is wrong', async () => {
    const ask = (body: string, headers: Record<string, string>) =>
      fetch(`${served.url}/v1/completions`, { method: 'POST', body: Buffer.from(body), headers });
    const body = JSON.stringify({ ...greedy, prompt: 'a' });
    for (const headers of [{}, { 'content-type': 'application/x-www-form-urlencoded' }])
      expect((await ask(body, headers)).status).toBe(200);
    const wrong = await ask('prompt=a', {});
    expect([wrong.status, (await json(wrong))['error']]).toMatchObject([
      400,
      { type: 'invalid_request_error', message: expect.stringContaining('JSON') as string },
    ]);
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
