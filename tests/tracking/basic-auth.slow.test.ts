import { readFileSync, readdirSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { tinyProject } from '../finetuning/training/tiny-project.js';
import {
  addUser,
  credentials,
  describeWithMlflow,
  readRuns,
  startMlflow,
  type MlflowServer,
  type MlflowUser,
} from '../rig/mlflow.js';
import { endAll, reprise, type RepriseEnd } from '../rig/reprise.js';

const ADA: MlflowUser = { name: 'ada', password: 'the-password-of-ada' };
const BOB: MlflowUser = { name: 'bob', password: 'the-password-of-bob' };
const WRONG = 'not-the-password-of-ada';

/** None of the files under a folder has it. */
function expectNowhere(secret: string, folder: string): void {
  const names = readdirSync(folder, { recursive: true }) as string[];
  const files = names.map((name) => join(folder, name)).filter((file) => statSync(file).isFile());
  expect(files.filter((file) => readFileSync(file).includes(secret))).toEqual([]);
}

describeWithMlflow('a tracking server with basic authentication', () => {
  let server: MlflowServer;
  beforeAll(async () => {
    server = await startMlflow(ADA);
    await addUser(server, ADA, BOB);
  });
  afterEach(endAll);
  afterAll(async () => {
    await server?.stop();
  });

  it('gets a training with the right password; with a wrong one it is kept, and the password is shown nowhere', async () => {
    const root = tinyProject({ config: { num_epochs: 1 } });
    const as = (user: MlflowUser, ...args: string[]): Promise<RepriseEnd> =>
      reprise(args, root, { MLFLOW_TRACKING_URI: server.uri, ...credentials(user) });

    const mistaken = { ...ADA, password: WRONG };
    const trained = await as(mistaken, 'finetune');
    expect([trained.stderr, trained.code]).toEqual([trained.stderr, 0]);
    expect(trained.stderr).toContain(
      `${server.uri} refuses access (401): see MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD`,
    );
    expect(trained.stderr).toContain('tracking: one run is not sent yet');
    const refused = await as(mistaken, 'tracking', 'send');
    expect([refused.code, refused.stdout]).toEqual([1, expect.stringContaining('refuses access (401)')]);
    expect([trained.stdout, trained.stderr, refused.stdout, refused.stderr].join('\n')).not.toContain(WRONG);
    expectNowhere(WRONG, root);
    expectNowhere(Buffer.from(`${ADA.name}:${WRONG}`).toString('base64'), root);

    expect((await as(ADA, 'tracking', 'send')).stdout).toBe('1 sent, 0 not sent\n');
    const { tiny = [] } = await readRuns(server.uri, credentials(ADA));
    expect(tiny).toMatchObject([{ status: 'FINISHED', tags: { 'mlflow.user': ADA.name } }]);
    const history = JSON.parse(readFileSync(join(root, 'models/checkpoints/training.json'), 'utf8')) as {
      readonly log_history: readonly Readonly<Record<string, number>>[];
    };
    const losses = history.log_history.filter((entry) => 'loss' in entry);
    expect(tiny[0]?.metrics['train/loss']).toEqual(losses.map(({ step, loss }) => [step, loss]));
    expect(tiny[0]?.artifacts).toContain('model/MLmodel');
    expectNowhere(ADA.password, root);

    // Whom the server knows and lets read alone is told so; and credentials may stand in the address.
    const other = tinyProject({ config: { num_epochs: 1 } });
    const uri = server.uri.replace('//', `//${BOB.name}:${BOB.password}@`);
    const kept = await reprise(['finetune'], other, { MLFLOW_TRACKING_URI: uri });
    expect([kept.stderr, kept.code]).toEqual([kept.stderr, 0]);
    expect(kept.stderr).toContain(
      `${server.uri} refuses access (403): whoever these credentials name may not do this there`,
    );
    expect(kept.stderr + kept.stdout).not.toContain(BOB.password);
    expectNowhere(BOB.password, other);
    const send = ['tracking', 'send'];
    expect(
      await reprise(send, other, { MLFLOW_TRACKING_URI: server.uri, ...credentials(ADA) }),
    ).toMatchObject({
      code: 0,
      stdout: '1 sent, 0 not sent\n',
    });
    expect((await readRuns(server.uri, credentials(ADA)))['tiny']).toHaveLength(2);
  }, 300_000);
});
