import { cacheDir } from '../../../infra/locate/index.js';

describe('cacheDir', () => {
  it('is the folder that the user names, else the platform’s own', () => {
    expect(cacheDir({ REPRISE_CACHE_DIR: '/somewhere', XDG_CACHE_HOME: '/x' })).toBe('/somewhere');
    const expected =
      process.platform === 'darwin' ? '/home/ada/Library/Caches/reprise' : '/home/ada/.cache/reprise';
    expect(cacheDir({ HOME: '/home/ada' })).toBe(expected);
    if (process.platform === 'linux') expect(cacheDir({ XDG_CACHE_HOME: '/x' })).toBe('/x/reprise');
  });
});
