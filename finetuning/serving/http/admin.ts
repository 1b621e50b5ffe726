import type { FastifyInstance } from 'fastify';
import type { Turned } from '../types.js';
import { keyCheck } from './api-keys.js';
import { BadRequest } from './failure.js';

/** What an operator may ask. Without keys for operators there is none of it. */
export function addAdminRoutes(
  app: FastifyInstance,
  { adminKeys, onTurn }: { readonly adminKeys: readonly string[]; readonly onTurn?: () => Promise<Turned> },
): void {
  if (adminKeys.length === 0) return;
  const isOperator = keyCheck(adminKeys);
  app.post('/admin/turn', async (request, reply) => {
    if (!isOperator(request.headers.authorization)) {
      void reply.header('www-authenticate', 'Bearer');
      throw new BadRequest(
        401,
        'bad-key',
        'the Authorization header must have a key for operators: Bearer <key>',
      );
    }
    if (!onTurn)
      throw new BadRequest(409, 'models-named', 'the server was started with --model, and stays with these');
    return onTurn();
  });
}
