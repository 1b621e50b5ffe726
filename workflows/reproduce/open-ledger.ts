import type { Plan, ReproduceOptions } from '../types.js';
import type { Ledger } from './ledger.js';
import { LockOrder } from './lock-order.js';
import { LockWriter } from './lock-writer.js';
import { Publisher } from './publisher.js';

/** @param carried what earlier parts of the same run did */
export function openLedger(plan: Plan, carried: ReproduceOptions['carried'] = []): Ledger {
  const { workspace } = plan;
  const added = carried.filter((stage) => stage.added).map((stage) => stage.address);
  const order = new LockOrder(plan, new Set(added));
  return workspace.kind === 'git'
    ? new Publisher(plan, order, workspace)
    : new LockWriter(plan.workspace, order);
}
