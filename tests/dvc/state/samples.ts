import type { Sample } from './rig.js';

/** Small pipelines that between them use what DVC has; every command runs in a POSIX shell. */
export const SAMPLES: Readonly<Record<string, Sample>> = {
  chain: {
    files: {
      'raw.txt': 'one\ntwo\n',
      'params.yaml':
        'lr: 1e-05\nsteps: 100\nratio: 1.0\nnet:\n  layers: [64, 32]\n  name: "0x1F"\n  none:\nclasses: {2: b, 1: a}\nunused: 1\n',
      'tool.sh*': '#!/bin/sh\ncat "$1"\n',
      'conf/more.json': '{"b": 2.50, "a": [1e-7, 3e20, null, true, "é😀"]}',
    },
    stages: {
      prepare: { cmd: './tool.sh raw.txt > clean.txt', deps: ['raw.txt', 'tool.sh'], outs: ['clean.txt'] },
      train: {
        cmd: 'mkdir -p model/sub && cp clean.txt model/a.bin && printf "x" > "model/sub/é 😀.bin" && touch model/empty && printf "acc: 0.5\\n" > metrics.yaml && echo "this is a long command line that has to be folded by the writer of the lock file, more than once if possible"',
        deps: ['clean.txt'],
        params: ['lr', 'steps', 'ratio', 'net', 'classes', { 'conf/more.json': null }],
        outs: ['model'],
        metrics: [{ 'metrics.yaml': { cache: false } }],
      },
      report: {
        cmd: ['cat metrics.yaml > report.csv', "echo 'it is: done # ok' >> report.csv"],
        deps: ['metrics.yaml', 'model'],
        plots: ['report.csv'],
      },
    },
  },
  kinds: {
    files: {
      'data/in.csv': 'a,b\n1,2\n',
      'data/sub/deep.txt': 'd',
      '.dvcignore': '# nothing of these\n*.tmp\n/data/skip/\n!keep.tmp\n',
      'data/x.tmp': 'x',
      'data/keep.tmp': 'k',
      'data/skip/y': 'y',
      'sub/params.yaml': 'p: 2\n',
    },
    stages: {
      folder: {
        cmd: 'mkdir -p out && cp data/in.csv out/ && ln -s in.csv out/link.csv && mkdir out/void && touch out/z.tmp',
        deps: ['data'],
        outs: ['out'],
      },
      empty: { cmd: 'mkdir -p nothing', deps: ['data/in.csv'], outs: ['nothing'] },
      exec: {
        cmd: 'printf "#!/bin/sh\\n" > run.sh && chmod 755 run.sh && cat run.sh > copy.sh',
        deps: ['data/in.csv'],
        outs: ['run.sh', { 'copy.sh': { cache: false } }],
      },
      inside: {
        cmd: 'cp ../data/in.csv o.csv',
        wdir: 'sub',
        deps: ['../data/in.csv'],
        params: ['p'],
        outs: ['o.csv'],
      },
      persists: {
        cmd: 'echo more >> log.txt',
        deps: ['data/in.csv'],
        outs: [{ 'log.txt': { persist: true } }],
      },
      inputless: { cmd: 'echo made > made.txt', outs: ['made.txt'] },
      outless: { cmd: 'true', deps: ['made.txt'] },
      lines: { cmd: 'echo one > multi.txt\necho two >> multi.txt', deps: ['made.txt'], outs: ['multi.txt'] },
    },
  },
};
