import { parseContinued } from '../../workflows/parse-input.js';
import { parseProgress } from '../../workflows/reproduce/progress.js';
import { reproduceInput } from '../../workflows/reproduce/input.js';

const NEWER = {
  jobs: 3,
  reviewers: ['of a newer build'],
  workspace: { kind: 'git', url: 'https://example.com/a.git', sparse: true },
  carried: [{ address: 'train', outcome: 'ran', seconds: 1, attempts: 1, watts: 300 }],
};

it('leaves aside what a workflow of a newer build has carried on, and a person may not write', () => {
  expect(reproduceInput.safeParse(NEWER).success).toBe(false);
  const { data } = parseContinued(reproduceInput, NEWER);
  expect(data).toMatchObject({
    jobs: 3,
    workspace: { kind: 'git', url: 'https://example.com/a.git', rev: 'HEAD' },
    carried: [{ address: 'train', outcome: 'ran', seconds: 1, attempts: 1 }],
  });
  expect(JSON.stringify(data)).not.toMatch(/reviewers|sparse|watts/);
  expect(NEWER.carried[0]).toHaveProperty('watts');
});

it('takes nothing that is wrong for what is new', () => {
  expect(parseContinued(reproduceInput, { ...NEWER, jobs: 'many' }).success).toBe(false);
  expect(parseContinued(reproduceInput, null).success).toBe(false);
});

it('reads of a stage of a newer build what it knows', () => {
  const known = { address: 'train', attempt: 1, host: 'a', checkpoint: { name: 'step-10', digest: 'abc' } };
  const said = { ...known, watts: 300, checkpoint: { ...known.checkpoint, step: 10 } };
  expect(parseProgress(said)).toEqual(known);
});
