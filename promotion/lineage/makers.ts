import type { Stage } from '../../dvc/index.js';
import type { KnownPipeline } from './known-pipeline.js';

/** The stage whose out a file or folder is, or lies in. @param file absolute */
export function makerOf(stages: readonly Stage[], file: string): Stage | undefined {
  return stages.find((stage) =>
    stage.outs.some((out) => file === out.file || file.startsWith(`${out.file}/`)),
  );
}

/** What a stage has read at a place, as dvc.lock says. @returns undefined where it reads nothing there */
export function md5Read({ entryOf }: KnownPipeline, stage: Stage, file: string): string | undefined {
  const dep = stage.deps.find((one) => one.file === file);
  return dep && entryOf(stage)?.deps?.find(({ path }) => path === dep.path)?.md5;
}

/**
 * Whether a file may hold what a model said: the stage that makes it has read no other model at this place.
 *
 * @param answers absolute path
 * @param model absolute path, and its content
 */
export function mayBeOf(
  known: KnownPipeline,
  answers: string,
  model: { readonly file: string; readonly md5: string },
): boolean {
  const maker = makerOf(known.pipeline.stages, answers);
  const read = maker && md5Read(known, maker, model.file);
  return read === undefined || read === model.md5;
}
