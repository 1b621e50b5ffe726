import { Graph } from '../graph/graph.js';
import type { ProgramDefinition } from '../types.js';
import { compileSignature, type CompiledSignature } from './compile-signature.js';
import { addVariable, type GraphVariable } from './graph-variables.js';
import { separateMemory } from './own-memory.js';

export interface RecordedProgram {
  readonly graph: Graph;
  readonly variables: Readonly<Record<string, GraphVariable>>;
  readonly signatures: Readonly<Record<string, CompiledSignature>>;
}

/** Each signature once, all in one graph. Nothing is calculated. */
export function recordProgram(definition: ProgramDefinition): RecordedProgram {
  const graph = new Graph();
  const variables: Record<string, GraphVariable> = {};
  for (const [name, spec] of Object.entries(definition.variables))
    variables[name] = addVariable(graph, name, spec);
  const signatures: Record<string, CompiledSignature> = {};
  for (const [name, signature] of Object.entries(definition.signatures))
    signatures[name] = compileSignature(graph, name, signature, variables);
  separateMemory(
    graph,
    Object.values(signatures).map(({ changes }) => changes),
  );
  return { graph, variables, signatures };
}
