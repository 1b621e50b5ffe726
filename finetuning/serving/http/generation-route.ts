import { randomUUID } from 'node:crypto';
import type { z } from 'zod';
import type { FastifyInstance } from 'fastify';
import type { Fleet } from '../fleet.js';
import type { GenerationResult, ScoredToken, ServedModel } from '../types.js';
import { parseBody } from './answers.js';
import { failureOf } from './failure.js';
import type { ServerMetrics } from './metrics.js';
import { usageOf, type PlannedChoice, type Usage } from './planned-choices.js';
import { within } from './within.js';

/** What all parts of one answer have in common. */
export interface AnswerHead {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: ServedModel;
}

/** One of an answer's texts, or a part of it. */
export interface Choice {
  readonly index: number;
  readonly text: string;
  readonly finish: GenerationResult['finish'] | null;
  /** Where they are asked for. */
  readonly tokens?: readonly ScoredToken[] | undefined;
  /** Nothing of this text was sent before. */
  readonly isFirst: boolean;
}

/** What the bodies of all of OpenAI's routes have. */
interface AnyBody {
  readonly model?: string | undefined;
  readonly stream: boolean;
  readonly stream_options?: { readonly include_usage?: boolean | undefined } | null | undefined;
}

/** How one of OpenAI's routes asks for texts, and tells them. */
export interface Dialect<Body extends AnyBody> {
  readonly path: string;
  /** What the ids of its answers begin with. */
  readonly idPrefix: string;
  readonly request: z.ZodType<Body>;
  /** @throws BadRequest */
  plan(body: Body): readonly PlannedChoice[];
  whole(head: AnswerHead, choices: readonly Choice[], usage: Usage): object;
  /** An event of a stream; the last one has the usage, where it is asked for, and no choices. */
  part(head: AnswerHead, choices: readonly Choice[], usage?: Usage): object;
}

export interface GenerationRouteOptions {
  readonly fleet: Fleet;
  readonly metrics: ServerMetrics;
  /** Seconds that a request may take. */
  readonly timeout: number;
  readonly onFault: (error: unknown) => void;
  /** The language model of that name. @throws BadRequest */
  readonly find: (name: string | undefined) => ServedModel;
}

/** A route that answers with texts, whole or streamed as server-sent events. */
export function addGenerationRoute<Body extends AnyBody>(
  app: FastifyInstance,
  dialect: Dialect<Body>,
  { fleet, metrics, timeout, onFault, find }: GenerationRouteOptions,
): void {
  app.post(dialect.path, async (request, reply) => {
    const body = parseBody(dialect.request, request.body);
    const model = find(body.model);
    const planned = dialect.plan(body);
    const created = Math.floor(Date.now() / 1000);
    const head: AnswerHead = { id: `${dialect.idPrefix}${randomUUID()}`, created, model };
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
      const choices = results.map(({ finish }, index): Choice => {
        const { text, tokens } = said[index] as (typeof said)[number];
        const isScored = planned[index]?.request.logProbabilities !== undefined;
        return { index, text, finish, tokens: isScored ? tokens : undefined, isFirst: true };
      });
      return dialect.whole(head, choices, usageOf(planned, results));
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
    try {
      const results = await within(request, reply, timeout, (canceled) => {
        // What a text begins with goes with its first part: a prompt that is refused has said nothing yet.
        const owed: (string | undefined)[] = planned.map(({ begin }) => begin);
        const say = ({ index, text, ...rest }: Omit<Choice, 'isFirst'>): void => {
          const begin = owed[index];
          owed[index] = undefined;
          const choice = { index, text: `${begin ?? ''}${text}`, ...rest, isFirst: begin !== undefined };
          event(JSON.stringify(dialect.part(head, [choice])));
        };
        return ask(
          canceled,
          (index, text, tokens) =>
            say({ index, text, finish: null, tokens: tokens.length > 0 ? tokens : undefined }),
          (index, finish) => say({ index, text: '', finish }),
        );
      });
      if (body.stream_options?.include_usage === true)
        event(JSON.stringify(dialect.part(head, [], usageOf(planned, results))));
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
}
