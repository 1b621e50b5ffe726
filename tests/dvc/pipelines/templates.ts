import { text, type SamplePipeline } from './sample-pipeline.js';

/** Templating: where values come from and what becomes of them. */
export const templates: readonly SamplePipeline[] = [
  {
    name: 'templating',
    files: {
      'params.yaml': text`
        model:
          name: tiny
          layers: [64, 32]
          rate: 1e-3
          half: 0.5
          whole: 1.0
          use_bias: true
          none: null
        file: data.txt
        country: no
        octal: 0o17
        grouped: 1_000
        huge: 12345678901234567890
      `,
      'data.txt': 'data\n',
      'dvc.yaml': text`
        vars:
          - inline: from-dvc-yaml
            nested:
              list:
                - {deep: found}
          - model:
              added: merged
        stages:
          train:
            cmd: >-
              echo \${model.name} \${model.layers[0]} \${model.layers[1]} \${model.rate} \${model.half} \${model.whole}
              \${model.use_bias} \${model.none} \${model.added} \${inline} \${nested.list[0].deep} \${country} \${octal}
              \${grouped} \${huge} '\\\${escaped}' > \${model.name}.txt
            deps:
              - \${file}
            params:
              - model.rate
              - model.layers
              - country
            outs:
              - \${model.name}.txt:
                  cache: false
            meta:
              rate: \${model.rate}
              name: the \${model.name} one
            desc: trains \${model.name}
      `,
    },
  },
  {
    name: 'vars-from-files',
    files: {
      'params.yaml': 'base: 1\n',
      'more.json': '{"from_json": {"a": 1.5, "b": [true, null]}, "unused": 1}\n',
      'more.toml': '[from_toml]\na = 1\nb = 2.0\nc = "text"\n',
      'more.py': 'FROM_PY = 7\nclass Model:\n    WIDTH = 3\n    names = ["x", "y"]\n',
      'stage.yaml': 'only_here: 42\nother: 43\n',
      'dvc.yaml': text`
        vars:
          - more.json:from_json
          - more.toml
          - more.py:FROM_PY,Model
          - params.yaml
        stages:
          show:
            vars:
              - stage.yaml:only_here
              - local: inline
            cmd: >-
              echo \${base} \${from_json.a} \${from_json.b[0]} \${from_toml.b} \${from_toml.c} \${FROM_PY}
              \${Model.WIDTH} \${Model.names[1]} \${only_here} \${local} > out.txt
            outs: [out.txt]
      `,
    },
  },
  {
    name: 'foreach-list',
    files: {
      'params.yaml': text`
        langs: [en, de, 3, 1.5, true]
        pairs:
          - {name: x, size: 1}
          - {name: y, size: 2}
      `,
      'dvc.yaml': text`
        stages:
          clean:
            foreach: \${langs}
            do:
              cmd: echo \${item} > \${item}.txt
              outs:
                - \${item}.txt
          build:
            foreach: \${pairs}
            do:
              cmd: echo \${item.name} \${item.size} > pair-\${item.name}.txt
              deps: [en.txt]
              outs: ['pair-\${item.name}.txt']
          literal:
            foreach: [a, b]
            do:
              cmd: echo \${item}
              deps: [pair-x.txt]
      `,
    },
  },
  {
    name: 'foreach-dict',
    files: {
      'params.yaml': text`
        models:
          us:
            epochs: 3
            thresh: 0.5
          '10':
            epochs: 10
            thresh: 1.0
          a:
            epochs: 1
            thresh: 1e-05
      `,
      'dvc.yaml': text`
        stages:
          train:
            foreach: \${models}
            do:
              cmd: echo \${key} \${item.epochs} \${item.thresh} > \${key}.txt
              params: ['models.\${key}.epochs']
              outs: ['\${key}.txt']
          inline:
            foreach:
              first: {value: 1}
              second: {value: 2}
            do:
              cmd: cat us.txt > inline-\${key}-\${item.value}.txt
              deps: [us.txt]
              outs:
                - inline-\${key}-\${item.value}.txt
      `,
    },
  },
  {
    name: 'matrix',
    files: {
      'params.yaml': text`
        sizes: [1, 2]
        opts:
          - {lr: 0.1, name: fast}
          - {lr: 0.01, name: slow}
      `,
      'dvc.yaml': text`
        stages:
          train:
            matrix:
              model: [cnn, rnn]
              size: \${sizes}
            cmd: echo \${item.model} \${item.size} \${key} > \${key}.txt
            outs: ['\${key}.txt']
          composite:
            matrix:
              opt: \${opts}
              on: [true, null]
            cmd: echo \${item.opt.lr} \${item.opt.name} \${item.on} > composite-\${key}.txt
            deps: [cnn-1.txt]
            outs: ['composite-\${key}.txt']
      `,
    },
  },
  {
    name: 'dict-in-cmd',
    files: {
      'params.yaml': text`
        args:
          lr: 0.001
          name: with space
          flag: true
          off: false
          list: [1, two, 'th ree']
          none: null
          nested:
            deep: 1e-5
            quote: it's
      `,
      'dvc.yaml': text`
        stages:
          run:
            cmd: echo \${args} > out.txt
            outs: [out.txt]
      `,
    },
  },
  {
    name: 'dict-in-cmd-configured',
    files: {
      '.dvc/config': '[parsing]\n    bool = boolean_optional\n    list = append\n',
      'params.yaml': 'args:\n  flag: true\n  off: false\n  list: [1, two]\n',
      'dvc.yaml': text`
        stages:
          run:
            cmd: echo \${args} > out.txt
            outs: [out.txt]
      `,
    },
  },
];
