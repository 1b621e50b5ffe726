import { SEARCH_ATTRIBUTES } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** Servers that know them: what is registered stays. */
const knowing = new WeakSet<ActivityDependencies['client']>();

/** Upserting an attribute that the server does not know would stop the workflow: ask first. */
export async function knowsSearchAttributes({ client }: ActivityDependencies): Promise<boolean> {
  if (knowing.has(client)) return true;
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    const isKnown = Object.keys(SEARCH_ATTRIBUTES).every((name) => name in customAttributes);
    if (isKnown) knowing.add(client);
    return isKnown;
  } catch {
    return false;
  }
}
