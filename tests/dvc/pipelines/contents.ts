import { text, type SamplePipeline } from './sample-pipeline.js';

/** What a stage may have: commands, params files, flags of outs. */
export const contents: readonly SamplePipeline[] = [
  {
    name: 'params-files',
    files: {
      'params.yaml': text`
        lr: 1e-05
        epochs: 10
        deep:
          a: {b: 1.0, c: [1, 2.5, x]}
          list:
            - {n: 1}
            - {n: 2}
        text: 'yes'
        inf: .inf
        off: off
      `,
      'whole.yaml': 'z: 1\na: {y: 2, x: 1.50}\nempty:\n',
      'conf/params.json':
        '{"model": {"rate": 1e-3, "big": 1E400, "n": 100000000000000000000}, "é": "ü", "t": true}\n',
      'params.toml': text`
        top = 1
        [tool]
        rate = 1e6
        names = ["a", "b"]
        hex = 0xff
        [[tool.items]]
        n = 1.0
      `,
      'params.py': text`
        """docstring"""
        import os
        INT = 5
        FLOAT: float = 1e-3
        NEG = -2
        BOOL = True
        NONE = None
        DICT = {"a": 1, "b": [1, 2]}
        LIST = [1, 2.0, "three"]
        TUPLE = (1, 2)
        STRING = "double" 'joined'
        COMPUTED = os.getcwd()
        A = B = 3

        class Train:
            EPOCHS = 70
            class Inner:
                X = 1

            def __init__(self):
                self.layers = 5
                self.layer_size = 9.0
                local = 1

            def other(self):
                self.ignored = 1
      `,
      'dvc.yaml': text`
        stages:
          yaml:
            cmd: echo yaml > yaml.txt
            params:
              - lr
              - epochs
              - deep.a
              - deep.a.b
              - deep.list.1.n
              - text
              - inf
              - off
            outs: [yaml.txt]
          whole:
            cmd: echo whole > whole.txt
            params:
              - whole.yaml:
            outs: [whole.txt]
          others:
            cmd: echo others > others.txt
            params:
              - epochs
              - params.py:
                  - INT
                  - FLOAT
                  - NEG
                  - BOOL
                  - NONE
                  - DICT.b
                  - LIST
                  - TUPLE
                  - STRING
                  - Train.EPOCHS
                  - Train.Inner.X
                  - Train.layers
                  - Train.layer_size
              - conf/params.json:
                  - model.rate
                  - model.n
                  - é
              - params.toml:
                  - tool.rate
                  - tool.names
                  - tool.hex
                  - tool.items
              - conf/params.json:
                  - t
            outs: [others.txt]
          all-of-default:
            cmd: echo all > all.txt
            params:
              - lr
              - params.yaml:
            outs: [all.txt]
      `,
    },
  },
  {
    name: 'list-cmd',
    files: {
      'params.yaml': 'word: hello\n',
      'dvc.yaml': text`
        stages:
          list:
            cmd:
              - echo \${word} > a.txt
              - |
                for i in 1 2
                do echo $i >> a.txt
                done
              - wc -l < a.txt > b.txt
            outs: [a.txt, b.txt]
          lines:
            cmd: |
              mkdir -p made
              cp a.txt made/c.txt

              cp b.txt made/d.txt
            deps: [a.txt, b.txt]
            outs: [made]
          comment:
            cmd: |-
              # a comment
              echo '\${word}' > e.txt
            outs: [e.txt]
      `,
    },
  },
  {
    name: 'metrics-and-plots',
    files: {
      'dvc.yaml': text`
        params: [extra.yaml]
        metrics:
          - metrics.json
        plots:
          - roc.csv
          - confusion:
              x: {roc.csv: fpr}
              y: {roc.csv: tpr}
              template: simple
          - null-definition.csv:
        artifacts:
          model:
            path: model.txt
            type: model
            desc: the model
            labels: [a, b]
            meta: {any: thing}
        stages:
          evaluate:
            cmd: |-
              echo '{"acc": 0.5}' > metrics.json
              echo '{"acc": 0.25}' > cached.json
              printf 'fpr,tpr\\n0,0\\n1,1\\n' > roc.csv
              printf 'x,y\\n0,0\\n' > loss.csv
              echo model > model.txt
            outs:
              - model.txt:
                  desc: weights
                  labels: [best]
                  type: model
                  push: false
            metrics:
              - metrics.json:
                  cache: false
              - cached.json
            plots:
              - roc.csv:
                  cache: false
                  x: fpr
                  y: tpr
                  title: ROC
                  header: true
              - loss.csv
      `,
    },
  },
  {
    name: 'persist-and-no-cache',
    files: {
      'raw.txt': 'raw\n',
      'dvc.yaml': text`
        stages:
          log:
            cmd: cp raw.txt log.txt && echo log > plain.txt && mkdir -p state && echo s > state/s.txt
            deps: [raw.txt]
            outs:
              - log.txt:
                  persist: true
              - plain.txt:
                  cache: false
              - state:
                  persist: true
                  cache: false
          after:
            cmd: cat log.txt plain.txt state/s.txt > after.txt
            deps: [log.txt, plain.txt, state]
            outs: [after.txt]
      `,
    },
  },
  {
    name: 'anchors-and-styles',
    files: {
      'params.yaml': text`
        %YAML 1.2
        ---
        base: &base {a: 1, b: 2}
        derived:
          <<: *base
          b: 3
        same: *base
        folded: >
          two
          lines
        literal: |
          two
          lines
        "quoted key": 1
        plain: a b
      `,
      'dvc.yaml': text`
        stages:
          first:
            cmd: &cmd echo first > first.txt
            params: &tracked
              - derived
              - same.a
              - folded
              - literal
            outs:
              - first.txt
          second:
            cmd: echo second > second.txt
            deps: [first.txt]
            params: *tracked
            outs:
              - second.txt
      `,
    },
  },
  {
    name: 'long-and-unicode',
    files: {
      'params.yaml': 'name: größe\n',
      'dvc.yaml': text`
        stages:
          lang:
            cmd: echo one two three four five six seven eight nine ten eleven twelve thirteen fourteen > "\${name}.txt" && echo 'ü 🎉' >> "\${name}.txt"
            params: [name]
            outs:
              - \${name}.txt
          quoted:
            cmd: "echo 'a: b' # c"
            deps: ['größe.txt']
      `,
    },
  },
];
