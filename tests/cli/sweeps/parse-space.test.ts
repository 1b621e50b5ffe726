import { parseParam } from '../../../cli/sweeps/parse-space.js';

describe('--param', () => {
  it.each([
    ['lr=1e-4,3e-4', 'lr', { choice: [0.0001, 0.0003] }],
    ['o=adam, sgd,true,null,"1"', 'o', { choice: ['adam', 'sgd', true, null, '1'] }],
    ['f.yaml:a.b=4..16', 'f.yaml:a.b', { int: [4, 16], step: 1 }],
    ['r=4..16:4', 'r', { int: [4, 16], step: 4 }],
    ['d=-0.5..1', 'd', { uniform: [-0.5, 1] }],
    ['lr=log:1e-5..1', 'lr', { loguniform: [1e-5, 1] }],
    ['q=a=b', 'q', { choice: ['a=b'] }],
    ['v=1.2.3', 'v', { choice: ['1.2.3'] }],
  ])('%s', (text, name, space) => {
    expect(parseParam(text)).toEqual([name, space]);
  });
});
