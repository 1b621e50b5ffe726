import { mkdtempSync, readFileSync, realpathSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { placeModel } from '../../../cli/deploy/image/place-model.js';
import { promotedRecord } from '../../../cli/deploy/promoted.js';
import { resolvePretrained } from '../../../finetuning/index.js';
import { writeFiles } from '../../rig/project.js';
import {
  copyTinyModel,
  languageModelProject,
  promoteAdapter,
  promoteWhole,
} from '../../rig/promoted-project.js';

const temporary = (): string => realpathSync(mkdtempSync(join(tmpdir(), 'reprise-place-')));
const folders: string[] = [];
afterAll(() => folders.forEach((folder) => rmSync(folder, { recursive: true, force: true })));

async function placed(root: string): Promise<string> {
  const context = temporary();
  folders.push(root, context);
  await placeModel({ root, record: await promotedRecord(root), context, log: () => undefined });
  return context;
}

/** As the image finds the base: no network, no cache but its own. */
async function baseIn(context: string): Promise<string> {
  const project = join(context, 'project');
  const file = join(project, 'models/final/model_v1/adapter_config.json');
  const { base_model_name_or_path: name, revision } = JSON.parse(readFileSync(file, 'utf8')) as Record<
    string,
    string
  >;
  return resolvePretrained(name as string, {
    revision: revision ?? 'main',
    root: project,
    env: {
      HF_HUB_OFFLINE: '1',
      HF_HUB_CACHE: join(context, 'hub'),
      REPRISE_CACHE_DIR: join(context, 'none'),
    },
    log: () => undefined,
  });
}

describe('the model of an image', () => {
  it('has a base of the project at the same place, without a copy of its bytes', async () => {
    const root = languageModelProject();
    promoteAdapter(root, 1);
    const context = await placed(root);
    expect(await baseIn(context)).toBe(join(context, 'project/models/pretrained/tiny'));
    const inode = (file: string): number => statSync(file).ino;
    expect(inode(join(context, 'project/models/pretrained/tiny/model.safetensors'))).toBe(
      inode(join(root, 'models/pretrained/tiny/model.safetensors')),
    );
  });

  it.each(['main', 'a'.repeat(40)])('has a base of the hub, at %s, as its cache has it', async (revision) => {
    const cache = temporary();
    folders.push(cache);
    const variables = { HF_HUB_CACHE: cache, HF_HUB_OFFLINE: '1' };
    const before = process.env;
    process.env = { ...before, ...variables };
    try {
      const hub = join(cache, 'models--tiny--gpt2');
      copyTinyModel(join(hub, 'snapshots', 'a'.repeat(40)));
      writeFiles(hub, { 'refs/main': 'a'.repeat(40) });
      const root = languageModelProject();
      promoteAdapter(root, 1, 'tiny/gpt2');
      const config = join(root, 'models/final/model_v1/adapter_config.json');
      const adapter = JSON.parse(readFileSync(config, 'utf8')) as object;
      writeFileSync(config, JSON.stringify({ ...adapter, revision }));
      const context = await placed(root);
      expect(await baseIn(context)).toContain(join(context, 'hub/models--tiny--gpt2/snapshots/'));
    } finally {
      process.env = before;
    }
  });

  it('has a base from elsewhere, and says so in its copy of the adapter alone', async () => {
    const elsewhere = temporary();
    copyTinyModel(elsewhere);
    folders.push(elsewhere);
    const root = languageModelProject();
    promoteAdapter(root, 1, elsewhere);
    const own = readFileSync(join(root, 'models/final/model_v1/adapter_config.json'), 'utf8');
    const context = await placed(root);
    expect(await baseIn(context)).toBe(join(context, 'project/base_model'));
    expect(readFileSync(join(root, 'models/final/model_v1/adapter_config.json'), 'utf8')).toBe(own);
  });

  it('is a whole model alone, where there is no base', async () => {
    const root = languageModelProject();
    promoteWhole(root, 2);
    const context = await placed(root);
    expect(statSync(join(context, 'project/models/final/model_v2/model.safetensors')).size).toBeGreaterThan(
      0,
    );
    expect(() => statSync(join(context, 'project/models/pretrained'))).toThrow('ENOENT');
  });

  it('needs a promoted model, and its files', async () => {
    const root = languageModelProject();
    await expect(placed(root)).rejects.toMatchObject({ code: 'nothing-promoted' });
    promoteWhole(root, 3);
    rmSync(join(root, 'models/final/model_v3'), { recursive: true });
    await expect(placed(root)).rejects.toMatchObject({
      code: 'model-not-here',
      fix: 'fetch them: reprise pull models/final/model_v3',
    });
  });
});
