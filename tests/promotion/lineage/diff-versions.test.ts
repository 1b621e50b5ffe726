import { diffVersions, type VersionRecord } from '../../../promotion/index.js';

const version = (number: number, lineage?: VersionRecord['lineage']): VersionRecord => ({
  version: number,
  model: { path: `final/model_v${number}`, md5: '0'.repeat(32) },
  source: { path: 'model', md5: String(number).repeat(32) },
  registered: { at: '2026-01-01T00:00:00Z', by: 'ada', reason: 'x', run: 'r' },
  ...(lineage ? { lineage } : {}),
});

describe('the difference of two versions', () => {
  it('is what one has otherwise, or not at all', () => {
    const before = version(1, {
      code: { commit: 'a', changed: false },
      stage: { name: 'train', command: 'sh train.sh' },
      data: { same: '1', changed: '2', gone: '3' },
      params: { same: [1], lr: 0.1, layers: [1, 2] },
      metrics: { accuracy: 0.5, loss: 2 },
    });
    const after = version(2, {
      code: { commit: 'a', changed: true },
      stage: { name: 'train', command: 'sh train.sh' },
      data: { same: '1', changed: '4', come: '5' },
      params: { same: [1], lr: 0.2, layers: [1, 3] },
      metrics: { accuracy: 0.75, f1: 0.5 },
    });
    expect(diffVersions(before, after)).toEqual({
      versions: [1, 2],
      model: ['1'.repeat(32), '2'.repeat(32)],
      code: { name: 'commit', before: 'a', after: 'a with changes' },
      data: [
        { name: 'changed', before: '2', after: '4' },
        { name: 'come', after: '5' },
        { name: 'gone', before: '3' },
      ],
      params: [
        { name: 'layers', before: [1, 2], after: [1, 3] },
        { name: 'lr', before: 0.1, after: 0.2 },
      ],
      metrics: [
        { name: 'accuracy', before: 0.5, after: 0.75, difference: 0.25 },
        { name: 'f1', after: 0.5 },
        { name: 'loss', before: 2 },
      ],
    });
  });

  it('is nothing between a version and itself, and all of it beside one of which nothing is known', () => {
    const known = version(1, { data: { a: '1' }, params: {}, metrics: {} });
    expect(diffVersions(known, known)).toMatchObject({ data: [], params: [], metrics: [] });
    expect(diffVersions(version(2), known).data).toEqual([{ name: 'a', after: '1' }]);
  });
});
