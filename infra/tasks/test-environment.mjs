// @ts-check
import { join } from 'node:path';
import { findTemporalCli } from '../setup/find-temporal.mjs';
import { findPythonTools, makePythonTools } from '../setup/python-tools.mjs';
import { findVersitygw, makeVersitygw } from '../setup/versitygw.mjs';
import { findChromium, makeChromium } from './chromium.mjs';
import { findNewestNode, makeNewestNode } from './newest-node.mjs';
import { makeZsh } from './zsh.mjs';

/**
 * What the suites are told: where the tools are that they run or are judged by.
 *
 * @param {import('../setup/step.mjs').Context} context
 * @param {import('../setup/report.mjs').Report} report
 * @param {{ all: boolean }} options
 * @returns {Promise<NodeJS.ProcessEnv>}
 */
export async function testEnvironment(context, report, { all }) {
  const { env } = context;
  const temporal = await findTemporalCli(env);
  const dvc = all ? await makePythonTools('dvc', context, report) : findPythonTools('dvc', context);
  // PEFT judges what we write in its format. It is what the benchmarks compare with, too, and large: only for all suites.
  const peft = all ? await makePythonTools('bench', context, report) : findPythonTools('bench', context);
  const adapters = all
    ? await makePythonTools('adapters', context, report)
    : findPythonTools('adapters', context);
  const mlflow = all ? await makePythonTools('mlflow', context, report) : findPythonTools('mlflow', context);
  const notebooks = all
    ? await makePythonTools('notebooks', context, report)
    : findPythonTools('notebooks', context);
  const kubernetes = all
    ? await makePythonTools('kubernetes', context, report)
    : findPythonTools('kubernetes', context);
  const versitygw = all ? await makeVersitygw(context, report) : findVersitygw(env);
  const chromium = all ? await makeChromium(context, report) : findChromium(env);
  const node = all ? await makeNewestNode(context, report) : findNewestNode(context.cache);
  if (all) await makeZsh(context, report);
  return {
    ...env,
    NODE_OPTIONS: nodeOptions(env['NODE_OPTIONS']),
    ...(all ? { REPRISE_SLOW: '1' } : {}),
    ...(temporal ? { TEMPORAL_CLI_PATH: temporal.path } : {}),
    ...(chromium ? { CHROMIUM_PATH: chromium } : {}),
    ...(node && !env['REPRISE_TEST_NEWEST_NODE'] ? { REPRISE_TEST_NEWEST_NODE: node } : {}),
    ...(versitygw ? { VERSITYGW_PATH: versitygw } : {}),
    ...(dvc && !env['REPRISE_TEST_DVC'] ? { REPRISE_TEST_DVC: join(dvc, 'dvc') } : {}),
    ...(peft && !env['REPRISE_TEST_PEFT_PYTHON'] ? { REPRISE_TEST_PEFT_PYTHON: join(peft, 'python') } : {}),
    ...(adapters && !env['REPRISE_TEST_ADAPTERS_PYTHON']
      ? { REPRISE_TEST_ADAPTERS_PYTHON: join(adapters, 'python') }
      : {}),
    ...(notebooks && !env['REPRISE_TEST_NOTEBOOKS'] ? { REPRISE_TEST_NOTEBOOKS: notebooks } : {}),
    ...(kubernetes && !env['REPRISE_TEST_KUBERNETES']
      ? { REPRISE_TEST_KUBERNETES: join(kubernetes, 'kubernetes-validate') }
      : {}),
    ...(mlflow && !env['REPRISE_TEST_MLFLOW'] ? { REPRISE_TEST_MLFLOW: join(mlflow, 'mlflow') } : {}),
  };
}

/**
 * Jest loads ES modules through an interface that Node calls experimental, and says so in every process.
 *
 * @param {string | undefined} given
 */
function nodeOptions(given) {
  const options = [given, '--experimental-vm-modules'];
  // Node 20 has it since 20.11.
  if (process.allowedNodeEnvironmentFlags.has('--disable-warning')) {
    options.push('--disable-warning=ExperimentalWarning');
  }
  return options.filter(Boolean).join(' ');
}
