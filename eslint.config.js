import importX, { createNodeResolver } from 'eslint-plugin-import-x';
import tseslint from 'typescript-eslint';

/**
 * The rooms, and the rooms that each may import: always through the other's index, which is its public face. Every room may
 * import `diagnostics`, except the workflows: their sandbox has no Node.
 */
const ROOMS = {
  cli: [
    'workers',
    'activities',
    'workflows',
    'runner',
    'workspaces',
    'promotion',
    'statistics',
    'notifications',
    'tracking',
    'finetuning',
    'compute',
    'dvc',
    'storage',
    'configs',
    'infra',
  ],
  workers: ['activities', 'runner', 'workflows'],
  activities: [
    'runner',
    'workspaces',
    'promotion',
    'notifications',
    'tracking',
    'dvc',
    'storage',
    'configs',
    'workflows',
  ],
  workflows: [],
  runner: ['dvc', 'storage'],
  workspaces: ['dvc', 'storage'],
  promotion: ['tracking', 'dvc', 'statistics', 'workflows'],
  notifications: ['workflows'],
  statistics: [],
  tracking: [],
  finetuning: ['compute', 'configs', 'infra', 'statistics', 'tracking'],
  compute: [],
  dvc: ['storage'],
  storage: [],
  configs: [],
  diagnostics: [],
  infra: [],
  notebooks: ['finetuning', 'tracking', 'dvc', 'configs'],
  reference: ['notifications', 'promotion', 'runner', 'workflows', 'configs'],
  bench: ['finetuning', 'compute', 'configs', 'dvc', 'infra'],
};

/** Where a room's public face is not one `index.ts`: what takes long to load stands apart from what need not. */
const FACES = {
  workers: ['./index.ts', './gpu/probe.ts', './payload-codec.ts', './host/host-id.ts'],
  dvc: ['./index.ts', './status.ts'],
  runner: ['./index.ts', './project.ts'],
  infra: ['./locate/index.ts'],
  finetuning: [
    './index.ts',
    ...['data', 'models', 'methods', 'training', 'evaluation', 'serving'].map((name) => `./${name}/index.ts`),
  ],
};

const names = Object.keys(ROOMS);

const walls = names.map((room) => {
  const shared = room === 'workflows' || room === 'diagnostics' ? [] : ['diagnostics'];
  const allowed = [room, ...ROOMS[room], ...shared, 'node_modules'];
  return {
    target: `./${room}`,
    from: '.',
    except: allowed.map((name) => `./${name}`),
    message: `${room} may import: ${allowed.slice(1, -1).join(', ') || 'no other room'}.`,
  };
});

const faces = names.map((room) => ({
  target: names.filter((name) => name !== room).map((name) => `./${name}`),
  from: `./${room}`,
  except: FACES[room] ?? ['./index.ts'],
  message: `Import the public face of ${room}, not a file inside it.`,
}));

export default tseslint.config(
  { ignores: ['dist/', 'demo/', 'coverage/', 'node_modules/', 'examples/'] },
  { linterOptions: { reportUnusedDisableDirectives: 'error' } },
  tseslint.configs.strict,
  {
    plugins: { 'import-x': importX },
    settings: {
      'import-x/resolver-next': [
        createNodeResolver({
          extensions: ['.ts', '.mjs', '.js', '.json'],
          extensionAlias: { '.js': ['.ts', '.js'] },
          conditionNames: ['types', 'import', 'node', 'default'],
        }),
      ],
      'import-x/parsers': { '@typescript-eslint/parser': ['.ts', '.mjs'] },
      'import-x/extensions': ['.ts', '.mjs', '.js'],
    },
    rules: {
      eqeqeq: 'error',
      'no-self-compare': 'error',
      'no-unsafe-finally': 'error',
      'object-shorthand': 'error',
      'import-x/no-cycle': ['error', { ignoreExternal: true }],
      'import-x/no-default-export': 'error',
      'import-x/no-duplicates': 'error',
      'import-x/no-restricted-paths': ['error', { zones: [...walls, ...faces] }],
      'import-x/no-self-import': 'error',
      'import-x/no-unresolved': ['error', { ignore: ['^node:'] }],
      '@typescript-eslint/no-unused-vars': ['error', { argsIgnorePattern: '^_', varsIgnorePattern: '^_' }],
    },
  },
  {
    files: ['**/*.ts'],
    languageOptions: { parserOptions: { project: './tsconfig.json', tsconfigRootDir: import.meta.dirname } },
    rules: {
      '@typescript-eslint/consistent-type-imports': 'error',
      '@typescript-eslint/no-floating-promises': 'error',
      '@typescript-eslint/no-misused-promises': 'error',
      '@typescript-eslint/only-throw-error': 'error',
      '@typescript-eslint/return-await': ['error', 'error-handling-correctness-only'],
      '@typescript-eslint/switch-exhaustiveness-check': [
        'error',
        { considerDefaultExhaustiveForUnions: true },
      ],
    },
  },
  {
    files: ['workflows/**/*.ts'],
    rules: {
      'import-x/no-nodejs-modules': 'error',
      'no-restricted-imports': [
        'error',
        {
          patterns: [
            {
              group: ['@temporalio/*', '!@temporalio/workflow', '!@temporalio/common'],
              message:
                'A workflow runs in a sandbox: it has @temporalio/workflow, and knows activities by their types.',
            },
          ],
        },
      ],
    },
  },
  { files: ['*.config.js'], rules: { 'import-x/no-default-export': 'off' } },
  { files: ['**/*.cjs'], rules: { '@typescript-eslint/no-require-imports': 'off' } },
);
