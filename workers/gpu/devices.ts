export interface GpuDevice {
  /** As nvidia-smi numbers it: in the order of the PCI bus. */
  readonly index: number;
  readonly uuid: string;
  readonly name: string;
  /** MiB; absent, as the next, where the driver does not say. */
  readonly memory?: number;
  /** MiB that no process used when it was looked at. */
  readonly free?: number;
  readonly driver: string;
}

export interface GpuProblem {
  /** The device that is left out; absent when nvidia-smi itself failed. */
  readonly index?: number;
  readonly message: string;
  readonly fix: string;
}

/**
 * One line a device, with the fields that `probeGpus` asks for: `0, GPU-5a…, NVIDIA H100 80GB HBM3, 81559, 81008, 550.54.15, 0,
 * Disabled`. A field that a device does not have is `[N/A]` or `[Not Supported]`; one that could not be read names the error in
 * brackets. Other lines are messages.
 */
export function parseDevices(text: string): {
  readonly devices: readonly GpuDevice[];
  readonly problems: readonly GpuProblem[];
} {
  const devices: GpuDevice[] = [];
  const problems: GpuProblem[] = [];
  for (const line of text.split('\n')) {
    const fields = line.split(',').map((field) => field.trim());
    if (fields.length < 6 || !/^\d+$/.test(fields[0] ?? '')) continue;
    const [, uuid = '', name = '', memory, free, driver = '', ecc, mig] = fields;
    const index = Number(fields[0]);
    const fault = faultOf(fields, ecc, mig, index);
    if (fault)
      problems.push({ index, message: `GPU ${index} is left out: ${fault.message}`, fix: fault.fix });
    else {
      devices.push({
        index,
        uuid,
        name,
        ...sizeOf('memory', memory),
        ...sizeOf('free', free),
        driver,
      });
    }
  }
  return { devices, problems };
}

const REBOOT =
  'drain the worker, and reset the device (`nvidia-smi --gpu-reset -i INDEX`) or reboot the host';

function faultOf(
  fields: readonly string[],
  ecc: string | undefined,
  mig: string | undefined,
  index: number,
): { message: string; fix: string } | undefined {
  const fix = REBOOT.replace('INDEX', String(index));
  const error = fields
    .map((field) => /^\[(.+)\]$|^(ERR!)$/.exec(field))
    .find((match) => match && !isAbsent(match[1]));
  if (error) return { message: error[1] ?? 'the driver reports an error', fix };
  const errors = numberOf(ecc) ?? 0;
  if (errors > 0) return { message: `${errors} uncorrected ECC errors since its driver was loaded`, fix };
  if (mig === 'Enabled') {
    return {
      message: 'it is divided by MIG, and Reprise lends whole devices',
      fix: `\`nvidia-smi -i ${index} -mig 0\` makes it one device again`,
    };
  }
  return undefined;
}

function isAbsent(text: string | undefined): boolean {
  return /^(N\/A|Not Supported|Not Available)$/i.test(text ?? '');
}

function numberOf(text: string | undefined): number | undefined {
  return text !== undefined && /^\d+$/.test(text) ? Number(text) : undefined;
}

function sizeOf(key: 'memory' | 'free', text: string | undefined): Partial<GpuDevice> {
  const size = numberOf(text);
  return size === undefined ? {} : { [key]: size };
}

/** For people. */
export function describeGpu({ name, memory, free }: GpuDevice): string {
  const sizes = [
    ...(memory === undefined ? [] : [`${memory} MiB`]),
    ...(free === undefined ? [] : [`${free} free`]),
  ];
  return [name, ...sizes].join(', ');
}
