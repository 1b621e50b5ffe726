import {
  ApplicationFailure,
  condition,
  continueAsNew,
  defineQuery,
  defineSignal,
  isCancellation,
  log,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { short } from '../promote/activities.js';
import { answerCommands, describe } from '../promote/describe.js';
import { judgeCandidate } from '../promote/judge.js';
import { Notices } from '../promote/notices.js';
import type { Judged } from '../promote/types.js';
import { withNominalTime } from '../nominal-time.js';
import { parseInputOf } from '../parse-input.js';
import { STATE_QUERY, type ReproduceResult, type StageSummary, type Workspace } from '../types.js';
import { retrainInput, retrainSection } from './input.js';
import { causeOf, runStages, startPromotion } from './round.js';
import { toRunIn, withResultsOf } from './round-workspace.js';
import {
  NEW_DATA_SIGNAL,
  type RetrainOptions,
  type RetrainPlan,
  type RetrainResult,
  type RetrainState,
} from './types.js';

const stateQuery = defineQuery<RetrainState>(STATE_QUERY);
const newDataSignal = defineSignal<[unknown]>(NEW_DATA_SIGNAL);

/** Data that arrives without a pause must not keep a round from ever beginning. */
const MOST_PAUSES = 20;

const RETRAIN = {
  workflow: 'retrain',
  schema: retrainInput,
  fields: Object.keys(retrainInput.unwrap().shape),
};

/**
 * Fetches new data, trains what it changes, and puts the result into production when it is good enough. Without new data nothing
 * is trained. A `newData` signal while it runs makes one more round follow.
 */
export async function retrain(input?: unknown): Promise<RetrainResult> {
  const asked = parseInputOf(RETRAIN, input);
  const options = { ...asked, workspace: withNominalTime(asked.workspace) };
  const retraining = new Retraining(options);
  try {
    const result = await retraining.run();
    if (retraining.pending === 0) return result;
  } catch (error) {
    retraining.change({ status: isCancellation(error) ? 'canceled' : 'failed' });
    if (isCancellation(error)) throw error;
    await retraining.tellFailure(error);
    if (retraining.pending === 0) throw error;
  }
  return await continueAsNew<typeof retrain>(options);
}

class Retraining {
  #plan: RetrainPlan | undefined;
  #notices: Notices | undefined;
  #state: RetrainState = { status: 'planning', pending: 0 };

  constructor(readonly options: RetrainOptions) {
    setHandler(stateQuery, () => this.#state, { description: 'what it is at, and what was found' });
    setHandler(newDataSignal, () => this.change({ pending: this.pending + 1 }), {
      description: 'data has come: one more round is to follow',
    });
  }

  get pending(): number {
    return this.#state.pending;
  }

  async run(): Promise<RetrainResult> {
    await this.#waitForQuiet();
    const { workspace } = this.options;
    const plan = await short.planRetrain({ workspace, settings: settingsOf(this.options) });
    this.#plan = plan;
    this.#notices = new Notices(plan);
    this.change({ project: plan.project });
    const { stages, workspace: made } = await this.#bringUpToDate(plan);
    this.change({ status: 'judging' });
    const found = await judgeCandidate({ ...plan, workspace: made }, false);
    if (found.kind === 'unchanged')
      return await this.#end({ outcome: 'unchanged', version: found.production }, stages);
    return await this.#promote({ ...plan, workspace: made }, found.judged, stages);
  }

  /** Everything that can be seen of it: the state, the UI's details, the search attributes. */
  change(change: Partial<RetrainState>): void {
    const before = this.#state.status;
    this.#state = { ...this.#state, ...change };
    const { status, judged, promotion, pending } = this.#state;
    setCurrentDetails(
      [
        `**${this.#plan?.project ?? 'retrain'}**: ${status}`,
        ...(judged ? describe(judged.judgement) : []),
        ...(promotion === undefined ? [] : answerCommands(promotion).map((line) => `\`${line}\``)),
        ...(pending > 0 ? ['more data has come: another round follows'] : []),
      ].join('\n\n'),
    );
    if (this.#plan?.searchAttributes && (status !== before || change.project !== undefined))
      upsertSearchAttributes({ RepriseProject: [this.#plan.project], RepriseStatus: [status] });
  }

  async tellFailure(error: unknown): Promise<void> {
    const message = error instanceof Error ? messageOf(error) : String(error);
    const { project = 'reprise' } = this.#state;
    this.#notices?.tell('retrain-failed', `${project}: retraining failed`, message.split('\n'));
    await this.#notices?.results();
  }

  async #waitForQuiet(): Promise<void> {
    const { debounce } = this.options;
    if (debounce > 0) {
      this.change({ status: 'quiet' });
      for (let pause = 0; pause < MOST_PAUSES; pause++) {
        const seen = this.pending;
        if (!(await condition(() => this.pending > seen, debounce * 1000))) break;
      }
    }
    // What has come until here is what this round is about.
    this.change({ status: 'planning', pending: 0 });
  }

  /** @returns also the workspace with what was made */
  async #bringUpToDate(plan: RetrainPlan): Promise<UpToDate> {
    const { jobs, cpuFallback, labelTimeout, heartbeat } = this.options;
    const how = { jobs, cpuFallback, labelTimeout, heartbeat };
    const waits = (status: RetrainState['status']) => (waiting: boolean) =>
      this.change({ status: waiting ? 'waiting' : status });
    let fetched: ReproduceResult | undefined;
    if (plan.ingest.length > 0) {
      const input = { ...how, targets: [...plan.ingest], singleItem: true, force: true, updateImports: true };
      const workspace = toRunIn(plan.workspace);
      const summary = `fetch data: ${plan.ingest.join(', ')}`;
      fetched = await runStages(plan, { ...input, workspace }, summary, waits('ingesting'));
    }
    const workspace = toRunIn(plan.workspace, fetched?.published);
    const input = { ...how, targets: [...plan.settings.targets], workspace };
    const trained = await runStages(plan, input, 'train what the data changes', waits('reproducing'));
    return {
      workspace: withResultsOf(plan.workspace, trained),
      stages: merged(fetched?.stages ?? [], trained.stages),
    };
  }

  async #promote(plan: RetrainPlan, judged: Judged, stages: readonly StageSummary[]): Promise<RetrainResult> {
    const { workspace, settings } = plan;
    const { decision } = judged.judgement;
    this.change({ judged, status: 'promoting' });
    if (decision === 'reject') {
      this.#notices?.tell(
        'rejected',
        `${plan.project}: the new model was rejected`,
        describe(judged.judgement),
      );
      await short.recordJudged({ workspace, settings, judged });
      return await this.#end({ outcome: 'rejected', version: judged.production, judged }, stages);
    }
    const promotion = await startPromotion(plan, judged);
    if (decision === 'hold') {
      this.change({ promotion: promotion.workflowId });
      await short.recordJudged({ workspace, settings, judged });
      return await this.#end(
        { outcome: 'held', version: judged.production, judged, promotion: promotion.workflowId },
        stages,
      );
    }
    const {
      outcome,
      version = judged.production,
      notifications,
    } = await promotion.result().catch((error: unknown) => {
      throw causeOf(error);
    });
    if (outcome === 'expired' || outcome === 'superseded')
      throw ApplicationFailure.nonRetryable(`the promotion ended as ${outcome}`, 'unexpected');
    if (outcome !== 'stale') await short.recordJudged({ workspace, settings, judged });
    return { ...(await this.#end({ outcome, version, judged }, stages)), notifications };
  }

  async #end(
    end: Pick<RetrainResult, 'outcome' | 'version' | 'judged' | 'promotion'>,
    stages: readonly StageSummary[],
  ): Promise<RetrainResult> {
    const { outcome, version } = end;
    this.change({ status: outcome });
    upsertMemo({ outcome, version });
    log.info('retrained', { outcome, version });
    return {
      project: this.#plan?.project ?? '',
      ...end,
      stages,
      seconds: (Date.now() - workflowInfo().startTime.getTime()) / 1000,
      notifications: (await this.#notices?.results()) ?? [],
    };
  }
}

interface UpToDate {
  readonly stages: readonly StageSummary[];
  readonly workspace: Workspace;
}

/** Of a stage that was run to fetch data, and then was up to date, what it did. */
function merged(fetched: readonly StageSummary[], stages: readonly StageSummary[]): readonly StageSummary[] {
  const ran = new Map(fetched.map((stage) => [stage.address, stage]));
  return [
    ...fetched.filter(({ address }) => !stages.some((stage) => stage.address === address)),
    ...stages.map((stage) => (stage.outcome === 'skipped' ? (ran.get(stage.address) ?? stage) : stage)),
  ];
}

/** Those of the input's fields that may also stand in the project's file. */
function settingsOf(options: RetrainOptions): Readonly<Record<string, unknown>> {
  return Object.fromEntries(Object.entries(options).filter(([name]) => name in retrainSection.shape));
}

function messageOf(error: Error): string {
  const { cause } = error;
  return cause instanceof ApplicationFailure ? cause.message : error.message;
}
