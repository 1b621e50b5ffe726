/** Projects for corners of the format: what DVC makes of them is compared, nothing is run. */
export interface Corner {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
}

function corner(name: string, dvcYaml: string, paramsYaml = '', files: Corner['files'] = {}): Corner {
  return { name, files: { 'dvc.yaml': dvcYaml, ...(paramsYaml && { 'params.yaml': paramsYaml }), ...files } };
}

/** One stage whose command is `echo` and this. */
function echo(template: string, paramsYaml = ''): Corner {
  return corner(template, `stages:\n  a:\n    cmd: >-\n      echo ${template}\n`, paramsYaml);
}

export const corners: readonly Corner[] = [
  echo('${ a } ${a }x${ a}', 'a: 1\n'),
  echo('$${a} $a {a} ${a}} }${a}', 'a: 1\n'),
  echo('\\${a} \\\\${a} \\${${a}', 'a: 1\n'),
  echo('${a.b.0} ${a.b[0]} ${a[b][0]} ${a.b[-1]} ${a[b].1}', 'a: {b: [x, y]}\n'),
  echo('${a b} ${a-b} ${a/b} ${ä}', 'a b: 1\na-b: 2\na/b: 3\nä: 4\n'),
  echo('${a} ${b} ${c} ${d} ${e}', 'a: 1e16\nb: 1e15\nc: 123456.789\nd: 0.00001\ne: -0.0\n'),
  echo('${a} ${b} ${c} ${d}', 'a: .inf\nb: -.inf\nc: .nan\nd: 12345678901234567890123\n'),
  echo('${a} ${b} ${c}', 'a: true\nb: null\nc: ""\n'),
  echo('${a}', 'a: {b: {}, c: [], d: "", e: "x y", f: -1.5, g: null, h: {i: {j: true, k: false}}}\n'),
  echo(
    '${a}',
    'a: {b: [true, null, 1.0, "x y", "it\'s"], 1: 2, "k v": "$x", p: "a/b=c,d:e.f@g%h+i-j_k", u: ü}\n',
  ),
  echo('${a} and ${b}', 'a: {x: 1}\nb: {y: [1]}\n'),
  echo('"${a}" \'${a}\'', 'a: "multi\\nline"\n'),
  corner(
    'tabs where DVC takes them',
    'stages: # of\tall\n  a:\n    cmd: "echo \\t\t\'x\'"\n    deps: [x,\ty]\n    desc: |\n      a\tb\n      \tc\n    meta: {a:\t1}\n',
  ),
  corner(
    'exact values keep their types',
    'stages:\n  a:\n    cmd: x\n    meta: {a: "${i}", b: "${f}", c: "${b}", d: "${n}", "${s}": [1, "${s}${i}"]}\n',
    'i: 1\nf: 1.5\nb: true\nn: null\ns: text\n',
  ),
  corner(
    'templates in keys of outs',
    'stages:\n  a:\n    cmd: x\n    outs:\n      - "${o}": {persist: true}\n      - x.txt\n      - "x.txt": {cache: false}\n',
    'o: y.txt\n',
  ),
  corner(
    'templates in params',
    'stages:\n  a:\n    cmd: x\n    params: ["${k}.b", {"${f}": ["${k}"]}, "p.yaml": ]\n',
    'k: a\nf: q.yaml\na: {b: 1}\n',
    { 'q.yaml': 'a: 1\n', 'p.yaml': 'z: 1\n' },
  ),
  corner(
    'block scalars',
    'stages:\n  a:\n    cmd: |\n      one ${a}\n\n        two\n    desc: >\n      a\n      b\n  b:\n    cmd: |-\n      x\n    desc: |+\n      y\n\n',
    'a: 1\n',
  ),
  corner(
    'foreach over what is written there',
    'stages:\n  a:\n    foreach: [1, 1.5, true, null, "x", yes, 0x10, 1e-5]\n    do: {cmd: "echo ${item}"}\n',
  ),
  corner(
    'foreach over what is named',
    'stages:\n  a:\n    foreach: ${l}\n    do: {cmd: "echo ${item}"}\n',
    'l: [1, 1.5, true, null, "x", yes, 0x10, 1e-5]\n',
  ),
  corner(
    'foreach over both',
    'stages:\n  a:\n    foreach: ["${x}", "${y}", z]\n    do: {cmd: "echo ${item}"}\n',
    'x: true\ny: 2.0\n',
  ),
  corner(
    'foreach over the same twice',
    'stages:\n  a:\n    foreach: [x, x, y]\n    do: {cmd: "echo ${item}"}\n',
  ),
  corner(
    'foreach over mixed items',
    'stages:\n  a:\n    foreach: [x, [1, 2], {k: v}]\n    do: {cmd: "echo"}\n',
  ),
  corner(
    'foreach over a mapping with odd keys',
    'stages:\n  a:\n    foreach: {1: {v: x}, false: {v: y}, 2.5: {v: z}, "10": {v: w}}\n    do: {cmd: "echo ${key} ${item.v}"}\n',
  ),
  corner(
    'foreach over a mapping of mappings that are named',
    'stages:\n  a:\n    foreach: {p: "${m}", q: "${n}"}\n    do: {cmd: "echo ${key} ${item.v} ${item}"}\n',
    'm: {v: 1, w: [1, 2]}\nn: {v: 2}\n',
  ),
  corner(
    'foreach over nothing',
    'stages:\n  a:\n    foreach: []\n    do: {cmd: x}\n  b:\n    foreach: {}\n    do: {cmd: x}\n  c: {cmd: y}\n',
  ),
  corner(
    'item hides a param',
    'stages:\n  a:\n    foreach: [1]\n    do: {cmd: "echo ${item} ${key}"}\n  b:\n    cmd: echo ${item.x}\n',
    'item: {x: 2}\nkey: 3\n',
  ),
  corner(
    'matrix',
    'stages:\n  a:\n    matrix: {x: [1, true, null, 1.5], y: ["${z}", b], w: "${l}"}\n    cmd: echo ${item.x} ${item.y} ${key}\n',
    'z: c\nl: [p, [q, r], {s: t}]\n',
  ),
  corner(
    'matrix over a text and a mapping',
    'stages:\n  a:\n    matrix: {x: ab, y: "${m}"}\n    cmd: echo ${item.x} ${item.y}\n',
    'm: {k: 1, l: 2}\n',
  ),
  corner('matrix over nothing', 'stages:\n  a:\n    matrix: {x: [], y: [1]}\n    cmd: x\n'),
  corner(
    'vars of a stage',
    'vars: [{a: {b: 1}}]\nstages:\n  s:\n    vars: [v.json, "w.toml:x,y", {a: {c: 2}}]\n    wdir: sub\n    cmd: echo ${a.b} ${a.c} ${j} ${x} ${y.z}\n  t:\n    cmd: echo ${a.b}\n',
    '',
    { 'sub/v.json': '{"j": 1.0}', 'sub/w.toml': 'x = 1\nz = 1\n[y]\nz = 2.0\n' },
  ),
  corner(
    'vars that name a file twice',
    'vars: [params.yaml, p.yaml:a, p.yaml:b, q.yaml, ./q.yaml]\nstages:\n  s: {cmd: "echo ${a} ${b} ${c} ${d}"}\n',
    'd: 4\n',
    { 'p.yaml': 'a: 1\nb: 2\n', 'q.yaml': 'c: 3\n' },
  ),
  corner(
    'vars and params.yaml merge',
    'vars: [{m: {b: {c: 2}}}, v.py]\nstages:\n  s: {cmd: "echo ${m} ${m.b}"}\n',
    'm: {a: 1, b: {d: 3}}\n',
    { 'v.py': 'm = {"e": [1, 2]}\n' },
  ),
  corner(
    'wdir from a template',
    'stages:\n  s:\n    wdir: ${d}/../sub\n    cmd: x\n    deps: [a, ../b, ./c/]\n    outs: [d]\n    params: [p, ../params.yaml: ]\n',
    'd: sub\n',
    { 'sub/params.yaml': 'p: 1\n' },
  ),
  corner(
    'one file in many forms',
    'stages:\n  s:\n    cmd: x\n    params:\n      - a\n      - params.yaml: [b]\n      - p.yaml: [x]\n        q.yaml: []\n      - c\n      - p.yaml:\n      - q.yaml: [y]\n',
    'a: 1\nb: 2\nc: 3\n',
    { 'p.yaml': 'x: 1\n', 'q.yaml': 'y: 1\n' },
  ),
  corner(
    'globs and missing params',
    'stages:\n  s:\n    cmd: x\n    params: ["a.*", "b.[x]", "l.0.n", "none", "a.none", "**.deep", "n.1"]\n',
    'a: {only: 1}\nb: {x: 2}\nl: [{n: 3}]\nc: {d: {deep: 4}}\nn: {1: y}\n',
  ),
  corner(
    'params files that are not there',
    'stages:\n  s:\n    cmd: x\n    params: [a, none.json: , p.toml: [x]]\n',
  ),
  corner(
    'metrics and plots in all forms',
    'stages:\n  s:\n    cmd: x\n    outs: [o]\n    metrics: [m1, m2: {cache: false}]\n    plots: [p1, p2: {x: a, y: b, cache: false, persist: true}, p1: {cache: false}]\n',
  ),
  corner('an empty dvc.yaml and .dvc files', '', '', {
    'a.dvc': 'outs:\n- path: a\n',
    'sub/b.dvc':
      'wdir: ..\nfrozen: true\nouts:\n- {path: sub/b, cache: false, persist: true}\ndesc: text\nmeta: {k: [1, 2]}\n',
  }),
  corner('stages in ignored folders', 'stages:\n  s: {cmd: x, outs: [made]}\n', '', {
    'made/dvc.yaml.txt': '',
    '.gitignore': '/ignored\n*.local\n',
    'ignored/dvc.yaml': 'stages: {t: {cmd: x}}\n',
    'x.local/dvc.yaml': 'stages: {t: {cmd: x}}\n',
    '.dvcignore': 'hidden\n',
    'hidden/dvc.yaml': 'stages: {t: {cmd: x}}\n',
    'other/.dvc/config': '',
    'other/dvc.yaml': 'stages: {t: {cmd: x}}\n',
    'node_modules/p/dvc.yaml': 'stages: {t: {cmd: x}}\n',
  }),
  corner(
    'a params file that a stage makes',
    'stages:\n  use:\n    cmd: x\n    params: [made.yaml: [a]]\n  make:\n    cmd: x\n    outs: [made.yaml]\n',
    '',
    { 'made.yaml': 'a: 1\n' },
  ),
];
