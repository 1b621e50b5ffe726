import { mkdirSync, mkdtempSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Examination } from '../../cli/doctor/index.js';
import { isAtLeast } from '../../cli/doctor/host.js';
import { smiFolder, smiRows } from '../rig/nvidia-smi.js';
import { reprise } from '../rig/reprise.js';

describe('reprise doctor', () => {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-doctor-'));
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  const examined = async (env: NodeJS.ProcessEnv) => {
    const { code, stdout, stderr } = await reprise(['doctor', '--json'], folder, env);
    expect(stderr).toBe('');
    const examination = JSON.parse(stdout) as Examination;
    return {
      code,
      examination,
      of: (name: string) => examination.findings.find((found) => found.name === name),
    };
  };

  it('finds on a host that is set up what the tests themselves use', async () => {
    const { code, examination, of } = await examined({});
    expect(code).toBe(0);
    expect(examination).toMatchObject({ pipelines: true, finetuning: true });
    expect(of('node')).toMatchObject({ state: 'found', version: process.versions.node });
    expect(of('server')).toMatchObject({ state: 'found', detail: expect.stringContaining('embedded') });
    expect(of('temporal-cli')).toMatchObject({ state: 'found', version: expect.stringMatching(/^\d+\.\d+/) });
    expect(of('libtensorflow')).toMatchObject({
      state: 'found',
      version: '2.21.0',
      detail: expect.stringMatching(/^(CPU|CUDA) build; a training step on .+ works \(\d+\.\d ms\), /),
    });
  });

  it('needs no native library for pipelines, and names the command that brings it', async () => {
    const { code, examination, of } = await examined({
      REPRISE_CACHE_DIR: join(folder, 'empty'),
      TEMPORAL_CLI_PATH: process.env['TEMPORAL_CLI_PATH'] ?? '',
    });
    expect(of('libtensorflow')).toMatchObject({ state: 'missing', fix: 'reprise setup --only tensorflow' });
    expect(examination.finetuning).toBe(false);
    if (process.env['TEMPORAL_CLI_PATH']) expect(code).toBe(0);
  });

  it('ends with 1 when pipelines cannot be run, and says what to do', async () => {
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    symlinkSync(process.execPath, join(bin, 'node'));
    const bare = { PATH: bin, TEMPORAL_CLI_PATH: '', REPRISE_CACHE_DIR: join(folder, 'empty') };
    const { code, stdout } = await reprise(['doctor'], folder, bare);
    expect(code).toBe(1);
    expect(stdout).toContain('pipelines: NOT ready');
    expect(stdout).toContain('temporal-cli (pipelines): reprise setup --only temporal');
    expect(stdout).toMatch(/compiler \(finetuning\): .*(g\+\+|xcode)/);
    expect(stdout).toMatch(/pip \(finetuning\): .*python3/);
  });

  it('lists the GPUs, and says which are left out and why', async () => {
    const smi = smiFolder(`${smiRows(1)}
echo '1, GPU-1, NVIDIA L4, 23034, 22565, 550.54.15, 2, [N/A]'`);
    const env = { PATH: `${smi}:${process.env['PATH']}` };
    const { code, of } = await examined(env);
    expect(code).toBe(0);
    expect(of('gpu-0')).toMatchObject({
      state: 'found',
      version: '550.54.15',
      detail: 'NVIDIA L4, 23034 MiB, 22565 free',
    });
    expect(of('gpu-1')).toMatchObject({
      state: 'broken',
      detail: expect.stringContaining('2 uncorrected ECC'),
    });
    const { stdout } = await reprise(['doctor'], folder, env);
    expect(stdout).toContain('gpu-1 (optional): drain the worker, and reset the device');
  });

  it('reports a configured server that does not answer', async () => {
    const { code, of } = await examined({ TEMPORAL_ADDRESS: '127.0.0.1:9' });
    expect(code).toBe(1);
    expect(of('server')).toMatchObject({ state: 'broken', fix: expect.stringContaining('TEMPORAL_ADDRESS') });
    expect(of('temporal-cli')).toMatchObject({ part: 'optional' });
  });
});

describe('isAtLeast', () => {
  it('compares numbers, not text', () => {
    expect(isAtLeast('20.20.2', '20.3')).toBe(true);
    expect(isAtLeast('20.3.0', '20.3')).toBe(true);
    expect(isAtLeast('20.2.9', '20.3')).toBe(false);
    expect(isAtLeast('9.11.1', '20.3')).toBe(false);
  });
});
