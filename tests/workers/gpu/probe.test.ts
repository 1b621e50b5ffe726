import { probeGpus } from '../../../workers/gpu/probe.js';
import { smiEnv, smiRows } from '../../rig/nvidia-smi.js';

const H100 = (index: number, rest = '81559, 81008, 550.54.15, 0, Disabled') =>
  `${index}, GPU-5a${index}c0ffe-1111-2222-3333-444444444444, NVIDIA H100 80GB HBM3, ${rest}`;
const printing = (...lines: string[]) => smiEnv(`cat <<'ROWS'\n${lines.join('\n')}\nROWS`);
const indices = (devices: readonly { index: number }[]) => devices.map(({ index }) => index);

describe('probeGpus', () => {
  it('reads what a device has', async () => {
    expect(await probeGpus(printing(H100(0), H100(1)))).toEqual({
      devices: [0, 1].map((index) => ({
        index,
        uuid: `GPU-5a${index}c0ffe-1111-2222-3333-444444444444`,
        name: 'NVIDIA H100 80GB HBM3',
        memory: 81559,
        free: 81008,
        driver: '550.54.15',
      })),
      problems: [],
    });
  });

  it('takes fields that a device does not have for absent, not for faults', async () => {
    const { devices, problems } = await probeGpus(
      printing(
        H100(0, '[N/A], [N/A], 580.95.05, [N/A], [N/A]'),
        H100(1, '8192, 8000, 470.1, [Not Supported], [N/A]'),
      ),
    );
    expect(problems).toEqual([]);
    expect(devices[0]).not.toHaveProperty('memory');
    expect(devices[1]).toMatchObject({ memory: 8192, free: 8000 });
  });

  it('leaves out a device that is lost, has ECC errors or is divided by MIG, and says so', async () => {
    const { devices, problems } = await probeGpus(
      printing(
        H100(0, '[GPU is lost], [GPU is lost], 550.54.15, [GPU is lost], [GPU is lost]'),
        H100(1, '81559, 81008, 550.54.15, 3, Disabled'),
        H100(2, '81559, 81008, 550.54.15, 0, Enabled'),
        H100(3),
        H100(4, '81559, [Unknown Error], 550.54.15, 0, Disabled'),
      ),
    );
    expect(indices(devices)).toEqual([3]);
    expect(problems.map(({ message }) => message)).toEqual([
      'GPU 0 is left out: GPU is lost',
      'GPU 1 is left out: 3 uncorrected ECC errors since its driver was loaded',
      'GPU 2 is left out: it is divided by MIG, and Reprise lends whole devices',
      'GPU 4 is left out: Unknown Error',
    ]);
    expect(problems[1]?.fix).toContain('nvidia-smi --gpu-reset -i 1');
  });

  it('uses what is listed when another device ends the program', async () => {
    const { devices, problems } = await probeGpus(
      smiEnv(`echo '${H100(1)}'
echo 'Unable to determine the device handle for GPU0000:3B:00.0: GPU is lost.  Reboot the system to recover this GPU' >&2
exit 15`),
    );
    expect(indices(devices)).toEqual([1]);
    expect(problems).toMatchObject([
      { message: expect.stringMatching(/^Unable to determine.*recover this GPU$/) },
    ]);
  });

  it('says why the driver does not answer', async () => {
    const { devices, problems } = await probeGpus(
      smiEnv(`printf "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that the latest NVIDIA driver is installed and running.\\n\\n"
exit 9`),
    );
    expect(devices).toEqual([]);
    expect(problems[0]?.message).toMatch(/^NVIDIA-SMI has failed/);
  });

  it('does not wait for a driver that hangs', async () => {
    const { devices, problems } = await probeGpus(smiEnv('exec sleep 60'), 300);
    expect(devices).toEqual([]);
    expect(problems[0]?.message).toBe('nvidia-smi did not answer within 0.3 s');
  });

  it('asks an old driver for less', async () => {
    const { devices, problems } = await probeGpus(
      smiEnv(`case "$1" in
*mig*) echo 'Field "mig.mode.current" is not a valid field to query.'; exit 2;;
*) echo '0, GPU-1, Tesla K80, 11441, 11441, 418.87.00';;
esac`),
    );
    expect(devices).toMatchObject([{ name: 'Tesla K80', driver: '418.87.00' }]);
    expect(problems).toEqual([]);
  });

  it('finds nothing wrong with a host without a driver, or without a device', async () => {
    expect(await probeGpus({ PATH: '/nowhere' }, undefined, [])).toEqual({ devices: [], problems: [] });
    expect(await probeGpus(smiEnv("echo 'No devices were found'; exit 6"))).toEqual({
      devices: [],
      problems: [],
    });
  });

  it('says what a container lacks that has a driver and no nvidia-smi', async () => {
    const seen = async (env: NodeJS.ProcessEnv) => await probeGpus(env, undefined, ['/dev/null']);
    expect(await seen({ PATH: '/nowhere' })).toEqual({
      devices: [],
      problems: [
        expect.objectContaining({ fix: expect.stringContaining('NVIDIA_DRIVER_CAPABILITIES') as string }),
      ],
    });
    expect((await seen({ PATH: '/nowhere', CUDA_VISIBLE_DEVICES: '' })).problems).toEqual([]);
  });

  it('keeps to CUDA_VISIBLE_DEVICES, as CUDA reads it', async () => {
    const seen = async (CUDA_VISIBLE_DEVICES: string) =>
      indices((await probeGpus(smiEnv(smiRows(4), { CUDA_VISIBLE_DEVICES }))).devices);
    expect(await seen('2,0')).toEqual([0, 2]);
    expect(await seen('GPU-00000003')).toEqual([3]);
    expect(await seen('1,-1,2')).toEqual([1]);
    expect(await seen('')).toEqual([]);
  });
});
