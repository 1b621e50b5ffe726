import { DiagnosticError } from '../../diagnostics/index.js';
import { label } from '../../runner/project.js';
import type { SlotCounts, WorkersOptions } from '../../workers/index.js';

/** As written on the command line. */
export interface WorkerFlags {
  readonly labels?: string;
  readonly slots?: string;
  readonly hostId?: string;
  readonly buildId?: string;
  readonly deployment?: string;
}

/** @throws DiagnosticError `bad-option` */
export function readWorkerFlags(
  flags: WorkerFlags,
): Pick<WorkersOptions, 'labels' | 'slots' | 'hostId' | 'version'> {
  const { labels, slots, hostId } = flags;
  const version = readVersion(flags);
  return {
    ...(labels === undefined ? {} : { labels: readLabels(labels) }),
    ...(slots === undefined ? {} : { slots: readSlots(slots) }),
    ...(hostId === undefined ? {} : { hostId }),
    ...(version === undefined ? {} : { version }),
  };
}

/** `gpu,a100` */
function readLabels(text: string): string[] {
  const names = text.split(',').map((name) => name.trim());
  for (const name of names) {
    if (!label.safeParse(name).success) {
      throw bad('--labels', name, 'labels of lower-case letters, digits, _ and ., separated by commas');
    }
  }
  return names;
}

/** `4`, `cpu=4`, `cpu=4,gpu=2` */
function readSlots(text: string): SlotCounts {
  const counts = new Map<string, number>();
  for (const part of text.split(',')) {
    const [, kind = 'cpu', count = '0'] = /^\s*(?:(cpu|gpu)=)?(\d{1,5})\s*$/.exec(part) ?? [];
    if (Number(count) === 0 || counts.has(kind)) {
      throw bad('--slots', text, 'a whole number from 1, or such as cpu=4,gpu=2');
    }
    counts.set(kind, Number(count));
  }
  return Object.fromEntries(counts);
}

const DEPLOYMENT = 'reprise';

function readVersion({ buildId, deployment }: WorkerFlags): WorkersOptions['version'] {
  if (buildId === undefined) {
    if (deployment === undefined) return undefined;
    throw new DiagnosticError('bad-option', {
      message: `--deployment ${deployment} says nothing without a build`,
      fix: "name this worker's build with --build-id",
    });
  }
  const name = deployment ?? DEPLOYMENT;
  // The server puts the two together with `.` and `:`.
  if (!/^[A-Za-z0-9][A-Za-z0-9_-]{0,99}$/.test(name)) {
    throw bad('--deployment', name, 'letters, digits, _ and -');
  }
  if (!/^[A-Za-z0-9][A-Za-z0-9_.-]{0,99}$/.test(buildId)) {
    throw bad('--build-id', buildId, 'letters, digits, _, . and -');
  }
  return { deployment: name, buildId };
}

function bad(option: string, found: string, expected: string): DiagnosticError {
  return new DiagnosticError('bad-option', {
    message: `${option} cannot be ${found === '' ? 'empty' : found}`,
    expected,
    fix: 'see `reprise worker --help`',
  });
}
