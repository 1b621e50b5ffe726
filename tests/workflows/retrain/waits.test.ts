import { waits } from '../../../workflows/retrain/waits.js';

it.each([
  [5, 'another run of the project, for a week', 7 * 86_400],
  [1, 'a promotion whose remote does not answer, for a day', 86_400],
])('looks from every %i s on at %s, within the history that a run may have', (first, _, length) => {
  const next = waits(first, 600);
  let looks = 0;
  let waited = 0;
  for (; waited < length; looks++) waited += next.next().value;
  // Of some 15 events each; at 51,200 the server ends a run.
  expect(looks * 15).toBeLessThan(20_000);
});

it('sees within a tenth of the time that another has ended, or ten minutes', () => {
  const next = waits(5, 600);
  let waited = next.next().value;
  expect(waited).toBe(5);
  for (let look = 0; look < 200; look++) {
    const wait = next.next().value;
    expect(wait).toBeLessThanOrEqual(Math.min(600, 5 + waited / 10 + 1e-9));
    waited += wait;
  }
});
