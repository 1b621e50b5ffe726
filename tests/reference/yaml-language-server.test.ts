import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { initProject } from '../../cli/init/index.js';
import { YamlLanguageServer, type Position } from '../rig/yaml-language-server.js';

/** DVC's own schema, which an editor fetches: here it says nothing. */
const fetch = (): string => '{}';

describe('an editor, by its YAML language server', () => {
  let root: string;
  let server: YamlLanguageServer;
  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'reprise-editor-'));
    await initProject({ folder: root, commit: false });
    server = await YamlLanguageServer.start(root, fetch);
  });
  afterAll(async () => {
    await server.stop();
    rmSync(root, { recursive: true, force: true });
  });

  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const diagnose = (path: string, text: string) => server.diagnose(join(root, path), text);
  /** Behind the first of these words, on its line. */
  const behind = (text: string, words: string): Position => {
    const before = text.slice(0, text.indexOf(words) + words.length).split('\n');
    return { line: before.length - 1, character: (before.at(-1) as string).length };
  };

  it.each([
    'params.yaml',
    'dvc.yaml',
    'configs/base_config.yaml',
    'configs/data_config.yaml',
    'configs/finetuning/lora_config.yaml',
  ])('finds nothing wrong in %s as it is laid out', async (path) => {
    expect(await diagnose(path, read(path))).toEqual([]);
  });

  it.each([
    ['params.yaml', 'num_epochs: 1', 'num_epochs: many', 'many', /Incorrect type\. Expected "number"/],
    ['params.yaml', 'batch_size: 32', 'batch_sise: 32', 'batch_sise', /Property batch_sise is not allowed/],
    ['dvc.yaml', 'timeout: 6h', 'timeout: six hours', 'six hours', /./],
    ['dvc.yaml', 'heartbeat: 2m', 'heartbeet: 2m', 'heartbeet', /Property heartbeet is not allowed/],
    [
      'configs/finetuning/lora_config.yaml',
      'method: lora',
      'method: lra',
      'lra',
      /Value is not accepted.*"lora"/s,
    ],
  ])('underlines in %s what is wrong: %s → %s', async (path, from, to, underlined, message) => {
    const text = read(path).replace(from, to);
    const found = await diagnose(path, text);
    expect(found).toHaveLength(1);
    const [{ range, message: said } = { range: undefined, message: '' }] = found;
    expect(said).toMatch(message);
    const end = behind(text, to.slice(0, to.indexOf(underlined) + underlined.length));
    expect(range).toEqual({ start: { ...end, character: end.character - underlined.length }, end });
  });

  it('completes the keys of params.yaml, and says what they mean', async () => {
    const text = read('params.yaml').replace('  num_epochs: 1\n', '  num_epochs: 1\n  learning_\n');
    await diagnose('params.yaml', text);
    const keys = await server.complete(join(root, 'params.yaml'), behind(text, '  learning_'));
    expect([...keys.keys()]).toContain('learning_rate');
    expect(keys.get('learning_rate')).toContain('highest learning rate');
    expect([...keys.keys()]).not.toContain('num_epochs');
  });

  it('completes meta.reprise in dvc.yaml', async () => {
    const text = read('dvc.yaml').replace('        heartbeat: 2m\n', '        heartbeat: 2m\n        r\n');
    await diagnose('dvc.yaml', text);
    const keys = await server.complete(
      join(root, 'dvc.yaml'),
      behind(text, '        heartbeat: 2m\n        r'),
    );
    expect([...keys.keys()]).toEqual(expect.arrayContaining(['retries', 'memory', 'priority']));
  });
});
