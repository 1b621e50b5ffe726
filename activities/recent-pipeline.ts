import { loadPipeline, openProject, type Pipeline } from '../dvc/index.js';

/** A change to dvc.yaml while a run goes on is seen after so long, or so many times as long as it takes to read. */
const FRESH_MS = 2_000;
const FRESH_TIMES = 20;

const recent = new Map<string, Promise<Pipeline>>();

/**
 * The pipeline as it is now, or was a moment ago for another stage of the same run: that of ten thousand stages takes seconds to
 * read. A new run reads anew. Afterwards it is let go: it takes tens of megabytes.
 *
 * @throws DiagnosticError of `loadPipeline`
 */
export function recentPipeline(folder: string, run: string | undefined): Promise<Pipeline> {
  const key = `${run ?? ''}\0${folder}`;
  const known = run === undefined ? undefined : recent.get(key);
  if (known) return known;
  const began = Date.now();
  const pipeline = openProject(folder).then(loadPipeline);
  if (run === undefined) return pipeline;
  recent.set(key, pipeline);
  const forget = (): void => void recent.delete(key);
  pipeline.then(
    () => {
      const took = Date.now() - began;
      setTimeout(forget, Math.max(FRESH_MS, FRESH_TIMES * took) - took).unref();
    },
    // What was wrong may have been mended when the next one looks.
    forget,
  );
  return pipeline;
}
