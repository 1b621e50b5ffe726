import { text, type SamplePipeline } from './sample-pipeline.js';

/** Shapes of graphs: what runs before what. */
export const chains: readonly SamplePipeline[] = [
  {
    name: 'chain',
    files: {
      'raw.txt': 'b\na\nc\n',
      'dvc.yaml': text`
        stages:
          count:
            cmd: wc -l < sorted.txt > lines.txt
            deps: [sorted.txt]
            outs: [lines.txt]
          sort:
            cmd: sort raw.txt > sorted.txt
            deps:
              - raw.txt
            outs:
              - sorted.txt
      `,
    },
  },
  {
    name: 'diamond',
    files: {
      'dvc.yaml': text`
        stages:
          e:
            cmd: cat d.txt f.txt > e.txt
            deps: [d.txt, f.txt]
            outs: [e.txt]
          d:
            cmd: cat b.txt c.txt > d.txt
            deps: [b.txt, c.txt]
            outs: [d.txt]
          b:
            cmd: cat a.txt a.txt > b.txt
            deps: [a.txt]
            outs: [b.txt]
          f:
            cmd: cat g.txt > f.txt
            deps: [g.txt]
            outs: [f.txt]
          a:
            cmd: echo a > a.txt
            outs: [a.txt]
          g:
            cmd: echo g > g.txt
            outs: [g.txt]
          c:
            cmd: tr a c < a.txt > c.txt
            deps: [a.txt]
            outs: [c.txt]
          alone:
            cmd: echo alone > alone.txt
            outs: [alone.txt]
      `,
    },
  },
  {
    name: 'directories',
    files: {
      'data/in/b.txt': 'b\n',
      'data/in/a.txt': 'a\n',
      'data/in/deep/ä.txt': 'umlaut\n',
      'dvc.yaml': text`
        stages:
          one-file-of-it:
            cmd: cat parts/a.txt > one.txt
            deps: [parts/a.txt]
            outs: [one.txt]
          split:
            cmd: mkdir -p parts/deep && cp data/in/a.txt data/in/b.txt parts && cp data/in/deep/ä.txt parts/deep
            deps: [data/in]
            outs: [parts]
          join:
            cmd: cat parts/a.txt parts/b.txt > nested/joined.txt
            deps: [./parts/, nested/keep]
            outs: [nested/joined.txt]
          above:
            cmd: ls nested > listing.txt
            deps: [nested]
            outs: [listing.txt]
      `,
      'nested/keep': '',
    },
  },
  {
    name: 'wdir',
    files: {
      'work/in.txt': 'in\n',
      'work/params.yaml': 'times: 2\nname: inner\n',
      'params.yaml': 'name: outer\nfolder: work\n',
      'dvc.yaml': text`
        stages:
          make:
            wdir: \${folder}
            cmd: cat in.txt ../top.txt > out.txt && echo \${name}
            deps: [in.txt, ../top.txt]
            params: [times, name]
            outs: [out.txt]
          use:
            wdir: work/../work
            cmd: cp out.txt copy.txt
            deps: [out.txt]
            outs: [copy.txt]
      `,
      'top.txt': 'top\n',
    },
  },
  {
    name: 'sub-folders',
    files: {
      'raw.txt': 'raw\n',
      'params.yaml': 'name: root\n',
      'sub/params.yaml': 'name: sub\n',
      'dvc.yaml': text`
        stages:
          last:
            cmd: cat sub/b.txt sub/deeper/c.txt > last.txt
            deps: [sub/b.txt, sub/deeper/c.txt]
            params: [name]
            outs: [last.txt]
          first:
            cmd: cp raw.txt first.txt
            deps: [raw.txt]
            outs: [first.txt]
      `,
      'sub/dvc.yaml': text`
        stages:
          b:
            cmd: cat ../first.txt > b.txt && echo \${name} >> b.txt
            deps: [../first.txt]
            params: [name]
            outs: [b.txt]
      `,
      'sub/deeper/dvc.yaml': text`
        stages:
          b:
            cmd: cat ../b.txt > c.txt
            deps: [../b.txt]
            outs: [c.txt]
      `,
    },
  },
  {
    name: 'frozen',
    files: {
      'raw.txt': 'raw\n',
      'kept.txt': 'made once\n',
      'dvc.yaml': text`
        stages:
          first:
            cmd: cp raw.txt first.txt
            deps: [raw.txt]
            outs: [first.txt]
          after:
            cmd: cp kept.txt after.txt
            deps: [kept.txt]
            outs: [after.txt]
          kept:
            cmd: cp first.txt kept.txt
            deps: [first.txt]
            outs: [kept.txt]
            frozen: true
            desc: >
              made once
            meta:
              owner: me
      `,
    },
  },
  {
    name: 'always-changed',
    alwaysRuns: ['always', 'callback'],
    files: {
      'raw.txt': 'raw\n',
      'dvc.yaml': text`
        stages:
          callback:
            cmd: echo side effect
          after:
            cmd: cp always.txt after.txt
            deps: [always.txt]
            outs: [after.txt]
          always:
            cmd: cp raw.txt always.txt
            deps: [raw.txt]
            outs: [always.txt]
            always_changed: true
      `,
    },
  },
  {
    name: 'tracked-data',
    files: {
      'data.csv': 'a,b\n1,2\n',
      'data.csv.dvc': text`
        outs:
        - md5: e5ebd4c02cefbe7955977c67ada242b7
          size: 8
          hash: md5
          path: data.csv
      `,
      '.gitignore': '/data.csv\n',
      'dvc.yaml': text`
        stages:
          head:
            cmd: head -n 1 data.csv > head.csv
            deps: [data.csv]
            outs: [head.csv]
      `,
    },
  },
  {
    name: 'dvcignore',
    files: {
      '.dvcignore': text`
        # comment
        *.tmp
        /skipped/
        in/*
        !in/kept*
      `,
      'in/kept.txt': 'kept\n',
      'in/other.txt': 'ignored\n',
      'in/kept.tmp': 'ignored\n',
      'skipped/dvc.yaml': 'stages:\n  never:\n    cmd: exit 1\n',
      'dvc.yaml': text`
        stages:
          list:
            cmd: ls in > names.txt
            deps: [in]
            outs: [names.txt]
      `,
    },
  },
];
