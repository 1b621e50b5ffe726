import { scheduleSpec, type Times } from '../../../cli/schedules/spec.js';

const times = (given: Partial<Times>): Times => ({ cron: [], interval: [], calendar: [], ...given });

describe('the times of a schedule', () => {
  it('are what the options say', () => {
    expect(
      scheduleSpec(
        times({
          cron: ['0 3 * * MON'],
          interval: ['6h', '1d/3h'],
          calendar: ['dayOfWeek=MONDAY-FRIDAY hour=3,15 minute=0-30/10 month=*'],
          timezone: 'Europe/Berlin',
          jitter: '90s',
          from: '2026-01-31T03:00:00Z',
        }),
      ),
    ).toEqual({
      cronExpressions: ['0 3 * * MON'],
      intervals: [{ every: 21_600_000 }, { every: 86_400_000, offset: 10_800_000 }],
      calendars: [
        {
          dayOfWeek: [{ start: 'MONDAY', end: 'FRIDAY' }],
          hour: [3, 15],
          minute: [{ start: 0, end: 30, step: 10 }],
          month: '*',
        },
      ],
      timezone: 'Europe/Berlin',
      jitter: 90_000,
      startAt: new Date('2026-01-31T03:00:00Z'),
    });
  });

  it('step up to the last value where no other is given, as those of cron do', () => {
    const { calendars } = scheduleSpec(times({ calendar: ['hour=0/6 minute=*/20 month=2-8/3'] }));
    expect(calendars).toEqual([
      {
        hour: [{ start: 0, end: 23, step: 6 }],
        minute: [{ start: 0, end: 59, step: 20 }],
        month: [{ start: 2, end: 8, step: 3 }],
      },
    ]);
  });

  it.each([
    [{}, /never fires/],
    [{ cron: ['0 3 *'] }, /has 3 fields/],
    [{ interval: ['often'] }, /not a duration/],
    [{ interval: ['0s'] }, /shorter than a second/],
    [{ calendar: ['weekday=1'] }, /not a part of a time/],
    [{ calendar: ['hour=1..2'] }, /cannot be read/],
    [{ calendar: ['hour=0/0'] }, /cannot be read/],
    [{ calendar: ['year=2026/2'] }, /cannot be read/],
    [{ calendar: ['hour=*-3'] }, /cannot be read/],
    [{ calendar: ['hour=3 hour=15'] }, /hour is given twice/],
    [{ calendar: ['toString=1'] }, /not a part of a time/],
    [{ interval: ['1h'], from: '7' }, /not a point in time/],
    [{ interval: ['1h'], from: '2026-01-31T03:00:00' }, /not a point in time/],
    [{ interval: ['1h'], timezone: 'Mars/Base' }, /not known/],
    [{ interval: ['1h'], until: 'soon' }, /not a point in time/],
  ])('are refused when they are none: %j', (given, message) => {
    expect(() => scheduleSpec(times(given))).toThrow(message);
  });
});
