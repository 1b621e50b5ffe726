import { spawn } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { readCgroup, type CgroupUse } from '../../../workers/slots/cgroup.js';
import { HostLoad } from '../../../workers/slots/host-load.js';

function cgroup(files: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-cgroup-'));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, name), text);
  return folder;
}

describe('readCgroup', () => {
  it('reads the limits of a container, and counts no files that were only read', () => {
    const folder = cgroup({
      'cpu.max': '150000 100000\n',
      'cpu.stat': 'usage_usec 2500000\nuser_usec 2000000\nsystem_usec 500000\n',
      'memory.max': '1000\n',
      'memory.current': '900\n',
      'memory.stat': 'anon 300\ninactive_file 500\nactive_file 100\n',
    });
    expect(readCgroup(folder)).toEqual({ cpuLimit: 1.5, cpuSeconds: 2.5, memory: 0.4, memoryLimit: 1000 });
  });

  it('finds no limit where there is none', () => {
    const folder = cgroup({
      'cpu.max': 'max 100000\n',
      'cpu.stat': 'usage_usec 2500000\n',
      'memory.max': 'max\n',
      'memory.current': '900\n',
      'memory.stat': 'inactive_file 500\n',
    });
    expect(readCgroup(folder)).toEqual({});
    expect(readCgroup('/nowhere')).toEqual({});
  });
});

describe('HostLoad', () => {
  const sample = () => new Promise((resolve) => setTimeout(resolve, 1_050));

  it('has the cores of the container', () => {
    expect(new HostLoad(() => ({ cpuLimit: 0.5, cpuSeconds: 0 })).cores).toBe(1);
    expect(new HostLoad(() => ({})).cores).toBe(availableParallelism());
  });

  it('is busy while the container uses what it may, and no longer', async () => {
    let use: CgroupUse = { cpuLimit: 2, cpuSeconds: 10, memory: 0.1 };
    const load = new HostLoad(() => use);
    expect(load.isBusy()).toBe(false);
    use = { ...use, cpuSeconds: 20 };
    await sample();
    expect(load.isBusy()).toBe(true);
    await sample();
    expect(load.isBusy()).toBe(false);
    use = { ...use, memory: 0.85 };
    expect(load.isBusy()).toBe(true);
  });

  it("is busy when all of the host's cores are", async () => {
    const load = new HostLoad(() => ({ memory: 0 }));
    const burning = cpus().map(() => spawn(process.execPath, ['-e', 'for (;;);'], { stdio: 'ignore' }));
    try {
      let busy = false;
      for (let i = 0; i < 20 && !busy; i++) {
        await sample();
        busy = load.isBusy();
      }
      expect(busy).toBe(true);
    } finally {
      for (const child of burning) child.kill('SIGKILL');
    }
  });
});
