import { compileProgram, type Program, type SignatureDefinition } from '../../../compute/index.js';
import type { Group, Member } from './read-group.js';
import { scopedSignature, scopedVariables } from './scoped-variables.js';

/** What one member adds to the program: graphs by name, and the variables that only these have. */
export interface MemberGraphs {
  readonly signatures: Readonly<Record<string, SignatureDefinition>>;
  readonly extra?: Member['variables'];
  /** Is the graph run once before anybody asks? Large ones would take long, and prepare in little of their own time. */
  isWarmedUp(name: string): boolean;
}

/** One program for all members of a group, with their values in it. A member's graphs are called `<index>/<name>`. */
export function sharedProgram(
  { members, values }: Group,
  graphsOf: (member: Member) => MemberGraphs,
): Program {
  const variables: Record<string, Member['variables'][string]> = {};
  const signatures: Record<string, SignatureDefinition> = {};
  const warm: string[] = [];
  members.forEach((member, index) => {
    const graphs = graphsOf(member);
    const { signatures: own, extra = {} } = graphs;
    Object.assign(variables, scopedVariables(member.variables, member.scope), extra);
    const scope = (name: string): string => (name in extra ? name : member.scope(name));
    const names = [...Object.keys(member.variables), ...Object.keys(extra)];
    for (const [name, signature] of Object.entries(own)) {
      signatures[`${index}/${name}`] = scopedSignature(signature, names, scope);
      if (graphs.isWarmedUp(name)) warm.push(`${index}/${name}`);
    }
  });
  const program = compileProgram({ variables, signatures });
  program.assign(values);
  for (const name of warm) runOnNothing(program, name, signatures[name] as SignatureDefinition);
  return program;
}

/** TensorFlow prepares a graph when it first runs: nobody who asks is to wait for that. */
function runOnNothing(program: Program, name: string, { feeds }: SignatureDefinition): void {
  const nothing = Object.entries(feeds).map(([feed, { shape, dtype }]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [feed, dtype === 'float32' ? new Float32Array(size) : new Int32Array(size)] as const;
  });
  program.run(name, Object.fromEntries(nothing));
}
