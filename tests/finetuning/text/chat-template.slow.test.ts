import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jest } from '@jest/globals';
import { ChatTemplate } from '../../../finetuning/text/chat-template.js';
import { documentParts } from '../../../finetuning/text/document-parts.js';
import { TextTokenizer } from '../../../finetuning/text/text-tokenizer.js';

jest.setTimeout(300_000);

/** A Python with transformers, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;
const FIXTURES = 'tests/finetuning/fixtures';

const user = (content: string) => ({ role: 'user', content }) as const;
const assistant = (content: string) => ({ role: 'assistant', content }) as const;
const CONVERSATIONS = [
  [user('the capital?'), assistant('finance')],
  [
    { role: 'system', content: ' be kind ' } as const,
    user('the capital?\n'),
    assistant('\n a cafe\n'),
    user(' 日本'),
    assistant("it's 'kind' 👩‍👩‍👧"),
  ],
  [user('a mammal?'), assistant('of\n\n\nspaces  '), user('and?'), assistant('')],
  // Two in a row of the same role, which some templates refuse.
  [user('a'), user('b'), assistant('c')],
];

type Answer =
  | { readonly error: string }
  | {
      readonly error?: undefined;
      readonly text: string;
      readonly ids: readonly number[];
      readonly mask: readonly number[];
      readonly prompt: string;
      readonly prompt_ids: readonly number[];
    };

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('a chat template', () => {
  it('gives the texts, the ids and the assistant’s words that transformers gives', () => {
    const folder = mkdtempSync(join(tmpdir(), 'reprise-chat-'));
    const file = join(folder, 'conversations.json');
    writeFileSync(file, JSON.stringify(CONVERSATIONS));
    const script = 'tests/finetuning/text/chat_templates.py';
    const args = [`${FIXTURES}/gpt2-tiny/tokenizer`, `${FIXTURES}/chat-templates`, file, folder];
    const { status, stdout, stderr } = spawnSync(python as string, [script, ...args], { encoding: 'utf8' });
    expect({ status, stderr: status === 0 ? '' : stderr }).toEqual({ status: 0, stderr: '' });
    const answers = Object.entries(JSON.parse(stdout) as Record<string, Answer[]>);
    expect(answers.length).toBe(6);
    let refused = 0;
    for (const [name, all] of answers) {
      const tokenizer = new TextTokenizer(join(folder, name));
      const template = new ChatTemplate(tokenizer, join(folder, name));
      all.forEach((theirs, index) => {
        const messages = CONVERSATIONS[index] as (typeof CONVERSATIONS)[number];
        if (theirs.error !== undefined) {
          refused++;
          expect(() => template.conversation(messages)).toThrow(theirs.error);
          return;
        }
        const asked = messages.slice(0, -1);
        const parts = documentParts({ messages }, tokenizer, template, tokenizer.endId as number, false);
        const ids = parts.flatMap((part) => part.ids);
        expect({
          name,
          index,
          text: template.conversation(messages).text,
          ids,
          mask: parts.flatMap((part) => part.ids.map(() => (part.learned ? 1 : 0))),
          prompt: template.prompt(asked),
          prompt_ids: tokenizer.tokenize(template.prompt(asked)),
        }).toEqual({ name, index, ...theirs });
      });
    }
    expect(refused).toBe(3);
    rmSync(folder, { recursive: true });
  });
});
