/**
 * A small project as files by path. Its commands use only `sh` and coreutils and end within a second. To have it run:
 * `git init`, `dvc init`, then write the files over what those made (`.dvc/config` may be among them).
 */
export interface SamplePipeline {
  readonly name: string;
  readonly files: Readonly<Record<string, string>>;
  /** Stages that `dvc status` never calls clean. */
  readonly alwaysRuns?: readonly string[];
}

/** Text whose lines are indented with the code around it. DVC's own `${…}` is written `\${…}` in it. */
export function text([content = '']: TemplateStringsArray): string {
  const lines = content.split('\n');
  if (lines[0]?.trim() === '') lines.shift();
  if (lines.at(-1)?.trim() === '') lines.pop();
  const indents = lines.filter((line) => line.trim() !== '').map((line) => line.search(/\S/));
  const indent = Math.min(...indents);
  return lines.map((line) => line.slice(indent)).join('\n') + '\n';
}
