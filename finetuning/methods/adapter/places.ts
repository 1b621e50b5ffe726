import { DiagnosticError } from '../../../diagnostics/index.js';
import type { Join } from '../../models/layers/forward-context.js';
import type { ParameterShapes } from '../../models/parameters.js';
import type { AdapterSettings } from './settings.js';

/** Where an adapter goes: one join of the model. */
export interface AdapterPlace {
  /** `model_type` of the architecture. */
  readonly modelType: string;
  /** The join's path. */
  readonly path: string;
  readonly half: Join['half'];
  /** The module that the `adapters` library keeps the adapter in, without the adapter's name. */
  readonly module: string;
  /** Of what is joined: hidden size, or channels. */
  readonly width: number;
  /** Are images joined, [rows, height, width, channels]? */
  readonly images: boolean;
}

interface Pattern {
  readonly modelType: string;
  /** A parameter that each such place has; its first group is the join's path, its only dimension the width. */
  readonly parameter: RegExp;
  readonly half: Join['half'];
  readonly module: (path: string) => string;
  readonly images?: true;
}

/** BERT's output modules are themselves the library's adapter layers; GPT-2's blocks have modules for them. */
const PATTERNS: readonly Pattern[] = [
  {
    modelType: 'bert',
    parameter: /^(bert\.encoder\.layer\.\d+\.attention\.output)\.dense\.bias$/,
    half: 'attention',
    module: (path) => `${path}.adapters`,
  },
  {
    modelType: 'bert',
    parameter: /^(bert\.encoder\.layer\.\d+\.output)\.dense\.bias$/,
    half: 'output',
    module: (path) => `${path}.adapters`,
  },
  {
    modelType: 'gpt2',
    parameter: /^(transformer\.h\.\d+)\.attn\.c_proj\.bias$/,
    half: 'attention',
    module: (path) => `${path}.attention_adapters.adapters`,
  },
  {
    modelType: 'gpt2',
    parameter: /^(transformer\.h\.\d+)\.mlp\.c_proj\.bias$/,
    half: 'output',
    module: (path) => `${path}.output_adapters.adapters`,
  },
  {
    // The library knows no ResNet: as it would, if it did. The norms of a layer's convolutions all match; the last is kept.
    modelType: 'resnet',
    parameter: /^(resnet\.encoder\.stages\.\d+\.layers\.\d+)\.layer\.\d+\.normalization\.bias$/,
    half: 'output',
    module: (path) => `${path}.output_adapters.adapters`,
    images: true,
  },
];

/** @throws DiagnosticError `no-adapter-places` */
export function adapterPlaces(
  model: ParameterShapes,
  { halves }: Pick<AdapterSettings, 'halves'>,
): AdapterPlace[] {
  const places = new Map<string, AdapterPlace>();
  for (const [name, [width]] of model) {
    for (const { modelType, parameter, half, module, images = false } of PATTERNS) {
      const path = parameter.exec(name)?.[1];
      if (path === undefined || width === undefined || !halves.includes(half)) continue;
      places.set(`${path}/${half}`, { modelType, path, half, module: module(path), width, images });
    }
  }
  if (places.size > 0) return [...places.values()];
  throw new DiagnosticError('no-adapter-places', {
    message: 'this model has no place for the adapters that are configured',
    expected: `a place after ${halves.join(' or ')}`,
    fix: 'choose another adapter_type, or another method',
  });
}
