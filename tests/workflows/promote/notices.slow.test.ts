import { httpReceiver } from '../../rig/receivers.js';
import { RetrainRig } from '../../rig/retrain-runs.js';
import { newData, retrainingProject } from '../../rig/retraining.js';
import { failureOf } from '../../rig/runs.js';
import { writeFiles } from '../../rig/project.js';

let rig: RetrainRig;
beforeAll(async () => {
  rig = await RetrainRig.start();
});
afterAll(async () => {
  await rig?.end();
  for (const name of ['TEAM_URL', 'GONE_URL']) process.env[name] = '';
});

const CHANNELS = `notifications:
  - {kind: webhook, name: team, urlEnv: TEAM_URL}
  - {kind: slack, name: gone, urlEnv: GONE_URL, events: [promoted]}
`;

it('people are told; a channel that refuses is a line in the result, and one that is busy is tried again', async () => {
  // The first answer is that of a server that is busy.
  const team = await httpReceiver((before) => (before === 0 ? 503 : 200));
  const gone = await httpReceiver(() => 410);
  process.env['TEAM_URL'] = `http://127.0.0.1:${team.port}/team-s3cret`;
  process.env['GONE_URL'] = `http://127.0.0.1:${gone.port}/gone-s3cret`;
  const root = retrainingProject(rig.served, `  reminder: 1s\n  approvalTimeout: 2s\n${CHANNELS}`);
  const events = (): unknown[] => team.received.map(({ body }) => (body as { event: string }).event);

  const first = await rig.retrain(root);
  expect(first).toMatchObject({ outcome: 'promoted', version: 1 });
  expect(first.notifications).toEqual([
    { event: 'promoted', channel: 'team', sent: true },
    { event: 'promoted', channel: 'gone', sent: false, error: expect.stringContaining('HTTP 410') },
  ]);
  expect(events()).toEqual(['promoted', 'promoted']);

  newData(root, 0.5, 25);
  const held = await rig.retrain(root);
  expect(await rig.handle(held.promotion).result()).toMatchObject({ outcome: 'expired' });
  expect(events().slice(2)).toEqual(['approval-wanted', 'approval-reminder', 'approval-expired']);
  const wanted = team.received[2]?.body as { lines: string[] };
  expect(wanted.lines.join('\n')).toContain(`reprise runs approve ${held.promotion}`);

  writeFiles(root, { source: 'not a number\n', 'evaluate.mjs': 'process.exit(3);\n' });
  const failure = await failureOf(rig.retrain(root));
  expect(failure.type).toBe('StageFailed');
  expect(team.received.at(-1)?.body).toMatchObject({
    event: 'retrain-failed',
    lines: expect.arrayContaining(['failed: evaluate']),
  });

  // What opens a door is in no history.
  const history = JSON.stringify(await rig.handle(held.promotion).fetchHistory(), (key, value: unknown) =>
    key === 'data' && typeof value === 'string' ? Buffer.from(value, 'base64').toString() : value,
  );
  expect(history).toContain('approval-wanted');
  expect(history).not.toContain('s3cret');
  await team.close();
  await gone.close();
});
