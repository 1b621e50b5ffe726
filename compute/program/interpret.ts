import type * as tfjs from '@tensorflow/tfjs-core';
import { tf } from '../native/tensorflow.js';
import type { Program, ProgramDefinition, SignatureResult, TensorData, TensorSpec } from '../types.js';
import { adamByOperations } from './adam.js';
import { checkResult } from './check-result.js';
import { checkFeeds, checkValues, lookUp } from './check-values.js';

/**
 * The same program, done operation by operation as tfjs does it: slower and with every activation held, but each step can
 * be looked into. The compiled program is tested against it.
 */
export function interpretProgram(definition: ProgramDefinition): Program {
  return new InterpretedProgram(definition);
}

function tensor(values: TensorData, { shape, dtype }: TensorSpec): tfjs.Tensor {
  return tf.tensor(values.slice(), [...shape], dtype);
}

class InterpretedProgram implements Program {
  readonly #definition: ProgramDefinition;
  readonly #variables: Readonly<Record<string, tfjs.Variable>>;

  constructor(definition: ProgramDefinition) {
    this.#definition = definition;
    this.#variables = Object.fromEntries(
      Object.entries(definition.variables).map(([name, { shape, dtype }]) => [
        name,
        tf.tidy(() => tf.variable(tf.zeros([...shape], dtype), dtype === 'float32')),
      ]),
    );
  }

  assign(values: Readonly<Record<string, TensorData>>): void {
    for (const [name, given] of Object.entries(values)) {
      const spec = lookUp(this.#definition.variables, name, 'variable');
      checkValues('variable', name, spec, given);
    }
    tf.tidy(() => {
      for (const [name, given] of Object.entries(values)) {
        const spec = this.#definition.variables[name] as TensorSpec;
        this.#variable(name).assign(tensor(given, spec));
      }
    });
  }

  read(names: readonly string[]): Record<string, TensorData> {
    return Object.fromEntries(
      names.map((name) => {
        lookUp(this.#definition.variables, name, 'variable');
        return [name, this.#variable(name).dataSync().slice() as TensorData];
      }),
    );
  }

  run(name: string, feeds: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
    const signature = lookUp(this.#definition.signatures, name, 'signature');
    checkFeeds(name, signature.feeds, feeds);
    const results: Record<string, TensorData> = {};
    tf.tidy(() => {
      const fed = Object.entries(signature.feeds).map(
        ([feed, spec]) => [feed, tensor(feeds[feed] as TensorData, spec)] as const,
      );
      const result = signature.build({ variables: this.#variables, feeds: Object.fromEntries(fed) });
      checkResult(name, this.#definition.variables, result);
      for (const [output, value] of Object.entries(result.outputs))
        results[output] = value.dataSync().slice() as TensorData;
      this.#update(result);
    });
    return results;
  }

  dispose(): void {
    for (const variable of Object.values(this.#variables)) variable.dispose();
  }

  #variable(name: string): tfjs.Variable {
    return this.#variables[name] as tfjs.Variable;
  }

  /** All new values are there before the first is assigned. */
  #update({ updates = {}, adam = [] }: SignatureResult): void {
    const next = new Map<string, tfjs.Tensor>();
    // A clone, for a value may be another variable, which is assigned to before it is read.
    for (const [name, value] of Object.entries(updates)) next.set(name, tf.clone(value));
    for (const update of adam) {
      const { variable, m, v } = update;
      const stepped = adamByOperations(
        this.#variable(variable),
        this.#variable(m),
        this.#variable(v),
        update,
      );
      next.set(variable, stepped.value).set(m, stepped.m).set(v, stepped.v);
    }
    for (const [name, value] of next) this.#variable(name).assign(value);
  }
}
