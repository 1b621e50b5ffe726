import { compileProgram, type Program, type SignatureDefinition } from '../../../compute/index.js';
import type { Group, Member } from './read-group.js';
import { scopedSignature, scopedVariables } from './scoped-variables.js';

/** What one member adds to the program: graphs by name, and the variables that only these have. */
export interface MemberGraphs {
  readonly signatures: Readonly<Record<string, SignatureDefinition>>;
  readonly extra?: Member['variables'];
}

/** One program for all members of a group, with their values in it. A member's graphs are called `<index>/<name>`. */
export function sharedProgram(
  { members, values }: Group,
  graphsOf: (member: Member) => MemberGraphs,
): Program {
  const variables: Record<string, Member['variables'][string]> = {};
  const signatures: Record<string, SignatureDefinition> = {};
  members.forEach((member, index) => {
    const { signatures: own, extra = {} } = graphsOf(member);
    Object.assign(variables, scopedVariables(member.variables, member.scope), extra);
    const scope = (name: string): string => (name in extra ? name : member.scope(name));
    const names = [...Object.keys(member.variables), ...Object.keys(extra)];
    for (const [name, signature] of Object.entries(own))
      signatures[`${index}/${name}`] = scopedSignature(signature, names, scope);
  });
  const program = compileProgram({ variables, signatures });
  program.assign(values);
  return program;
}
