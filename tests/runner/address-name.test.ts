import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { logFile } from '../../runner/logs/log-files.js';
import { RunFolder } from '../../runner/run-folder.js';
import { addressName } from '../../runner/address-name.js';

describe('addressName', () => {
  it('tells stages apart, and is a file name however long a key is', async () => {
    expect(addressName('sub/dvc.yaml:train@a b')).toBe('sub%2Fdvc.yaml%3Atrain%40a%20b');
    const names = ['x', 'y'].map((last) => addressName(`train@${'数据集'.repeat(60)}-${last}`));
    expect(new Set(names).size).toBe(2);
    for (const name of names) expect(name).toMatch(/^[\w%-]{1,200}$/);
    const root = mkdtempSync(join(tmpdir(), 'reprise-names-'));
    const { path } = await RunFolder.open(root, `train@${'k'.repeat(400)}`);
    expect(path).toContain('running');
    expect(logFile(root, 'run', `train@${'k'.repeat(400)}`)).toMatch(/\.log$/);
  });
});
