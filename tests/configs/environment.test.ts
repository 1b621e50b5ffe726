import { loadBaseConfig, loadProject } from '../../configs/index.js';
import type { DiagnosticError } from '../../diagnostics/index.js';
import { projectFolder } from './project.js';

const PRODUCTION = 'configs/base_config.production.yaml';

function refusal(files: Readonly<Record<string, string>>, env: NodeJS.ProcessEnv): DiagnosticError {
  try {
    loadBaseConfig(projectFolder(files), env);
  } catch (error) {
    return error as DiagnosticError;
  }
  throw new Error('nothing was thrown');
}

describe('the environment', () => {
  it('lays its file, and single settings over that, over base_config.yaml', () => {
    const root = projectFolder({
      [PRODUCTION]: 'tracking:\n  uri: https://mlflow.example.com\n  log_model: false\n',
    });
    expect(loadBaseConfig(root, {}).tracking).toMatchObject({ uri: null, log_model: true });
    const production = { REPRISE_ENV: 'production' };
    const { tracking, seed } = loadBaseConfig(root, production);
    expect(tracking).toMatchObject({ uri: 'https://mlflow.example.com', log_model: false, enabled: true });
    expect(seed).toBe(42);
    const more = {
      REPRISE_CONFIG__TRACKING__LOG_MODEL: 'true',
      REPRISE_CONFIG__TRACKING__EXPERIMENT: 'mine',
    };
    expect(loadBaseConfig(root, { ...production, ...more }).tracking).toMatchObject({
      uri: 'https://mlflow.example.com',
      log_model: true,
      experiment: 'mine',
    });
    expect(loadBaseConfig(root, { REPRISE_ENV: '' })).toEqual(loadBaseConfig(root, {}));
  });

  it('may be a file that says nothing', () => {
    const root = projectFolder({ [PRODUCTION]: '# Nothing yet.\n' });
    expect(loadBaseConfig(root, { REPRISE_ENV: 'production' })).toEqual(loadBaseConfig(root, {}));
  });

  it.each([['staging'], ['../secret'], ['production.yaml']])(
    'is one that the project has, not %s',
    (name) => {
      expect(refusal({ [PRODUCTION]: '' }, { REPRISE_ENV: name })).toMatchObject({
        code: 'unknown-environment',
        expected: 'one of production',
        found: name,
      });
    },
  );

  it('sets nothing that results follow from', () => {
    const error = refusal({ [PRODUCTION]: 'tracking: {}\nseed: 7\n' }, { REPRISE_ENV: 'production' });
    expect(error).toMatchObject({ code: 'not-of-environment', at: { file: PRODUCTION, line: 2, column: 1 } });
    expect(refusal({}, { REPRISE_CONFIG__SEED: '7' })).toMatchObject({
      code: 'not-of-environment',
      at: { file: 'the environment variable REPRISE_CONFIG__SEED' },
    });
  });

  it('is told where it is wrong: in its file, or in a variable', () => {
    const files = { [PRODUCTION]: 'tracking:\n  enabled: perhaps\n' };
    expect(refusal(files, { REPRISE_ENV: 'production' })).toMatchObject({
      code: 'bad-config',
      at: { file: PRODUCTION, line: 2, column: 3 },
    });
    expect(refusal({}, { REPRISE_CONFIG__TRACKING__ENABLED: 'perhaps' })).toMatchObject({
      code: 'bad-config',
      at: { file: 'the environment variable REPRISE_CONFIG__TRACKING__ENABLED' },
    });
    expect(refusal({}, { REPRISE_CONFIG__TRACKING__SPEED: '1' })).toMatchObject({
      code: 'bad-config',
      message: 'tracking.speed is not a known key',
      at: { file: 'the environment variable REPRISE_CONFIG__TRACKING__SPEED' },
    });
  });
});

it('all of a project’s configuration is loaded at once, from a folder inside of it', () => {
  const root = projectFolder();
  const { base, data, finetuning, evaluation, ...rest } = loadProject(`${root}/configs`);
  expect(rest).toEqual({ root });
  expect([base.task, finetuning.seed]).toEqual(['text-classification', 42]);
  expect(data.preprocessing.steps).toEqual(['src/cleaning/strip-markup.ts']);
  expect(finetuning.callbacks).toEqual(['src/callbacks/stop-at-loss.ts']);
  expect(evaluation.metrics).toEqual(['src/metrics/cohens-kappa.ts']);
});
