/** Before the workers of jest are started, which have it from the environment, as all that they start does. */
module.exports = async () => {
  const { makeTemporaryRoot } = await import('../infra/tasks/temporary-root.mjs');
  process.env.TMPDIR = makeTemporaryRoot();
};
