import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readdirSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import { HubServer, TOKEN, sha256 } from '../finetuning/models/pretrained/hub-server.js';
import { writeFiles } from '../rig/project.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';

const COMMIT = '0123456789abcdef0123456789abcdef01234567';
const files = {
  'config.json': readFileSync('tests/finetuning/fixtures/bert-tiny/model/config.json'),
  'tokenizer.json': readFileSync('tests/finetuning/fixtures/tokenizer-tiny/tokenizer.json'),
  'model.safetensors': readFileSync('tests/finetuning/fixtures/bert-tiny/model/model.safetensors'),
};

let home: string;
let hub: HubServer;
let env: Record<string, string>;
beforeEach(async () => {
  home = mkdtempSync(join(tmpdir(), 'reprise-pretrained-'));
  hub = new HubServer();
  hub.repositories.set('some/model', { files, commit: COMMIT });
  env = { HF_ENDPOINT: await hub.start(), HF_HOME: join(home, 'hf'), REPRISE_CACHE_DIR: join(home, 'cache') };
});
afterEach(async () => {
  endAll();
  await hub.stop();
  rmSync(home, { recursive: true, force: true });
});

const download = (...args: string[]): ReturnType<typeof reprise> =>
  reprise(['pretrained', 'download', ...args], home, env);
const snapshot = (): string => join(home, 'hf/hub/models--some--model/snapshots', COMMIT);

describe('reprise pretrained download', () => {
  it('prints the folder, and says on stderr what it does', async () => {
    const { code, stdout, stderr } = await download('some/model');
    expect([code, stdout]).toEqual([0, `${snapshot()}\n`]);
    expect(stderr).toContain('fetching some/model/model.safetensors at 01234567');
    expect(readFileSync(join(snapshot(), 'model.safetensors'))).toEqual(files['model.safetensors']);
  });

  it('links to it by its name, in place of an older link but of nothing else', async () => {
    const link = join(home, 'models/pretrained/some--model');
    mkdirSync(join(home, 'models/pretrained'), { recursive: true });
    symlinkSync('nowhere', link);
    const { code, stdout } = await download('some/model', '--link', 'models/pretrained');
    expect([code, stdout]).toEqual([0, 'models/pretrained/some--model\n']);
    expect(realpathSync(link)).toBe(realpathSync(snapshot()));
    rmSync(link);
    mkdirSync(link);
    const refused = await download('some/model', '--link', 'models/pretrained', '--json');
    expect(refused.code).toBe(1);
    expect(refused.stdout).toContain('"code":"not-a-link"');
  });

  it('takes the project’s model where none is named', async () => {
    writeFiles(home, {
      'params.yaml': 'finetuning:\n  preset: any\n  model_name: some/model\n',
      'configs/base_config.yaml': 'name: any\ntask: text-classification\nseed: 1\n',
      'configs/finetuning/any.yaml': 'method: full\n',
    });
    expect(await download()).toMatchObject({ code: 0, stdout: `${snapshot()}\n` });
  });

  it('prints events with --json, and the commit that pins it', async () => {
    const { code, stdout } = await download('some/model', '--revision', 'main', '--json');
    expect(code).toBe(0);
    const events = stdout.trimEnd().split('\n').map((line) => JSON.parse(line) as { event: string }); // prettier-ignore
    expect(events.at(-1)).toEqual({
      event: 'result',
      model: 'some/model',
      folder: snapshot(),
      revision: COMMIT,
      files: Object.keys(files)
        .sort()
        .map((name) => ({ name, bytes: files[name as keyof typeof files].length })),
    });
    const progress = events.filter(({ event }) => event === 'progress');
    expect(progress.at(-1)).toMatchObject({ step: files['model.safetensors'].length, message: 'model.safetensors' }); // prettier-ignore
  });

  it('goes on after it was killed', async () => {
    hub.holds.set('model.safetensors', 20_000);
    const first = startReprise(['pretrained', 'download', 'some/model'], home, env);
    const part = join(home, 'hf/hub/models--some--model/blobs', `${sha256(files['model.safetensors'])}.reprise-incomplete`); // prettier-ignore
    while ((statSync(part, { throwIfNoEntry: false })?.size ?? 0) < 20_000) await pause(20);
    first.child.kill('SIGKILL');
    expect((await first.ended).signal).toBe('SIGKILL');
    hub.requests.length = 0;
    const { code, stderr } = await download('some/model');
    expect(code).toBe(0);
    expect(stderr).toContain(`model.safetensors: going on from byte 20000 of ${files['model.safetensors'].length}`); // prettier-ignore
    expect(hub.requests.filter((path) => path.includes('/resolve/'))).toEqual([
      `/some/model/resolve/${COMMIT}/model.safetensors bytes=20000-`,
    ]);
    expect(readFileSync(join(snapshot(), 'model.safetensors'))).toEqual(files['model.safetensors']);
  });

  it('names what is wrong and what to do, without a stack and without the token', async () => {
    hub.repositories.set('some/gated', { files, commit: COMMIT, access: 'gated' });
    const { code, stdout, stderr } = await reprise(['pretrained', 'download', 'some/gated'], home, {
      ...env,
      HF_TOKEN: 'hf_not_this_one',
    });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('some/gated is open only to those who were given access');
    expect(stderr).toContain(`fix: ask for access at ${env['HF_ENDPOINT']}/some/gated`);
    expect(stderr).not.toMatch(/hf_not_this_one|\n\s+at /);
    const allowed = await reprise(['pretrained', 'download', 'some/gated'], home, {
      ...env,
      HF_TOKEN: TOKEN,
    });
    expect(allowed.code).toBe(0);
  });

  it('takes a file of torchvision, and refuses one that would run a command', async () => {
    cpSync('tests/finetuning/fixtures/torchvision-resnet/tiny.pth', join(home, 'resnet18.pth'));
    const { code, stdout } = await download('resnet18.pth');
    expect(code).toBe(0);
    expect(readdirSync(stdout.trimEnd()).sort()).toEqual([
      'config.json',
      'preprocessor_config.json',
      'pytorch_model.bin',
    ]);
    cpSync('tests/finetuning/fixtures/torch-files/malicious.pth', join(home, 'evil.pth'));
    const evil = await download('evil.pth', '--json');
    expect(evil.code).toBe(1);
    expect(JSON.parse(evil.stdout)).toMatchObject({ code: 'unsafe-pickle', found: 'posix.system' });
    expect(readdirSync(home)).not.toContain('torch-file-was-executed');
  });
});
