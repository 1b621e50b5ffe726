import type { z } from 'zod';
import fastify, { type FastifyInstance } from 'fastify';
import type { Fleet } from '../fleet.js';
import type { ClassifierInput, ServedModel, Turned } from '../types.js';
import { addAdminRoutes } from './admin.js';
import { classification, parseBody } from './answers.js';
import { keyCheck } from './api-keys.js';
import { chatDialect } from './chat-dialect.js';
import { BadRequest, failureOf } from './failure.js';
import { addGenerationRoute } from './generation-route.js';
import type { ServerMetrics } from './metrics.js';
import { openApiDocument } from './openapi.js';
import { classifyRequest } from './schemas.js';
import { textDialect } from './text-dialect.js';
import { within } from './within.js';

export interface ServerOptions {
  readonly fleet: Fleet;
  readonly metrics: ServerMetrics;
  /** One of them must come with each request; none: anybody may ask. */
  readonly keys: readonly string[];
  /** Of operators: good for requests too. */
  readonly adminKeys: readonly string[];
  /** Turns to the model in production. */
  readonly onTurn?: () => Promise<Turned>;
  /** Bytes of a request's body. */
  readonly maxBody: number;
  /** Seconds that a request may take. */
  readonly timeout: number;
  /** Ours, for the OpenAPI document. */
  readonly version: string;
  /** The server is about to end: it is not ready, while what has begun goes on. */
  readonly isDraining: () => boolean;
  /** A fault of ours. */
  readonly onFault: (error: unknown) => void;
}

/** What is told to anybody; `/admin/turn` asks for a key of its own. Where there is nothing, there is nothing to tell. */
const PUBLIC: ReadonlySet<string | undefined> = new Set([
  '/health/live',
  '/health/ready',
  '/metrics',
  '/openapi.json',
  '/admin/turn',
  undefined,
]);

/** Milliseconds in which a request must be there, to its last byte: one that drips in holds a connection and its memory. */
const ARRIVAL_MS = 60_000;

/** The HTTP server over a fleet of models; it does not listen yet. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { fleet, metrics, keys, maxBody, timeout, version, isDraining, onFault } = options;
  // What waits in open connections when the server ends is told so, and can go elsewhere.
  const app = fastify({
    bodyLimit: maxBody,
    forceCloseConnections: 'idle',
    return503OnClosing: false,
    requestTimeout: ARRIVAL_MS,
  });
  const created = Math.floor(Date.now() / 1000);
  const hasKey = keyCheck([...keys, ...options.adminKeys]);
  // All that is taken is JSON: a client that does not say so, or says what curl does by itself, means it too.
  app.removeAllContentTypeParsers();
  app.addContentTypeParser('*', { parseAs: 'string' }, app.getDefaultJsonParser('error', 'error'));

  app.setErrorHandler((error, _request, reply) => {
    const { status, body, retryAfter } = failureOf(error);
    if (status === 500) onFault(error);
    if (retryAfter !== undefined) void reply.header('retry-after', retryAfter);
    return reply.code(status).send(body);
  });
  app.setNotFoundHandler((request) => {
    throw new BadRequest(404, 'no-such-route', `there is no ${request.method} ${request.url}`);
  });
  app.addHook('onRequest', async (request, reply) => {
    // By the route that was found: the same one is reached by more than one text of its address, such as /%761/classify.
    const isPublic = PUBLIC.has(request.routeOptions.url);
    if (isPublic || keys.length === 0 || hasKey(request.headers.authorization)) return;
    void reply.header('www-authenticate', 'Bearer');
    throw new BadRequest(
      401,
      'bad-key',
      'the Authorization header must have a key of this server: Bearer <key>',
    );
  });
  app.addHook('onResponse', async (request, reply) => {
    const route = request.routeOptions.url ?? 'none';
    metrics.requests.inc({ route, status: reply.statusCode });
    metrics.seconds.observe({ route }, reply.elapsedTime / 1000);
  });

  const find = (name: string | undefined, generates: boolean): ServedModel => {
    // Before the first is open, `classify` and `generate` say so.
    const { models } = fleet;
    const model = name === undefined ? models[0] : models.find((one) => one.name === name);
    if (model === undefined && name !== undefined && fleet.isReady)
      throw new BadRequest(
        404,
        'no-such-model',
        `no model is called ${name}: GET /v1/models lists them`,
        'model',
      );
    if (model !== undefined && (model.task === 'causal-lm') !== generates) {
      const other = generates ? '/v1/classify' : '/v1/completions or /v1/chat/completions';
      throw new BadRequest(400, 'wrong-task', `${model.name} is for ${model.task}: POST ${other}`, 'model');
    }
    return model ?? NOT_YET;
  };

  app.get('/health/live', () => ({ status: 'ok' }));
  app.get('/health/ready', (_request, reply) => {
    const status = isDraining() ? 'draining' : fleet.isReady ? 'ok' : 'loading';
    return reply.code(status === 'ok' ? 200 : 503).send({ status });
  });
  app.get('/metrics', async (_request, reply) => {
    void reply.type(metrics.registry.contentType);
    return metrics.registry.metrics();
  });
  addAdminRoutes(app, options);
  const document = openApiDocument(version);
  app.get('/openapi.json', () => document);
  app.get('/v1/models', () => ({
    object: 'list',
    data: fleet.models.map(({ name, version: of, task, labels, maxWidth }) => ({
      ...{ id: name, object: 'model', created, owned_by: 'reprise', version: of, task, labels },
      max_width: maxWidth,
    })),
  }));

  app.post('/v1/classify', async (request, reply) => {
    const body = parseBody(classifyRequest, request.body);
    const model = find(body.model, false);
    const inputs = inputsOf(body, model);
    const rows = await within(request, reply, timeout, (canceled) =>
      fleet.classify(model.name, inputs, canceled),
    );
    return classification(model, rows, body.top_k);
  });

  const generating = { fleet, metrics, timeout, onFault, find: (name?: string) => find(name, true) };
  addGenerationRoute(app, textDialect, generating);
  addGenerationRoute(app, chatDialect, generating);

  return app;
}

/** Asked for a model before any is open, the fleet says so. */
const NOT_YET: ServedModel = {
  ...{ name: '', version: '', task: 'causal-lm', problem: 'single_label_classification' },
  ...{ labels: [], maxWidth: 0 },
};

function inputsOf(
  { inputs, images }: z.output<typeof classifyRequest>,
  model: ServedModel,
): ClassifierInput[] {
  const ofImages = model.task === 'image-classification';
  if (model.name !== '' && ofImages !== (images !== undefined)) {
    const wanted = ofImages ? 'images' : 'inputs';
    throw new BadRequest(
      400,
      'wrong-input',
      `${model.name} is for ${model.task}: give \`${wanted}\``,
      wanted,
    );
  }
  const list = <T>(value: T | T[]): T[] => (Array.isArray(value) ? value : [value]);
  if (images !== undefined) return list(images).map((image) => ({ image: Buffer.from(image, 'base64') }));
  return list(inputs ?? []).map((one) =>
    typeof one === 'string' ? { text: one } : { text: one.text, textPair: one.text_pair },
  );
}
