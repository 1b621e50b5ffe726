import { stageFileName } from '../../runner/stage-file-name.js';

it('is the address itself, where a file system takes that', () => {
  expect(stageFileName('sub/dvc.yaml:train@a')).toBe('sub%2Fdvc.yaml%3Atrain%40a');
});

it('is another one for each long address, and no longer than a file system takes', () => {
  const addresses = ['x', 'y', '訓'].flatMap((end) => [
    `${'train'.repeat(60)}${end}`,
    `train@${'訓'.repeat(60)}${end}`,
  ]);
  const names = addresses.map(stageFileName);
  expect(new Set(names).size).toBe(addresses.length);
  for (const name of names)
    expect([name, name.length < 250, /^[\w%.~-]+$/.test(name)]).toEqual([name, true, true]);
});
