// @ts-check
/**
 * Loaded into a worker process and each of its threads (NODE_OPTIONS=--import): on SIGUSR2 every one of them collects its garbage, and
 * the process writes what is left to the file that REPRISE_HEAP_PROBE names: one JSON line, `{rss, heaps: [{thread, used}]}`, in bytes.
 */
import { appendFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { getHeapStatistics } from 'node:v8';
import { BroadcastChannel, isMainThread, threadId } from 'node:worker_threads';

const COLLECT = 'reprise-heap-collect';
const ANSWER = 'reprise-heap-answer';
/** A thread that has more to do than this is left out. */
const ANSWER_MS = 5_000;

const collect = () => {
  // Twice: what the first finalizes the second frees.
  for (let pass = 0; pass < 2; pass++) globalThis.gc?.();
  return { thread: threadId, used: getHeapStatistics().used_heap_size };
};

if (isMainThread && process.env.REPRISE_HEAP_PROBE && globalThis.gc) {
  process.on('SIGUSR2', () => void answer(String(process.env.REPRISE_HEAP_PROBE)));
} else if (!isMainThread) {
  const asked = new BroadcastChannel(COLLECT);
  asked.unref();
  asked.onmessage = () => {
    const answers = new BroadcastChannel(ANSWER);
    answers.postMessage(collect());
    answers.close();
  };
}

/** @param {string} file */
async function answer(file) {
  /** @type {{ thread: number, used: number }[]} */
  const heaps = [];
  const [asking, answers] = [new BroadcastChannel(COLLECT), new BroadcastChannel(ANSWER)];
  answers.onmessage = (event) => heaps.push(/** @type {MessageEvent} */ (event).data);
  asking.postMessage(undefined);
  await sleep(ANSWER_MS);
  asking.close();
  answers.close();
  heaps.push(collect());
  appendFileSync(file, `${JSON.stringify({ rss: process.memoryUsage.rss(), heaps })}\n`);
}
