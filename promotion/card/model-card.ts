import { stringify } from 'yaml';
import { cardBody, type CardOptions } from './card-body.js';
import { cardFigures, type CardFigure } from './figures.js';
import type { ModelFacts } from './model-facts.js';

/**
 * A README.md as the Hugging Face hub reads it: metadata in YAML, then Markdown. It follows from its options alone, so that a
 * registration that is made again ends in the same bytes.
 */
export function modelCard(options: CardOptions): string {
  return `---\n${stringify(metadata(options), { lineWidth: 0 })}---\n\n${cardBody(options)}`;
}

/** https://huggingface.co/docs/hub/model-cards#model-card-metadata */
function metadata({ registry: { name, settings }, facts, lineage }: CardOptions): object {
  const figures = cardFigures(lineage?.metrics ?? {});
  const datasets = [
    ...new Set([...(facts.dataset === undefined ? [] : [facts.dataset]), ...(settings.datasets ?? [])]),
  ];
  const tags = [
    ...new Set(['reprise', ...(facts.method === undefined ? [] : [facts.method]), ...(settings.tags ?? [])]),
  ];
  const metrics = [...new Set(figures.map(({ type }) => type))];
  return {
    ...(settings.license === undefined ? {} : { license: settings.license }),
    ...(settings.language === undefined ? {} : { language: settings.language }),
    ...(facts.base !== undefined && facts.onHub ? { base_model: facts.base } : {}),
    ...(facts.library === undefined ? {} : { library_name: facts.library }),
    ...(facts.task === undefined ? {} : { pipeline_tag: facts.task }),
    tags,
    ...(datasets.length === 0 ? {} : { datasets }),
    ...(metrics.length === 0 ? {} : { metrics }),
    ...(figures.length === 0
      ? {}
      : { 'model-index': [{ name, results: [result(facts, datasets, figures)] }] }),
  };
}

/** The hub wants a task and a data set of each result. */
function result({ task }: ModelFacts, datasets: readonly string[], figures: readonly CardFigure[]): object {
  const dataset = datasets[0];
  return {
    task: { type: task ?? 'other' },
    dataset: { type: dataset ?? 'private', name: dataset ?? 'test rows' },
    metrics: figures.map(({ type, name, value }) => ({ type, value, name })),
  };
}
