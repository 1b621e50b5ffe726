import { rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  PythonFloat,
  loadPipeline,
  openProject,
  readParams,
  requireParams,
  type ParamsDependency,
} from '../../../dvc/index.js';
import { samplePipelines, writeProject } from '../pipelines/index.js';

describe('readParams', () => {
  let root: string;
  let params: ReadonlyMap<string, readonly ParamsDependency[]>;

  beforeEach(async () => {
    root = await writeProject(samplePipelines.find(({ name }) => name === 'params-files')?.files ?? {});
    const { stages } = await loadPipeline(await openProject(root));
    params = new Map(stages.map((stage) => [stage.name, stage.params]));
  });

  afterEach(() => rm(root, { recursive: true }));

  const of = (stage: string, path: string) =>
    params.get(stage)?.find((dependency) => dependency.path === path) as ParamsDependency;

  it('keeps integers apart from floats', () => {
    const values = readParams(of('yaml', 'params.yaml'));
    expect(values).toMatchObject({
      lr: new PythonFloat(1e-5),
      epochs: 10,
      'deep.a': { b: new PythonFloat(1), c: [1, new PythonFloat(2.5), 'x'] },
      'deep.list.1.n': 2,
      text: 'yes',
      off: 'off',
    });
    expect(Object.keys(values)).toEqual(of('yaml', 'params.yaml').keys);
  });

  it('reads JSON, TOML and Python', () => {
    expect(readParams(of('others', 'conf/params.json'))).toEqual({
      'model.rate': new PythonFloat(1e-3),
      'model.n': 100000000000000000000n,
      é: 'ü',
      t: true,
    });
    expect(readParams(of('others', 'params.toml'))).toMatchObject({
      'tool.rate': new PythonFloat(1e6),
      'tool.hex': 255,
    });
    expect(readParams(of('others', 'params.py'))).toMatchObject({
      NEG: -2,
      TUPLE: [1, 2],
      STRING: 'doublejoined',
      'Train.layer_size': new PythonFloat(9),
    });
  });

  it('tracks a whole file, in its order', () => {
    expect(Object.keys(readParams(of('whole', 'whole.yaml')))).toEqual(['z', 'a', 'empty']);
  });

  it('leaves out what is missing; requireParams does not', async () => {
    await writeFile(join(root, 'params.yaml'), 'lr: 1\n');
    expect(readParams(of('yaml', 'params.yaml'))).toEqual({ lr: 1 });
    expect(() => requireParams(of('yaml', 'params.yaml'))).toThrow(
      expect.objectContaining({
        code: 'missing-param',
        message: expect.stringContaining('epochs') as string,
        at: expect.objectContaining({ file: 'dvc.yaml', line: 5 }) as unknown,
      }) as Error,
    );
    await rm(join(root, 'params.yaml'));
    expect(readParams(of('yaml', 'params.yaml'))).toEqual({});
    expect(() => requireParams(of('yaml', 'params.yaml'))).toThrow(
      expect.objectContaining({ code: 'missing-params-file' }) as Error,
    );
  });

  it.each([
    ['unsupported-param', 'epochs: 2020-01-01\n'],
    ['ambiguous-param', 'deep: {a: 1, b: 2}\n', 'deep.*'],
    ['yaml-syntax', 'epochs: [1\n'],
  ])('%s', async (code, content, key = 'epochs') => {
    await writeFile(join(root, 'params.yaml'), content);
    const dependency = { ...of('yaml', 'params.yaml'), keys: [key] };
    expect(() => readParams(dependency)).toThrow(expect.objectContaining({ code }) as Error);
  });

  it('refuses a folder', () => {
    expect(() => readParams({ ...of('yaml', 'params.yaml'), file: root })).toThrow(
      expect.objectContaining({ code: 'params-is-folder' }) as Error,
    );
  });
});
