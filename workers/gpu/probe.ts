import { parseDevices, type GpuDevice, type GpuProblem } from './devices.js';
import { askSmi } from './smi.js';
export { describeGpu, type GpuDevice, type GpuProblem } from './devices.js';

export interface GpuProbe {
  /** Those that stages may be given. */
  readonly devices: readonly GpuDevice[];
  /** What was left out, and why. */
  readonly problems: readonly GpuProblem[];
}

const LOOK = 'run `nvidia-smi`; the kernel log (`dmesg | grep NVRM`) may say more';

const BASIC = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'driver_version'];
/** Drivers before 450 refuse a query with a field that they do not know. */
const HEALTH = [...BASIC, 'ecc.errors.uncorrected.volatile.total', 'mig.mode.current'];

/**
 * The CUDA devices of this host that work, as far as `CUDA_VISIBLE_DEVICES` lets it use them. Settings of devices are left as
 * they are.
 *
 * @param patience milliseconds that nvidia-smi may take
 */
export async function probeGpus(env: NodeJS.ProcessEnv = process.env, patience?: number): Promise<GpuProbe> {
  let answer = await query(HEALTH, env, patience);
  if (/not a valid field/i.test(answer.message)) answer = await query(BASIC, env, patience);
  if (answer.end === 'absent') return { devices: [], problems: [] };
  const { devices, problems } = parseDevices(answer.stdout);
  // One device that is lost may end nvidia-smi after, or before, it has listed the others.
  const failed = answer.end !== 'answered' && !/no devices were found/i.test(answer.message);
  return {
    devices: visible(devices, env['CUDA_VISIBLE_DEVICES']),
    problems: [
      ...problems,
      ...(failed ? [{ message: answer.message || 'nvidia-smi failed, and said nothing', fix: LOOK }] : []),
    ],
  };
}

async function query(fields: readonly string[], env: NodeJS.ProcessEnv, patience: number | undefined) {
  return await askSmi([`--query-gpu=${fields.join(',')}`, '--format=csv,noheader,nounits'], env, patience);
}

/** As CUDA reads the variable: indices or UUIDs, which may be shortened, up to the first that is neither. */
function visible(devices: readonly GpuDevice[], setting: string | undefined): readonly GpuDevice[] {
  if (setting === undefined) return devices;
  const chosen: GpuDevice[] = [];
  for (const entry of setting.split(',').map((text) => text.trim())) {
    if (!/^(\d+|GPU-[\da-f-]+)$/i.test(entry)) break;
    const device = devices.find(({ index, uuid }) =>
      /^\d+$/.test(entry) ? index === Number(entry) : uuid.toLowerCase().startsWith(entry.toLowerCase()),
    );
    if (device && !chosen.includes(device)) chosen.push(device);
  }
  return chosen.sort((a, b) => a.index - b.index);
}
