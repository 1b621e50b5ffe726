import { collectGarbage } from '../native/collect-garbage.js';
import { giveBackMemory } from '../native/give-back.js';
import type { Program, ProgramDefinition, TensorData } from '../types.js';
import { batchesByBytes } from './batches.js';
import { byteLength, checkFeeds, checkValues, lookUp } from './check-values.js';
import type { CompiledSignature } from './compile-signature.js';
import type { GraphVariable } from './graph-variables.js';
import { recordProgram } from './record-program.js';
import { Session } from './session.js';
import { variablesOf } from './touched-variables.js';

/** Values cross between JavaScript and TensorFlow in parts of this size: no more is held twice. */
const BATCH_BYTES = 64 * 2 ** 20;

/**
 * Records each signature once and gives the whole to TensorFlow as one graph, whose session holds the variables.
 *
 * @throws DiagnosticError `unknown-operation`, `host-read`, `foreign-tensor`, `shape-mismatch`, `unknown-variable`,
 *   `updated-twice`, each with the line of model code
 */
export function compileProgram(definition: ProgramDefinition): Program {
  const { graph, variables, signatures } = recordProgram(definition);
  const touched = variablesOf(graph, variables, signatures);
  return new CompiledProgram(new Session(graph), variables, signatures, touched);
}

class CompiledProgram implements Program {
  readonly #session: Session;
  readonly #variables: Readonly<Record<string, GraphVariable>>;
  readonly #signatures: Readonly<Record<string, CompiledSignature>>;
  /** Signature → the variables that it has to do with. */
  readonly #touched: ReadonlyMap<string, readonly string[]>;
  /** Variables that have no value yet. They get zeros when they are first needed: zeros of others would take memory in vain. */
  readonly #unset: Set<string>;
  /** Signatures that have run, and so are compiled. */
  readonly #compiled = new Set<string>();
  /** Bytes that were given since the last run, and may still be there in JavaScript. */
  #given = 0;

  constructor(
    session: Session,
    variables: Readonly<Record<string, GraphVariable>>,
    signatures: Readonly<Record<string, CompiledSignature>>,
    touched: ReadonlyMap<string, readonly string[]>,
  ) {
    this.#touched = touched;
    this.#session = session;
    this.#variables = variables;
    this.#signatures = signatures;
    this.#unset = new Set(Object.keys(variables));
  }

  assign(values: Readonly<Record<string, TensorData>>): void {
    const given = Object.keys(values).map((name) => lookUp(this.#variables, name, 'variable') && name);
    for (const name of given)
      checkValues('variable', name, this.#variable(name).spec, values[name] as TensorData);
    for (const batch of this.#batches(given)) {
      const feeds = batch.map((name) => {
        const { fed, spec } = this.#variable(name);
        return { source: fed, ...spec, values: values[name] as TensorData };
      });
      const fetches = batch.map((name) => this.#variable(name).assigned);
      this.#session.run(feeds, fetches);
      for (const name of batch) this.#unset.delete(name);
    }
    this.#given += given.reduce((sum, name) => sum + byteLength(this.#variable(name).spec), 0);
  }

  read(names: readonly string[]): Record<string, TensorData> {
    for (const name of names) lookUp(this.#variables, name, 'variable');
    this.#setZeros(names);
    const values: Record<string, TensorData> = {};
    for (const batch of this.#batches(names)) {
      const fetched = this.#session.run(
        [],
        batch.map((name) => this.#variable(name).read),
      );
      batch.forEach((name, index) => (values[name] = fetched[index] as TensorData));
    }
    return values;
  }

  run(name: string, feeds: Readonly<Record<string, TensorData>>): Record<string, TensorData> {
    const signature = lookUp(this.#signatures, name, 'signature');
    const specs = Object.fromEntries(Object.entries(signature.feeds).map(([key, { spec }]) => [key, spec]));
    checkFeeds(name, specs, feeds);
    const fed = Object.entries(signature.feeds).map(([key, { source, spec }]) => ({
      source,
      ...spec,
      values: feeds[key] as TensorData,
    }));
    if (this.#given >= BATCH_BYTES) collectGarbage();
    this.#given = 0;
    const isFirst = !this.#compiled.has(name);
    // What loading and recording took, so that compiling does not come on top of it; and then what that took.
    if (isFirst) giveBackMemory();
    this.#setZeros(this.#touched.get(name) as readonly string[]);
    const fetched = this.#session.run(fed, signature.fetches);
    if (isFirst) giveBackMemory();
    this.#compiled.add(name);
    return Object.fromEntries(
      signature.outputs.map((output, index) => [output, fetched[index] as TensorData]),
    );
  }

  dispose(): void {
    this.#session.close();
  }

  #setZeros(needed: readonly string[]): void {
    if (this.#unset.size === 0) return;
    const unset = needed.filter((name) => this.#unset.has(name));
    if (unset.length === 0) return;
    this.#session.run(
      [],
      unset.map((name) => this.#variable(name).zeroed),
    );
    for (const name of unset) this.#unset.delete(name);
  }

  #variable(name: string): GraphVariable {
    return this.#variables[name] as GraphVariable;
  }

  #batches(names: readonly string[]): string[][] {
    return batchesByBytes(names, (name) => byteLength(this.#variable(name).spec), BATCH_BYTES);
  }
}
