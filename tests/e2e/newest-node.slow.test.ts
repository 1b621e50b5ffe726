import { execFileSync } from 'node:child_process';
import { dirname, delimiter } from 'node:path';
import { runIn } from '../rig/installed.js';
import { EXECUTABLE, endAll, eventsOf, outcomesOf } from '../rig/reprise.js';
import { tinyPipeline } from '../rig/tiny-pipeline.js';

/** The set-up of the tests fetches it. */
const node = process.env['REPRISE_TEST_NEWEST_NODE'] ?? process.execPath;

afterEach(endAll);

describe('on the newest Node', () => {
  it('the whole stack runs: worker, native library, training, evaluation; it says nothing of what Node has deprecated', async () => {
    expect(
      Number(execFileSync(node, ['-p', 'process.versions.node.split(".")[0]'], { encoding: 'utf8' })),
    ).toBeGreaterThanOrEqual(26);
    const root = tinyPipeline('newest');
    const PATH = `${dirname(node)}${delimiter}${process.env['PATH']}`;
    const { code, output } = await runIn(root, node, [EXECUTABLE, 'repro', '--json'], { PATH });
    expect({ code, output: code === 0 ? '' : output }).toEqual({ code: 0, output: '' });
    expect(outcomesOf({ code, signal: null, stdout: output, stderr: '' })).toEqual({
      finetune_model: 'ran',
      evaluate_model: 'ran',
    });
    expect(eventsOf(output).at(-1)).toMatchObject({ event: 'end', status: 'succeeded' });
    const logs = await runIn(root, node, [EXECUTABLE, 'runs', 'logs', 'latest'], { PATH });
    expect(logs.output).toContain('training');
    expect(output + logs.output).not.toMatch(/Deprecat|\bDEP\d+/);
  });
});
