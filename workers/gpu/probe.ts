import { existsSync } from 'node:fs';
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

const NO_SMI: GpuProblem = {
  message: 'an NVIDIA driver is there, and nvidia-smi, which names its devices, is not on PATH',
  fix: 'put nvidia-smi on PATH; for a container, NVIDIA_DRIVER_CAPABILITIES=compute,utility brings it',
};

const BASIC = ['index', 'uuid', 'name', 'memory.total', 'memory.free', 'driver_version'];
/** Drivers before 450 refuse a query with a field that they do not know. */
const HEALTH = [...BASIC, 'ecc.errors.uncorrected.volatile.total', 'mig.mode.current'];

/** Where Linux shows a device of the NVIDIA kernel driver; the last is WSL's. A container has them where it was given a GPU. */
const DRIVER_TRACES = ['/dev/nvidiactl', '/usr/lib/wsl/lib/libcuda.so.1'];

/**
 * The CUDA devices of this host that work, as far as `CUDA_VISIBLE_DEVICES` lets it use them. Settings of devices are left as
 * they are.
 *
 * @param patience milliseconds that nvidia-smi may take
 * @param traces files that are there where a driver is
 */
export async function probeGpus(
  env: NodeJS.ProcessEnv = process.env,
  patience?: number,
  traces: readonly string[] = DRIVER_TRACES,
): Promise<GpuProbe> {
  let answer = await query(HEALTH, env, patience);
  if (/not a valid field/i.test(answer.message)) answer = await query(BASIC, env, patience);
  if (answer.end === 'absent') {
    const isHidden = traces.some((trace) => existsSync(trace)) && env['CUDA_VISIBLE_DEVICES'] !== '';
    return { devices: [], problems: isHidden ? [NO_SMI] : [] };
  }
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
