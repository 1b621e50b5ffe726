// @ts-check
import { buildTemporalCli, findGo } from './build-temporal.mjs';
import { downloadTemporalCli } from './download-temporal.mjs';
import { SetupFailure } from './failure.mjs';
import { fetchedTemporalCli, findTemporalCli } from './find-temporal.mjs';
import { TEMPORAL_CLI_VERSION } from './temporal-version.mjs';

/**
 * The Temporal CLI, which is the embedded server: found, else downloaded by Temporal's SDK, else built by Go.
 *
 * @type {import('./step.mjs').Step}
 */
export const temporalStep = {
  name: 'temporal',

  async find({ env }) {
    const found = await findTemporalCli(env);
    return found && `Temporal CLI ${found.version} (${found.source}: ${found.path})`;
  },

  // The download needs no tool, so what it takes to do without is only missing once the download has failed.
  async check() {},

  async make({ root, cache, env }, progress) {
    const file = fetchedTemporalCli(cache);
    progress({ message: `downloading the Temporal CLI ${TEMPORAL_CLI_VERSION}` });
    const reason = await downloadTemporalCli({ root, file, env, progress });
    if (reason !== undefined) {
      if (!(await findGo(env))) {
        throw new SetupFailure(
          'temporal-missing',
          'the Temporal CLI could not be downloaded, and there is no Go to build it with',
          'install it (https://docs.temporal.io/cli) and put it on PATH or name it in TEMPORAL_CLI_PATH; or install Go 1.25 or newer (https://go.dev/dl)',
          reason,
        );
      }
      await buildTemporalCli({ file, env, progress });
    }
    const found = await findTemporalCli(env);
    if (!found) {
      throw new SetupFailure(
        'temporal-broken',
        `${file} does not run`,
        `rm ${file}, and run the same command again`,
      );
    }
    return `Temporal CLI ${found.version} ${reason === undefined ? 'downloaded' : 'built'}`;
  },
};
