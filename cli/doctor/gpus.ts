import { describeGpu, probeGpus } from '../../workers/gpu/probe.js';
import type { Finding } from './finding.js';

/** The CUDA devices, as nvidia-smi lists them: those that `reprise worker` would serve, and those that it would not. */
export async function examineGpus(): Promise<readonly Finding[]> {
  const { devices, problems } = await probeGpus();
  const findings: Finding[] = [
    ...devices.map((device) => ({
      name: `gpu-${device.index}`,
      part: 'optional' as const,
      state: 'found' as const,
      version: device.driver,
      detail: describeGpu(device),
    })),
    ...problems.map(({ index, message, fix }) => ({
      name: index === undefined ? 'gpu' : `gpu-${index}`,
      part: 'optional' as const,
      state: 'broken' as const,
      detail: message,
      fix,
    })),
  ];
  if (findings.length > 0) return findings;
  return [{ name: 'gpu', part: 'optional', state: 'missing', detail: 'no CUDA device (nvidia-smi)' }];
}
