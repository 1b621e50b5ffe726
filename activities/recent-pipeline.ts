import { loadPipeline, openProject, type Pipeline } from '../dvc/index.js';

/** A change to dvc.yaml while a run goes on is seen after so long, or so many times as long as it takes to read. */
const FRESH_MS = 2_000;
const FRESH_TIMES = 20;

interface Recent {
  until: number;
  readonly pipeline: Promise<Pipeline>;
}

const recent = new Map<string, Recent>();

/**
 * The pipeline as it is now, or was a moment ago for another stage of the same run: that of ten thousand stages takes seconds to
 * read. A new run reads anew.
 *
 * @throws DiagnosticError of `loadPipeline`
 */
export function recentPipeline(folder: string, run: string | undefined): Promise<Pipeline> {
  const now = Date.now();
  for (const [key, { until }] of recent) if (now > until) recent.delete(key);
  const key = `${run ?? ''}\0${folder}`;
  const known = run === undefined ? undefined : recent.get(key);
  if (known) return known.pipeline;
  const pipeline = openProject(folder).then(loadPipeline);
  const read: Recent = { until: Infinity, pipeline };
  recent.set(key, read);
  pipeline.then(
    () => (read.until = now + Math.max(FRESH_MS, FRESH_TIMES * (Date.now() - now))),
    // What was wrong may have been mended when the next one looks.
    () => recent.delete(key),
  );
  return pipeline;
}
