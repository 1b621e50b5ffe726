// @ts-check

/** Which TensorFlow: one release for all hosts. */
export const TENSORFLOW_VERSION = '2.21.0';

/**
 * A wheel on PyPI, by its file name. Nothing is taken out of it before its digest agrees.
 * @typedef {{ file: string, sha256: string, bytes: number }} Wheel
 */

/** @typedef {'linux-x64-cpu' | 'linux-x64-cuda' | 'linux-arm64-cpu' | 'darwin-arm64-cpu'} Variant */

/**
 * The digests are those that PyPI's index states. The TensorFlow wheels are for CPython 3.11 and used without Python:
 * whichever Python the host has, the library in them is the same.
 *
 * @type {Record<Variant, readonly Wheel[]>}
 */
export const WHEELS = {
  'linux-x64-cpu': [
    {
      file: 'tensorflow_cpu-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
      sha256: '2b847d217b02ee7731ed91431daf3250daa0196c3c94614d23be27232e6e5b6c',
      bytes: 273_829_956,
    },
  ],
  'linux-arm64-cpu': [
    {
      file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_aarch64.whl',
      sha256: '4b24aca16d527a3cf1c37f720c04c484c3d20f4d0fdfa98632ac8b9f3be6eb5c',
      bytes: 281_828_020,
    },
  ],
  'darwin-arm64-cpu': [
    {
      file: 'tensorflow-2.21.0-cp311-cp311-macosx_12_0_arm64.whl',
      sha256: '51f46f4806139d01fc7920cc72a4c75876f80649bf40ff083ab6212ceb43ca88',
      bytes: 223_405_849,
    },
  ],
  // CUDA 12.5 and cuDNN 9.3, which this TensorFlow is built with: the lowest versions that its metadata admits.
  'linux-x64-cuda': [
    {
      file: 'tensorflow-2.21.0-cp311-cp311-manylinux_2_27_x86_64.whl',
      sha256: '9056fbc9ba04235810b71ae6cbd958a196e8804fb53bbcffbf3e23b56155f124',
      bytes: 572_440_367,
    },
    {
      file: 'nvidia_cublas_cu12-12.5.3.2-py3-none-manylinux2014_x86_64.whl',
      sha256: 'ca070ad70e9fa6654084575d01bd001f30cc4665e33d4bb9fc8e0f321caa034b',
      bytes: 363_313_169,
    },
    {
      file: 'nvidia_cuda_cupti_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
      sha256: 'bde77a5feb66752ec61db2adfe47f56b941842825b4c7e2068aff27c9d107953',
      bytes: 13_811_507,
    },
    {
      file: 'nvidia_cuda_nvcc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
      sha256: 'b03e545b8e8c3ce7ebcd7fc44063180ff52ff01d064ece2127ed90a04ef12cd0',
      bytes: 22_468_537,
    },
    {
      file: 'nvidia_cuda_nvrtc_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
      sha256: '3dbd97b0104b4bfbc3c4f8c79cd2496307c89c43c29a9f83125f1d76296ff3fd',
      bytes: 24_873_108,
    },
    {
      file: 'nvidia_cuda_runtime_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
      sha256: '3e79a060e126df40fd3a068f3f787eb000fa51b251ec6cd97d09579632687115',
      bytes: 895_707,
    },
    {
      file: 'nvidia_cudnn_cu12-9.3.0.75-py3-none-manylinux2014_x86_64.whl',
      sha256: '9ad9c6929ebb5295eb4a1728024666d1c88283373e265a0c5c883e6f9d5cd76d',
      bytes: 577_163_502,
    },
    {
      file: 'nvidia_cufft_cu12-11.2.3.61-py3-none-manylinux2014_x86_64.whl',
      sha256: '9a6e8df162585750f61983a638104a48c756aa13f9f48e19ab079b38e3c828b8',
      bytes: 192_524_114,
    },
    {
      file: 'nvidia_curand_cu12-10.3.6.82-py3-none-manylinux2014_x86_64.whl',
      sha256: '2823fb27de4e44dbb22394a6adf53aa6e1b013aca0f8c22867d1cfae58405536',
      bytes: 56_309_107,
    },
    {
      file: 'nvidia_cusolver_cu12-11.6.3.83-py3-none-manylinux2014_x86_64.whl',
      sha256: '93cfafacde4428b71778eeb092ec615a02a3d05404da1bcf91c53e3fa1bce42b',
      bytes: 130_341_232,
    },
    {
      file: 'nvidia_cusparse_cu12-12.5.1.3-py3-none-manylinux2014_x86_64.whl',
      sha256: '016df8e993c437e8301e62739f01775cba988fd5253cd4c64173f8e8d2f8e752',
      bytes: 217_558_979,
    },
    {
      file: 'nvidia_nccl_cu12-2.27.7-py3-none-manylinux2014_x86_64.manylinux_2_17_x86_64.whl',
      sha256: 'de5ba5562f08029a19cb1cd659404b18411ed0d6c90ac5f52f30bf99ad5809aa',
      bytes: 322_546_339,
    },
    {
      file: 'nvidia_nvjitlink_cu12-12.5.82-py3-none-manylinux2014_x86_64.whl',
      sha256: 'f9b37bc5c8cf7509665cb6ada5aaa0ce65618f2332b7d3e78e9790511f111212',
      bytes: 21_298_879,
    },
  ],
};

/**
 * What pip is asked for to get exactly this file.
 *
 * @param {Wheel} wheel
 */
export function pipArguments({ file }) {
  const [name, version, , , platforms = ''] = file.replace(/\.whl$/, '').split('-');
  return [
    '--no-deps',
    '--only-binary=:all:',
    '--python-version=3.11',
    ...platforms.split('.').map((platform) => `--platform=${platform}`),
    `${name?.replaceAll('_', '-')}==${version}`,
  ];
}
