import { DiagnosticError, type Location } from '../../diagnostics/index.js';
import type { Output, Stage } from '../types.js';
import { PathTree } from './path-tree.js';

export interface Producer {
  readonly stage: Stage;
  readonly output: Output;
}

/**
 * Who makes which path. No path may be made twice, and none inside another.
 *
 * @throws DiagnosticError `output-duplicated`, `output-overlap`, `dvcfile-in-output`
 */
export function producersOf(stages: readonly Stage[]): PathTree<Producer> {
  const tree = new PathTree<Producer>();
  for (const stage of stages) {
    for (const output of stage.outs) {
      const above = tree.atOrAbove(output.file);
      const same = above.find((other) => other.output.file === output.file);
      if (same) throw duplicated(stage, output, same);
      const other = above[0] ?? tree.below(output.file)[0];
      if (other) throw overlapping(stage, output, other);
      tree.set(output.file, { stage, output });
    }
  }
  for (const stage of stages) {
    const [inside] = tree.atOrAbove(stage.dvcfile);
    if (!inside) continue;
    throw new DiagnosticError('dvcfile-in-output', {
      message: `${stage.address} is defined inside ${inside.output.path}, which is an out of ${inside.stage.address}`,
      at: inside.output.at,
      fix: 'move the definition, or write the out elsewhere',
    });
  }
  return tree;
}

function duplicated(stage: Stage, output: Output, other: Producer): DiagnosticError {
  return new DiagnosticError('output-duplicated', {
    message: `${output.path} is an out of both ${other.stage.address} (${place(other.output.at)}) and ${stage.address}`,
    at: output.at,
    fix: 'take it out of one of them, or give them different paths',
  });
}

function overlapping(stage: Stage, output: Output, other: Producer): DiagnosticError {
  const isInside = output.file.startsWith(other.output.file);
  const [inner, outer] = isInside ? [output, other.output] : [other.output, output];
  const [innerStage, outerStage] = isInside ? [stage, other.stage] : [other.stage, stage];
  return new DiagnosticError('output-overlap', {
    message: `${inner.path}, an out of ${innerStage.address}, lies inside ${outer.path}, an out of ${outerStage.address} (${place(other.output.at)})`,
    at: output.at,
    fix: 'write them to separate folders, or list the files one by one',
  });
}

function place({ file, line, column }: Location): string {
  return [file, line, column].filter((part) => part !== undefined).join(':');
}
