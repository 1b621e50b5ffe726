import { execFileSync, spawnSync } from 'node:child_process';
import { cpSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { transformFileSync } from '@swc/core';
import { devices, gpuMemory, withoutBfloat16 } from '../../../compute/index.js';
import { gpus } from '../../../compute/native/devices.js';
import { prepareEnvironment } from '../../../compute/native/environment.js';
import { withoutGreetings } from '../../../compute/native/load-quietly.js';
import { threadCount } from '../../../compute/native/threads.js';
import { smiEnv } from '../../rig/nvidia-smi.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The files that load the library, as JavaScript in a folder of their own, where the packages are others. */
function elsewhere(): string {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-native-'));
  writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
  for (const file of ['tensorflow', 'environment', 'load-quietly', 'own-addon', 'threads'])
    translate(`compute/native/${file}.ts`, folder);
  translate('diagnostics/diagnostic-error.ts', folder);
  writeFileSync(join(folder, 'diagnostics/index.js'), "export * from './diagnostic-error.js';\n");
  return folder;
}

function translate(file: string, folder: string): void {
  const to = join(folder, file.replace(/\.ts$/, '.js'));
  mkdirSync(dirname(to), { recursive: true });
  const { code } = transformFileSync(join(root, file), {
    swcrc: false,
    jsc: { parser: { syntax: 'typescript' }, target: 'es2022' },
    module: { type: 'es6' },
  });
  writeFileSync(to, code);
}

const SHOW = `try { await import('./compute/native/tensorflow.js'); console.log('loaded'); }
catch ({ name, code, message, fix, found, cause }) { console.log(JSON.stringify({ name, code, message, fix, found, cause: cause?.message })); }`;

function load(folder: string, env: NodeJS.ProcessEnv = {}): string {
  writeFileSync(join(folder, 'show.mjs'), SHOW);
  const { stdout } = spawnSync(process.execPath, ['show.mjs'], {
    cwd: folder,
    env: { PATH: process.env.PATH, NODE_PATH: '', ...env },
    encoding: 'utf8',
  });
  return stdout.trim();
}

describe('the native library', () => {
  let folder: string;
  beforeEach(() => {
    folder = elsewhere();
  });
  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  it('is said to be missing, with the command that gets it, when the package is not there', () => {
    expect(JSON.parse(load(folder))).toMatchObject({
      name: 'DiagnosticError',
      code: 'native-missing',
      fix: expect.stringContaining('reprise setup') as string,
    });
  });

  it('is said to be missing when the package is there without its addon', () => {
    const installed = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');
    const copy = join(folder, 'node_modules/@tensorflow/tfjs-node-gpu');
    mkdirSync(copy, { recursive: true });
    cpSync(join(installed, 'package.json'), join(copy, 'package.json'));
    cpSync(join(installed, 'dist'), join(copy, 'dist'), { recursive: true });
    for (const name of readdirSync(join(root, 'node_modules')))
      if (name !== '@tensorflow')
        symlinkSync(join(root, 'node_modules', name), join(folder, 'node_modules', name));
    for (const name of ['tfjs', 'tfjs-core'])
      symlinkSync(
        join(root, 'node_modules/@tensorflow', name),
        join(folder, 'node_modules/@tensorflow', name),
      );
    expect(JSON.parse(load(folder))).toMatchObject({
      code: 'native-missing',
      cause: expect.stringContaining('native addon module') as string,
    });

    mkdirSync(join(copy, 'lib/napi-v8'), { recursive: true });
    writeFileSync(join(copy, 'lib/napi-v8/tfjs_binding.node'), 'not a library');
    const broken = JSON.parse(load(folder)) as { code: string; found: string };
    expect(broken.code).toBe('native-unloadable');
    expect(broken.found).toContain('tfjs_binding.node');
  });

  it('loads where it is set up, with the threads that were asked for', () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    expect(load(folder)).toBe('loaded');
    expect(JSON.parse(load(folder, { REPRISE_THREADS: 'many' }))).toMatchObject({
      code: 'bad-threads',
      found: 'many',
    });
  });

  it('says nothing of itself while it is loaded, unless it is asked to', () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'load.mjs'), "await import('./compute/native/tensorflow.js');");
    const said = (env: NodeJS.ProcessEnv): string =>
      spawnSync(process.execPath, ['load.mjs'], {
        cwd: folder,
        env: { PATH: process.env.PATH, ...env },
        encoding: 'utf8',
      }).stderr;
    expect(said({})).toBe('');
    expect(said({ TF_CPP_MIN_LOG_LEVEL: '0' })).toContain('oneDNN custom operations are on');
  });

  it('gives the same bits in another process', () => {
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    translate('compute/native/backend.ts', folder);
    const script = `import { tf } from './compute/native/tensorflow.js';
      const x = tf.tensor(Float32Array.from({ length: 4096 }, (_, i) => Math.sin(i)), [64, 64]);
      console.log(Buffer.from(tf.matMul(x, tf.softmax(x)).dataSync().buffer).toString('base64'));`;
    writeFileSync(join(folder, 'bits.mjs'), script);
    const bits = (): string => execFileSync(process.execPath, ['bits.mjs'], { cwd: folder, encoding: 'utf8', stdio: ['ignore', 'pipe', 'ignore'] }); // prettier-ignore
    expect(bits()).toBe(bits());
  });
});

