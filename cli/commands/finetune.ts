import { join, relative, resolve } from 'node:path';
import { Command } from 'commander';
import type { FinetuneResult, MemoryNeeds, TrainingEvent } from '../../finetuning/index.js';
import { createProgressReporter, type ProgressReporter } from '../progress/index.js';
import { CommandExit, diagnosticText, EXIT } from '../report-error.js';

interface FinetuneFlags {
  readonly params?: string;
  readonly config?: string;
  readonly train?: string;
  readonly val?: string;
  readonly output?: string;
  readonly plan?: boolean;
  readonly json?: boolean;
}

/** `reprise finetune`: the training stage of a finetuning project. What it needs is loaded when it runs. */
export function finetuneCommand(): Command {
  return new Command('finetune')
    .description('finetune a pretrained model; run again after it was ended in any way, it continues')
    .option('--params <file>', 'its finetuning section overlays the preset (default: params.yaml)')
    .option('--config <file>', 'the preset (default: configs/finetuning/<finetuning.preset>.yaml)')
    .option('--train <file>', 'training rows (default: data/finetuning/train.jsonl)')
    .option('--val <file>', 'validation rows (default: data/finetuning/val.jsonl)')
    .option('--output <folder>', 'gets best_model/ and training.json (default: models/checkpoints)')
    .option(
      '--plan',
      'say what it will take (parameters, memory, time), from a few measured steps, and write nothing',
    )
    .option('--json', 'print one JSON object per event')
    .action(async (flags: FinetuneFlags) => {
      const json = flags.json ?? false;
      const reporter = createProgressReporter({ json });
      const interrupt = listenForEnd(reporter);
      try {
        if (flags.plan) return await plan(flags, reporter);
        const status = await run(flags, reporter, interrupt.signal);
        if (status === 'interrupted') throw new CommandExit(interrupt.code ?? EXIT.terminated);
      } finally {
        interrupt.stop();
        reporter.done();
      }
    });
}

/** What a training is called with, and what it reads. */
async function inputs(flags: FinetuneFlags, log: (line: string) => void) {
  const { findProjectRoot, projectLayout, readFinetuningConfig } = await import('../../configs/index.js');
  const root = findProjectRoot(process.cwd());
  const inProject = (path: string | undefined): string | undefined => path && relative(root, resolve(path));
  const [params, preset] = [inProject(flags.params), inProject(flags.config)];
  const {
    config,
    places,
    preset: name,
  } = readFinetuningConfig(root, {
    ...(params === undefined ? {} : { params }),
    ...(preset === undefined ? {} : { preset }),
  });
  // It takes seconds until there is a step to tell of.
  log(`opening ${config.model_name}`);
  const { localModel, resolvePretrained } = await import('../../finetuning/index.js');
  const place = (given: string | undefined, usual: string): string =>
    relative(process.cwd(), given === undefined ? join(root, usual) : resolve(given)) || '.';
  if (config.model_revision !== 'main' && localModel(config.model_name, root) !== undefined)
    log('model_name is on this host: model_revision is not looked at, and can be taken out');
  const modelDir = await resolvePretrained(config.model_name, { revision: config.model_revision, log, root });
  return {
    root,
    config,
    places,
    preset: name,
    trainFile: place(flags.train, projectLayout.train),
    valFile: place(flags.val, projectLayout.val),
    outputDir: place(flags.output, projectLayout.checkpoints),
    modelDir,
    projectDir: root,
    ...('adapter_name_or_path' in config && config.adapter_name_or_path !== null
      ? { adapterDir: resolve(root, config.adapter_name_or_path) }
      : {}),
  };
}

async function plan(flags: FinetuneFlags, reporter: ProgressReporter): Promise<void> {
  const asked = await inputs(flags, (line) => reporter.log(line));
  const { planTraining } = await import('../../finetuning/index.js');
  const found = await planTraining(asked);
  const { planLines } = await import('../finetune/print-plan.js');
  reporter.done();
  const lines = flags.json
    ? [JSON.stringify({ event: 'plan', stage: 'finetune', ...found })]
    : planLines(found);
  process.stdout.write(`${lines.join('\n')}\n`);
}

