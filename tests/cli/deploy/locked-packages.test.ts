import { closureOf } from '../../../cli/deploy/image/locked-packages.js';

const locked = {
  '': { dependencies: { app: '1' }, devDependencies: { tool: '1' } },
  'node_modules/app': {
    version: '1',
    dependencies: { a: '^2', b: '1' },
    optionalDependencies: { gone: '1' },
  },
  'node_modules/app/node_modules/a': { version: '2', dependencies: { b: '1', '@s/c': '1' } },
  'node_modules/a': { version: '1', dev: true },
  'node_modules/b': { version: '1', devOptional: true, peerDependencies: { app: '1' } },
  'node_modules/@s/c': { version: '1', dependencies: { a: '1' } },
  'node_modules/tool': { version: '1', dev: true },
};

describe('the packages that one needs', () => {
  it('finds each where Node would, and nothing else', () => {
    expect(closureOf(locked, 'node_modules/app')).toEqual({
      'node_modules/app/node_modules/a': locked['node_modules/app/node_modules/a'],
      'node_modules/a': { version: '1' },
      'node_modules/b': { version: '1', peerDependencies: { app: '1' } },
      'node_modules/@s/c': locked['node_modules/@s/c'],
    });
  });

  it("begins at the lock's own package", () => {
    const names = Object.keys(closureOf(locked, ''));
    expect(names).toContain('node_modules/app');
    expect(names).not.toContain('node_modules/tool');
  });
});
