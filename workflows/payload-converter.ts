import { defaultPayloadConverter, type Payload, type PayloadConverter } from '@temporalio/common';

/**
 * Reads what workflows are sent. Anybody may send a signal whose bytes are not what their header says, and a reader that throws
 * fails the workflow's task again and again: such a payload becomes a value that no schema takes, and is refused as such.
 */
export const payloadConverter: PayloadConverter = {
  toPayload: (value, context, hint) => defaultPayloadConverter.toPayload(value, context, hint),
  fromPayload<T>(payload: Payload, ...rest: never[]): T {
    try {
      return defaultPayloadConverter.fromPayload<T>(payload, ...rest);
    } catch (error) {
      return { unreadablePayload: error instanceof Error ? error.message : String(error) } as T;
    }
  },
};
