/** How every verb names a run. */
export const RUN_ARGUMENT = [
  '<run>',
  "a run's id, or its beginning; a workflow's id: its newest run; `latest`",
] as const;
