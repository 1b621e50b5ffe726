import type { StageState } from '../../workflows/index.js';

/** Signs for a stage's status, and the parts of a bar. */
export interface Glyphs {
  readonly status: Readonly<Record<StageState['status'], string>>;
  readonly spinner: readonly string[];
  readonly full: string;
  readonly empty: string;
  /** One column, where text was cut. */
  readonly ellipsis: string;
}

const UNICODE: Glyphs = {
  status: {
    pending: '·',
    paused: '‖',
    waiting: '◷',
    scheduled: '○',
    running: '●',
    ran: '✓',
    restored: '↺',
    skipped: '–',
    failed: '✗',
    blocked: '⊘',
    canceled: '■',
  },
  spinner: ['⠋', '⠙', '⠹', '⠸', '⠼', '⠴', '⠦', '⠧', '⠇', '⠏'],
  full: '━',
  empty: '─',
  ellipsis: '…',
};

const ASCII: Glyphs = {
  status: {
    pending: '.',
    paused: '=',
    waiting: '?',
    scheduled: 'o',
    running: '*',
    ran: '+',
    restored: '<',
    skipped: '-',
    failed: 'x',
    blocked: '/',
    canceled: '#',
  },
  spinner: ['|', '/', '-', '\\'],
  full: '=',
  empty: '-',
  ellipsis: '~',
};

/** ASCII where the locale does not promise more. */
export function chooseGlyphs(env: NodeJS.ProcessEnv, platform: NodeJS.Platform = process.platform): Glyphs {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || '';
  return platform === 'darwin' || /utf-?8/i.test(locale) ? UNICODE : ASCII;
}
