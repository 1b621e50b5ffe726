import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { readPrompts, type OwnColumns, type PromptLine } from '../../../finetuning/data/index.js';

async function read(name: string, content: string, columns?: OwnColumns): Promise<PromptLine[]> {
  const path = join(mkdtempSync(join(tmpdir(), 'prompts-')), name);
  writeFileSync(path, content);
  const found: PromptLine[] = [];
  for await (const line of readPrompts(path, name, columns)) found.push(line);
  return found;
}

describe('what a language model is asked', () => {
  it('is prompts of a table, laid out as those that it learned from, with the table’s own fields beside', async () => {
    const columns = {
      fields: { prompt: 'instruction', context: 'input', completion: 'output' },
      prompt_template: '{prompt}\n\n{context}\n\n->\n',
    };
    expect(await read('a.csv', 'instruction,input\nsay it,\nsay it,again\n', columns)).toEqual([
      { fields: { instruction: 'say it', input: '' }, prompt: { prompt: 'say it\n\n->\n' }, number: 2 },
      {
        fields: { instruction: 'say it', input: 'again' },
        prompt: { prompt: 'say it\n\nagain\n\n->\n' },
        number: 3,
      },
    ]);
    // What is called as the project's rows are is such a row already.
    expect((await read('a.jsonl', '{"prompt": "as it is"}\n', columns))[0]?.prompt).toEqual({
      prompt: 'as it is',
    });
  });

  it('is conversations, in ShareGPT’s form too, and as JSON in a cell', async () => {
    const columns = { fields: { messages: 'conversations' } };
    const prompt = { messages: [{ role: 'user', content: 'hi' }] };
    const turns = [
      { from: 'human', value: 'hi' },
      { from: 'gpt', value: 'hello' },
    ];
    const line = JSON.stringify({ conversations: turns });
    expect((await read('a.jsonl', `${line}\n`, columns))[0]?.prompt).toEqual(prompt);
    const cell = JSON.stringify(prompt.messages).replaceAll('"', '""');
    expect((await read('a.csv', `messages\n"${cell}"\n`))[0]?.prompt).toEqual(prompt);
  });

  it('is not a table without a prompt', async () => {
    await expect(read('a.csv', 'question\nwhy\n')).rejects.toMatchObject({
      ...{ code: 'no-column', found: 'columns question' },
      expected: 'a column called text, prompt, messages, image',
    });
  });
});
