import type { ConnectionOptions } from '@temporalio/client';

type Interceptor = NonNullable<ConnectionOptions['interceptors']>[number];
type Call = ReturnType<Parameters<Interceptor>[1]>;

/** gRPC's number. */
const CANCELLED = 1;

/**
 * Comes after the SDK's interceptor that tries calls again: its timer may go off when the connection is closed, and what gRPC throws
 * then, nobody would catch. A call on a closed connection is answered as canceled.
 */
export const answerClosedCalls = ((options, nextCall): Call => {
  try {
    return nextCall(options);
  } catch {
    return closedCall();
  }
  // gRPC asks of a call only what its interface has.
}) as Interceptor;

function closedCall(): Call {
  return {
    start(metadata, listener) {
      setImmediate(() => {
        listener?.onReceiveMessage?.(null);
        listener?.onReceiveStatus?.({ code: CANCELLED, details: 'the connection is closed', metadata });
      });
    },
    sendMessage: () => undefined,
    sendMessageWithContext: () => undefined,
    startRead: () => undefined,
    halfClose: () => undefined,
    cancelWithStatus: () => undefined,
    getPeer: () => '',
    getAuthContext: () => null,
  };
}
