import { compileProgram, type Program } from '../../../compute/index.js';
import { DiagnosticError, type Location } from '../../../diagnostics/index.js';
import type { PromptRow } from '../../data/index.js';
import { ChatTemplate } from '../../text/chat-template.js';
import { promptIds } from '../../text/document-parts.js';
import { bucketFor, lengthBuckets } from '../../text/length-buckets.js';
import { predictionBatches } from '../../text/prediction-batches.js';
import { TextTokenizer } from '../../text/text-tokenizer.js';
import { endsTurn } from '../../text/turn-end.js';
import { readParameters } from '../open-classifier.js';
import { readNetwork } from '../read-network.js';
import { generateBatch } from './generate.js';
import { generationProgram } from './generation-program.js';
import type { Generated, GenerationSettings, Prompt } from './going-row.js';

export interface OpenGeneratorOptions {
  /** The pretrained model's files: see `resolvePretrained`. */
  readonly baseModelDir: string;
  /** What `finetune` wrote as best_model: an adapter over the base model, or a whole model. Absent: the base model. */
  readonly adapterDir?: string;
}

/** What a model is asked. */
export interface Question {
  readonly prompt: PromptRow;
  /** Where it stands, to be named when it cannot be asked. */
  readonly at: Location;
}

export interface Completion {
  /** Without the prompt, and without what ends it. */
  readonly text: string;
  readonly finish: Generated['finish'];
}

export interface OpenedGenerator {
  /** Is the prompt short enough to be gone on from? @throws DiagnosticError `bad-chat-template` */
  fits(prompt: PromptRow): boolean;
  /** @throws DiagnosticError `prompt-too-long`, `bad-chat-template` */
  complete(
    questions: readonly Question[],
    options: GenerationSettings & {
      readonly batchSize: number;
      readonly onProgress?: (done: number, total: number) => void;
    },
  ): Promise<Completion[]>;
}

/** @throws DiagnosticError `bad-model-config`, and others of bad model folders */
export async function openGenerator(options: OpenGeneratorOptions): Promise<OpenedGenerator> {
  const { baseModelDir } = options;
  const network = readNetwork(baseModelDir, []);
  const { decoding, maxWidth, vocabulary } = network;
  if (!decoding)
    throw new DiagnosticError('not-a-language-model', {
      message: `a model for ${network.task} cannot go on from a text`,
      at: { file: baseModelDir },
      fix: 'name a folder with a language model',
    });
  const tokenizer = new TextTokenizer(baseModelDir);
  // A model without a head that could be new draws nothing.
  const { method, values } = readParameters(network, { ...options, seed: 0 });
  const buckets = lengthBuckets(maxWidth);
  const open = (rows: number, widths: readonly number[], slots: number): Program => {
    const program = compileProgram(generationProgram(network, decoding, method, { rows, widths, slots }));
    program.assign(values);
    return program;
  };

  return {
    fits(prompt) {
      const template = 'messages' in prompt ? new ChatTemplate(tokenizer, baseModelDir) : undefined;
      return promptIds(prompt, tokenizer, template).length < maxWidth;
    },
    async complete(questions, { batchSize, onProgress, ...settings }) {
      const talks = questions.some(({ prompt }) => 'messages' in prompt);
      const template = talks ? new ChatTemplate(tokenizer, baseModelDir) : undefined;
      const turnEnds = questions.map(({ prompt }) =>
        template && 'messages' in prompt ? template.turnEnd(prompt.messages) : '',
      );
      const prompts = questions.map(({ prompt, at }, index): Prompt => {
        const ids = promptIds(prompt, tokenizer, template);
        if (ids.length >= maxWidth) throw tooLong(at, ids.length, maxWidth);
        const end = turnEnds[index] as string;
        return end === '' ? { index, ids } : { index, ids, isComplete: endsTurn(tokenizer, end) };
      });
      const length = (index: number): number => (prompts[index] as Prompt).ids.length;
      const rows = Math.min(batchSize, prompts.length);
      const batches = predictionBatches({ count: prompts.length, length }, rows);
      // The longest of a batch comes last.
      const widthOf = (batch: Int32Array): number => bucketFor(length(batch.at(-1) as number), buckets);
      const widths = [...new Set(batches.map(widthOf))];
      const slots = Math.max(...widths) + Math.min(settings.maxNewTokens, maxWidth);
      const program = open(rows, widths, slots);
      const completions: Completion[] = [];
      let done = 0;
      try {
        const { endId, padId } = tokenizer;
        const setting = { program, rows, slots, vocabulary, maxWidth, endId, padId };
        for (const batch of batches) {
          const asked = [...batch].map((index) => prompts[index] as Prompt);
          const results = await generateBatch(asked, settings, { ...setting, width: widthOf(batch) });
          results.forEach(({ ids, finish }, at) => {
            const index = batch[at] as number;
            const text = said(ids, tokenizer, turnEnds[index] as string);
            completions[index] = { text, finish };
          });
          done += batch.length;
          onProgress?.(done, prompts.length);
        }
      } finally {
        program.dispose();
      }
      return completions;
    },
  };
}

/** @param end of the turn; empty where only a token ends a text */
function said(ids: readonly number[], tokenizer: TextTokenizer, end: string): string {
  if (end === '') return tokenizer.decode(ids);
  const text = tokenizer.decode(ids, true);
  const at = text.indexOf(end);
  return at < 0 ? tokenizer.decode(ids) : text.slice(0, at);
}

function tooLong(at: Location, found: number, maxWidth: number): DiagnosticError {
  return new DiagnosticError('prompt-too-long', {
    message: 'this prompt leaves the model no room to go on',
    at,
    expected: `fewer than ${maxWidth} tokens`,
    found: `${found} tokens`,
    fix: 'shorten it, or take a model that reads longer texts',
  });
}
