import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import fastify, { type FastifyInstance, type FastifyReply, type FastifyRequest } from 'fastify';
import type { Fleet } from '../fleet.js';
import type { ClassifierInput, GenerationResult, ScoredToken, ServedModel, Turned } from '../types.js';
import { addAdminRoutes } from './admin.js';
import { classification, completion, parseBody, type CompletionChoice } from './answers.js';
import { keyCheck } from './api-keys.js';
import { BadRequest, failureOf, TookTooLong } from './failure.js';
import type { ServerMetrics } from './metrics.js';
import { openApiDocument } from './openapi.js';
import { plannedChoices, usageOf } from './planned-choices.js';
import { classifyRequest, completionRequest } from './schemas.js';

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

/** The HTTP server over a fleet of models; it does not listen yet. */
export function createServer(options: ServerOptions): FastifyInstance {
  const { fleet, metrics, keys, maxBody, timeout, version, isDraining, onFault } = options;
  // What waits in open connections when the server ends is told so, and can go elsewhere.
  const app = fastify({ bodyLimit: maxBody, forceCloseConnections: 'idle', return503OnClosing: false });
  const created = Math.floor(Date.now() / 1000);
  const hasKey = keyCheck([...keys, ...options.adminKeys]);

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
    const isPublic = !request.url.startsWith('/v1/');
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
      const other = generates ? '/v1/classify' : '/v1/completions';
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

  app.post('/v1/completions', async (request, reply) => {
    const body = parseBody(completionRequest, request.body);
    const model = find(body.model, true);
    const planned = plannedChoices(body);
    const isScored = (body.logprobs ?? undefined) !== undefined;
    const head = { id: `cmpl-${randomUUID()}`, created: Math.floor(Date.now() / 1000), model };
    const ask = (
      canceled: AbortSignal,
      onText: (index: number, text: string, tokens: readonly ScoredToken[]) => void,
      onEnd: (index: number, finish: GenerationResult['finish']) => void = () => undefined,
    ) =>
      Promise.all(
        planned.map((one, index) =>
          fleet
            .generate(model.name, one.request, canceled, (text, tokens) => onText(index, text, tokens))
            .then((result) => {
              metrics.tokens.inc({ model: model.name, kind: 'prompt' }, result.promptTokens);
              metrics.tokens.inc({ model: model.name, kind: 'generated' }, result.newTokens);
              onEnd(index, result.finish);
              return result;
            }),
        ),
      );

    if (!body.stream) {
      const said = planned.map(({ begin }) => ({ text: begin, tokens: [] as ScoredToken[] }));
      const results = await within(request, reply, timeout, (canceled) =>
        ask(canceled, (index, text, tokens) => {
          const one = said[index] as (typeof said)[number];
          one.text += text;
          one.tokens.push(...tokens);
        }),
      );
      const choices = results.map(({ finish }, index) => {
        const { text, tokens } = said[index] as (typeof said)[number];
        return { index, text, finish, tokens: isScored ? tokens : undefined };
      });
      return completion(head, choices, usageOf(planned, results));
    }

    let isOpen = false;
    const event = (data: string): void => {
      // One of several texts has failed, and ended the answer.
      if (reply.raw.writableEnded) return;
      if (!isOpen) {
        isOpen = true;
        reply.hijack();
        reply.raw.writeHead(200, {
          'content-type': 'text/event-stream; charset=utf-8',
          'cache-control': 'no-cache',
          'x-accel-buffering': 'no',
        });
      }
      reply.raw.write(`data: ${data}\n\n`);
    };
    const part = (choice: CompletionChoice): void => event(JSON.stringify(completion(head, [choice])));
    try {
      const results = await within(request, reply, timeout, (canceled) => {
        // What a text begins with goes with its first part: a prompt that is refused has said nothing yet.
        const owed = planned.map(({ begin }) => begin);
        const say = (choice: CompletionChoice): void => {
          part({ ...choice, text: `${owed[choice.index]}${choice.text}` });
          owed[choice.index] = '';
        };
        return ask(
          canceled,
          (index, text, tokens) =>
            say({ index, text, finish: null, tokens: tokens.length > 0 ? tokens : undefined }),
          (index, finish) => say({ index, text: '', finish }),
        );
      });
      if (body.stream_options?.include_usage === true)
        event(JSON.stringify(completion(head, [], usageOf(planned, results))));
      event('[DONE]');
    } catch (error) {
      // Nothing has been said yet: it can be refused as any other.
      if (!isOpen) throw error;
      const { status, body: failure } = failureOf(error);
      if (status === 500) onFault(error);
      event(JSON.stringify(failure));
    }
    reply.raw.end();
    return reply;
  });

  return app;
}

/** Asked for a model before any is open, the fleet says so. */
const NOT_YET: ServedModel = {
  ...{ name: '', version: '', task: 'causal-lm', problem: 'single_label_classification' },
  ...{ labels: [], maxWidth: 0 },
};

/** Ends the work when the asker has gone, or when it has taken too long. */
async function within<T>(
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
