import { createHash } from 'node:crypto';
import { BOTTLENECKS_SOURCE } from './bottlenecks.js';
import { MODEL_SOURCE } from './model.js';
import { NETWORK_SOURCE } from './network.js';
import { PACKED_SOURCE } from './packed.js';
import { PICTURES_SOURCE } from './pictures.js';
import { PROMPTS_SOURCE } from './prompts.js';
import { TEXTS_SOURCE } from './texts.js';

/** Python, kept beside each model. */
const SOURCES: Readonly<Record<string, string>> = {
  '__init__.py': '"""Opens a model that `reprise finetune` made, for mlflow.pyfunc."""\n',
  'bottlenecks.py': BOTTLENECKS_SOURCE,
  'model.py': MODEL_SOURCE,
  'network.py': NETWORK_SOURCE,
  'packed.py': PACKED_SOURCE,
  'pictures.py': PICTURES_SOURCE,
  'prompts.py': PROMPTS_SOURCE,
  'texts.py': TEXTS_SOURCE,
};

/** Python keeps one module of a name: models that different versions of ours have made may be loaded side by side. */
const PACKAGE = `reprise_${createHash('sha256').update(JSON.stringify(SOURCES)).digest('hex').slice(0, 8)}`;

/** What MLflow imports. */
export const LOADER_MODULE = `${PACKAGE}.model`;

/** Path below the folder that MLflow adds to Python's path → text. */
export const LOADER_FILES: Readonly<Record<string, string>> = Object.fromEntries(
  Object.entries(SOURCES).map(([name, text]) => [`${PACKAGE}/${name}`, text]),
);
