/** How a command finds its Temporal server: the configured one, or the project's own. */
export { openSession, type Session, type SessionOptions } from './session.js';
export { sessionRoot } from './session-root.js';
export { resolveTarget, type ConnectionFlags, type Target } from './target.js';
export { connectionDiagnostic, grpcCode, isPassing } from './temporal-error.js';
export type { ServerChange } from './embedded/embedded-server.js';
export { breakLock, readHolder, tryLock } from './embedded/lock-file.js';
