import type { Plan, ReproduceOptions } from '../types.js';
import type { Ledger } from './ledger.js';
import { LockOrder } from './lock-order.js';
import { LockWriter } from './lock-writer.js';
import { Publisher } from './publisher.js';

/** Runs of more stages than this spare commits. */
const FEW = 100;

/**
 * @param carried what earlier parts of the same run did
 * @param jobs how many stages run at once, where that is limited: a stage keeps its place until it is committed
 */
export function openLedger(plan: Plan, carried: ReproduceOptions['carried'] = [], jobs = 0): Ledger {
  const { workspace } = plan;
  const added = carried.filter((stage) => stage.added).map((stage) => stage.address);
  const order = new LockOrder(plan, new Set(added));
  return workspace.kind === 'git'
    ? new Publisher(plan, order, workspace)
    : new LockWriter(plan.workspace, order, plan.stages.length > FEW && jobs === 0);
}
