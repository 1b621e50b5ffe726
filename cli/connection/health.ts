import { Connection } from '@temporalio/client';
import { connect as connectTcp } from 'node:net';

const ANSWER_MS = 2_000;

/** True when a Temporal frontend answers at `address` and knows the namespace. */
export async function isServing(address: string, namespace = 'default'): Promise<boolean> {
  // A closed port is told at once; gRPC would try it for as long as its time lasts.
  if (!(await isListening(address))) return false;
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: ANSWER_MS });
    const service = connection.workflowService;
    await connection.withDeadline(Date.now() + ANSWER_MS, () => service.describeNamespace({ namespace }));
    return true;
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

/** Whether the server knows these search attributes. */
export async function hasSearchAttributes(address: string, names: readonly string[]): Promise<boolean> {
  let connection: Connection | undefined;
  try {
    connection = await Connection.connect({ address, connectTimeout: ANSWER_MS });
    const { operatorService } = connection;
    const { customAttributes } = await connection.withDeadline(Date.now() + ANSWER_MS, () =>
      operatorService.listSearchAttributes({ namespace: 'default' }),
    );
    return names.every((name) => name in customAttributes);
  } catch {
    return false;
  } finally {
    await connection?.close();
  }
}

function isListening(address: string): Promise<boolean> {
  const split = address.lastIndexOf(':');
  return new Promise((resolve) => {
    const socket = connectTcp({ host: address.slice(0, split), port: Number(address.slice(split + 1)) });
    const end = (answer: boolean) => {
      socket.destroy();
      resolve(answer);
    };
    socket.setTimeout(ANSWER_MS, () => end(false));
    socket.once('connect', () => end(true));
    socket.once('error', () => end(false));
  });
}