it('what else is said while it is loaded is passed on', () => {
  const rest = 'E0000 00:00:1.5 1 cuda_dnn.cc:8310] Unable to register cuDNN factory\nhalf a line';
  const greeting =
    'WARNING: All log messages before absl::InitializeLog() is called are written to STDERR\n' +
    'I0000 00:00:1.5 1 port.cc:153] oneDNN custom operations are on. You may see slightly different numerical results due to.\n';
  expect(withoutGreetings(greeting + rest)).toBe(rest);
  expect(withoutGreetings(greeting)).toBe('');
});

describe('threads', () => {
  it('are as many as asked for, or at most one per core', () => {
    expect(threadCount({ REPRISE_THREADS: '3' })).toBe(3);
    expect(threadCount({})).toBeGreaterThanOrEqual(1);
    expect(() => threadCount({ REPRISE_THREADS: '0' })).toThrow('REPRISE_THREADS');
  });
});

describe('devices', () => {
  it('has a CPU and says which TensorFlow works on it', () => {
    const found = devices();
    expect(found.tensorflow).toMatch(/^\d+\.\d+/);
    expect(found.threads).toBeGreaterThanOrEqual(1);
    expect(found.cpu).not.toBe('');
    expect(Array.isArray(found.gpus)).toBe(true);
  });
});

describe('the GPUs that TensorFlow works on', () => {
  // As nvidia-smi does: of all, or of those that are asked for.
  const script = `case "$*" in *--id=1*) echo 'NVIDIA L4, 550.54.15' ;; *--id=*) exit 6 ;; *) printf 'NVIDIA H200, 570.1\\nNVIDIA L4, 550.54.15\\n' ;; esac`;
  const names = (CUDA_VISIBLE_DEVICES?: string): string[] =>
    gpus(smiEnv(script, CUDA_VISIBLE_DEVICES === undefined ? {} : { CUDA_VISIBLE_DEVICES })).map(
      ({ name }) => name,
    );

  it('are those that CUDA_VISIBLE_DEVICES leaves', () => {
    expect(names()).toEqual(['NVIDIA H200', 'NVIDIA L4']);
    expect(names('1')).toEqual(['NVIDIA L4']);
  });

  it('are asked for bfloat16, which those before Ampere do not multiply', () => {
    process.env.REPRISE_GRAPHS_FOR = 'gpu';
    const lacking = (rows: string): string[] =>
      withoutBfloat16(
        smiEnv(`case "$*" in *compute_cap*) ${rows} ;; *) echo 'NVIDIA L4, 470.1' ;; esac`),
      ).map(({ name }) => name);
    expect(lacking("printf 'NVIDIA H200, 570.1, 9.0\\nTesla V100, 570.1, 7.0\\n'")).toEqual(['Tesla V100']);
    // A driver that does not know the field.
    expect(lacking('exit 2')).toEqual([]);
    delete process.env.REPRISE_GRAPHS_FOR;
    expect(withoutBfloat16(smiEnv("echo 'Tesla V100, 570.1, 7.0'"))).toEqual([]);
  });

  it('say what memory is free on the first, whoever has the rest', () => {
    const smi = smiEnv("printf '1024 MiB, 22000 MiB\\n5 MiB, 6 MiB\\n'");
    expect(gpuMemory(smi)).toBeUndefined();
    process.env.REPRISE_GRAPHS_FOR = 'gpu';
    expect(gpuMemory(smi)).toEqual({ used: 1024 * 2 ** 20, free: 22000 * 2 ** 20 });
    expect(gpuMemory(smiEnv("echo '[N/A], [N/A]'"))).toBeUndefined();
    expect(gpuMemory({ PATH: '/nowhere' })).toBeUndefined();
    delete process.env.REPRISE_GRAPHS_FOR;
  });

  it('have no name where nvidia-smi does not give one, as of a part by MIG', () => {
    expect(names('MIG-5a0c')).toEqual(['GPU']);
    expect(gpus({ PATH: '/nowhere' })).toEqual([{ name: 'GPU', driver: 'unknown' }]);
  });

  it('are numbered as nvidia-smi does, unless the user has another order', () => {
    const order = (env: NodeJS.ProcessEnv): string | undefined => {
      prepareEnvironment(env);
      return env['CUDA_DEVICE_ORDER'];
    };
    expect(order({})).toBe('PCI_BUS_ID');
    expect(order({ CUDA_DEVICE_ORDER: 'FASTEST_FIRST' })).toBe('FASTEST_FIRST');
  });

  it('give the same bits in each run, in float32, unless the user wants it otherwise', () => {
    const env: NodeJS.ProcessEnv = {};
    prepareEnvironment(env);
    expect(env).toMatchObject({ TF_DETERMINISTIC_OPS: '1', NVIDIA_TF32_OVERRIDE: '0' });
    const faster: NodeJS.ProcessEnv = { TF_DETERMINISTIC_OPS: '0', NVIDIA_TF32_OVERRIDE: '1' };
    prepareEnvironment(faster);
    expect(faster).toMatchObject({ TF_DETERMINISTIC_OPS: '0', NVIDIA_TF32_OVERRIDE: '1' });
  });
});
