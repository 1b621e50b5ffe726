import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';

/** When a schedule fires, as its options say. */
export interface Times {
  readonly cron?: readonly string[] | undefined;
  readonly interval?: readonly string[] | undefined;
  readonly calendar?: readonly string[] | undefined;
  readonly timezone?: string | undefined;
  readonly jitter?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** @throws DiagnosticError `bad-schedule` */
export function scheduleSpec(times: Times): ScheduleSpec {
  const { cron = [], interval = [], calendar = [], timezone, jitter, from, until } = times;
  if (cron.length + interval.length + calendar.length === 0)
    throw bad('it never fires', 'say when, with --cron, --interval or --calendar');
  return {
    ...(cron.length === 0 ? {} : { cronExpressions: cron.map(cronExpression) }),
    ...(interval.length === 0 ? {} : { intervals: interval.map(intervalOf) }),
    ...(calendar.length === 0 ? {} : { calendars: calendar.map(calendarOf) }),
    ...(timezone === undefined ? {} : { timezone: knownTimezone(timezone) }),
    ...(jitter === undefined ? {} : { jitter: milliseconds(jitter, '--jitter') }),
    ...(from === undefined ? {} : { startAt: moment(from, '--from') }),
    ...(until === undefined ? {} : { endAt: moment(until, '--until') }),
  };
}

const UNITS = { s: 1_000, m: 60_000, h: 3_600_000, d: 86_400_000, w: 604_800_000 } as const;

/** `90s`, `10m`, `6h`, `2d`, `1w` → milliseconds. @throws DiagnosticError `bad-schedule` */
export function milliseconds(text: string, option: string): number {
  const [, amount, unit] = /^(\d+(?:\.\d+)?)([smhdw])$/.exec(text.trim()) ?? [];
  if (amount === undefined)
    throw bad(`${option} ${text} is not a duration`, 'write it as 90s, 10m, 6h, 2d or 1w');
  return Number(amount) * UNITS[unit as keyof typeof UNITS];
}

/** A day, which begins as UTC's does, or a time with its zone: without one it would be that of whichever host this is. */
const MOMENT = /^\d{4}-\d\d-\d\d(T\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[+-]\d\d:\d\d))?$/i;

/** @throws DiagnosticError `bad-schedule` */
export function moment(text: string, option: string): Date {
  const date = new Date(text);
  if (!MOMENT.test(text) || Number.isNaN(date.getTime()))
    throw bad(
      `${option} ${text} is not a point in time`,
      'write it as 2026-01-31T03:00:00Z, or with another zone: 2026-01-31T03:00:00+01:00',
    );
  return date;
}

/** The server takes what Unix's cron takes, and a name such as @daily. */
function cronExpression(text: string): string {
  const fields = text.trim().split(/\s+/).length;
  if (
    /^@(every\s|hourly|daily|midnight|weekly|monthly|yearly|annually)/.test(text) ||
    (fields >= 5 && fields <= 7)
  )
    return text;
  throw bad(
    `--cron "${text}" has ${fields} fields`,
    'give five: minute, hour, day of the month, month, day of the week: --cron "0 3 * * *"',
  );
}

/** `6h`, or with a phase: `1d/3h` is three hours after each midnight UTC. */
function intervalOf(text: string): { every: number; offset?: number } {
  const [every = '', offset] = text.split('/');
  const length = milliseconds(every, '--interval');
  if (length < 1_000) throw bad(`--interval ${text} is shorter than a second`, 'give a longer one');
  return { every: length, ...(offset === undefined ? {} : { offset: milliseconds(offset, '--interval') }) };
}

/** First and last value of each part of a time; years go on. */
const PARTS = {
  second: [0, 59],
  minute: [0, 59],
  hour: [0, 23],
  dayOfMonth: [1, 31],
  month: [1, 12],
  year: undefined,
  dayOfWeek: [0, 6],
} as const;
type Part = keyof typeof PARTS;

/**
 * `dayOfWeek=MONDAY-FRIDAY hour=3 minute=30`; each part a list of `*`, numbers or names, ranges `a-b`, steps `a-b/n`, which `a/n` and
 * `*\/n` have up to the last value, as cron does.
 */
function calendarOf(text: string): CalendarSpec {
  const parts = text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [name = '', value = ''] = part.split('=');
      if (!isPart(name) || value === '')
        throw bad(
          `--calendar: ${part} is not a part of a time`,
          `use NAME=VALUE with one of: ${Object.keys(PARTS).join(', ')}`,
        );
      return [
        name,
        value === '*' ? '*' : value.split(',').map((range) => rangeOf(range, name, part)),
      ] as const;
    });
  const twice = parts.find(([name], index) => parts.findIndex(([other]) => other === name) !== index);
  if (twice) throw bad(`--calendar: ${twice[0]} is given twice`, `write one list: ${twice[0]}=1,3`);
  return Object.fromEntries(parts) as CalendarSpec;
}

function isPart(name: string): name is Part {
  return Object.hasOwn(PARTS, name);
}

function rangeOf(text: string, name: Part, part: string): unknown {
  const [, from, to, by] = /^(\*|[A-Za-z]+|\d+)(?:-([A-Za-z]+|\d+))?(?:\/(\d+))?$/.exec(text) ?? [];
  const limits = PARTS[name];
  const isOpen = by !== undefined && to === undefined;
  if (from === undefined || (from === '*' && !isOpen) || (isOpen && !limits) || Number(by) === 0)
    throw bad(`--calendar: ${part} cannot be read`, 'use values such as 3, MONDAY, 1-5, 0-30/10, */6');
  const value = (word: string): number | string => (/^\d+$/.test(word) ? Number(word) : word.toUpperCase());
  const start = from === '*' ? limits?.[0] : value(from);
  if (to === undefined && by === undefined) return start;
  return {
    start,
    end: to === undefined ? limits?.[1] : value(to),
    ...(by === undefined ? {} : { step: Number(by) }),
  };
}

function knownTimezone(name: string): string {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return name;
  } catch {
    throw bad(`--timezone ${name} is not known`, 'use a name of the tz database, such as Europe/Berlin');
  }
}

export function bad(message: string, fix: string): DiagnosticError {
  return new DiagnosticError('bad-schedule', { message, fix });
}
