import { emitYaml } from '../../../../dvc/state/yaml/emit.js';
import { pythonJson } from '../../../../dvc/state/python/json.js';
import type { ParamValue } from '../../../../dvc/types.js';
import { DECODE, ValueGenerator, encode, randomNumbers } from '../generate.js';
import { describeWithDvc, python } from '../real-dvc.js';

const DUMP_BOTH = `${DECODE}
from dvc.utils.serialize import dumps_yaml
def tried(f):
    try: return f()
    except Exception as e: return repr(e)
docs = [decode(d, []) for d in json.load(sys.stdin)]
print(json.dumps([[tried(lambda: dumps_yaml(d)), tried(lambda: json.dumps(d, sort_keys=True))] for d in docs]))
`;

describeWithDvc('bytes as Python writes them', () => {
  it.each([1, 2, 3])('agrees on YAML and JSON for 2000 generated documents (seed %i)', async (seed) => {
    const generator = new ValueGenerator(randomNumbers(seed));
    const documents = Array.from({ length: 2000 }, (): ParamValue => {
      const shared: ParamValue[] = [];
      const inside = generator.mapping(1 + Math.floor(generator.random() * 4), 3, shared);
      return new Map<string, ParamValue>([
        ['stages', inside],
        ['end', generator.value(2, shared)],
      ]);
    });
    const answers = JSON.parse(
      await python(DUMP_BOTH, JSON.stringify(documents.map((document) => encode(document)))),
    ) as [string, string][];
    const wrong: unknown[] = [];
    documents.forEach((document, i) => {
      const [yaml, json] = answers[i] as [string, string];
      const ours = emitYaml(document).text;
      if (ours !== yaml) wrong.push({ ours, yaml });
      const comparable = !json.startsWith('TypeError');
      if (comparable && pythonJson(document) !== json) wrong.push({ ours: pythonJson(document), json });
    });
    expect(wrong.slice(0, 3)).toEqual([]);
  });
});
