import { setImmediate } from 'node:timers/promises';
import type { Prompt } from '../../models/generation/going-row.js';
import {
  tokenLogProbabilities,
  type TokenLogProbability,
} from '../../models/generation/token-log-probabilities.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import { endsTurn } from '../../text/turn-end.js';
import type { EngineSizes, GenerationRequest } from '../types.js';
import { chatPrompts } from './chat-prompts.js';
import { generationGraphs } from './generation-graphs.js';
import type { Refusal } from './messages.js';
import type { OpenGenerators, RowListener } from './opened.js';
import type { Group, Member } from './read-group.js';
import { refusalOf } from './refusal.js';
import { GENERATION_LADDER, placeFor, roomsFor } from './rooms.js';
import { rowLadder } from './row-ladder.js';
import { RunningBatch } from './running-batch.js';
import { sharedProgram } from './shared-program.js';
import { TextStream } from './text-stream.js';

/** A text that waits for a row. */
interface Asked {
  readonly member: number;
  readonly prompt: Prompt;
  /** Padded length of the prompt. */
  readonly width: number;
  readonly listener: RowListener;
}

/** What is going on in one room. All of it is of one member: the caches are shared. */
interface Going {
  readonly batch: RunningBatch;
  member: number;
  waiting: Asked[];
  listeners: Set<RowListener>;
}

/** Language models over one base. A request joins the texts that are gone on from between two tokens, and leaves at its end. */
export function openGenerators(group: Group, { maxBatch, maxContext }: EngineSizes): OpenGenerators {
  const [first] = group.members as [Member];
  const { network, source } = first;
  const most = Math.min(maxContext, network.maxWidth);
  const rooms = roomsFor(most);
  const ladder = rowLadder(maxBatch, GENERATION_LADDER);
  const tokenizer = new TextTokenizer(source.baseModelDir);
  const layOut = chatPrompts(tokenizer, source.baseModelDir);
  const program = sharedProgram(group, (member) =>
    generationGraphs(member, { ladder, rooms, isFirst: member === first }),
  );
  const { endId, padId } = tokenizer;
  const going = rooms.map(({ slots }, room): Going => {
    const batch = new RunningBatch({
      run: (name, feeds) =>
        program.run(`${/^(join|move)/.test(name) ? 0 : here.member}/${room}/${name}`, feeds),
      ...{ ladder, slots, vocabulary: network.vocabulary, most, endId, padId },
    });
    const here: Going = { batch, member: 0, waiting: [], listeners: new Set() };
    return here;
  });

  const admit = (here: Going): void => {
    const { batch, waiting } = here;
    // In the order in which they came: who waits for another adapter keeps those behind from going before.
    while (waiting[0] && !batch.isFull && (batch.size === 0 || waiting[0].member === here.member)) {
      const { member } = waiting[0];
      here.member = member;
      const others = waiting.findIndex((one) => one.member !== member);
      const { prompt, width, listener } = waiting[0];
      if (listener.isCanceled())
        listener.onEnd({ finish: 'stop', promptTokens: prompt.ids.length, newTokens: 0 });
      else {
        listener.onBegin(batch.size + 1);
        batch.join(prompt, width, others < 0 ? waiting.length : others);
      }
      waiting.shift();
    }
  };
  const turn = (here: Going): void => {
    try {
      admit(here);
      if (here.batch.size > 0) here.batch.step();
    } catch (error) {
      here.waiting = [];
      here.batch.clear();
      for (const listener of [...here.listeners]) listener.onEnd(refusalOf(error));
    }
  };
  let isRunning = false;
  const goOn = async (): Promise<void> => {
    if (isRunning) return;
    isRunning = true;
    while (going.some(({ batch, waiting }) => batch.size + waiting.length > 0)) {
      // A step blocks the event loop; here requests get through.
      await setImmediate();
      for (const here of going) turn(here);
    }
    isRunning = false;
  };

  return {
    maxWidth: most,
    generate(member, request, listener) {
      const { text, end } =
        typeof request.prompt === 'string' ? { text: request.prompt, end: '' } : layOut(request.prompt);
      // To split megabytes takes minutes, in which nobody else is served.
      if (text.length > most * tokenizer.longestToken * COMPOSED)
        return listener.onEnd(tooLong(undefined, most));
      const ids = text === '' ? [endId ?? padId] : tokenizer.tokenize(text);
      if (ids.length >= most) return listener.onEnd(tooLong(ids.length, most));
      const { room, width } = placeFor(rooms, ids.length, request.maxNewTokens, most);
      const here = going[room] as Going;
      const own: RowListener = {
        ...listener,
        onEnd(result) {
          here.listeners.delete(own);
          listener.onEnd(result);
        },
      };
      here.listeners.add(own);
      const prompt = promptOf({ ids, end }, request, own, tokenizer);
      here.waiting.push({ member, prompt, width, listener: own });
      void goOn();
    },
    warmUp: () => program.warmUp(),
    dispose: () => program.dispose(),
  };
}

/** A tokenizer may put characters together before it looks for tokens (NFC): so many of them, at most. */
const COMPOSED = 4;

/** @param end what the model says when its turn of a conversation is over; else empty */
function promptOf(
  { ids, end }: { readonly ids: readonly number[]; readonly end: string },
  request: GenerationRequest,
  listener: RowListener,
  tokenizer: TextTokenizer,
): Prompt {
  // Of several tokens it is text, and ends it as any other; of one that is no text it is only seen among the ids.
  const isOver = end === '' ? () => false : endsTurn(tokenizer, end);
  const stream = new TextStream(tokenizer, [...request.stop, end], (text, tokens) =>
    listener.onText(text, tokens),
  );
  const count = request.logProbabilities;
  const named = ({ token, logProbability }: TokenLogProbability) => ({
    token: tokenizer.tokenText(token),
    logProbability,
  });
  return {
    ...(count !== undefined && {
      onToken: (token: number, logits: Float32Array) => {
        const { chosen, best } = tokenLogProbabilities(logits, token, count);
        stream.score({ ...named(chosen), best: best.map(named) });
      },
    }),
    // What is drawn does not depend on who else asks.
    index: 0,
    ids,
    settings: request,
    isComplete: (all) => listener.isCanceled() || stream.add(all) || isOver(all),
    onEnd: ({ ids: all, finish }) => {
      stream.end(all);
      listener.onEnd({ finish, promptTokens: ids.length, newTokens: all.length });
    },
  };
}

/** @param found undefined: more than were counted */
function tooLong(found: number | undefined, most: number): Refusal {
  return {
    code: 'prompt-too-long',
    message: `the prompt has ${found ?? `more than ${most}`} tokens, and this model reads fewer than ${most} with what it adds`,
    fix: 'shorten the prompt, or start the server with a larger --max-context',
  };
}
