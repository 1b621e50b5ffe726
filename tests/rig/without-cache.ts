/** Imported before a suite: its workers keep no run in memory, which brings out what a workflow hides beside its history. */
process.env['REPRISE_TEST_CACHED_RUNS'] = '0';
