export interface ParamsFile {
  readonly suffix: '.yaml' | '.json' | '.toml' | '.py';
  readonly text: string;
}

/** Plain scalars whose type is decided by their spelling. */
const SCALARS = `
1 -1 +1 0 -0 +0 00 012 0o17 0o8 -0o17 0x1F 0Xff -0x1f 0b101 0b2 1_000 1__0 _1 1_ 9007199254740993 12345678901234567890
1. 1.0 -1.5 .5 -.5 +.5 . .. 1e5 1e-5 1E5 1.e5 1.5e+3 .5e3 .5e+3 .5e-3 1_0.5 1_0e2 1e 1e+ e5 1.2.3 1e400 -1e400 1e-400 4.9e-324
0.1 0.30000000000000004 100000000000000000.0 1e16 123456789.123456789 1e22 1e21 0.0001 0.00001
.inf -.inf +.inf .Inf .INF .iNf inf Infinity .nan .NaN .NAN .Nan nan -.nan
true True TRUE tRue false False FALSE yes Yes no No on off y n null Null NULL nULL ~ None none
2020-01-01 2020-1-1 2020-01-01T10:00:00 2020-01-01T10:00:00Z 2001-12-14t21:59:43.10-05:00 12:30 12:30:45 1:2 190:20:30
= << a:b a#b 'quoted' "dou\\tble" 'it''s' "\\u00e9" "\\x41" ä 🎉 - -a ?a :a a, %a
`
  .trim()
  .split(/\s+/);

const YAML = [
  ...SCALARS.map((scalar) => `key: ${scalar}\n`),
  ...SCALARS.map((scalar) => `- ${scalar}\n`).filter((line) => !/^- (%|-a$)/.test(line)),
  'key: 2020-01-01 10:00:00\n',
  'key: 2020-01-01 10:00:00.5 +1\n',
  '',
  '\n',
  '# only a comment\n',
  '---\n',
  '--- 5\n',
  '[]\n',
  '{}\n',
  'text\n',
  'a: 1\na: 2\n',
  'a: {b: 1, b: 2}\n',
  'base: &b {x: 1, y: 2}\nz: {<<: *b, y: 3}\nw:\n  y: 0\n  <<: *b\n',
  'a: &a {x: 1}\nb: &b {x: 2, y: 2}\nc: {<<: [*a, *b], z: 3}\nd: {<<: [*b, *a]}\n',
  'a: &a [1, 2]\nb: *a\n',
  'a: !!str 1\nb: !!float 1\nc: !!int "7"\nd: !!bool "true"\ne: !!null ""\nf: ! 1\n',
  'a: !custom 1\n',
  'a: !!set {x, y}\n',
  '1: a\n2.5: b\ntrue: c\n',
  '1: a\n2.5: b\nfalse: c\nnull: d\n"1": e\n',
  '? a\n: 1\n',
  'folded: >\n  a\n  b\n\n  c\nliteral: |\n  a\n   b\n\nkeep: |+\n  a\n\nstrip: >-\n  a\n',
  'plain: a b\n  c d\n',
  'double: "a\\\n  b"\n',
  'a: "unclosed\n',
  'a: b: c\n',
  'a:\n\t- 1\n',
  '- 1\na: 2\n',
  'a: [1, 2\n',
  'a: *missing\n',
  'a:\n  - {x: 1, y: [1, 2.0]}\n  -\n  - \n',
  'a: {x, y: }\n',
  'a: 1 # comment\nb: "#no"\n',
  '%YAML 1.2\n---\na: yes\n',
  'a: 1\n...\n',
  'key: \'\'\nother: ""\n',
  'a: 1\r\nb: 2\r\n',
  '\uFEFFa: 1\n',
];

const JSON_TEXTS = [
  '{"a": 1, "b": 1.0, "c": 1e3, "d": -0, "e": -0.0, "f": 1E400, "g": NaN, "h": [-Infinity, Infinity]}',
  '{"10": 1, "b": 2, "1": {"z": [], "y": {}}}',
  '{"a": 1, "a": 2}',
  '{"n": 123456789012345678901234567890, "f": 0.1, "g": 1e-7, "h": 1.5e300}',
  '{"s": "\\u00e9\\n\\"\\\\ \\ud83c\\udf89 \\/", "ü": "ä"}',
  '[1, "a", null, true, false]',
  'null',
  '',
  ' ',
  '{',
  '{"a": }',
  '{"a": 01}',
  '{"a": 1,}',
  "{'a': 1}",
  '{"a": "line\nbreak"}',
  '{"a": 1} x',
  '{"a": .5}',
  '{"a": +1}',
  '{"a": tru}',
  '{"__proto__": 1, "constructor": 2}',
];

