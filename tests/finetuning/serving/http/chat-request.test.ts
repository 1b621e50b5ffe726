import { parseBody } from '../../../../finetuning/serving/http/answers.js';
import { chatDialect } from '../../../../finetuning/serving/http/chat-dialect.js';
import { chatRequest } from '../../../../finetuning/serving/http/chat-schemas.js';
import { plannedTurns } from '../../../../finetuning/serving/http/planned-choices.js';
import type { ServedModel } from '../../../../finetuning/serving/types.js';

const MESSAGES = [{ role: 'user', content: 'a' }];
const parsed = (body: object) => parseBody(chatRequest, { messages: MESSAGES, ...body });

describe('a conversation to be answered', () => {
  it('is taken as clients send it: with what they got back, and what changes nothing', () => {
    const got = { role: 'assistant', content: 'b', refusal: null, tool_calls: null, annotations: [] };
    const messages = [
      {
        role: 'developer',
        content: [
          { type: 'text', text: 'be ' },
          { type: 'text', text: 'kind' },
        ],
      },
      { ...MESSAGES[0], name: 'ada' },
      got,
      { role: 'user', content: 'c' },
    ];
    const neutral = {
      ...{ tools: [], tool_choice: 'none', response_format: { type: 'text' }, store: false, user: 'ada' },
      ...{ max_tokens: null, n: 2, seed: 7, logprobs: true },
    };
    expect(plannedTurns(parsed({ messages, ...neutral }))).toEqual(
      [7, 8].map((seed, at) => ({
        begin: '',
        isFirst: at === 0,
        request: {
          prompt: [
            { role: 'system', content: 'be kind' },
            { role: 'user', content: 'a' },
            { role: 'assistant', content: 'b' },
            { role: 'user', content: 'c' },
          ],
          // A turn ends itself.
          ...{ maxNewTokens: Infinity, logProbabilities: 0 },
          ...{ stop: [], temperature: 1, topK: 0, topP: 1, seed },
        },
      })),
    );
    expect(plannedTurns(parsed({ max_tokens: 5 }))[0]?.request.maxNewTokens).toBe(5);
  });

  it.each([
    [{ messages: [] }, 'messages'],
    [{ messages: 'a' }, 'messages'],
    [{ messages: [{ role: 'tool', content: 'a' }] }, 'messages.0.role'],
    [{ messages: [{ role: 'user', content: [{ type: 'image_url', image_url: {} }] }] }, 'messages.0.content'],
    [{ messages: [{ ...MESSAGES[0], tool_calls: [{}] }] }, 'messages.0.tool_calls'],
    [{ tools: [{ type: 'function' }] }, 'tools'],
    [{ response_format: { type: 'json_object' } }, 'response_format'],
    [{ top_logprobs: 2 }, 'top_logprobs'],
    [{ logprobs: true, top_logprobs: 21 }, 'top_logprobs'],
    [{ max_tokens: 5, max_completion_tokens: 6 }, 'max_tokens'],
    [{ stream_options: { include_usage: true } }, 'stream_options'],
    [{ prompt: 'a' }, null],
  ])('is refused with the name of what is wrong: %j', (body, param) => {
    expect(() => parsed(body)).toThrow(expect.objectContaining({ status: 400, code: 'bad-request', param }));
  });

  it('has the tokens of its answer told with their bytes', () => {
    const model: ServedModel = {
      ...{ name: 'm', version: 'v1', task: 'causal-lm', problem: 'single_label_classification' },
      ...{ labels: [], maxWidth: 64 },
    };
    const one = (token: string) => ({ token, logProbability: -0.12345678 });
    const tokens = [{ ...one('bytes:\\xf0\\x9f'), offset: 0, best: [one('é')] }];
    const choices = [{ index: 0, text: 'x', finish: 'stop' as const, tokens, isFirst: true }];
    const head = { id: 'chatcmpl-1', created: 1, model };
    expect(chatDialect.whole(head, choices, { prompt: 2, generated: 1 })).toMatchObject({
      choices: [
        {
          logprobs: {
            content: [
              {
                ...{ token: 'bytes:\\xf0\\x9f', logprob: -0.123457, bytes: [0xf0, 0x9f] },
                top_logprobs: [{ token: 'é', logprob: -0.123457, bytes: [0xc3, 0xa9] }],
              },
            ],
          },
        },
      ],
      usage: { prompt_tokens: 2, completion_tokens: 1, total_tokens: 3 },
    });
  });
});
