import { parseBody } from '../../../../finetuning/serving/http/answers.js';
import { plannedTexts, usageOf } from '../../../../finetuning/serving/http/planned-choices.js';
import { completionRequest } from '../../../../finetuning/serving/http/schemas.js';

const parsed = (body: object) => parseBody(completionRequest, { prompt: 'a', ...body });

describe('a request for completions', () => {
  it('is taken as clients send it that say what they leave out, and what changes nothing', () => {
    const nothing = {
      ...{ max_tokens: null, temperature: null, top_p: null, n: null, seed: null, stop: null, stream: null },
      ...{ stream_options: null, echo: null, best_of: null, logprobs: null, suffix: null, user: null },
      ...{ presence_penalty: null, frequency_penalty: null, logit_bias: null },
    };
    const neutral = { presence_penalty: 0, frequency_penalty: 0, logit_bias: {}, suffix: '', best_of: 1 };
    const [alone, ...others] = [{}, nothing, neutral].map((body) => {
      const [choice] = plannedTexts({ ...parsed(body), seed: 1 });
      return choice;
    });
    expect(alone?.request).toEqual({
      ...{ prompt: 'a', stop: [], maxNewTokens: 16, temperature: 1, topK: 0, topP: 1, seed: 1 },
    });
    for (const other of others) expect(other).toEqual(alone);
  });

  it.each([
    [{ prompt: 1 }, 'prompt', 'prompt: expected a text, or a list of 1 to 256 texts'],
    [{ prompt: [[1, 2]] }, 'prompt', 'prompt: expected a text, or a list of 1 to 256 texts'],
    [{ logprobs: 6 }, 'logprobs', /^logprobs: .*5/],
    [{ logprobs: 1, echo: true }, 'logprobs', /leave out `echo`/],
    [{ presence_penalty: 0.5 }, 'presence_penalty', /is not supported by this server.*or give 0/],
    [{ frequency_penalty: -1 }, 'frequency_penalty', /is not supported by this server.*or give 0/],
    [{ logit_bias: { 50256: -100 } }, 'logit_bias', /is not supported by this server/],
    [{ suffix: 'z' }, 'suffix', /is not supported by this server/],
    [{ best_of: 3, n: 2 }, 'best_of', /give what `n` is/],
    [{ stop: ['a', ''] }, 'stop.1', /^stop\.1: /],
    [{ stop: ['a', 'b', 'c', 'd', 'e'] }, 'stop', /^stop: /],
    [{ stream_options: { include_usage: true } }, 'stream_options', /with `stream: true` only/],
    [{ n: 0 }, 'n', /^n: /],
    [{ max_tokens: 0 }, 'max_tokens', /^max_tokens: /],
    [{ temperature: 'hot' }, 'temperature', /^temperature: .*number/],
    [{ prompts: 'a' }, null, /"prompts"/],
  ])('is refused with the name of what is wrong: %j', (body, param, message) => {
    expect(() => parsed(body)).toThrow(
      expect.objectContaining({
        ...{ status: 400, code: 'bad-request', param },
        message: typeof message === 'string' ? message : (expect.stringMatching(message) as unknown),
      }),
    );
  });
});

describe('the texts that it is answered with', () => {
  it('are n for each prompt, of seeds of their own, and count each prompt once', () => {
    const choices = plannedTexts(parsed({ prompt: ['a', 'b'], n: 2, seed: -1, echo: true }));
    expect(
      choices.map(({ begin, request, isFirst }) => [begin, request.prompt, request.seed, isFirst]),
    ).toEqual([
      ['a', 'a', 2 ** 32 - 1, true],
      ['a', 'a', 0, false],
      ['b', 'b', 1, true],
      ['b', 'b', 2, false],
    ]);
    const results = [3, 3, 5, 5].map(
      (promptTokens) => ({ finish: 'stop', promptTokens, newTokens: 10 }) as const,
    );
    expect(usageOf(choices, results)).toEqual({ prompt: 8, generated: 40 });
  });

  it('are no more than a request may ask for', () => {
    expect(() => plannedTexts(parsed({ prompt: ['a', 'b', 'c'], n: 100 }))).toThrow(
      expect.objectContaining({ status: 400, code: 'too-many', param: 'n' }),
    );
  });
});