const TOML = [
  'a = 1\nb = 1.0\nc = 1e6\nd = 0xff\ne = 0o17\nf = 0b1\ng = 1_000\nh = inf\ni = -inf\nj = nan\nk = 9223372036854775807\n',
  'a = true\nb = "x\\ty"\nc = \'lit\\n\'\nd = """\nmulti\n"""\n',
  'a = [1, 2.0, "x", [true]]\nb = {x = 1, y.z = 2}\n',
  '[a]\nx = 1\n[a.b]\ny = 2\n[[c]]\nn = 1.0\n[[c]]\nn = 2\n',
  'd = 2020-01-01\n',
  'd = 2020-01-01T10:00:00Z\n',
  'd = 10:00:00\n',
  'a = \n',
  'a = 1\na = 2\n',
  '',
  'x.y.z = 1\n"quoted key" = 2\n',
  'a = 1\r\nb = """\r\nx\r\ny"""\r\n[c]\r\nd = "z"\r\n',
];

const PYTHON = [
  'A = 1\nB = 1.0\nC = 1e-3\nD = 0x1F\nE = 1_000\nF = .5\nG = 1.\nH = 0o17\nI = 0b11\nJ = 1e400\nK = 123456789012345678901\n',
  'A = -1\nB = +2.5\nC = --1\nD = -(1)\nE = not True\nF = -True\nG = 1 + 2\nH = 1j\nI = -1j\n',
  'A = "x" "y"\nB = \'it\\\'s\'\nC = r"\\n"\nD = u"ü"\nE = b"bytes"\nF = f"{A}"\nG = "a\\\nb"\nH = """tri\nple"""\nI = "\\x41\\u00e9\\101\\q"\n',
  'A = [1, 2.0, "x"]\nB = (1, (2, 3))\nC = 1, 2\nD = ()\nE = (1)\nF = (1,)\nG = {1, 2}\nH = {}\nI = set()\nJ = [1, f(2)]\nK = [*A]\n',
  'A = {"a": 1, "b": [1, {"c": 2}], 3: "x", None: 1, True: 0, 1.5: 2}\nB = {**A}\nC = {"a": x}\nD = {"a": 1, "a": 2}\n',
  'A = None\nB = True\nC = False\nD = ...\nE = name\nF = call()\nG = lambda x=1: x\nH = [i for i in range(3)]\n',
  'a = b = 1\nc, d = 1, 2\ne.f = 1\nself.g = 1\nh[0] = 1\ni += 1\nj: int = 5\nk: int\nl: "str" = "x"\n(m) = 2\nn == 1\n',
  'if True:\n    A = 1\nfor i in []:\n    B = 1\nC = 2\ntry:\n    D = 1\nexcept E:\n    pass\nwith x as y:\n    F = 1\ndef f():\n    G = 1\nH = 3\n',
  'class A:\n    x = 1\n    y: float = 2.0\n    class B:\n        z = 3\n    def __init__(self, a=1):\n        self.p = 1\n        local = 2\n        self.q: int = 3\n        if True:\n            self.r = 4\n    def other(self):\n        self.s = 5\n',
  'class A: x = 1; y = 2\nclass B(Base, metaclass=M):\n  """doc"""\n  z = 3\nclass C:\n    pass\n',
  '@decorator\nclass A:\n    x = 1\n@deco(1)\ndef __init__(self):\n    self.y = 2\nasync def __init__(self):\n    self.z = 3\n',
  'A = 1; B = 2\nC = [\n  1,\n  # comment\n  2,\n]\nD = 1 + \\\n  2\nE = (\n"x"\n"y"\n)\n',
  '#!/usr/bin/env python\n# -*- coding: utf-8 -*-\n"""doc\nA = 1\n"""\nB = 2  # comment\n',
  'A = "unclosed\n',
  'A = (1\n',
  'A = 1)\n',
  '  A = 1\n',
  'class A:\n    x = 1\n  y = 2\n',
  'class A:\nx = 1\n',
  'A = \n',
  '',
  'def f(x: int = 1) -> dict:\n    return {"a": 1}\nA = f(1)\nB = {"a": 1}["a"]\nC = "a" % 1\n',
  'A = 1\r\nclass B:\r\n    x = 2\r\n',
  'class A:\n\tx = 1\n\tclass B:\n\t\ty = 2\n',
  'from dataclasses import dataclass\n@dataclass\nclass Config:\n    lr: float = 1e-3\n    names: list = ("a", "b")\n    n: int = 3\n\nlr = 0.1\n',
  'x = 5 if True else 6\ny = [1, 2][0]\nz = "a".upper()\nw = (yield)\n',
  'match = 1\ntype = 2\nprint = 3\nmatch x:\n    case 1:\n        a = 1\n',
];

export const paramsCorpus: readonly ParamsFile[] = [
  ...YAML.map((text): ParamsFile => ({ suffix: '.yaml', text })),
  ...JSON_TEXTS.map((text): ParamsFile => ({ suffix: '.json', text })),
  ...TOML.map((text): ParamsFile => ({ suffix: '.toml', text })),
  ...PYTHON.map((text): ParamsFile => ({ suffix: '.py', text })),
];
