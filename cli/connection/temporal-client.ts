/**
 * Temporal's client, for commands that only ask a server. `import` of a CommonJS package looks through all of its files for the names
 * that they export, before it loads them: a third of what loading takes (docs/log.md).
 */
import { createRequire } from 'node:module';
import type * as client from '@temporalio/client';

const require = createRequire(import.meta.url);

export const {
  ActivityFailure,
  ApplicationFailure,
  CancelledFailure,
  Client,
  Connection,
  QueryNotRegisteredError,
  TerminatedFailure,
  WorkflowExecutionAlreadyStartedError,
  WorkflowFailedError,
  WorkflowNotFoundError,
  defaultGrpcRetryOptions,
  defaultPayloadConverter,
  isGrpcServiceError,
  makeGrpcRetryInterceptor,
} = require('@temporalio/client') as typeof client;
