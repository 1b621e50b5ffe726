import { execFile } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { dirname, join, relative, sep } from 'node:path';
import { promisify } from 'node:util';
import { parse as parseToml } from 'smol-toml';
import { parse as parseYaml } from 'yaml';
import type { Output, Stage } from '../../dvc/status.js';
import type { MetricsEvent, NoticeEvent } from '../display/index.js';
import type { LocalProject } from './local-project.js';
import { worthNotice } from './worth-notice.js';

const run = promisify(execFile);
/** A metrics file with more figures than this is not read by people. */
const MOST_VALUES = 40;
/** Each asks git once or twice, which is a process. */
const AT_ONCE = 8;

/** The figures of the selected stages' metrics files, each beside its value in git's HEAD, and what is to be told of them. Files that cannot be read are left out. */
export async function readMetrics(project: LocalProject): Promise<(MetricsEvent | NoticeEvent)[]> {
  const metrics = project.selected.flatMap((stage) =>
    stage.outs.filter((out) => out.kind === 'metric').map((out) => ({ stage, out })),
  );
  const events: (MetricsEvent | NoticeEvent)[] = [];
  for (let at = 0; at < metrics.length; at += AT_ONCE) {
    const some = metrics.slice(at, at + AT_ONCE);
    events.push(...(await Promise.all(some.map(({ stage, out }) => readMetric(project, stage, out)))).flat());
  }
  return events;
}

async function readMetric(
  { root, pipeline }: LocalProject,
  stage: Stage,
  out: Output,
): Promise<(MetricsEvent | NoticeEvent)[]> {
  const text = await readFile(out.file, 'utf8').catch(() => undefined);
  const values = text === undefined ? undefined : figures(out.file, text);
  if (text === undefined || !values || values.size === 0) return [];
  const before = await textInHead(root, pipeline.project.config.cacheDir, stage, out);
  const previous =
    (before === undefined ? undefined : figures(out.file, before)) ?? new Map<string, number>();
  const path = relative(root, out.file);
  const event: MetricsEvent = {
    event: 'metrics',
    path,
    values: [...values].slice(0, MOST_VALUES).map(([name, value]) => {
      const old = previous.get(name);
      return { name, value, ...(old === undefined ? {} : { previous: old }) };
    }),
  };
  const notice = worthNotice(path, text);
  return [event, ...(notice ? [notice] : [])];
}

/** Dotted name → number, in the file's order. Undefined when it cannot be parsed. */
function figures(file: string, text: string): Map<string, number> | undefined {
  try {
    const found = new Map<string, number>();
    collect(file.endsWith('.toml') ? parseToml(text) : parseYaml(text), [], found);
    return found;
  } catch {
    return undefined;
  }
}

/** Lists are left out: a confusion matrix is no figure. */
function collect(value: unknown, path: readonly string[], found: Map<string, number>): void {
  if (typeof value === 'number' && path.length > 0) found.set(path.join('.'), value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return;
  for (const [key, inner] of Object.entries(value)) collect(inner, [...path, key], found);
}

/** The file as committed: in git itself, or, when DVC caches it, by its hash in the committed dvc.lock. */
async function textInHead(
  root: string,
  cache: string,
  stage: Stage,
  out: Output,
): Promise<string | undefined> {
  const file = await showHead(root, out.file);
  if (file !== undefined || !out.cache) return file;
  const lock = await showHead(root, join(dirname(stage.dvcfile), 'dvc.lock'));
  if (lock === undefined) return undefined;
  try {
    const { stages } = parseYaml(lock) as {
      stages?: Record<string, { outs?: { path: string; md5?: string }[] }>;
    };
    const md5 = stages?.[stage.name]?.outs?.find((entry) => entry.path === out.path)?.md5;
    if (md5 === undefined || !/^[0-9a-f]{32}$/.test(md5)) return undefined;
    return await readFile(join(cache, 'files', 'md5', md5.slice(0, 2), md5.slice(2)), 'utf8');
  } catch {
    return undefined;
  }
}

async function showHead(root: string, file: string): Promise<string | undefined> {
  const path = relative(root, file).split(sep).join('/');
  try {
    const { stdout } = await run('git', ['-C', root, 'show', `HEAD:./${path}`], { maxBuffer: 1 << 24 });
    return stdout;
  } catch {
    return undefined;
  }
}
