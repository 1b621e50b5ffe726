import { execFileSync } from 'node:child_process';
import { trainerRows } from './trainer-tables.js';

const python = process.env.REPRISE_TEST_PEFT_PYTHON;

/** Names and defaults of a dataclass, read from its source: importing it would import torch. */
const FIELDS = `
import ast, importlib.util, json, os
def fields(module, name):
    package, *rest = module.split('.')
    folder = os.path.dirname(importlib.util.find_spec(package).origin)
    tree = ast.parse(open(os.path.join(folder, *rest) + '.py').read())
    body = next(node for node in ast.walk(tree) if isinstance(node, ast.ClassDef) and node.name == name).body
    found = {}
    for each in body:
        if not isinstance(each, ast.AnnAssign): continue
        value = each.value
        if isinstance(value, ast.Call):
            value = next((k.value for k in value.keywords if k.arg in ('default', 'default_factory')), None)
        found[each.target.id] = ast.unparse(value).strip("'") if value is not None else None
    return found
print(json.dumps({
    'TrainingArguments': fields('transformers.training_args', 'TrainingArguments'),
    'LoraConfig': fields('peft.tuners.lora.config', 'LoraConfig'),
}))
`;

(python ? describe : describe.skip)('docs/from-python-trainers.md beside transformers and PEFT', () => {
  it('has their names and defaults as they have them', () => {
    const known = JSON.parse(execFileSync(python as string, ['-c', FIELDS], { encoding: 'utf8' })) as Record<
      string,
      Record<string, string | null>
    >;
    for (const { of, theirs, theirDefault } of trainerRows()) {
      const there = known[of]?.[theirs];
      // A dash: worked out when it runs.
      expect([theirs, theirDefault === '–' ? 'default_optim' : theirDefault]).toEqual([theirs, there]);
    }
  });
});
