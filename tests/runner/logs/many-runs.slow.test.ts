import { execFile } from 'node:child_process';
import { mkdtempSync, readdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { promisify } from 'node:util';

const module = pathToFileURL(join(process.cwd(), 'dist/runner/logs/log-files.js')).href;

describe('the logs of many runs at once', () => {
  it('are opened by several workers, each of which drops the oldest', async () => {
    const root = mkdtempSync(join(tmpdir(), 'reprise-logs-'));
    const script = `
      const { openLogs } = await import(${JSON.stringify(module)});
      for (let i = 0; i < 300; i++) openLogs(${JSON.stringify(root)}, process.argv[1] + '-' + i);`;
    const workers = ['a', 'b', 'c', 'd'].map((name) =>
      promisify(execFile)(process.execPath, ['--input-type=module', '-e', script, name]),
    );
    await Promise.all(workers);
    expect(readdirSync(join(root, '.reprise/logs')).length).toBeGreaterThanOrEqual(50);
  });
});
