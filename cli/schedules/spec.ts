import type { CalendarSpec, ScheduleSpec } from '@temporalio/client';
import { DiagnosticError } from '../../diagnostics/index.js';

/** When a schedule fires, as its options say. */
export interface Times {
  readonly cron: readonly string[];
  readonly interval: readonly string[];
  readonly calendar: readonly string[];
  readonly timezone?: string | undefined;
  readonly jitter?: string | undefined;
  readonly from?: string | undefined;
  readonly until?: string | undefined;
}

/** @throws DiagnosticError `bad-schedule` */
export function scheduleSpec(times: Times): ScheduleSpec {
  const { cron, interval, calendar, timezone, jitter, from, until } = times;
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

/** @throws DiagnosticError `bad-schedule` */
export function moment(text: string, option: string): Date {
  const date = new Date(text);
  if (Number.isNaN(date.getTime()))
    throw bad(`${option} ${text} is not a point in time`, 'write it as 2026-01-31T03:00:00Z');
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

const PARTS = ['second', 'minute', 'hour', 'dayOfMonth', 'month', 'year', 'dayOfWeek'] as const;

/** `dayOfWeek=MONDAY-FRIDAY hour=3 minute=30`; each part a list of `*`, numbers or names, ranges `a-b`, steps `a-b/n`. */
function calendarOf(text: string): CalendarSpec {
  const parts = text
    .trim()
    .split(/\s+/)
    .map((part) => {
      const [name = '', value = ''] = part.split('=');
      if (!(PARTS as readonly string[]).includes(name) || value === '')
        throw bad(
          `--calendar: ${part} is not a part of a time`,
          `use NAME=VALUE with one of: ${PARTS.join(', ')}`,
        );
      return [name, value === '*' ? '*' : value.split(',').map((range) => rangeOf(range, part))] as const;
    });
  return Object.fromEntries(parts) as CalendarSpec;
}

function rangeOf(text: string, part: string): unknown {
  const [, start, end, step] = /^([A-Za-z]+|\d+)(?:-([A-Za-z]+|\d+))?(?:\/(\d+))?$/.exec(text) ?? [];
  if (start === undefined)
    throw bad(`--calendar: ${part} cannot be read`, 'use values such as 3, MONDAY, 1-5, 0-30/10');
  const value = (name: string): number | string => (/^\d+$/.test(name) ? Number(name) : name.toUpperCase());
  if (end === undefined && step === undefined) return value(start);
  return {
    start: value(start),
    end: value(end ?? start),
    ...(step === undefined ? {} : { step: Number(step) }),
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
