import { cardBody } from '../../../promotion/card/card-body.js';

describe('the text of a model card', () => {
  it('shows names that come from data and params as they are: none of them is markup', () => {
    const body = cardBody({
      registry: { name: 'cats', settings: {} },
      version: 1,
      facts: { onHub: false, base: 'a`b' },
      registered: { at: '2026-01-01T00:00:00Z', by: 'eve', reason: '<img src=x onerror=alert(1)>' },
      lineage: {
        data: {},
        stage: { name: 's', command: 'echo `id`' },
        metrics: { 'per_class.[win](//evil).f1': 0.5, 'per_class.<b>.f1': 0.5, macro_f1: 0.5 },
        params: { note: 'a ``` <script> | b' },
      },
    });
    expect(body).toContain('Finetuned from `` a`b ``');
    expect(body).toContain('by eve: &lt;img src=x onerror=alert(1)>');
    expect(body).toContain('| per_class.\\[win\\](//evil).f1 | 0.5 |');
    expect(body).toContain('| per_class.&lt;b>.f1 | 0.5 |');
    expect(body).toContain('| macro_f1 | 0.5 |');
    expect(body).toContain('Stage `s`: `` echo `id` ``.');
    expect(body).toContain('| `note` | ```` a ``` <script> \\| b ```` |');
  });
});
