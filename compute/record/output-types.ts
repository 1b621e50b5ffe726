import { DiagnosticError } from '../../diagnostics/index.js';
import type { Attributes } from '../graph/attribute.js';
import { OperationCall, type ShapeRule, type TensorType, type TracedValue } from './operation-call.js';
import { at } from './user-frame.js';

/** @throws DiagnosticError that of the rule, with the line of model code that called for the operation */
export function outputTypes(
  rule: ShapeRule,
  op: string,
  attributes: Attributes,
  inputs: readonly TracedValue[],
): TensorType[] {
  const plain = new Map(Object.entries(attributes).map(([name, { value }]) => [name, value]));
  try {
    return rule(new OperationCall(op, inputs, plain));
  } catch (error) {
    throw located(error);
  }
}

function located(error: unknown): unknown {
  if (!(error instanceof DiagnosticError)) return error;
  const { message, fix, expected, found } = error;
  return new DiagnosticError(error.code, {
    message,
    ...at(),
    ...(fix === undefined ? {} : { fix }),
    ...(expected === undefined ? {} : { expected }),
    ...(found === undefined ? {} : { found }),
    cause: error,
  });
}
