import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { JournalFolder } from '../../tracking/journal/journal-folder.js';
import { tryLock } from '../../tracking/journal/lock.js';
import { pendingFolder } from '../../tracking/journal/pending.js';
import { JournalSender } from '../../tracking/journal/send-journal.js';
import { Outbox } from '../../tracking/sending/outbox.js';
import { FileStore } from '../../tracking/store/file-store.js';
import { readStoredRuns } from '../../tracking/store/read-stored-runs.js';
import type { NewRun } from '../../tracking/store/tracking-store.js';
import type { JournalHead } from '../../tracking/journal/entries.js';

const HEAD: JournalHead = {
  uri: 'file:///x',
  experiment: 'E',
  name: 'a run',
  key: 'key',
  run: 'new',
  startTime: 1_700_000_000_000,
  tags: { 'mlflow.user': 'me' },
};

function begin(head: Partial<JournalHead> = {}) {
  const folder = mkdtempSync(join(tmpdir(), 'reprise-journal-'));
  const { journal, release } = JournalFolder.create(pendingFolder(folder), { ...HEAD, ...head });
  return { folder, journal, release, store: new FileStore(join(folder, 'mlruns')) };
}

const refuse = (message: string): never => {
  throw new Error(message);
};
const loss = (step: number) =>
  ({ op: 'metrics', time: step, step, values: { 'train/loss': step / 8 } }) as const;

/** Lines of the metric's file: time, value, step. */
async function written(store: FileStore, folder: string, runId: string): Promise<string> {
  const experiment = await store.experiment('E');
  return readFileSync(join(folder, 'mlruns', experiment, runId, 'metrics/train/loss'), 'utf8');
}

