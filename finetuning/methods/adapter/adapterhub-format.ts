import type { Network } from '../../models/network.js';
import { parametersInFull } from '../modules-to-save.js';
import type { SavedFormat } from '../saved-format.js';
import { adapterPlaces } from './places.js';
import type { AdapterSettings } from './settings.js';

/** The version of the `adapters` library whose format this is. It translates the names of activations in files without one. */
const VERSION = 'adapters.1.3.0';

/** Files as `save_adapter(…, use_safetensors=True)` names them; the library saves pickles unless it is asked not to. */
export const ADAPTER_FILE = 'adapter.safetensors';
export const HEAD_FILE = 'model_head.safetensors';

/**
 * An adapter, as the `adapters` library saves and loads it: its own weights, and beside them the head. What else trains
 * of the model, such as a pooler, lies with the adapter's weights, under a name by which the library loads it too.
 */
export function adapterHubFormat(
  settings: AdapterSettings,
  base: { readonly name: string; readonly revision: string },
  network: Network,
): SavedFormat {
  const places = adapterPlaces(network.shapes, settings);
  const [{ modelType, module }] = places as [(typeof places)[0]];
  const widths = new Set(places.map(({ width }) => width));
  const described = {
    // Models without one width have no `hidden_size`.
    hidden_size: widths.size === 1 ? [...widths][0] : null,
    model_class: network.architecture,
    model_name: base.name,
    model_type: modelType,
    version: VERSION,
  };
  const inModel = `${module.split('.')[0]}.`;
  const headFile = { name: HEAD_FILE, has: (name: string) => !name.startsWith(inModel) };
  const head = {
    ...described,
    config: null,
    label2id: Object.fromEntries(network.labels.map((label, index) => [label, index])),
    name: null,
    num_labels: network.labels.length,
  };
  const adapter = {
    ...described,
    config: bottleneckConfig(settings),
    name: settings.name,
    // The library's own has no such field, and passes over it.
    revision: base.revision,
  };
  return {
    weightsFile: ADAPTER_FILE,
    toFile: (parameter) => parameter,
    fromFile: (name) => name,
    headFile,
    metadata: {},
    companions: {
      'adapter_config.json': pythonJson(adapter),
      ...(parametersInFull(network.shapes, settings.saved).some(headFile.has)
        ? { 'head_config.json': pythonJson(head) }
        : {}),
    },
  };
}

/** Every field of the library's `BnConfig`, those that we leave as they are included. */
function bottleneckConfig(settings: AdapterSettings): Record<string, unknown> {
  return {
    adapter_residual_before_ln: false,
    cross_adapter: false,
    dropout: settings.dropout,
    factorized_phm_W: true,
    factorized_phm_rule: false,
    hypercomplex_nonlinearity: 'glorot-uniform',
    init_weights: 'bert',
    init_weights_seed: null,
    inv_adapter: null,
    inv_adapter_reduction_factor: null,
    is_parallel: false,
    learn_phm: true,
    leave_out: [],
    ln_after: false,
    ln_before: false,
    mh_adapter: settings.halves.includes('attention'),
    non_linearity: settings.nonLinearity,
    original_ln_after: true,
    original_ln_before: settings.normBefore,
    output_adapter: settings.halves.includes('output'),
    phm_bias: true,
    phm_c_init: 'normal',
    phm_dim: 4,
    phm_init_range: 0.0001,
    phm_layer: false,
    phm_rank: 1,
    reduction_factor: settings.reductionFactor,
    residual_before_ln: true,
    scaling: 1,
    shared_W_phm: false,
    shared_phm_rule: true,
    stochastic_depth: 0,
    use_gating: false,
  };
}

/** Sorted keys, two spaces, and `1.0` where Python asks whether a number is a float. */
function pythonJson(value: object): string {
  const sorted = (_: string, part: unknown): unknown =>
    typeof part === 'object' && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part;
  const json = JSON.stringify(value, sorted, 2);
  return json.replace(/("(?:dropout|scaling|stochastic_depth)": \d+)(?=,?\n)/g, '$1.0');
}
