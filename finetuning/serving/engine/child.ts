/**
 * The process that holds the models. A pass through a model blocks its event loop; the server's goes on. Texts are gone on
 * from a token at a time, and what else is asked is done in between.
 */
import { setTimeout as sleep } from 'node:timers/promises';
import type { Answer, Question } from './messages.js';
import { openModels, type OpenModels } from './open-models.js';
import { refusalOf } from './refusal.js';

/** Texts that have not ended. */
const going = new Map<number, { isCanceled: boolean }>();
/** Inputs that are classified. */
let classifying = 0;
let models: OpenModels | undefined;

/** Milliseconds without a question, before a graph is prepared for later ones: askers come in groups. */
const QUIET_MS = 50;

process.on('message', (question: Question) => {
  switch (question.kind) {
    case 'open':
      return open(question);
    case 'classify':
      return void classify(question);
    case 'generate':
      return generate(question);
    case 'cancel': {
      const text = going.get(question.id);
      if (text) text.isCanceled = true;
    }
  }
});
// Without the server there is nobody to answer.
process.on('disconnect', () => process.exit(0));
// The server says when it is over: what a terminal sends to all of its processes is not for this one.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

function open({ models: sources, sizes }: Extract<Question, { kind: 'open' }>): void {
  try {
    models = openModels(sources, sizes);
    send({ kind: 'opened', models: models.served });
    void warmUp(models);
  } catch (error) {
    send({ kind: 'not-opened', refusal: refusalOf(error) });
  }
}

/** One graph at a time, while nobody asks: it changes the caches, and blocks the event loop. */
async function warmUp(models: OpenModels): Promise<void> {
  for (;;) {
    await sleep(QUIET_MS);
    if (going.size + classifying === 0 && !models.warmUp()) return;
  }
}

async function classify({ id, model, inputs }: Extract<Question, { kind: 'classify' }>): Promise<void> {
  classifying++;
  try {
    const { models: classifiers, member } = opened().classifierOf(model);
    send({ kind: 'classified', id, rows: await classifiers.classify(member, inputs) });
  } catch (error) {
    send({ kind: 'classified', id, rows: inputs.map(() => refusalOf(error)) });
  } finally {
    classifying--;
  }
}

function generate({ id, model, request }: Extract<Question, { kind: 'generate' }>): void {
  const text = { isCanceled: false };
  going.set(id, text);
  const onEnd = (result: Extract<Answer, { kind: 'generated' }>['result']): void => {
    going.delete(id);
    send({ kind: 'generated', id, result });
  };
  try {
    const { models: generators, member } = opened().generatorOf(model);
    generators.generate(member, request, {
      isCanceled: () => text.isCanceled,
      onBegin: (together) => send({ kind: 'begun', id, together }),
      onText: (news, tokens) => send({ kind: 'text', id, text: news, tokens }),
      onEnd,
    });
  } catch (error) {
    onEnd(refusalOf(error));
  }
}

function opened(): OpenModels {
  if (!models) throw new Error('no model is open');
  return models;
}

function send(message: Answer): void {
  process.send?.(message);
}
