import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pruneCheckouts } from '../../workspaces/index.js';

it('removes checkouts of runs that ended a day ago, and what was left half made', async () => {
  const served = mkdtempSync(join(tmpdir(), 'reprise-served-'));
  const folder = join(served, '.reprise', 'workspaces');
  const make = (name: string, run: string | undefined, hoursAgo: number): void => {
    mkdirSync(join(folder, name, '.git'), { recursive: true });
    if (run !== undefined)
      writeFileSync(
        join(folder, name, '.git', 'reprise-run.json'),
        JSON.stringify({ url: 'u', commit: 'c', run }),
      );
    const time = new Date(Date.now() - hoursAgo * 3600_000);
    utimesSync(join(folder, name), time, time);
  };
  make('open-1', 'open', 48);
  make('ended-1', 'ended', 48);
  make('ended-2', 'ended', 1);
  const { pid: ended } = spawnSync('true');
  make(`.${ended}-half`, undefined, 48);
  make(`.${ended}-fresh`, undefined, 0);
  // A clock that was set forward makes what has just begun look old.
  make(`.${process.pid}-begun`, undefined, 48);
  await pruneCheckouts(served, (run) => Promise.resolve(run === 'open'));
  expect(readdirSync(folder).sort()).toEqual(
    [`.${ended}-fresh`, `.${process.pid}-begun`, 'ended-2', 'open-1'].sort(),
  );
  await pruneCheckouts(join(served, 'none'), () => Promise.resolve(false));
});
