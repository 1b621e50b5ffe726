import { Option } from 'commander';
import type { ScheduleOverlapPolicy } from '@temporalio/client';

/** As people write them → as Temporal does. */
const POLICIES = {
  skip: 'SKIP',
  'buffer-one': 'BUFFER_ONE',
  'buffer-all': 'BUFFER_ALL',
  'cancel-other': 'CANCEL_OTHER',
  'terminate-other': 'TERMINATE_OTHER',
  'allow-all': 'ALLOW_ALL',
} as const satisfies Readonly<Record<string, ScheduleOverlapPolicy>>;

export type Overlap = keyof typeof POLICIES;

export function overlapOption(): Option {
  return new Option('--overlap <policy>', 'what to do while the run before is still open').choices(
    Object.keys(POLICIES),
  );
}

export function overlapPolicy(name: Overlap): ScheduleOverlapPolicy {
  return POLICIES[name];
}
