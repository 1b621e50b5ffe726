import { appendFileSync } from 'node:fs';
import { describeWithS3 } from '../rig/s3.js';
import { Chaos } from './chaos.js';
import { saveReport } from './report.js';

/**
 * `REPRISE_CHAOS_MINUTES=30 npm test -- --all tests/chaos` goes on for so long; `REPRISE_CHAOS_SEED` throws the same dice again, as far as
 * a busy machine can; `REPRISE_CHAOS_REPORT` names a file for the figures, `REPRISE_CHAOS_LOG` one for what is done.
 */
const minutes = Number(process.env['REPRISE_CHAOS_MINUTES'] ?? 1);

const log = process.env['REPRISE_CHAOS_LOG'];

describeWithS3('while everything breaks', () => {
  it(
    'twenty pipelines end, each with the bytes of an undisturbed run; nothing is lost, nothing is held',
    async () => {
      const report = await Chaos.run({
        minutes,
        seed: Number(process.env['REPRISE_CHAOS_SEED'] ?? Date.now() % 1e6),
        onHosts: 16,
        atTerminals: 4,
        steps: 25,
        log: (line) => void (log === undefined || appendFileSync(log, `${line}\n`)),
      });
      const file = process.env['REPRISE_CHAOS_REPORT'];
      if (file !== undefined) saveReport(report, file);
      expect(report.wrong).toEqual([]);
      expect(report.runs).toBeGreaterThanOrEqual(20);
      expect(report.continued).toBeGreaterThan(0);
    },
    // Longer than the calm after it, so that who did not end is named.
    (minutes + 15) * 60_000,
  );
});
