import { fork, type ChildProcess } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import type {
  ClassifierInput,
  EngineSizes,
  GenerationRequest,
  GenerationResult,
  ModelSource,
  ScoredToken,
  ServedModel,
} from '../types.js';
import type { Answer, Question, Refusal } from './messages.js';
import { errorOf } from './refusal.js';

/** The models' process, seen from the server. */
export interface Engine {
  readonly models: readonly ServedModel[];
  /** @returns one for each input: logits [labels], or why there are none. @throws EngineLost */
  classify(model: string, inputs: readonly ClassifierInput[]): Promise<readonly (Float32Array | Refusal)[]>;
  /** @returns its end, or why there is no text. @throws EngineLost */
  generate(
    model: string,
    request: GenerationRequest,
    listener: GenerationListener,
  ): Promise<GenerationResult | Refusal>;
  /** Resolves when the process is gone, asked to or not. */
  readonly gone: Promise<void>;
  /** Ends the process; what it is still asked is lost. */
  close(): Promise<void>;
}

export interface GenerationListener {
  /** Ends it early. */
  readonly canceled: AbortSignal;
  /** @param together texts that are gone on from at once, this one included */
  onBegin(together: number): void;
  /** @param tokens those of it, where they are asked for */
  onText(text: string, tokens: readonly ScoredToken[]): void;
}

/** The process that computes is gone; another is on its way. */
export class EngineLost extends Error {
  constructor(how: string) {
    super(`the process that holds the model has ended (${how})`);
    this.name = 'EngineLost';
  }
}

interface Pending {
  readonly on: (answer: Answer) => void;
  readonly fail: (error: Error) => void;
}

/**
 * Starts a process and opens the models in it.
 *
 * @throws DiagnosticError of bad model folders; EngineLost
 */
export async function startEngine(models: readonly ModelSource[], sizes: EngineSizes): Promise<Engine> {
  const child = fork(fileURLToPath(new URL('./child.js', import.meta.url)), [], {
    serialization: 'advanced',
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  const pending = new Map<number | 'open', Pending>();
  const gone = new Promise<void>((resolve) => {
    child.once('exit', (code, signal) => {
      for (const { fail } of pending.values()) fail(new EngineLost(signal ?? `code ${code}`));
      pending.clear();
      resolve();
    });
  });
  child.on('message', (answer: Answer) => {
    pending.get('id' in answer ? answer.id : 'open')?.on(answer);
  });
  // A process that cannot be written to is gone, or will be in a moment.
  child.on('error', () => undefined);

  const opened = await new Promise<readonly ServedModel[]>((resolve, reject) => {
    pending.set('open', {
      on: (answer) => {
        if (answer.kind === 'opened') resolve(answer.models);
        else if (answer.kind === 'not-opened') reject(errorOf(answer.refusal));
      },
      fail: reject,
    });
    send(child, { kind: 'open', models, sizes });
  }).catch(async (error: unknown) => {
    child.kill('SIGKILL');
    await gone;
    throw error;
  });
  pending.delete('open');

  let last = 0;
  const ask = <T>(
    question: (id: number) => Question,
    on: (answer: Answer, done: (result: T) => void) => void,
  ): Promise<T> => {
    const id = ++last;
    return new Promise<T>((resolve, reject) => {
      if (child.exitCode !== null || child.signalCode !== null) return reject(new EngineLost('before'));
      const done = (result: T): void => {
        pending.delete(id);
        resolve(result);
      };
      pending.set(id, { on: (answer) => on(answer, done), fail: reject });
      send(child, question(id));
    });
  };

  return {
    models: opened,
    gone,
    classify: (model, inputs) =>
      ask<readonly (Float32Array | Refusal)[]>(
        (id) => ({ kind: 'classify', id, model, inputs }),
        (answer, done) => {
          if (answer.kind === 'classified') done(answer.rows);
        },
      ),
    generate: (model, request, { canceled, onBegin, onText }) =>
      ask<GenerationResult | Refusal>(
        (id) => {
          const cancel = (): void => send(child, { kind: 'cancel', id });
          // It is heard of after the question.
          if (canceled.aborted) queueMicrotask(cancel);
          else canceled.addEventListener('abort', cancel, { once: true });
          return { kind: 'generate', id, model, request };
        },
        (answer, done) => {
          if (answer.kind === 'begun') onBegin(answer.together);
          else if (answer.kind === 'text') onText(answer.text, answer.tokens);
          else if (answer.kind === 'generated') done(answer.result);
        },
      ),
    async close() {
      child.kill('SIGKILL');
      await gone;
    },
  };
}

function send(child: ChildProcess, question: Question): void {
  if (child.connected) child.send(question);
}
