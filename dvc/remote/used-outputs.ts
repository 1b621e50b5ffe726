import { readLockEntry } from '../state/index.js';
import type { SelectedOutput } from '../graph/index.js';
import type { LockedFile, Md5, Project, Stage } from '../types.js';

/** An out with what dvc.lock, or its `.dvc` file, says of it. */
export interface UsedOutput extends SelectedOutput {
  readonly locked: LockedFile & { readonly md5: Md5 };
}

export interface UsedOutputs {
  readonly used: readonly UsedOutput[];
  /** Never made, or not committed: nobody knows their content. */
  readonly unknown: readonly SelectedOutput[];
}

/** @throws DiagnosticError `bad-lock`, `yaml-syntax`, `lock-conflict` */
export async function usedOutputs(
  project: Project,
  selected: readonly SelectedOutput[],
): Promise<UsedOutputs> {
  const used: UsedOutput[] = [];
  const unknown: SelectedOutput[] = [];
  const entries = new Map<Stage, Awaited<ReturnType<typeof readLockEntry>>>();
  for (const { stage, out } of selected) {
    if (!entries.has(stage)) entries.set(stage, await readLockEntry(project, stage));
    const locked = entries.get(stage)?.outs?.find(({ path }) => path === out.path);
    if (locked?.md5 === undefined) unknown.push({ stage, out });
    else used.push({ stage, out, locked: { ...locked, md5: locked.md5 } });
  }
  return { used, unknown };
}
