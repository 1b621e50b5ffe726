import { execFileSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { modelCard } from '../../../promotion/card/model-card.js';
import { modelFacts } from '../../../promotion/card/model-facts.js';
import type { Lineage } from '../../../workflows/index.js';

/** A Python with huggingface_hub, from infra/python/bench.txt. */
const python = process.env.REPRISE_TEST_PEFT_PYTHON;

const lineage: Lineage = {
  code: { commit: 'c0ffee', repository: 'https://example.com/x.git', changed: true },
  stage: { name: 'finetune_model', command: 'reprise finetune' },
  data: { 'data/train.jsonl': '0'.repeat(32) },
  params: {
    'configs/base_config.yaml:task': 'text-classification',
    'data_config.ingestion.source': 'hf:owner/rows@0123abc',
    'finetuning.preset': 'lora_config',
    'finetuning.note': 'a | pipe: "and"\na line',
  },
  metrics: { 'base.accuracy': 0.25, 'finetuned.accuracy': 0.75, 'finetuned.macro_f1': 0.5, test_rows: 40 },
};

async function cardOf(
  files: Readonly<Record<string, string>>,
  of: Lineage | undefined,
  settings: object,
): Promise<string> {
  const facts = await modelFacts(
    of,
    (name) => Promise.resolve(files[name]),
    (path) => path === 'model',
  );
  const registered = { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'newer: "better"' };
  return modelCard({
    registry: { name: 'cats', settings },
    version: 3,
    facts,
    registered,
    ...(of ? { lineage: of } : {}),
  });
}

/** The judge is a large installation, which not every run of the tests has. */
(python === undefined ? describe.skip : describe)('a model card', () => {
  it("is what the hub's own library reads", async () => {
    const adapter = JSON.stringify({ base_model_name_or_path: 'owner/base', peft_type: 'LORA' });
    const cards = [
      await cardOf({ 'adapter_config.json': adapter }, lineage, {
        license: 'apache-2.0',
        tags: ['cats'],
        datasets: ['owner/more'],
        description: 'Tells cats.',
      }),
      await cardOf({ 'adapter_config.json': JSON.stringify({ model_name: 'model' }) }, undefined, {}),
      await cardOf({ 'config.json': '{}' }, { ...lineage, metrics: { perplexity: 12.5 } }, {}),
    ];
    const folder = mkdtempSync(join(tmpdir(), 'reprise-cards-'));
    const files = cards.map((_, index) => join(folder, `${index}.md`));
    for (const [index, file] of files.entries()) writeFileSync(file, cards[index] as string);
    const script = 'tests/promotion/card/fixtures/read_card.py';
    const read = JSON.parse(
      execFileSync(python as string, [script, ...files], {
        encoding: 'utf8',
        env: { ...process.env, HF_HUB_OFFLINE: '1' },
      }),
    ) as Readonly<Record<string, unknown>>[];
    const results = (dataset: string, figures: readonly (readonly [string, string, number])[]) =>
      figures.map((figure) => ['text-classification', dataset, dataset, ...figure]);
    expect(read[0]).toMatchObject({
      license: 'apache-2.0',
      base_model: 'owner/base',
      library_name: 'peft',
      pipeline_tag: 'text-classification',
      tags: ['reprise', 'lora', 'cats'],
      datasets: ['owner/rows', 'owner/more'],
      metrics: ['accuracy', 'f1'],
      model_name: 'cats',
      results: results('owner/rows', [
        ['accuracy', 'accuracy', 0.75],
        ['f1', 'macro_f1', 0.5],
      ]),
      text: expect.stringMatching(/^# cats v3\n\nTells cats\.[^]*ada: newer: "better"[^]*`c0ffee` of https:/),
    });
    // A base that is a folder of the project's is none that the hub has.
    expect(read[1]).toMatchObject({
      base_model: null,
      library_name: 'adapter-transformers',
      tags: ['reprise'],
      results: [],
    });
    expect(read[2]).toMatchObject({
      library_name: 'transformers',
      metrics: ['perplexity'],
      results: results('owner/rows', [['perplexity', 'perplexity', 12.5]]),
    });
  });
});
