import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DiagnosticError } from '../../../../diagnostics/index.js';
import { TorchFile } from '../../../../finetuning/models/torch-file/torch-file.js';
import { archive, op, tensorPickle } from './archive.js';

const FIXTURES = 'tests/finetuning/fixtures/torch-files';

type Values = Readonly<Record<string, { readonly shape: number[]; readonly values: number[] }>>;
const expected = JSON.parse(readFileSync(`${FIXTURES}/expected.json`, 'utf8')) as Record<string, Values>;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'reprise-torch-file-'));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

function written(bytes: Uint8Array): string {
  const path = join(folder, 'weights.pth');
  writeFileSync(path, bytes);
  return path;
}

function read(path: string): Values {
  const file = TorchFile.open(path);
  try {
    return Object.fromEntries(
      file.names.map((name) => [name, { shape: [...file.shape(name)], values: [...file.readFloat32(name)] }]),
    );
  } finally {
    file.close();
  }
}

function refusal(path: string, code = 'bad-torch-file'): DiagnosticError {
  try {
    read(path);
  } catch (error) {
    expect(error).toBeInstanceOf(DiagnosticError);
    expect(error).toMatchObject({ code, at: { file: path } });
    return error as DiagnosticError;
  }
  throw new Error('the file was accepted');
}

const values = Buffer.from(Float32Array.of(1, 2, 3, 4).buffer);

describe('a file of torch.save', () => {
  it.each(Object.keys(expected))('%s holds the values that torch put there', (name) => {
    expect(read(`${FIXTURES}/${name}`)).toEqual(expected[name]);
  });

  it('is read with its sizes in 64 bits, as archives above 4 GiB have them', () => {
    const path = written(archive({ 'a/data.pkl': tensorPickle({}), 'a/data/0': values }, { zip64: true }));
    expect(read(path)).toEqual({ weight: { shape: [4], values: [1, 2, 3, 4] } });
  });

  it('opens with tensors that are no weights, and says what they are when one is read', () => {
    const file = TorchFile.open(`${FIXTURES}/odd.pth`);
    expect(file.names).toEqual(['repeated', 'waves']);
    expect(() => file.readFloat32('repeated')).toThrow(/repeats the values/);
    expect(() => file.readFloat32('waves')).toThrow(
      expect.objectContaining({ code: 'bad-torch-file', found: 'torch.complex64' }),
    );
    file.close();
  });
});

