import type { Pipeline, Stage } from '../../dvc/index.js';
import type { ContentReference, Lineage } from '../../workflows/index.js';
import { insideProject } from '../versions/paths.js';
import { flattenParams } from './flatten-params.js';
import type { KnownPipeline } from './known-pipeline.js';
import { makerOf } from './makers.js';
import { readMetrics } from './read-metrics.js';

/**
 * What a model was made from: of the stage whose out it is, as dvc.lock has that stage, and of those before it. A model that
 * was trained again since dvc.lock was written, or that no stage makes, has no stage, data and params.
 *
 * @throws DiagnosticError `path-outside`
 */
export async function gatherLineage(
  known: KnownPipeline,
  model: ContentReference,
  code: Lineage['code'],
): Promise<Lineage> {
  const { pipeline, entryOf, files } = known;
  const file = await insideProject(pipeline.project.root, model.path);
  const maker = (await files.md5Of(file)) === model.md5 ? makerOf(pipeline.stages, file) : undefined;
  const stages = maker ? withUpstream(pipeline, maker) : [];
  const command = maker ? entryOf(maker)?.cmd : undefined;
  return {
    ...(code ? { code } : {}),
    ...(maker && command !== undefined
      ? { stage: { name: maker.address, command: [command].flat().join('\n') } }
      : {}),
    data: Object.fromEntries(stages.flatMap((stage) => dataOf(known, stage))),
    params: Object.fromEntries(
      stages.flatMap((stage) => Object.entries(flattenParams(entryOf(stage)?.params ?? {}))),
    ),
    metrics: await readMetrics(known, file, model.md5),
  };
}

/** The stage, and all whose outs come into it; those first. */
function withUpstream({ stages, upstream }: Pipeline, last: Stage): Stage[] {
  const wanted = new Set<string>();
  const add = (address: string): void => {
    if (wanted.has(address)) return;
    wanted.add(address);
    upstream.get(address)?.forEach(add);
  };
  add(last.address);
  return stages.filter(({ address }) => wanted.has(address));
}

/** Paths relative to the project. What a `.dvc` file tracks is data, too. */
function dataOf({ pipeline, entryOf }: KnownPipeline, stage: Stage): [string, string][] {
  const { root } = pipeline.project;
  const entry = entryOf(stage);
  const outs = stage.cmd === undefined ? stage.outs : [];
  const locked = [...(entry?.deps ?? []), ...(stage.cmd === undefined ? (entry?.outs ?? []) : [])];
  return [...stage.deps, ...outs].flatMap(({ path, file }): [string, string][] => {
    const md5 = locked.find((one) => one.path === path)?.md5;
    return md5 === undefined ? [] : [[shown(root, file), md5]];
  });
}

const shown = (root: string, file: string): string =>
  file.startsWith(`${root}/`) ? file.slice(root.length + 1) : file;
