import type { Plan } from '../types.js';
import type { Ledger } from './ledger.js';
import { LockWriter } from './lock-writer.js';
import { Publisher } from './publisher.js';

export function openLedger(plan: Plan): Ledger {
  const { workspace } = plan;
  return workspace.kind === 'git' ? new Publisher(plan, workspace) : new LockWriter(plan);
}
