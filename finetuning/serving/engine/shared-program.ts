import { compileProgram, type Program, type SignatureDefinition } from '../../../compute/index.js';
import type { Group, Member } from './read-group.js';
import { scopedSignature, scopedVariables } from './scoped-variables.js';

/** What one member adds to the program: graphs by name, and the variables that only these have. */
export interface MemberGraphs {
  readonly signatures: Readonly<Record<string, SignatureDefinition>>;
  readonly extra?: Member['variables'];
  /**
   * Those that are run once before anybody is to ask: what most requests begin with. TensorFlow prepares a graph when it first runs, in
   * much more than its own time.
   */
  readonly first: readonly string[];
  /** Those that are run once while nobody asks, in this order. Large ones would keep a request that comes meanwhile waiting. */
  readonly later: readonly string[];
}

/** A program whose graphs are prepared little by little. */
export interface SharedProgram extends Pick<Program, 'run' | 'dispose'> {
  /**
   * Runs one more of the graphs that are prepared while nobody asks, on nothing: what it changes must be of no use to anybody.
   *
   * @returns whether there was one
   */
  warmUp(): boolean;
}

/** One program for all members of a group, with their values in it. A member's graphs are called `<index>/<name>`. */
export function sharedProgram(
  { members, values }: Group,
  graphsOf: (member: Member) => MemberGraphs,
): SharedProgram {
  const variables: Record<string, Member['variables'][string]> = {};
  const signatures: Record<string, SignatureDefinition> = {};
  const first: string[] = [];
  const later: string[] = [];
  members.forEach((member, index) => {
    const graphs = graphsOf(member);
    const { signatures: own, extra = {} } = graphs;
    Object.assign(variables, scopedVariables(member.variables, member.scope), extra);
    const scope = (name: string): string => (name in extra ? name : member.scope(name));
    const names = [...Object.keys(member.variables), ...Object.keys(extra)];
    for (const [name, signature] of Object.entries(own))
      signatures[`${index}/${name}`] = scopedSignature(signature, names, scope);
    first.push(...graphs.first.map((name) => `${index}/${name}`));
    later.push(...graphs.later.map((name) => `${index}/${name}`));
  });
  const program = compileProgram({ variables, signatures });
  program.assign(values);
  const ready = new Set<string>();
  const prepare = (name: string): void => {
    ready.add(name);
    runOnNothing(program, name, signatures[name] as SignatureDefinition);
  };
  first.forEach(prepare);
  return {
    run(name, feeds) {
      ready.add(name);
      return program.run(name, feeds);
    },
    warmUp() {
      const next = later.find((name) => !ready.has(name));
      if (next === undefined) return false;
      prepare(next);
      return true;
    },
    dispose: () => program.dispose(),
  };
}

function runOnNothing(program: Program, name: string, { feeds }: SignatureDefinition): void {
  const nothing = Object.entries(feeds).map(([feed, { shape, dtype }]) => {
    const size = shape.reduce((product, side) => product * side, 1);
    return [feed, dtype === 'float32' ? new Float32Array(size) : new Int32Array(size)] as const;
  });
  program.run(name, Object.fromEntries(nothing));
}