async function run(
  flags: FinetuneFlags,
  reporter: ProgressReporter,
  signal: AbortSignal,
): Promise<FinetuneResult['status']> {
  const { root, outputDir, preset, ...given } = await inputs(flags, (line) => reporter.log(line));
  const { finetune, outOfMemory } = await import('../../finetuning/index.js');
  const { watchForKill } = await import('../finetune/watch-for-kill.js');
  const { openState } = await import('../../runner/index.js');
  const { trackTraining } = await import('../tracking/track-training.js');
  const { logModel } = await import('../tracking/log-model.js');
  const folder = process.env.REPRISE_CHECKPOINTS;
  const tracker = await trackTraining(root, { preset, ...given.config }, (line) => reporter.log(line));
  const guard = (needs: MemoryNeeds): void => {
    const json = flags.json ?? false;
    const said = (how: string): string => diagnosticText(outOfMemory(how, given.config, needs), { json });
    watchForKill(
      {
        killed: said('the system has killed the training'),
        limited: said('the training was ended from outside, or by the limit that its memory has (ulimit)'),
      },
      json ? 1 : 2,
    );
  };
  let result: FinetuneResult;
  try {
    result = await finetune({
      ...given,
      outputDir,
      checkpoints: folder ? { folder } : { under: join(await openState(root), 'checkpoints') },
      onEvent: (event) => {
        if (event.kind === 'memory') return guard(event.needs);
        report(reporter, event);
        tracker?.onEvent(event);
      },
      signal,
    });
  } catch (error) {
    await tracker?.close('failed');
    throw error;
  }
  await tracker?.close(result.status, async (tracked) => {
    if (result.status === 'finished') await logModel(tracked, { root, outputDir, ...given });
  });
  reporter.done();
  const { status, steps, total, best } = result;
  if (flags.json)
    process.stdout.write(`${JSON.stringify({ event: 'result', stage: 'finetune', ...result })}\n`);
  else if (status === 'interrupted')
    process.stderr.write(`ended at step ${steps} of ${total}; the same command continues from there\n`);
  else if (best)
    process.stdout.write(
      `${join(outputDir, 'best_model')}: validation ${best.accuracy === undefined ? '' : `accuracy ${best.accuracy.toFixed(4)}, `}loss ${best.loss.toFixed(4)} at step ${best.step}\n`,
    );
  return status;
}

function report(reporter: ProgressReporter, event: Exclude<TrainingEvent, { kind: 'memory' }>): void {
  switch (event.kind) {
    case 'log':
      return reporter.log(event.message);
    case 'step': {
      const { step, total, loss, learningRate, itemsPerSecond } = event;
      const metrics = { loss, learning_rate: learningRate, items_per_second: itemsPerSecond };
      return reporter.update({ step, total, message: 'training', metrics });
    }
    case 'evaluating':
      return reporter.update({ step: event.done, total: event.total, message: 'validating' });
    case 'evaluated': {
      const { step, total, loss, accuracy, perplexity, best } = event;
      // For whoever compares trainings on the way: a sweep's successive halving.
      const metrics = {
        eval_loss: loss,
        ...(accuracy === undefined ? {} : { eval_accuracy: accuracy }),
        ...(perplexity === undefined ? {} : { eval_perplexity: perplexity }),
      };
      reporter.update({ step, total, message: 'validated', metrics });
      const more = perplexity === undefined ? '' : `, perplexity ${perplexity.toFixed(2)}`;
      // A regression has no accuracy.
      const right = accuracy === undefined ? '' : `, accuracy ${accuracy.toFixed(4)}`;
      const figures = `loss ${loss.toFixed(4)}${right}${more}`;
      return reporter.log(`step ${step}: validation ${figures}${best ? ', the best so far' : ''}`);
    }
    case 'checkpoint':
      // The runner looks into the folder itself.
      return;
    case 'began':
    case 'logged':
      // For the tracking.
      return;
  }
}

/** The first signal asks the training to end after its step, with a checkpoint; a second one ends it at once. */
function listenForEnd(reporter: ProgressReporter): {
  readonly signal: AbortSignal;
  readonly code: number | undefined;
  stop(): void;
} {
  const abort = new AbortController();
  let code: number | undefined;
  const ask = (exitCode: number) => (): void => {
    if (code !== undefined) process.exit(exitCode);
    code = exitCode;
    reporter.log('ending after this step, with a checkpoint');
    abort.abort();
  };
  const listeners = {
    SIGINT: ask(EXIT.interrupted),
    SIGTERM: ask(EXIT.terminated),
    SIGHUP: ask(EXIT.terminated),
  };
  for (const [signal, listener] of Object.entries(listeners)) process.on(signal, listener);
  return {
    signal: abort.signal,
    get code() {
      return code;
    },
    stop() {
      for (const [signal, listener] of Object.entries(listeners)) process.off(signal, listener);
    },
  };
}
