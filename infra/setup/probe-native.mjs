// @ts-check
/**
 * Loads the native library in a process of its own, so that a crash in it is only an answer: `node probe-native.mjs ROOT`.
 * Prints one JSON object.
 */
import { createRequire } from 'node:module';
import { join } from 'node:path';
import util from 'node:util';

const load = createRequire(join(process.argv[2] ?? process.cwd(), 'package.json'));
// tfjs-node still calls these, of which Node 22 warns and which Node 23 has dropped.
const dropped = /** @type {Record<string, unknown>} */ (/** @type {unknown} */ (util));
dropped['isNullOrUndefined'] = (/** @type {unknown} */ value) => value === null || value === undefined;
dropped['isArray'] = Array.isArray;

const tf = load('@tensorflow/tfjs-node-gpu');
/** @type {{ binding: { TF_Version: string }, isUsingGpuDevice: boolean }} */
const backend = tf.backend();
const sum = tf.tidy(() => tf.sum(tf.matMul(tf.ones([2, 3]), tf.ones([3, 2]))).dataSync()[0]);
const answer = { version: backend.binding.TF_Version, gpu: backend.isUsingGpuDevice, sum };
process.stdout.write(`\n${JSON.stringify(answer)}\n`);
