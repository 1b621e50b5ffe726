import { resolve } from 'node:path';
import type { ServedWorkflow } from './served-activities.js';

export interface ReprisePluginOptions {
  /** Folder that is served: the projects of runs lie inside it. Default: the current one. */
  readonly root?: string;
  /** Git repositories whose runs it takes: URLs, beginnings of URLs that end in `/`, or `*`. Default: none. */
  readonly repositories?: readonly string[];
  /** Labels of stages that this worker runs itself. Others go to the queues of `reprise worker`. */
  readonly labels?: readonly string[];
  /** Stages without a GPU that run at once. Default: one a core. */
  readonly slots?: number;
  /** In place of the one kept in the served folder's `.reprise/host.json`. */
  readonly hostId?: string;
  /** Which of `reprise/workflows` it serves; `reproduce` always. Default: all. */
  readonly workflows?: readonly ServedWorkflow[];
}

export const rootOf = (settings: ReprisePluginOptions): string => resolve(settings.root ?? '.');
