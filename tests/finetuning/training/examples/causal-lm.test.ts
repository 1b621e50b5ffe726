import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readNetwork } from '../../../../finetuning/models/read-network.js';
import { TextTokenizer } from '../../../../finetuning/text/text-tokenizer.js';
import { causalLanguageModel } from '../../../../finetuning/training/examples/causal-lm.js';
import type { Examples } from '../../../../finetuning/training/examples/examples.js';

const FIXTURE = 'tests/finetuning/fixtures/gpt2-tiny';
const END = 0;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-causal-lm-'));
  for (const part of ['model', 'tokenizer'])
    cpSync(join(FIXTURE, part), join(folder, 'model'), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

interface Settings {
  readonly packing?: boolean;
  readonly train_on_prompt?: boolean;
  readonly maxLength?: number;
}

async function examplesOf(rows: readonly unknown[], settings: Settings = {}): Promise<Examples> {
  const file = join(folder, 'rows.jsonl');
  writeFileSync(file, rows.map((row) => `${JSON.stringify(row)}\n`).join(''));
  const { packing = false, train_on_prompt = false, maxLength = 64 } = settings;
  const dataset = await causalLanguageModel(file, file, { packing, train_on_prompt });
  const modelDir = join(folder, 'model');
  return dataset.encode(readNetwork(modelDir, []), modelDir, maxLength).train;
}

/** What is to be said at each place, `undefined` where nothing counts. */
async function learned(examples: Examples, rows = examples.count): Promise<(number | undefined)[]> {
  const { labels, counted } = await examples.batch(
    Int32Array.from({ length: examples.count }, (_, index) => index),
    rows,
  );
  return Array.from(labels, (label, at) => (counted[at] === 1 ? label : undefined));
}

describe('rows for a language model', () => {
  const tokenizer = new TextTokenizer(join(FIXTURE, 'tokenizer'));
  const ids = (text: string): number[] => tokenizer.tokenize(text);

  it('of a text teach each token after the one before, and the end', async () => {
    const text = 'the capital of finance';
    const examples = await examplesOf([{ text }]);
    const expected = [...ids(text), END];
    expect(examples.labelsIn(0)).toBe(expected.length - 1);
    const { inputs, width } = await examples.batch(Int32Array.of(0), 2);
    expect(width).toBe(16);
    const row = [...(inputs.input_ids as Int32Array)].slice(0, width);
    expect(row).toEqual([...expected, ...new Array<number>(width - expected.length).fill(END)]);
    const mask = [...(inputs.attention_mask as Float32Array)];
    expect(mask.filter((one) => one === 1)).toHaveLength(expected.length);
    expect((await learned(examples, 2)).filter((label) => label !== undefined)).toEqual(expected.slice(1));
  });

  it('of a prompt teach the completion alone, or both', async () => {
    const row = { prompt: 'the capital of', completion: ' finance' };
    const completion = [...ids(' finance'), END];
    const alone = await examplesOf([row]);
    const places = await learned(alone);
    const first = places.findIndex((label) => label !== undefined);
    // The prompt's last token is where the completion's first is to be said.
    expect(first).toBe(ids(row.prompt).length - 1);
    expect(places.slice(first, first + completion.length)).toEqual(completion);
    expect(alone.labelsIn(0)).toBe(completion.length);
    const both = await examplesOf([row], { train_on_prompt: true });
    expect(both.labelsIn(0)).toBe(ids(row.prompt).length - 1 + completion.length);
  });

  it('of a conversation teach what the assistant says', async () => {
    const messages = [
      { role: 'system', content: 'be kind' },
      { role: 'user', content: 'the capital?' },
      { role: 'assistant', content: 'finance' },
      { role: 'user', content: 'a mammal?' },
      { role: 'assistant', content: 'cafe' },
    ];
    const examples = await examplesOf([{ messages }], { maxLength: 512 });
    const said = (await learned(examples)).filter((label) => label !== undefined);
    expect(tokenizer.decode(said, true)).toBe('finance<|im_end|>\ncafe<|im_end|><|endoftext|>');
    const { inputs } = await examples.batch(Int32Array.of(0), 1);
    const whole = [...(inputs.input_ids as Int32Array)].slice(0, examples.length(0));
    expect(tokenizer.decode(whole, true)).toBe(
      '<|im_start|>system\nbe kind<|im_end|>\n<|im_start|>user\nthe capital?<|im_end|>\n' +
        '<|im_start|>assistant\nfinance<|im_end|>\n<|im_start|>user\na mammal?<|im_end|>\n' +
        '<|im_start|>assistant\ncafe<|im_end|><|endoftext|>',
    );
  });

  it('that end a text themselves are not ended twice', async () => {
    const examples = await examplesOf([{ text: 'finance<|endoftext|>' }]);
    expect(examples.length(0)).toBe(ids('finance').length + 1);
  });

  it('that are too long lose their end', async () => {
    const text = 'the capital of finance is a domesticated mammal';
    const examples = await examplesOf([{ text }], { maxLength: 6 });
    expect(await learned(examples)).toEqual([...ids(text).slice(1, 6), undefined]);
  });

  it('whose prompt leaves nothing to learn are named', async () => {
    const rows = [{ text: 'kind' }, { prompt: 'the capital of finance is a mammal', completion: ' cafe' }];
    await expect(examplesOf(rows, { maxLength: 5 })).rejects.toMatchObject({
      code: 'row-too-long',
      at: { line: 2 },
    });
  });

  it('packed have every token and label that they have alone, in fewer rows', async () => {
    const texts = Array.from({ length: 20 }, (_, n) =>
      'the capital of a cafe '.repeat(1 + ((n * 7) % 4)).trim(),
    );
    const rows = texts.map((text) => ({ text }));
    const [alone, packed] = [await examplesOf(rows), await examplesOf(rows, { packing: true })];
    expect(packed.count).toBeLessThan(alone.count / 2);
    const total = (examples: Examples, of: (index: number) => number): number =>
      Array.from({ length: examples.count }, (_, index) => of(index)).reduce((a, b) => a + b, 0);
    expect(total(packed, packed.labelsIn)).toBe(total(alone, alone.labelsIn));
    const sources = Array.from({ length: packed.count }, (_, index) => [
      ...(packed.sourcesOf?.(index) ?? []),
    ]);
    expect(sources.flat().sort((a, b) => a - b)).toEqual(texts.map((_, index) => index));
    expect(packed.widthOf([0])).toBe(64);
    const { inputs, labels, counted } = await packed.batch(Int32Array.of(0), 1);
    const [input, place] = [inputs.input_ids as Int32Array, inputs.position_ids as Int32Array];
    let start = 0;
    for (const source of sources[0] as number[]) {
      const expected = [...ids(texts[source] as string), END];
      const end = start + expected.length;
      expect([...input.slice(start, end)]).toEqual(expected);
      expect([...place.slice(start, end)]).toEqual(expected.map((_, at) => at));
      expect([...labels.slice(start, end)]).toEqual([...expected.slice(1), 0]);
      expect([...counted.slice(start, end)]).toEqual(
        expected.map((_, at) => (at < expected.length - 1 ? 1 : 0)),
      );
      start = end;
    }
  });

  it.each([
    ['nothing known', { label: 'x' }],
    ['two forms', { text: 'a', prompt: 'b', completion: 'c' }],
    ['an empty text', { text: '' }],
    ['no completion', { prompt: 'b' }],
    ['an unknown role', { messages: [{ role: 'robot', content: 'x' }] }],
    ['content that is no text', { messages: [{ role: 'assistant', content: [] }] }],
    ['no assistant', { messages: [{ role: 'user', content: 'x' }] }],
    ['no object', 3],
  ])('with %s are refused, with their line', async (_what, row) => {
    await expect(examplesOf([{ text: 'good' }, row])).rejects.toMatchObject({
      code: 'bad-row',
      at: { line: 2 },
    });
  });
});

describe('a chat template', () => {
  const row = { messages: [{ role: 'assistant', content: 'kind' }] };
  const write = (chat_template: unknown): void =>
    writeFileSync(join(folder, 'model/tokenizer_config.json'), JSON.stringify({ chat_template }));

  it('that is ChatML is carried out', async () => {
    write(
      "{% for message in messages %}\n{{'<|im_start|>' + message['role'] + '\\n' + message['content'] + '<|im_end|>' + '\\n'}}" +
        "{% endfor %}\n{%- if add_generation_prompt -%}{{ '<|im_start|>assistant\\n' }}{% endif %}",
    );
    expect((await examplesOf([row])).count).toBe(1);
  });

  it('of the tokenizer is carried out, and ends conversations as it does', async () => {
    const template = "{% for m in messages %}[{{ m['role'] }}] {{ m['content'] }};{% endfor %}";
    write([
      { name: 'tools', template: 'x' },
      { name: 'default', template: `${template}{% if add_generation_prompt %}[assistant]{% endif %}` },
    ]);
    const tokenizer = new TextTokenizer(join(folder, 'model'));
    const messages = [
      { role: 'user', content: 'the capital?' },
      { role: 'assistant', content: 'finance' },
    ];
    const examples = await examplesOf([{ messages }]);
    const said = (await learned(examples)).filter((label) => label !== undefined);
    expect(tokenizer.decode(said, true)).toBe(' finance;');
    // The file comes before the setting.
    writeFileSync(
      join(folder, 'model/chat_template.jinja'),
      `${template.replace(';', '!')}{% if add_generation_prompt %}[assistant]{% endif %}`,
    );
    const others = (await learned(await examplesOf([{ messages }]))).filter((label) => label !== undefined);
    expect(tokenizer.decode(others, true)).toBe(' finance!');
  });

  it.each([
    ['that cannot be read', '{% for message in %}', 'cannot be read', 'tokenizer_config.json'],
    [
      'that is none of several',
      [{ name: 'tools', template: 'x' }],
      'none of the chat',
      'tokenizer_config.json',
    ],
    ['that refuses a conversation', "{{ raise_exception('no such role') }}", 'no such role', 'rows.jsonl'],
    [
      'that is otherwise when it goes on',
      '{{ messages | length }}{% for m in messages %}{{ m.content }}{% endfor %}',
      'cannot be told apart',
      'rows.jsonl',
    ],
  ])('%s is refused, where there are conversations', async (_what, template, message, file) => {
    write(template);
    const talk = { messages: [{ role: 'user', content: 'a' }, ...row.messages] };
    await expect(examplesOf([talk])).rejects.toMatchObject({
      code: 'bad-chat-template',
      message: expect.stringContaining(message),
      at: { file: expect.stringContaining(file) },
    });
    expect((await examplesOf([{ text: 'kind' }])).count).toBe(1);
  });
});
