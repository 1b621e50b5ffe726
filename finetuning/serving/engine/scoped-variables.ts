import type { SignatureDefinition, SignatureResult, TensorSpec } from '../../../compute/index.js';

/** Which of a program's variables a model's own name stands for. */
export type Scope = (name: string) => string;

/** The variables under the names that a scope gives them. */
export function scopedVariables(
  variables: Readonly<Record<string, TensorSpec>>,
  scope: Scope,
): Record<string, TensorSpec> {
  return Object.fromEntries(Object.entries(variables).map(([name, spec]) => [scope(name), spec]));
}

/** A signature that sees a program's variables under the model's own names: several models share a program so. */
export function scopedSignature(
  signature: SignatureDefinition,
  names: Iterable<string>,
  scope: Scope,
): SignatureDefinition {
  const own = [...names];
  return {
    ...signature,
    build({ variables, feeds }): SignatureResult {
      const seen = Object.fromEntries(
        own.flatMap((name) => {
          const variable = variables[scope(name)];
          return variable ? [[name, variable]] : [];
        }),
      );
      const { updates, ...result } = signature.build({ variables: seen, feeds });
      if (!updates) return result;
      const scoped = Object.entries(updates).map(([name, value]) => [scope(name), value]);
      return { ...result, updates: Object.fromEntries(scoped) };
    },
  };
}
