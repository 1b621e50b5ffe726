import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { findProjectRoot, loadBaseConfig } from '../../configs/index.js';
import { DiagnosticError } from '../../diagnostics/index.js';
import { openState } from '../../runner/index.js';
import { trackingSettingOf, type TrackingSetting } from '../../tracking/index.js';
import { trackingSetting } from './open-tracking.js';

/**
 * Where that goes which is kept here: as the project says. A folder that has none, and whose worker serves git repositories, keeps what
 * their checkouts could not send; the environment says where to.
 *
 * @returns undefined where tracking is switched off
 * @throws DiagnosticError `no-project`, `bad-config`, `bad-tracking-uri`
 */
export async function pendingSetting(cwd: string): Promise<TrackingSetting | undefined> {
  try {
    const root = findProjectRoot(cwd);
    return await trackingSetting(root, loadBaseConfig(root));
  } catch (error) {
    const isNone = error instanceof DiagnosticError && error.code === 'no-project';
    if (!isNone || !existsSync(join(cwd, '.reprise/tracking'))) throw error;
    return await trackingSettingOf(
      cwd,
      { name: '', tracking: { enabled: true, experiment: null } },
      openState,
    );
  }
}
