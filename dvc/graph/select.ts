import { existsSync, realpathSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { DiagnosticError } from '../../diagnostics/index.js';
import type { Pipeline, Selection, Stage } from '../types.js';
import type { Edges } from './build-graph.js';
import { refuseExternal } from './external-path.js';
import { downstreamOf, executionOrder, reachable } from './execution-order.js';
import { stagesOf } from './targets.js';

/**
 * The stages that `dvc repro` would look at for this selection, in the order in which it would run them. (Where DVC's own order
 * changes from run to run, as for a small part of a large project, it is that of the whole.)
 *
 * @throws DiagnosticError `stage-unknown`, `no-dvc-yaml`, `external-path`
 */
export function select(pipeline: Pipeline, selection: Selection): readonly Stage[] {
  const selected = selectAny(pipeline, selection);
  refuseExternal(selected);
  return selected;
}

/** As {@link select}, also of stages that cannot be run here: their outs may have to cross to a remote. */
export function selectAny(pipeline: Pipeline, selection: Selection): readonly Stage[] {
  const { stages, upstream } = pipeline;
  const byAddress = new Map(stages.map((stage) => [stage.address, stage]));
  const inOrder = (addresses: Iterable<string>) =>
    [...addresses].map((address) => byAddress.get(address)).filter((stage) => stage !== undefined);
  const all = stages.map(({ address }) => address);
  if (selection.allPipelines) return inOrder(executionOrder(all, upstream));

  const chosen = [...new Set(targetsOf(pipeline, selection))];
  if (chosen.length === 0) return inOrder(executionOrder(all, upstream));
  if (selection.singleItem && !selection.pipeline) return inOrder(chosen);
  const next = nextOf(upstream, selection);
  const wanted = new Set<string>();
  // With `pipeline`, DVC goes through one connected part after the other.
  for (const start of selection.pipeline ? chosen.map((address) => [address]) : [chosen]) {
    if (start.every((address) => wanted.has(address))) continue;
    const reached = reachable(start, next);
    for (const address of all) if (reached.has(address)) wanted.add(address);
  }
  return inOrder(executionOrder([...wanted], upstream));
}

/** Which way to go from a chosen stage: to those it needs, to those that need it, or both. */
function nextOf(
  upstream: Edges,
  { pipeline, downstream }: Selection,
): (address: string) => readonly string[] {
  const reversed = downstreamOf(upstream);
  const up = (address: string) => upstream.get(address) ?? [];
  const down = (address: string) => reversed.get(address) ?? [];
  if (pipeline) return (address) => [...up(address), ...down(address)];
  return downstream ? down : up;
}

function targetsOf(
  pipeline: Pipeline,
  { targets, recursive, glob, ...selection }: Selection,
): readonly string[] {
  const { root } = pipeline.project;
  const cwd = realpathSync(resolve(root, selection.cwd ?? '.'));
  const options = { cwd, ...(recursive && { recursive }), ...(glob && { glob }) };
  if (targets.length > 0)
    return targets.flatMap((target) => stagesOf(pipeline, target, options)).map(({ address }) => address);
  const file = join(cwd, 'dvc.yaml');
  if (existsSync(file))
    return pipeline.stages.filter(({ dvcfile }) => dvcfile === file).map(({ address }) => address);
  if (pipeline.stages.some(({ cmd }) => cmd !== undefined)) return [];
  throw new DiagnosticError('no-dvc-yaml', {
    message: `${root} has no dvc.yaml, nor has a folder in it`,
    fix: 'write one, or lay out a project with one: reprise init',
  });
}
