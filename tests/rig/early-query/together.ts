import { proxyActivities, setHandler, defineQuery } from '@temporalio/workflow';

const { make, keep } = proxyActivities<{
  make(name: string): Promise<string>;
  keep(names: string): Promise<void>;
}>({ startToCloseTimeout: '1 minute', taskQueue: 'early-query-activities' });

/** Keeps what was made: all that is there when nothing is being kept, together. */
export async function together(): Promise<string> {
  const made: string[] = [];
  setHandler(defineQuery<string>('made'), () => made.join());
  let waiting: string[] = [];
  let kept: Promise<void> = Promise.resolve();
  const keepWaiting = async (): Promise<void> => {
    const names = waiting.splice(0);
    if (names.length > 0) await keep(names.join());
  };
  const one = async (name: string): Promise<void> => {
    await make(name);
    made.push(name);
    waiting.push(name);
    await (kept = kept.then(keepWaiting));
  };
  await Promise.all(['a', 'b', 'c'].map(one));
  waiting = [made.join('+')];
  await keepWaiting();
  return made.join();
}