describe('a hostile file', () => {
  it.each(['malicious.pth', 'malicious-legacy.pth'])('%s is refused by name, and runs nothing', (name) => {
    expect(refusal(`${FIXTURES}/${name}`, 'unsafe-pickle').found).toBe('posix.system');
    expect(existsSync('torch-file-was-executed')).toBe(false);
  });

  it('may not be a whole module, nor a program', () => {
    expect(refusal(`${FIXTURES}/whole-module.pth`, 'unsafe-pickle').found).toBe(
      'torch.nn.modules.container.Sequential',
    );
    expect(refusal(`${FIXTURES}/torchscript.pt`, 'unsafe-pickle').message).toMatch(/TorchScript/);
  });

  it.each([
    ['a builtin', [op.global('builtins', 'eval'), op.text('1'), Buffer.from([0x85]), op.reduce], /^builtins\.eval$/], // prettier-ignore
    ['a part of torch that runs code', [op.global('torch.hub', 'load')], /^torch\.hub\.load$/],
    ['an attribute of what is allowed', [op.global('torch._utils', '_rebuild_tensor_v2.__globals__')], /__globals__/], // prettier-ignore
    ['what every object has', [op.global('constructor', 'constructor')], /constructor/],
    ['a name from the stack', [op.text('os'), op.text('system'), Buffer.from([0x93])], /^os\.system$/],
    ['an object of a class', [op.global('torch', 'FloatStorage'), op.emptyTuple, Buffer.from([0x81])], /NEWOBJ/], // prettier-ignore
    ['an instance by name', [op.mark, Buffer.from('ios\nsystem\n')], /INST/],
    ['a registered extension', [Buffer.from([0x82, 1])], /EXT1/],
    ['a call of text', [op.text('x'), op.emptyTuple, op.reduce], /x/],
    ["an object's state", [op.text('x'), op.emptyDict, Buffer.from('b')], /BUILD/],
  ])('is refused when it asks for %s', (_what, code, found) => {
    const pickle = Buffer.concat([op.proto, ...code, op.stop]);
    expect(refusal(written(archive({ 'a/data.pkl': pickle })), 'unsafe-pickle').found).toMatch(found);
  });

  it.each([
    ['an offset outside of the storage', { offset: 1 }, /reaches beyond/],
    ['strides that leave it', { shape: [2, 2], strides: [3, 1] }, /reaches beyond/],
    ['a negative offset', { offset: -1 }, /offset is not a size/],
    ['negative strides', { strides: [-1] }, /strides are not sizes/],
    ['fewer strides than sizes', { shape: [2, 2] }, /2 sizes, 1 strides/],
    ['sizes whose product overflows', { shape: [2 ** 40, 2 ** 40], strides: [0, 0] }, /reaches beyond/],
    ['more values than there are', { elements: 2 ** 40, shape: [2 ** 40] }, /not in the file/],
    ['a storage that is not there', { key: '1' }, /not in the file/],
    ['a storage outside of the archive', { key: '../data.pkl' }, /not in the file/],
  ])('is refused with %s', (_what, tensor, message) => {
    const path = written(archive({ 'a/data.pkl': tensorPickle(tensor), 'a/data/0': values }));
    expect(refusal(path).message).toMatch(message);
  });

  it('cannot ask for memory by repeating one value', () => {
    const pickle = tensorPickle({ shape: [2 ** 20, 2 ** 20], strides: [0, 0] });
    expect(refusal(written(archive({ 'a/data.pkl': pickle, 'a/data/0': values }))).message).toMatch(
      /repeats the values/,
    );
  });

  it('may contain itself', () => {
    // A dictionary that is kept in the memo and set as its own value.
    const itself = Buffer.concat([
      op.proto,
      op.emptyDict,
      Buffer.from([0x71, 0]),
      op.text('model'),
      Buffer.from([0x68, 0]),
      op.setItem,
      op.stop,
    ]);
    expect(refusal(written(archive({ 'a/data.pkl': itself }))).message).toMatch(/no tensors by name/);
  });

  it.each([
    ['whose entries are compressed', { deflate: true }, /compressed/],
    ['whose entries claim to be larger', { claimedBytes: 2 ** 31 }, /reaches beyond its end/],
  ])('may not be an archive %s', (_what, options, message) => {
    const files = { 'a/data.pkl': tensorPickle({}), 'a/data/0': new Uint8Array(2 ** 16) };
    expect(refusal(written(archive(files, options))).message).toMatch(message);
  });

  it('may not be an archive of something else, or of two things', () => {
    expect(refusal(written(archive({ 'word/document.xml': values }))).message).toMatch(/not of torch.save/);
    const pickle = tensorPickle({});
    const two = { 'a/data.pkl': pickle, 'b/data.pkl': pickle, 'a/data/0': values };
    expect(refusal(written(archive(two))).found).toBe('2 of 3 files');
  });

  it('may not be big-endian', () => {
    const files = { 'a/data.pkl': tensorPickle({}), 'a/data/0': values, 'a/byteorder': Buffer.from('big') };
    expect(refusal(written(archive(files))).message).toMatch(/big-endian/);
  });
});

describe('a damaged file', () => {
  it.each(['views.pth', 'legacy.bin'])('%s is refused wherever it is cut off', (name) => {
    const whole = readFileSync(`${FIXTURES}/${name}`);
    for (let length = 0; length < whole.length; length += 13) refusal(written(whole.subarray(0, length)));
  });

  it.each(['views.pth', 'legacy.bin', 'types.bin'])(
    '%s gives values or an error that names it, whatever byte is changed',
    (name) => {
      const whole = readFileSync(`${FIXTURES}/${name}`);
      for (let at = 0; at < whole.length; at += 11) {
        const changed = Buffer.from(whole);
        changed[at] = (changed[at] as number) ^ (1 << (at % 8));
        const path = written(changed);
        try {
          read(path);
        } catch (error) {
          expect(error).toMatchObject({ name: 'DiagnosticError', at: { file: path } });
        }
      }
    },
  );

  it.each([
    ['another kind of file', Buffer.from('<!DOCTYPE html>'), /not of torch.save/, /DOCTYP/],
    ['a pointer of Git LFS', Buffer.from('version https://git-lfs.github.com/spec/v1\n'), /not of/, /git lfs pull/], // prettier-ignore
    ['empty', Buffer.alloc(0), /not of torch.save/, /""/],
    ['another pickle', Buffer.concat([op.proto, op.emptyDict, op.stop]), /not of torch.save/, undefined],
  ])('is told apart from %s', (_what, bytes, message, found) => {
    const error = refusal(written(bytes));
    expect(error.message).toMatch(message);
    if (found) expect(error.found).toMatch(found);
  });

  it('without names says so', () => {
    expect(refusal(`${FIXTURES}/no-names.pth`).message).toMatch(/no tensors by name/);
  });
});
