import { readFile } from 'node:fs/promises';
import { relative } from 'node:path';
import { parse } from 'yaml';
import { objectPath, type Output, type Stage } from '../../dvc/index.js';
import type { KnownPipeline } from './known-pipeline.js';
import { md5Read } from './makers.js';

/**
 * The metrics of the stages that have read exactly this model, as dvc.lock says: figures of an earlier one say nothing of it.
 * Files that are not at hand are passed over.
 *
 * @param model absolute path
 * @returns dotted key → figure; where several files have metrics, the key begins with `<file>:`
 */
export async function readMetrics(
  known: KnownPipeline,
  model: string,
  md5: string,
): Promise<Record<string, number>> {
  const { stages, project } = known.pipeline;
  const outs = stages
    .filter((stage) => md5Read(known, stage, model) === md5)
    .flatMap((stage) => stage.outs.filter(({ kind }) => kind === 'metric').map((out) => ({ stage, out })));
  const found = await Promise.all(outs.map(({ stage, out }) => readMetricFile(known, stage, out)));
  const metrics: Record<string, number> = {};
  for (const [index, { out }] of outs.entries()) {
    const prefix = outs.length > 1 ? `${relative(project.root, out.file)}:` : '';
    collect(metrics, prefix, found[index]);
  }
  return metrics;
}

/** As the stage wrote it: in the cache, or in git. */
async function readMetricFile(
  { pipeline, entryOf }: KnownPipeline,
  stage: Stage,
  out: Output,
): Promise<unknown> {
  const md5 = entryOf(stage)?.outs?.find(({ path }) => path === out.path)?.md5;
  const places = [...(out.cache && md5 ? [objectPath(pipeline.project.config, md5)] : []), out.file];
  for (const place of places) {
    const text = await readFile(place, 'utf8').catch(() => undefined);
    if (text === undefined) continue;
    try {
      // JSON is YAML.
      return parse(text);
    } catch {
      return undefined;
    }
  }
  return undefined;
}

function collect(metrics: Record<string, number>, name: string, value: unknown): void {
  if (typeof value === 'number' && Number.isFinite(value)) metrics[name] = value;
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  const dot = name === '' || name.endsWith(':') ? '' : '.';
  for (const [key, inner] of Object.entries(value)) collect(metrics, `${name}${dot}${key}`, inner);
}
