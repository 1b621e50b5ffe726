import type { ParameterShapes } from '../models/parameters.js';
import type { Method } from './method.js';

/** Everything trains; nothing is added. */
export function fullMethod(model: ParameterShapes): Method {
  return {
    added: new Map(),
    trainable: [...model.keys()],
    initial(name) {
      throw new RangeError(`full finetuning adds no ${name}`);
    },
    wrap: (layer) => layer,
  };
}
