import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { redactor } from '../../../runner/command/redact.js';
import { logFile } from '../../../runner/logs/log-files.js';
import { readLog } from '../../../runner/logs/read-log.js';
import { StageLog } from '../../../runner/logs/stage-log.js';

const folder = () => mkdtempSync(join(tmpdir(), 'reprise-logs-'));

describe('the log of a stage', () => {
  it('masks secrets, also those that come in pieces or have several lines', async () => {
    const root = folder();
    const key = '-----BEGIN KEY-----\nabcdef0123\n-----END KEY-----';
    const mask = redactor({ HUB_TOKEN: 'hush-hush-1234', PRIVATE_KEY: key });
    const log = new StageLog(root, 'run-1', 'dir/dvc.yaml:a', mask);
    for (const piece of ['token hush-', 'hush-12', '34 \r50 %', '\nkey abcd', 'ef0123\nend hush-hush-1234']) {
      log.write(piece);
    }
    await log.close();
    expect(readFileSync(log.file, 'utf8')).toBe('token *** \r50 %\nkey ***\nend ***');
  });

  it('is added to by a later attempt, and read in parts that hold whole characters', async () => {
    const root = folder();
    for (const text of ['först\n', '日本\n']) {
      const log = new StageLog(root, 'run-1', 'a', (all) => all);
      log.write(text);
      await log.close();
    }
    let text = '';
    let offset = 0;
    for (let atEnd = false; !atEnd;) {
      const part = await readLog({ root, run: 'run-1', address: 'a', offset, limit: 4 });
      if (!part) throw new Error('no log');
      expect(part.next).toBeGreaterThan(offset);
      text += part.text;
      ({ next: offset, atEnd } = part);
    }
    expect(text).toBe('först\n日本\n');
    expect(await readLog({ root, run: 'run-1', address: 'a', offset, limit: 4 })).toEqual({
      text: '',
      next: offset,
      atEnd: true,
    });
    expect(await readLog({ root, run: 'run-2', address: 'a', offset: 0, limit: 4 })).toBeUndefined();
  });

  it('lies in its own folder, whatever the run or the stage is called', () => {
    for (const run of ['..', '../up', '', 'a/b', '.hidden']) {
      expect(() => logFile('/root', run, 'a')).toThrow(expect.objectContaining({ code: 'bad-run-id' }));
    }
    expect(logFile('/root', 'r', '../../etc/passwd')).toBe(
      '/root/.reprise/logs/r/..%2F..%2Fetc%2Fpasswd.log',
    );
  });

  it('makes room for new runs by dropping the oldest', async () => {
    const root = folder();
    for (let i = 0; i < 105; i++) {
      const path = join(root, '.reprise/logs', `run-${i}`);
      mkdirSync(path, { recursive: true });
      utimesSync(path, 1_000 + i, 1_000 + i);
    }
    await new StageLog(root, 'new', 'a', (all) => all).close();
    expect(readdirSync(join(root, '.reprise/logs'))).toHaveLength(100);
    expect(existsSync(join(root, '.reprise/logs/run-104'))).toBe(true);
    expect(existsSync(join(root, '.reprise/logs/run-5'))).toBe(false);
  });
});
