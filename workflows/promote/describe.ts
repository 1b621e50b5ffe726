import type { Estimate, Judgement } from './types.js';

/** What was found of a candidate, a line each. */
export function describe({ verdict, decision, reasons, comparison }: Judgement): string[] {
  const lines = [`verdict: ${verdict}, decision: ${decision}`, ...reasons];
  if (!comparison) return lines;
  const { production, rows, accuracy, macro_f1: macroF1, mcnemar } = comparison;
  return [
    ...lines,
    `on ${rows} test rows${production === 0 ? '' : `, beside version ${production}`}:`,
    `accuracy ${figure(accuracy)}`,
    `macro F1 ${figure(macroF1)}`,
    `only production right: ${mcnemar.productionOnly}, only the candidate: ${mcnemar.candidateOnly} (McNemar p = ${mcnemar.p.toPrecision(3)})`,
  ];
}

function figure({ production, candidate, low, high }: Estimate): string {
  return `${production.toFixed(4)} → ${candidate.toFixed(4)} (difference ${low.toFixed(4)} to ${high.toFixed(4)})`;
}

/** How a person answers. */
export function answerCommands(workflowId: string): string[] {
  return [
    `reprise runs approve ${workflowId} --by NAME --reason TEXT`,
    `temporal workflow update execute --workflow-id ${workflowId} --name approve --input '{"by":"NAME","reason":"TEXT"}'`,
  ];
}
