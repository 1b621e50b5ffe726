import { withCacheFolder } from '../../../runner/trials/local-config.js';

describe('withCacheFolder', () => {
  it.each([
    ['', '[cache]\n    dir = "/c"\n'],
    ['[core]\n    remote = r\n', '[core]\n    remote = r\n[cache]\n    dir = "/c"\n'],
    [
      '[cache]\n    type = copy\n    dir = ../x\n[core]\n    remote = r\n',
      '[cache]\n    dir = "/c"\n    type = copy\n[core]\n    remote = r\n',
    ],
    [
      '[\'remote "cache"\']\n    url = s3://b\n',
      '[\'remote "cache"\']\n    url = s3://b\n[cache]\n    dir = "/c"\n',
    ],
  ])('of %j', (text, expected) => {
    expect(withCacheFolder(text, '/c')).toBe(expected);
  });
});
