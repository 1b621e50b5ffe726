// @ts-check

/**
 * The Temporal CLI that is fetched when the host has none. Later tags cannot be built by `go install`: their go.mod
 * replaces a module.
 */
export const TEMPORAL_CLI_VERSION = '1.5.1';
