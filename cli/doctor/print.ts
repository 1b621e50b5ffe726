import type { Examination, Finding } from './finding.js';

const MARKS = { found: '✓', missing: '–', broken: '✗' } as const;

/** The table for a person: what is there, then what is not and how to get it. */
export function formatExamination({ reprise, cache, findings, pipelines, finetuning }: Examination): string {
  const nameWidth = Math.max(...findings.map(({ name }) => name.length));
  const versionWidth = Math.max(...findings.map(({ version }) => version?.length ?? 0));
  const rows = findings.map(({ name, state, version = '', detail }) =>
    `  ${MARKS[state]} ${name.padEnd(nameWidth)}  ${version.padEnd(versionWidth)}  ${detail}`.trimEnd(),
  );
  const mendable = findings.filter(
    ({ state, part }) => state !== 'found' && (part !== 'optional' || state === 'broken'),
  );
  return [
    `reprise ${reprise}, cache in ${cache}`,
    ...rows,
    '',
    `pipelines: ${pipelines ? 'ready' : 'NOT ready'}`,
    `finetuning: ${finetuning ? 'ready' : 'not ready'}`,
    ...mendable.map(formatFix),
    '',
  ].join('\n');
}

function formatFix({ name, part, fix }: Finding): string {
  return `  ${name} (${part}): ${fix ?? 'see above'}`;
}
