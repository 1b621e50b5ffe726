import { generateBatch, type Prompt } from '../../models/generation/generate.js';
import { generationProgram } from '../../models/generation/generation-program.js';
import type { CachedDecoding } from '../../models/network.js';
import { bucketFor } from '../../text/length-buckets.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import type { EngineSizes, GenerationRequest } from '../types.js';
import type { Refusal } from './messages.js';
import type { OpenGenerators, RowListener } from './open-models.js';
import type { Group, Member } from './read-group.js';
import { rowLadder } from './row-ladder.js';
import { scopedSignature, scopedVariables, type Scope } from './scoped-variables.js';
import { sharedProgram, type MemberGraphs } from './shared-program.js';
import { TextStream } from './text-stream.js';

/** Padded lengths of prompts, beside the longest. Few: each is a graph of its own for each number of rows. */
const WIDTHS = [32, 128, 256, 512, 768];
/** No padded length is further than this from the next. */
const WIDEST_GAP = 256;
/** What most requests need: a short text does not carry a long one's memory. */
const SMALL: Room = { slots: 256, widths: [32, 128] };

/** Tokens, padding included, that a row has room for, and the padded lengths of prompts that begin there. */
interface Room {
  readonly slots: number;
  readonly widths: readonly number[];
}

/** @param most tokens of a prompt and of what is generated, together */
function roomsFor(most: number): Room[] {
  const widths = [...WIDTHS.filter((width) => width < most - 1), most - 1];
  const gap = Math.max(...widths.map((width, at) => width - (widths[at - 1] ?? 0)));
  // The padding is in front: it must not take from what may be generated.
  const whole = { slots: most + Math.max(gap, WIDEST_GAP), widths };
  return SMALL.slots < most ? [SMALL, whole] : [whole];
}

/** Language models over one base: graphs for each number of rows, room and padded length of prompts. */
export function openGenerators(group: Group, { maxBatch, maxContext }: EngineSizes): OpenGenerators {
  const [{ network, source }] = group.members as [Member];
  const most = Math.min(maxContext, network.maxWidth);
  const rooms = roomsFor(most);
  const ladder = rowLadder(maxBatch, 4);
  const tokenizer = new TextTokenizer(source.baseModelDir);
  const program = sharedProgram(group, (member) => graphs(member, ladder, rooms));
  const { endId, padId } = tokenizer;

  const placeFor = (length: number, maxNewTokens: number): Place => {
    const needed = Math.min(maxNewTokens, most - length);
    const places = rooms.flatMap(({ slots, widths }) => {
      const width = widths.find((candidate) => candidate >= length);
      return width !== undefined && width + needed <= slots ? [{ slots, width }] : [];
    });
    return places[0] as Place;
  };

  const run = async (member: number, asked: readonly Asked[], { slots, width }: Place): Promise<void> => {
    const rows = bucketFor(asked.length, ladder);
    const prompts = asked.map(({ ids, request, listener }): Prompt => {
      const stream = new TextStream(tokenizer, request.stop, (text) => listener.onText(text));
      return {
        // What is drawn does not depend on who else asks.
        index: 0,
        ids,
        settings: request,
        isComplete: (all) => listener.isCanceled() || stream.add(all),
        onEnd: ({ ids: all, finish }) => {
          stream.end(all);
          listener.onEnd({ finish, promptTokens: ids.length, newTokens: all.length });
        },
      };
    });
    const prefix = `${member}/${prefixOf(rows, slots)}`;
    await generateBatch(prompts, NOT_USED, {
      program: { run: (name, feeds) => program.run(prefix + name, feeds) },
      ...{ rows, width, slots, vocabulary: network.vocabulary, maxWidth: most, endId, padId },
    });
  };

  return {
    maxWidth: most,
    async generate(member, requests, listeners) {
      const places = new Map<string, { place: Place; asked: Asked[] }>();
      for (const [index, request] of requests.entries()) {
        const listener = listeners[index] as RowListener;
        const ids = request.prompt === '' ? [endId ?? padId] : tokenizer.tokenize(request.prompt);
        if (ids.length >= most) {
          listener.onEnd(tooLong(ids.length, most));
          continue;
        }
        const place = placeFor(ids.length, request.maxNewTokens);
        const key = `${place.slots}/${place.width}`;
        const { asked } = places.get(key) ?? { asked: [] };
        places.set(key, { place, asked: [...asked, { ids, request, listener }] });
      }
      for (const { place, asked } of places.values())
        for (let at = 0; at < asked.length; at += maxBatch)
          await run(member, asked.slice(at, at + maxBatch), place);
    },
    dispose: () => program.dispose(),
  };
}

interface Asked {
  readonly ids: readonly number[];
  readonly request: GenerationRequest;
  readonly listener: RowListener;
}

/** Where a prompt begins: rows of one place can be computed together. */
interface Place {
  readonly slots: number;
  readonly width: number;
}

/** Each prompt has settings of its own. */
const NOT_USED = { maxNewTokens: 0, temperature: 0, topK: 0, topP: 1, seed: 0 };

const prefixOf = (rows: number, slots: number): string => `${rows}x${slots}/`;

function graphs(member: Member, ladder: readonly number[], rooms: readonly Room[]): MemberGraphs {
  const { network, method } = member;
  const decoding = network.decoding as CachedDecoding;
  const signatures: Record<string, MemberGraphs['signatures'][string]> = {};
  const extra: Record<string, Member['variables'][string]> = {};
  for (const { slots, widths } of rooms) {
    for (const rows of ladder) {
      const cache = decoding.cache(rows, slots);
      const scope: Scope = (name) => (name in cache ? prefixOf(rows, slots) + name : name);
      Object.assign(extra, scopedVariables(cache, scope));
      const program = generationProgram(network, decoding, method, { rows, slots, widths });
      for (const [name, signature] of Object.entries(program.signatures))
        signatures[prefixOf(rows, slots) + name] = scopedSignature(
          signature,
          Object.keys(program.variables),
          scope,
        );
    }
  }
  // A prompt of this length or less, and each further token.
  const isWarmedUp = (name: string): boolean => /\/(step|begin\/32)$/.test(name);
  return { signatures, extra, isWarmedUp };
}

function tooLong(found: number, most: number): Refusal {
  return {
    code: 'prompt-too-long',
    message: `the prompt has ${found} tokens, and this model reads fewer than ${most} with what it adds`,
    fix: 'shorten the prompt, or start the server with a larger --max-context',
  };
}
