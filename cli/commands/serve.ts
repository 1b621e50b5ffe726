import { Command } from 'commander';
import { DEFAULT_SIZES } from '../serving/sizes.js';
import { numberFlag, wholeFlag } from './number-flags.js';

interface Options {
  model?: string[];
  host: string;
  port: number;
  maxBatch: number;
  maxLength: number;
  maxContext: number;
  maxQueue: number;
  maxWait: number;
  maxBody: number;
  timeout: number;
  drain: number;
  watch: boolean;
  allowAnyone?: true;
  json?: true;
}

/** `reprise serve`: finetuned models over HTTP, until it is told to stop. */
export function serveCommand(): Command {
  return new Command('serve')
    .description(
      'serve finetuned models over HTTP: labels of texts and pictures, or completions as OpenAI has them',
    )
    .option(
      '--model <[name=]folder>',
      'a model, may be repeated, adapters over one base share it; default: the one in production, else models/checkpoints/best_model',
      (one: string, all: string[] = []) => [...all, one],
    )
    .option('--host <address>', 'where to listen', '127.0.0.1')
    .option('--port <n>', 'where to listen; 0: any that is free', wholeFlag(0, 65_535), 8080)
    .option(
      '--max-batch <n>',
      'inputs that are computed together',
      wholeFlag(1, 1024),
      DEFAULT_SIZES.maxBatch,
    )
    .option(
      '--max-length <tokens>',
      'of a text to classify; longer ones lose their end',
      wholeFlag(8),
      DEFAULT_SIZES.maxLength,
    )
    .option(
      '--max-context <tokens>',
      'of a prompt and what is added to it',
      wholeFlag(8),
      DEFAULT_SIZES.maxContext,
    )
    .option('--max-queue <n>', 'inputs that may wait; more are refused (429)', wholeFlag(1), 256)
    .option('--max-wait <ms>', 'how long a lone input waits for others', numberFlag(0, 10_000), 0)
    .option('--max-body <bytes>', "of a request's body", wholeFlag(1024), 16 * 2 ** 20)
    .option('--timeout <seconds>', 'that a request may take (504)', numberFlag(0.001), 120)
    .option('--drain <seconds>', 'to end what has been begun, when told to stop', numberFlag(0), 30)
    .option('--no-watch', 'stay with this model when another comes into production')
    .option('--allow-anyone', 'listen beyond this machine without keys')
    .option('--json', 'print one JSON object per event')
    .addHelpText(
      'after',
      '\nEnvironment:\n  REPRISE_API_KEYS     keys, separated by commas, one of which must come with each request\n  REPRISE_ADMIN_KEYS   keys of operators: with one, `reprise deploy --target server` has it turn to another model',
    )
    .action(async (options: Options, command: Command) => {
      const { serve } = await import('../serving/serve.js');
      const { maxBatch, maxLength, maxContext, maxWait, allowAnyone, json, ...rest } = options;
      await serve({
        ...rest,
        maxWaitMs: maxWait,
        sizes: { maxBatch, maxLength, maxContext },
        allowAnyone: allowAnyone ?? false,
        json: json ?? false,
        version: command.parent?.version() ?? '',
      });
    });
}
