import { loadPipeline, openProject, type Pipeline } from '../dvc/index.js';

/** A change to dvc.yaml while a run goes on is seen after so long. */
const FRESH_MS = 2_000;

const recent = new Map<string, { readonly at: number; readonly pipeline: Promise<Pipeline> }>();

/**
 * The pipeline as it is now, or was a moment ago for another stage of the same run: that of a thousand stages takes a third of a
 * second to read. A new run reads anew.
 *
 * @throws DiagnosticError of `loadPipeline`
 */
export function recentPipeline(folder: string, run: string | undefined): Promise<Pipeline> {
  const now = Date.now();
  for (const [key, { at }] of recent) if (now - at > FRESH_MS) recent.delete(key);
  const key = `${run ?? ''}\0${folder}`;
  const known = run === undefined ? undefined : recent.get(key);
  if (known) return known.pipeline;
  const pipeline = openProject(folder).then(loadPipeline);
  recent.set(key, { at: now, pipeline });
  // What was wrong may have been mended when the next one looks.
  pipeline.catch(() => recent.delete(key));
  return pipeline;
}
