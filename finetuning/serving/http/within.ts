import type { FastifyReply, FastifyRequest } from 'fastify';
import { BadRequest, TookTooLong } from './failure.js';

/** Ends the work when the asker has gone, or when it has taken too long. */
export async function within<T>(
  request: FastifyRequest,
  reply: FastifyReply,
  seconds: number,
  work: (canceled: AbortSignal) => Promise<T>,
): Promise<T> {
  const abort = new AbortController();
  const left = (): void => {
    if (!reply.raw.writableFinished) abort.abort(new BadRequest(499, 'gone', 'the asker has gone'));
  };
  request.raw.socket.once('close', left);
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(() => {
      const error = new TookTooLong(seconds);
      abort.abort(error);
      reject(error);
    }, seconds * 1000);
  });
  try {
    return await Promise.race([work(abort.signal), late]);
  } catch (error) {
    // What else was asked for with it is waited for by nobody.
    abort.abort(error);
    throw error;
  } finally {
    clearTimeout(timer);
    request.raw.socket.off('close', left);
  }
}
