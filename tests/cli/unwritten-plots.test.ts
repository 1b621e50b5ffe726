import { unwrittenPlots } from '../../cli/evaluate/unwritten-plots.js';
import { makeProject } from '../rig/project.js';

const PLOTS = `plots:
  - plots/confusion_matrix.csv:
      template: confusion
  - plots/answers.json
  - elsewhere/loss.csv
  - ROC:
      x: {plots/roc/base.json: false_positive_rate, plots/roc/finetuned.json: false_positive_rate}
      y: {plots/roc/base.json: true_positive_rate, plots/roc/finetuned.json: true_positive_rate}
`;

describe('plots that dvc.yaml names', () => {
  it('and that are not written are told, each once, in whichever form they are named', () => {
    const root = makeProject({ 'dvc.yaml': PLOTS, 'plots/roc/base.json': '[]' });
    expect(unwrittenPlots(root)).toContain(
      'does not have: plots/confusion_matrix.csv, plots/answers.json, plots/roc/finetuned.json. ',
    );
  });

  it.each(['', 'stages: {}\n', 'plots: []\n', 'plots:\n  - plots/answers.json\n'])(
    'are nothing to tell of in %j',
    (text) => {
      expect(unwrittenPlots(makeProject({ 'dvc.yaml': text, 'plots/answers.json': '[]' }))).toBeUndefined();
    },
  );
});
