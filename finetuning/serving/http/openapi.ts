import { z } from 'zod';
import { chatRequest, chatResponse } from './chat-schemas.js';
import {
  classifyRequest,
  classifyResponse,
  completionRequest,
  completionResponse,
  errorResponse,
  health,
  modelList,
  turnResponse,
} from './schemas.js';

const json = (schema: z.ZodType, io: 'input' | 'output') => ({
  'application/json': { schema: z.toJSONSchema(schema, { target: 'openapi-3.0', io }) },
});
const answer = (description: string, schema: z.ZodType) => ({
  description,
  content: json(schema, 'output'),
});
const streamable = (description: string, schema: z.ZodType) => ({
  description: `${description}; with \`stream\`, server-sent events that end with \`data: [DONE]\``,
  content: { ...json(schema, 'output'), 'text/event-stream': { schema: { type: 'string' } } },
});
const refused = (description: string) => answer(description, errorResponse);

/** What can go wrong with every question to a model. */
const refusals = {
  400: refused('the request is not as described'),
  401: refused('no key, or one that is not known'),
  404: refused('no such model'),
  413: refused('the body is too large'),
  429: refused('too much waits already: try again after `Retry-After` seconds'),
  503: refused('the model is being loaded, or the server is about to end'),
  504: refused('it took longer than a request may'),
};

const post = (summary: string, request: z.ZodType, ok: object) => ({
  post: {
    summary,
    security: [{ key: [] }],
    requestBody: { required: true, content: json(request, 'input') },
    responses: { 200: ok, ...refusals },
  },
});

/** The server, for programs: OpenAPI 3.0, made of the schemas that requests are checked with. */
export function openApiDocument(version: string): object {
  return {
    openapi: '3.0.3',
    info: { title: 'Reprise', description: 'Finetuned models over HTTP.', version },
    paths: {
      '/v1/classify': post(
        'The labels of texts or pictures',
        classifyRequest,
        answer('a prediction for each input', classifyResponse),
      ),
      '/v1/completions': post(
        'Go on from a text, as a language model does',
        completionRequest,
        streamable('the text', completionResponse),
      ),
      '/v1/chat/completions': post(
        'Answer a conversation',
        chatRequest,
        streamable("the assistant's next message", chatResponse),
      ),
      '/v1/models': {
        get: {
          summary: 'What is served',
          security: [{ key: [] }],
          responses: { 200: answer('the models', modelList), 401: refusals[401] },
        },
      },
      '/admin/turn': {
        post: {
          summary: 'Turn to the model in production; only where there are keys for operators',
          security: [{ key: [] }],
          responses: {
            200: answer('what is served now', turnResponse),
            400: refused('the model in production cannot be served'),
            401: refused('no key of an operator'),
            409: refused('the models were named when the server was started'),
          },
        },
      },
      '/health/live': { get: { summary: 'The process runs', responses: { 200: answer('it does', health) } } },
      '/health/ready': {
        get: {
          summary: 'Requests are taken',
          responses: { 200: answer('they are', health), 503: answer('not now', health) },
        },
      },
      '/metrics': {
        get: {
          summary: 'Figures for Prometheus',
          responses: { 200: { description: 'text exposition', content: { 'text/plain': {} } } },
        },
      },
    },
    components: { securitySchemes: { key: { type: 'http', scheme: 'bearer' } } },
  };
}
