import { SEARCH_ATTRIBUTES } from '../workflows/index.js';
import type { ActivityDependencies } from './dependencies.js';

/** Upserting an attribute that the server does not know would stop the workflow: ask first. */
export async function knowsSearchAttributes({ client }: ActivityDependencies): Promise<boolean> {
  try {
    const { customAttributes } = await client.connection.operatorService.listSearchAttributes({
      namespace: client.options.namespace,
    });
    return Object.keys(SEARCH_ATTRIBUTES).every((name) => name in customAttributes);
  } catch {
    return false;
  }
}
