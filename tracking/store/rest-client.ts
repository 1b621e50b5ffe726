import { z } from 'zod';
import type { ServerTarget } from '../target.js';
import { call, type Call } from './http.js';
import { StoreFailure } from './tracking-store.js';

const API = '/api/2.0/mlflow';

/** Who somebody is, and what they may do. */
const REFUSED = {
  401: 'see MLFLOW_TRACKING_TOKEN, or MLFLOW_TRACKING_USERNAME and MLFLOW_TRACKING_PASSWORD',
  403: 'whoever these credentials name may not do this there; its administrator can let them edit the experiment',
} as const;

const failure = z.object({ error_code: z.string(), message: z.string().default('') });

/** Speaks MLflow's REST API: its answers, and its refusals. */
export class RestClient {
  constructor(readonly target: ServerTarget) {}

  url(path: string): string {
    return `${this.target.uri}${API}${path}`;
  }

  async post<T extends z.ZodType>(path: string, json: unknown, schema: T): Promise<z.output<T>> {
    return this.parse(schema, await this.send({ method: 'POST', url: this.url(path), json }));
  }

  async get<T extends z.ZodType>(path: string, schema: T): Promise<z.output<T>> {
    return this.parse(schema, await this.send({ method: 'GET', url: this.url(path) }));
  }

  /** Another program may listen at the address: what it says is no answer of MLflow's. */
  parse<T extends z.ZodType>(schema: T, text: string): z.output<T> {
    try {
      return schema.parse(JSON.parse(text));
    } catch (cause) {
      throw new StoreFailure('what answers at MLFLOW_TRACKING_URI is no MLflow server', true, { cause });
    }
  }

  /** @returns undefined for one of the `expected` error codes of MLflow */
  async send(request: Call, expected: readonly string[]): Promise<string | undefined>;
  async send(request: Call): Promise<string>;
  async send(request: Call, expected: readonly string[] = []): Promise<string | undefined> {
    const { status, text } = await call(this.target, request);
    if (status >= 200 && status < 300) return text;
    const said = explained(text);
    if (said && expected.includes(said.error_code)) return undefined;
    if (status === 401 || status === 403)
      throw new StoreFailure(`${this.target.uri} refuses access (${status}): ${REFUSED[status]}`, true);
    const transient = status >= 500 || status === 429 || status === 408 || !said;
    throw new StoreFailure(
      `${this.target.uri} answers ${status}${said ? ` ${said.error_code}: ${said.message.split('\n')[0]}` : ''}`,
      transient,
    );
  }
}

function explained(text: string): z.output<typeof failure> | undefined {
  try {
    return failure.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
