import { spawn } from 'node:child_process';
import { cpSync, existsSync, mkdirSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { ADDON } from '../../../infra/setup/binding.mjs';
import { installedPackage, packageRoot } from '../../../infra/setup/root.mjs';
import { scratchFolder } from '../scratch.js';

interface SetupEvent {
  readonly event: string;
  readonly message?: string;
  readonly done?: number;
}

/** The whole of it, from an empty cache, in a copy of what it works on. */
describe('the set-up of the native library', () => {
  const folder = scratchFolder();
  const root = join(folder, 'project');
  const cache = join(folder, 'cache');
  const tfjs = join(root, 'node_modules/@tensorflow/tfjs-node-gpu');

  beforeAll(() => {
    const source = packageRoot();
    mkdirSync(join(root, 'node_modules/@tensorflow'), { recursive: true });
    cpSync(join(source, 'package.json'), join(root, 'package.json'));
    cpSync(join(source, 'infra'), join(root, 'infra'), { recursive: true });
    for (const name of ['package.json', 'binding']) {
      const from = join(installedPackage('@tensorflow/tfjs-node-gpu', source) ?? '', name);
      cpSync(from, join(tfjs, name), { recursive: true });
    }
    const headers = installedPackage('node-api-headers', source) ?? '';
    cpSync(headers, join(root, 'node_modules/node-api-headers'), { recursive: true });
  });

  /** Runs the set-up, and kills it at the first event that `fatal` picks. */
  const setup = (fatal: (event: SetupEvent) => boolean = () => false) => {
    const child = spawn(process.execPath, [join(root, 'infra/setup.mjs'), '--only', 'tensorflow', '--json'], {
      env: { ...process.env, REPRISE_CACHE_DIR: cache, REPRISE_TENSORFLOW: 'cpu' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const events: SetupEvent[] = [];
    createInterface({ input: child.stdout }).on('line', (line) => {
      const event = JSON.parse(line) as SetupEvent;
      events.push(event);
      if (fatal(event)) child.kill('SIGKILL');
    });
    return new Promise<{ code: number | null; events: readonly SetupEvent[] }>((resolve) => {
      child.once('close', (code) => resolve({ code, events }));
    });
  };

  it('is taken up where a kill left it, and ends in a library that loads', async () => {
    const isUnpacking = ({ message }: SetupEvent) => message === 'unpacking TensorFlow';
    const killed = await setup(isUnpacking);
    expect(killed.code).toBeNull();
    expect(existsSync(join(tfjs, ADDON))).toBe(false);

    const resumed = await setup();
    expect(resumed.code).toBe(0);
    const messages = resumed.events.map(({ message }) => message);
    expect(messages).not.toContain('downloading TensorFlow');
    expect(messages).toContain('compiling the binding');
    expect(readdirSync(join(cache, 'downloads'))).toEqual([]);
    expect(readdirSync(join(cache, 'tensorflow')).filter((name) => name.endsWith('.part'))).toEqual([]);

    const load = `const m = { exports: {} }; process.dlopen(m, ${JSON.stringify(join(tfjs, ADDON))}); console.log(m.exports.TF_Version)`;
    const child = spawn(process.execPath, ['-e', load], { stdio: ['ignore', 'pipe', 'inherit'] });
    let version = '';
    child.stdout.on('data', (chunk) => (version += chunk));
    await new Promise((resolve) => child.once('close', resolve));
    expect(version.trim()).toBe('2.21.0');

    const again = await setup();
    expect(again).toMatchObject({ code: 0, events: [{ event: 'finished', already: true }] });
  }, 600_000);
});
