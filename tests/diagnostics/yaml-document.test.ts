import { z } from 'zod';
import type { DiagnosticError } from '../../diagnostics/index.js';
import { YamlDocument, formatDiagnostic, parseWith } from '../../diagnostics/index.js';

const schema = z.strictObject({
  stages: z.record(z.string(), z.strictObject({ retries: z.number().int() })),
});

function failure(run: () => unknown): DiagnosticError {
  try {
    run();
  } catch (error) {
    return error as DiagnosticError;
  }
  throw new Error('nothing was thrown');
}

describe('YamlDocument', () => {
  it('names the line and column of a syntax error', () => {
    const error = failure(() => new YamlDocument('dvc.yaml', 'stages:\n  a: [1,\n  b: 2\n'));
    expect(error.code).toBe('yaml-syntax');
    expect(error.at).toMatchObject({ file: 'dvc.yaml', line: 3 });
  });

  it('locates a wrong value and shows its line with a marker', () => {
    const yaml = new YamlDocument('dvc.yaml', 'stages:\n  train:\n    retries: many\n');
    const error = failure(() => parseWith(schema, yaml.toJS(), 'bad-setting', yaml));
    expect(error.at).toEqual({ file: 'dvc.yaml', line: 3, column: 5, source: '    retries: many' });
    expect(formatDiagnostic(error)).toContain('dvc.yaml:3:5: stages.train.retries');
    expect(formatDiagnostic(error)).toContain('\n  3 |     retries: many\n          ^');
  });

  it('names an unknown key and the known ones', () => {
    const yaml = new YamlDocument('dvc.yaml', 'stages:\n  train:\n    retries: 1\nstage: {}\n');
    const error = failure(() => parseWith(schema, yaml.toJS(), 'bad-setting', yaml));
    expect(error.message).toBe('stage is not a known key');
    expect(error.at?.line).toBe(4);
    expect(error.fix).toContain('stages');
  });
});
