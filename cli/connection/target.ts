import { createRequire } from 'node:module';
import type * as envconfig from '@temporalio/envconfig';
import type { NativeConnectionOptions } from '@temporalio/worker';
import { DiagnosticError } from '../../diagnostics/index.js';

/** As in temporal-client.ts: `import` would take longer than to load it. */
const { loadClientConfigProfile, toClientOptions } = createRequire(import.meta.url)(
  '@temporalio/envconfig',
) as typeof envconfig;

/** What a command's options say about the server. */
export interface ConnectionFlags {
  readonly address?: string;
  readonly namespace?: string;
  /** Of temporal.toml. */
  readonly profile?: string;
}

/** Which Temporal server a command speaks to. */
export type Target = { readonly kind: 'embedded' } | RemoteTarget;

export interface RemoteTarget {
  readonly kind: 'remote';
  readonly address: string;
  readonly namespace: string;
  /** Address, TLS, API key and headers. */
  readonly options: NativeConnectionOptions & { readonly address: string };
}

/**
 * The options, over the environment (`TEMPORAL_ADDRESS`, `TEMPORAL_API_KEY`, `TEMPORAL_TLS_…`), over temporal.toml. No address
 * in any of them means the embedded server.
 *
 * @throws DiagnosticError `bad-temporal-config`
 */
export function resolveTarget(flags: ConnectionFlags): Target {
  try {
    const profile = loadClientConfigProfile(flags.profile === undefined ? {} : { profile: flags.profile });
    // An empty variable is how shells unset one for a single command.
    const address = flags.address || profile.address;
    if (!address) return { kind: 'embedded' };
    const { connectionOptions } = toClientOptions(profile);
    const namespace = flags.namespace || profile.namespace || 'default';
    return { kind: 'remote', address, namespace, options: { ...connectionOptions, address } };
  } catch (cause) {
    throw new DiagnosticError('bad-temporal-config', {
      message: `the Temporal settings cannot be used: ${(cause as Error).message}`,
      fix: 'correct temporal.toml and the TEMPORAL_ variables, or name the server with --address',
      cause,
    });
  }
}
