import type { ServingServer } from '../../finetuning/serving/index.js';
import { readProduction, type ProductionRecord } from '../../promotion/index.js';
import { FINAL, isCheckedOut, productionSource } from './model-sources.js';

/** What came of a look at production.json. */
export type Turn =
  | { readonly outcome: 'nothing-promoted' }
  /** It is served already. */
  | { readonly outcome: 'same'; readonly version: number }
  /** Its files are not here yet: git brings the record, DVC the files. */
  | { readonly outcome: 'not-here'; readonly record: ProductionRecord }
  | { readonly outcome: 'turned'; readonly version: number };

/**
 * Turns a server to the model in production, one look after another, whoever asks.
 *
 * @param current version that is served; absent: none was promoted yet
 * @returns a look; it throws DiagnosticError of a model that cannot be opened: what was served is served still
 */
export function productionTurner(options: {
  readonly root: string;
  readonly server: Pick<ServingServer, 'replace'>;
  readonly current: number | undefined;
  readonly log: (line: string) => void;
}): () => Promise<Turn> {
  const { root, server, log } = options;
  let current = options.current;
  const look = async (): Promise<Turn> => {
    const record = await readProduction(root, FINAL);
    if (!record) return { outcome: 'nothing-promoted' };
    const { version } = record;
    if (version === current) return { outcome: 'same', version };
    if (!isCheckedOut(root, record)) return { outcome: 'not-here', record };
    await server.replace([await productionSource(root, record, log)]);
    current = version;
    log(`turned to v${version}`);
    return { outcome: 'turned', version };
  };
  let last: Promise<unknown> = Promise.resolve();
  return () => {
    const next = last.then(look);
    last = next.catch(() => undefined);
    return next;
  };
}