describe('a journal', () => {
  it('is sent once, however often it is sent and whatever was lost of how far it had come', async () => {
    const { folder, journal, store } = begin();
    for (const step of [1, 2, 3]) journal.append(loss(step));
    await new JournalSender(journal, store, refuse).send();
    const { runId = '' } = journal.progress();
    // Killed after the store had it, and before that was written down.
    journal.setProgress({ runId, offset: 0 });
    journal.append(loss(4));
    await new JournalSender(journal, store, refuse).send();
    expect(await written(store, folder, runId)).toBe('1 0.125 1\n2 0.25 2\n3 0.375 3\n4 0.5 4\n');
  });

  it('makes no second run when nobody has heard of the first', async () => {
    const { journal, store } = begin();
    journal.append(loss(1));
    await new JournalSender(journal, store, refuse).send();
    const { runId } = journal.progress();
    journal.setProgress({ offset: 0, creating: true });
    await new JournalSender(journal, store, refuse).send();
    expect(journal.progress().runId).toBe(runId);
  });

  it('mends what a kill tore: a line of its own, and one of the store', async () => {
    const { folder, journal, store } = begin();
    journal.append(loss(1));
    appendFileSync(join(journal.path, 'journal.jsonl'), '{"op":"metrics","ti');
    journal.mend();
    journal.append(loss(2));
    await new JournalSender(journal, store, refuse).send();
    const { runId = '' } = journal.progress();
    const file = join(folder, 'mlruns', await store.experiment('E'), runId, 'metrics/train/loss');
    writeFileSync(file, '1 0.125 1\n2 0.2');
    journal.setProgress({ runId, offset: 0 });
    await new JournalSender(journal, new FileStore(join(folder, 'mlruns')), refuse).send();
    expect(readFileSync(file, 'utf8')).toBe('1 0.125 1\n2 0.25 2\n');
  });

  it('gets another run when its own was deleted', async () => {
    const { folder, journal, store } = begin();
    journal.append(loss(1));
    await new JournalSender(journal, store, refuse).send();
    const { runId = '' } = journal.progress();
    rmSync(join(folder, 'mlruns', await store.experiment('E'), runId), { recursive: true });
    journal.append(loss(2));
    const sender = new JournalSender(journal, new FileStore(join(folder, 'mlruns')), refuse);
    await expect(sender.send()).rejects.toThrow('no longer');
    await sender.send();
    const other = journal.progress().runId ?? '';
    expect(other).not.toBe(runId);
    expect(await written(store, folder, other)).toBe('1 0.125 1\n2 0.25 2\n');
  });

  it('goes on with the unfinished run of its key, and adds to the newest', async () => {
    const { folder, journal, store } = begin();
    journal.append(loss(1));
    await new JournalSender(journal, store, refuse).send();
    const { runId } = journal.progress();
    const another = (run: JournalHead['run']) =>
      JournalFolder.create(pendingFolder(folder), { ...HEAD, run }).journal;
    const onAnotherHost = another('unfinished');
    onAnotherHost.append(loss(1));
    onAnotherHost.append(loss(2));
    onAnotherHost.append({ op: 'status', status: 'FINISHED', time: 9 });
    await new JournalSender(onAnotherHost, store, refuse).send();
    expect(onAnotherHost.progress().runId).toBe(runId);
    expect(await written(store, folder, runId ?? '')).toBe('1 0.125 1\n2 0.25 2\n');
    // It is through: the same training again is another run, and what is said of the model goes to the newest.
    const again = another('unfinished');
    again.append(loss(1));
    await new JournalSender(again, store, refuse).send();
    expect(again.progress().runId).not.toBe(runId);
  });

  it('is a part of one run with those of other hosts, also when all make that at the same time', async () => {
    const root = join(mkdtempSync(join(tmpdir(), 'reprise-parts-')), 'mlruns');
    const experiment = await new FileStore(root).experiment('E');
    let arrived = 0;
    let meet: () => void = () => undefined;
    const met = new Promise<void>((resolve) => (meet = resolve));
    /** Makes its first run when both have seen that there is none. The one that was asked for first is there last. */
    class Host extends FileStore {
      override async createRun(run: NewRun): Promise<string> {
        const at = ++arrived;
        if (at === 2) meet();
        await met;
        if (at === 1) await sleep(300);
        return await super.createRun(run);
      }
    }
    const parts = ['001', '002'].map((name) => {
      const parent = { tag: ['reprise.sweep', 'lr'], name: 'lr' } as const;
      const { journal } = begin({ name, key: name, parent });
      journal.append({ op: 'status', status: 'FINISHED', time: 9 });
      return new JournalSender(journal, new Host(root), refuse);
    });
    await Promise.all(parts.map((part) => part.send()));
    const parent = await new FileStore(root).findRun(experiment, ['reprise.sweep_parent', 'lr']);
    expect(parent).toMatchObject({ status: 'FINISHED' });
    for (const { runId = '' } of parts) {
      const tag = join(root, experiment, runId, 'tags/mlflow.parentRunId');
      expect(readFileSync(tag, 'utf8')).toBe(parent?.runId);
    }
    // Of what they made, one is left.
    const runs = await readStoredRuns(root);
    expect(runs.map(({ name }) => name).sort()).toEqual(['001', '002', 'lr']);
  });

  it('is left alone by others while its process lives, and removed when it is through', async () => {
    const { folder, journal, release, store } = begin();
    journal.append(loss(1));
    const outbox = new Outbox({ state: folder, uri: HEAD.uri, store, onRefused: refuse });
    await outbox.send();
    expect(outbox.unsent()).toBe(1);
    release();
    await outbox.send();
    expect([outbox.unsent(), JournalFolder.list(pendingFolder(folder)).length]).toEqual([0, 1]);
    journal.append({ op: 'status', status: 'FINISHED', time: 9 });
    await outbox.send();
    expect(JournalFolder.list(pendingFolder(folder))).toEqual([]);
  });

  it('has a lock that a process which has ended does not hold', () => {
    const path = join(mkdtempSync(join(tmpdir(), 'reprise-lock-')), 'lock');
    writeFileSync(path, `${process.pid} 1`);
    const release = tryLock(path);
    expect(release).toBeDefined();
    expect(tryLock(path)).toBeUndefined();
    release?.();
    expect(tryLock(path)).toBeDefined();
  });
});
