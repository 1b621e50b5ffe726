/**
 * The process that holds the models. A pass through a model blocks its event loop; the server's goes on. It does one
 * question after another, and says what comes of each.
 */
import type { Answer, Question } from './messages.js';
import { openModels, type OpenModels, type RowListener } from './open-models.js';
import { refusalOf } from './refusal.js';

const canceled = new Set<string>();
/** Questions come in the order of their numbers: this and all before are over. */
let ended = 0;
let models: OpenModels | undefined;
/** The end of all questions so far. */
let turn: Promise<void> = Promise.resolve();

process.on('message', (question: Question) => {
  // A cancellation is for what is being computed: it does not wait for its turn.
  if (question.kind === 'cancel') {
    if (question.id > ended) canceled.add(rowKey(question.id, question.row));
  } else turn = turn.then(() => answer(question));
});
// Without the server there is nobody to answer.
process.on('disconnect', () => process.exit(0));
// The server says when it is over: what a terminal sends to all of its processes is not for this one.
process.on('SIGINT', () => undefined);
process.on('SIGTERM', () => undefined);

async function answer(question: Exclude<Question, { kind: 'cancel' }>): Promise<void> {
  switch (question.kind) {
    case 'open':
      try {
        models = openModels(question.models, question.sizes);
        send({ kind: 'opened', models: models.served });
      } catch (error) {
        send({ kind: 'not-opened', refusal: refusalOf(error) });
      }
      return;
    case 'classify':
      return classify(question);
    case 'generate':
      return generate(question);
  }
}

async function classify({ id, model, inputs }: Extract<Question, { kind: 'classify' }>): Promise<void> {
  try {
    const { models: classifiers, member } = opened().classifierOf(model);
    send({ kind: 'classified', id, rows: await classifiers.classify(member, inputs) });
  } catch (error) {
    send({ kind: 'classified', id, rows: inputs.map(() => refusalOf(error)) });
  }
}

async function generate({ id, model, requests }: Extract<Question, { kind: 'generate' }>): Promise<void> {
  const going = new Set(requests.keys());
  const listeners = requests.map((_, row): RowListener => ({
    isCanceled: () => canceled.has(rowKey(id, row)),
    onText: (text) => send({ kind: 'text', id, row, text }),
    onEnd: (result) => {
      going.delete(row);
      send({ kind: 'generated', id, row, result });
    },
  }));
  try {
    const { models: generators, member } = opened().generatorOf(model);
    await generators.generate(member, requests, listeners);
  } catch (error) {
    for (const row of [...going]) listeners[row]?.onEnd(refusalOf(error));
  }
  ended = id;
  for (const row of requests.keys()) canceled.delete(rowKey(id, row));
  send({ kind: 'done', id });
}

function opened(): OpenModels {
  if (!models) throw new Error('no model is open');
  return models;
}

const rowKey = (id: number, row: number): string => `${id}/${row}`;

function send(message: Answer): void {
  process.send?.(message);
}
