import { readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { production } from '../rig/retrain-runs.js';
import { endAll, reprise, startReprise } from '../rig/reprise.js';
import { newData, retrainingProject } from '../rig/retraining.js';
import { until } from '../rig/servers.js';
import { writeFiles } from '../rig/project.js';

afterEach(endAll);

const events = (stdout: string) =>
  stdout
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('reprise retrain', () => {
  it("retrains on the project's own server, holds what is no better, and promotes it when someone says so", async () => {
    const root = retrainingProject(tmpdir());
    const first = await reprise(['retrain'], root);
    expect(first).toMatchObject({ code: 0, stderr: '' });
    expect(first.stdout).toMatch(/promoted: version 1 is in production\n {2}ran: fetch, train, evaluate/);

    newData(root, 0.5, 25);
    const held = await reprise(['retrain', '--json'], root);
    const end = events(held.stdout).at(-1) as { outcome: string; promotion: string };
    expect(end).toMatchObject({ event: 'end', outcome: 'held' });

    const refused = await reprise(['runs', 'approve', 'no-such-run', '--by', 'ada'], root);
    expect(refused).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/^nothing waits for an answer under no-such-run/),
    });
    const approved = await reprise(
      ['runs', 'approve', end.promotion, '--by', 'ada', '--reason', 'newer'],
      root,
    );
    expect(approved).toMatchObject({
      code: 0,
      stdout: 'promoted: version 2 is in production (approve by ada)\n',
    });
    expect(production(root)).toMatchObject({ version: 2, promoted: { by: 'ada', reason: 'newer' } });
    const late = await reprise(['runs', 'reject', '--by', 'eve', '--reason', 'late'], root);
    expect(late).toMatchObject({ code: 1, stderr: expect.stringContaining('it has ended') });
  });

  it('goes on, after it was killed, with the run that it had begun', async () => {
    const root = retrainingProject(tmpdir());
    writeFiles(root, {
      'dvc.yaml': readFileSync(join(root, 'dvc.yaml'), 'utf8').replace(
        'echo run >> ./trained',
        'echo run >> ./trained; sleep 3',
      ),
    });
    const killed = startReprise(['retrain'], root);
    await until('it reproduces', () => killed.stdout().includes('reproducing'));
    killed.child.kill('SIGKILL');
    await killed.ended;
    const end = await reprise(['retrain'], root);
    expect(end).toMatchObject({ code: 0, stdout: expect.stringContaining('promoted: version 1') });
  });

  it('is ended by Ctrl-C, and keeps `reprise repro` out of its stages until then', async () => {
    const root = retrainingProject(tmpdir());
    writeFiles(root, {
      'dvc.yaml': readFileSync(join(root, 'dvc.yaml'), 'utf8').replace(
        'echo run >> ./trained',
        'test -f quick || sleep 60',
      ),
    });
    const running = startReprise(['retrain'], root);
    await until('it reproduces', () => running.stdout().includes('reproducing'));
    const refused = await reprise(['repro'], root);
    expect(refused).toMatchObject({ code: 1, stdout: expect.not.stringContaining('replaced') });
    expect(refused.stderr + refused.stdout).toMatch(/stages are run by reprise-\S+-retrain/);
    running.child.kill('SIGINT');
    expect((await running.ended).code).toBe(130);
    writeFiles(root, { quick: '' });
    expect(await reprise(['retrain'], root)).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('promoted: version 1'),
    });
  });

  it('fails with what the stage printed, and with the place of a wrong setting', async () => {
    const root = retrainingProject(tmpdir());
    writeFiles(root, { 'evaluate.mjs': 'console.error("no rows"); process.exit(3);\n' });
    const failed = await reprise(['retrain'], root);
    expect(failed.code).toBe(1);
    expect(failed.stderr).toMatch(/evaluate: the command failed with exit code 3[^]*no rows/);
    writeFiles(root, { '.reprise/config.yaml': 'retrain:\n  metric: best\n' });
    const wrong = await reprise(['retrain'], root);
    expect(wrong).toMatchObject({
      code: 1,
      stderr: expect.stringMatching(/\.reprise\/config\.yaml:2:\d+: retrain\.metric/),
    });
    expect(await reprise(['retrain', '--approval', 'maybe'], root)).toMatchObject({ code: 2 });
  });
});
