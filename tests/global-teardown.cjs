/** REPRISE_TEST_KEEP=1 keeps what the tests have left in the temporary folder, to look at. */
module.exports = async () => {
  const { removeTemporaryRoot } = await import('../infra/tasks/temporary-root.mjs');
  const root = process.env.TMPDIR;
  const keep = process.env.REPRISE_TEST_KEEP === '1';
  removeTemporaryRoot(root, { keep });
  if (keep) console.log(`the tests' temporary files are kept in ${root}`);
};
