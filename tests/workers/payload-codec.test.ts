import { inflateSync } from 'node:zlib';
import {
  decodeArrayFromPayloads,
  encodeToPayload,
} from '@temporalio/common/lib/internal-non-workflow/index.js';
import { loadDataConverter } from '@temporalio/common/lib/internal-non-workflow/data-converter-helpers.js';
import proto from '@temporalio/proto';
import { dataConverter } from '../../workers/index.js';
import { COMPRESSED_FROM, withCompression } from '../../workers/payload-codec.js';
import type { Plan, ReproduceResult, RunState } from '../../workflows/index.js';

const STAGES = 10_000;
/** What Temporal's server takes. */
const LIMIT = 2 * 1024 * 1024;
const converter = loadDataConverter(dataConverter);
const Payload = proto.temporal.api.common.v1.Payload;

const addresses = Array.from(
  { length: STAGES },
  (_, at) => `train@{"model":"bert-base-uncased","method":"lora","seed":${(at * 7919) % 100_003}}`,
);
const plan: Plan = {
  project: 'large',
  workspace: { kind: 'path', path: '/srv/large' },
  stages: addresses.map((address, at) => ({
    address,
    name: address,
    dvcfile: 'dvc.yaml',
    upstream: addresses.slice(Math.max(0, at - 3), at),
    labels: ['gpu'],
    queue: 'reprise-gpu',
    retries: 2,
    timeout: 86_400,
    priority: 3,
    fairness: { fairnessKey: 'large' },
    upToDate: false,
    locked: true,
  })),
  searchAttributes: true,
};
const state: RunState = {
  status: 'running',
  project: 'large',
  stages: addresses.map((address, at) => ({
    address,
    status: 'ran',
    queue: 'reprise-gpu',
    attempt: 1,
    startedAt: 1_764_000_000_000 + at * 40_013,
    finishedAt: 1_764_000_000_000 + at * 40_013 + ((at * 31) % 997),
    usage: { gpuSeconds: at / 7, gpuSecondsLost: 0, gpuSecondsUnsaved: 0 },
    hosts: [`host-${at % 50}`],
  })),
};
const result: ReproduceResult = {
  project: 'large',
  stages: addresses.map((address, at) => ({
    address,
    outcome: 'ran',
    seconds: at / 13,
    attempts: 1,
    gpuSeconds: at / 7,
    gpuSecondsLost: 0,
    hosts: [`host-${at % 50}`],
  })),
  seconds: 3600,
};
/** What a stage of a git workspace is told of those before it. */
const inputs = Object.fromEntries(
  addresses.map((address, at) => [
    address,
    `cmd: ''\nouts:\n- path: models/${at}.bin\n  hash: md5\n  md5: ${digits(at)}\n  size: ${at * 7919}\n`,
  ]),
);

function digits(seed: number): string {
  let text = '';
  for (let at = 0, value = seed + 1; at < 4; at++) {
    value = Math.imul(value ^ (value >>> 15), 0x2c1b3c6d + at) >>> 0;
    text += value.toString(16).padStart(8, '0');
  }
  return text;
}

describe('payloads', () => {
  it.each([
    ['plan', plan],
    ['state', state],
    ['result', result],
    ['inputs', inputs],
  ])('of ten thousand stages are taken by the server: %s', async (_, value) => {
    const payload = await encodeToPayload(converter, value);
    expect(JSON.stringify(value).length).toBeGreaterThan(0.5 * LIMIT);
    expect(Payload.encode(payload).finish().length).toBeLessThan(0.4 * LIMIT);
    expect(await decodeArrayFromPayloads(converter, [payload])).toEqual([value]);
  });

  it('stay plain JSON for as long as they are small', async () => {
    const small = { ...plan, stages: plan.stages.slice(0, 100) };
    const { metadata, data } = await encodeToPayload(converter, small);
    expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('json/plain');
    expect(JSON.parse(Buffer.from(data ?? []).toString())).toEqual(small);
  });

  it("are compressed as Temporal's own codec for Go does it", async () => {
    const { metadata, data } = await encodeToPayload(converter, plan);
    expect(Buffer.from(metadata?.['encoding'] ?? []).toString()).toBe('binary/zlib');
    const inner = Payload.decode(inflateSync(data ?? new Uint8Array()));
    expect(Buffer.from(inner.metadata['encoding'] ?? []).toString()).toBe('json/plain');
  });

  it('are left as they are when they only claim to be compressed', async () => {
    const torn = { metadata: { encoding: Buffer.from('binary/zlib') }, data: Buffer.from('no zlib') };
    await expect(decodeArrayFromPayloads(converter, [torn])).rejects.toThrow(/encoding/i);
  });

  it('come before a codec that encrypts', async () => {
    const sizes: number[] = [];
    const own = loadDataConverter(
      withCompression({
        payloadCodecs: [
          {
            encode: async (payloads) => {
              sizes.push(...payloads.map(({ data }) => data?.length ?? 0));
              return payloads;
            },
            decode: async (payloads) => payloads,
          },
        ],
      }),
    );
    await encodeToPayload(own, 'x'.repeat(2 * COMPRESSED_FROM));
    expect(sizes[0]).toBeLessThan(10_000);
  });
});
