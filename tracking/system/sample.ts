import { execFile } from 'node:child_process';
import { cpus, freemem, totalmem } from 'node:os';
import { promisify } from 'node:util';

const MEGABYTE = 1e6;

interface Times {
  readonly idle: number;
  readonly all: number;
}

/**
 * What the host and this process use, by MLflow's names of system metrics: percents, and megabytes (10^6 bytes).
 * Processors: since the last sample.
 */
export class SystemSampler {
  #before: Times = times();
  /** Gone after the first time that it cannot be run. */
  #nvidia: readonly string[] | undefined = ['nvidia-smi'];

  async sample(): Promise<Record<string, number>> {
    const now = times();
    const all = now.all - this.#before.all;
    const idle = now.idle - this.#before.idle;
    this.#before = now;
    const used = totalmem() - freemem();
    return {
      'system/cpu_utilization_percentage': all > 0 ? round(100 * (1 - idle / all)) : 0,
      'system/system_memory_usage_megabytes': round(used / MEGABYTE),
      'system/system_memory_usage_percentage': round((100 * used) / totalmem()),
      'system/process_memory_usage_megabytes': round(process.memoryUsage.rss() / MEGABYTE),
      ...(await this.#gpus()),
    };
  }

  async #gpus(): Promise<Record<string, number>> {
    const devices = process.env['CUDA_VISIBLE_DEVICES'];
    if (!this.#nvidia || devices === '') return {};
    const query = 'index,utilization.gpu,memory.used,memory.total,power.draw';
    try {
      const { stdout } = await promisify(execFile)(
        'nvidia-smi',
        [`--query-gpu=${query}`, '--format=csv,noheader,nounits', ...(devices ? ['-i', devices] : [])],
        { timeout: 5_000 },
      );
      return Object.fromEntries(stdout.trim().split('\n').flatMap(ofGpu));
    } catch {
      this.#nvidia = undefined;
      return {};
    }
  }
}

/** One line of nvidia-smi: memory in MiB, power in watts; what a device does not know is `[N/A]`. */
function ofGpu(line: string): (readonly [string, number])[] {
  const [index, utilization, used, total, watts] = line.split(',').map((cell) => cell.trim());
  const mebibytes = 2 ** 20 / MEGABYTE;
  const values = {
    utilization_percentage: Number(utilization),
    memory_usage_megabytes: round(Number(used) * mebibytes),
    memory_usage_percentage: round((100 * Number(used)) / Number(total)),
    power_usage_watts: Number(watts),
  };
  return Object.entries(values)
    .filter(([, value]) => Number.isFinite(value))
    .map(([name, value]) => [`system/gpu_${index}_${name}`, value] as const);
}

function times(): Times {
  let [idle, all] = [0, 0];
  for (const { times: each } of cpus()) {
    idle += each.idle;
    all += each.user + each.nice + each.sys + each.idle + each.irq;
  }
  return { idle, all };
}

const round = (value: number): number => Math.round(value * 100) / 100;
