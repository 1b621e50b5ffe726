const { default: Sequencer } = require('@jest/test-sequencer');

/**
 * Where jest has no times of an earlier run, as on a CI server, it goes by the size of files, and may end with a minute of
 * one suite beside nothing. Here the slow suites come first: what is left at the end is short.
 */
class SlowFirstSequencer extends Sequencer {
  sort(tests) {
    const sorted = super.sort(tests);
    if (sorted.some(({ duration }) => duration !== undefined)) return sorted;
    const isSlow = ({ path }) => path.endsWith('.slow.test.ts');
    return [...sorted.filter(isSlow), ...sorted.filter((test) => !isSlow(test))];
  }
}
module.exports = SlowFirstSequencer;
