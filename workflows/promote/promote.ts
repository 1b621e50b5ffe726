import {
  defineQuery,
  isCancellation,
  setCurrentDetails,
  setHandler,
  upsertMemo,
  upsertSearchAttributes,
  workflowInfo,
} from '@temporalio/workflow';
import { withNominalTime } from '../nominal-time.js';
import { parseInputOf } from '../parse-input.js';
import type { RetrainPlan } from '../retrain/types.js';
import { STATE_QUERY } from '../types.js';
import { short } from './activities.js';
import { Approval } from './approval.js';
import { answerCommands, describe } from './describe.js';
import { promoteInput } from './input.js';
import { judgeCandidate } from './judge.js';
import { Notices } from './notices.js';
import type { Decided, Judged, PromoteResult, PromoteState, PromotionOutcome } from './types.js';

const stateQuery = defineQuery<PromoteState>(STATE_QUERY);

const PROMOTE = {
  workflow: 'promote',
  schema: promoteInput,
  fields: Object.keys(promoteInput.unwrap().shape),
};

/** Makes a candidate the model in production, when its figures or a person say so. */
export async function promote(input?: unknown): Promise<PromoteResult> {
  const { workspace: asked, judged, ...settings } = parseInputOf(PROMOTE, input);
  const workspace = withNominalTime(asked);
  const promotion = new Promotion(judged?.judgement.decision === 'hold');
  try {
    const plan = await short.planRetrain({ workspace, settings });
    return await promotion.run(plan, judged);
  } catch (error) {
    promotion.change({ status: isCancellation(error) ? 'canceled' : 'failed' });
    throw error;
  }
}

class Promotion {
  readonly #approval: Approval;
  #plan: RetrainPlan | undefined;
  #state: PromoteState = { status: 'judging' };

  constructor(open: boolean) {
    this.#approval = new Approval(open);
    setHandler(stateQuery, () => this.#state, {
      description: 'the judgement, and until when an answer is taken',
    });
  }

  async run(plan: RetrainPlan, given: Judged | undefined): Promise<PromoteResult> {
    this.#plan = plan;
    const notices = new Notices(plan);
    const judged = given ?? (await this.#judge(plan));
    this.change({ judged });
    const { outcome, decided, version } = await this.#decide(plan, judged, notices);
    this.change({ status: outcome });
    upsertMemo({ outcome, ...(decided ? { decided } : {}) });
    this.#tellEnd(notices, judged, outcome, decided, version);
    return {
      outcome,
      ...(version === undefined ? {} : { version }),
      judged,
      ...(decided ? { decided } : {}),
      notifications: await notices.results(),
    };
  }

  /** Everything that can be seen of it: the state, the UI's details, the search attributes. */
  change(change: Partial<PromoteState>): void {
    this.#state = { ...this.#state, ...change };
    const { status, judged, decided } = this.#state;
    setCurrentDetails(
      [
        `**${this.#plan?.project ?? 'promote'}**: ${status}`,
        ...(judged ? describe(judged.judgement) : []),
        ...(decided ? [`${decided.answer} by ${decided.by}, ${decided.at}: ${decided.reason}`] : []),
        ...(status === 'waiting'
          ? answerCommands(workflowInfo().workflowId).map((line) => `\`${line}\``)
          : []),
      ].join('\n\n'),
    );
    if (this.#plan?.searchAttributes)
      upsertSearchAttributes({ RepriseProject: [this.#plan.project], RepriseStatus: [status] });
  }

  async #judge(plan: RetrainPlan): Promise<Judged> {
    const result = await judgeCandidate(plan, true);
    if (result.kind === 'judged') return result.judged;
    throw new Error('judged again, it is unchanged');
  }

  async #decide(
    plan: RetrainPlan,
    judged: Judged,
    notices: Notices,
  ): Promise<{ outcome: PromotionOutcome; decided?: Decided; version?: number }> {
    const { decision } = judged.judgement;
    if (decision === 'reject') return { outcome: 'rejected' };
    if (decision === 'promote') return await this.#place(plan, judged, undefined);
    const end = await this.#ask(plan, judged, notices);
    if (end === 'expired' || end === 'superseded') return { outcome: end };
    this.change({ decided: end });
    if (end.answer === 'reject') return { outcome: 'rejected', decided: end };
    return { ...(await this.#place(plan, judged, end)), decided: end };
  }

  async #ask({ project, settings }: RetrainPlan, judged: Judged, notices: Notices) {
    const { approvalTimeout, onTimeout } = settings;
    const until = new Date(Date.now() + approvalTimeout * 1000).toISOString();
    this.change({ status: 'waiting', until });
    const asking = [...describe(judged.judgement), ...answerCommands(workflowInfo().workflowId)];
    const deadline = onTimeout === 'reject' ? `it is rejected at ${until}` : 'it goes on waiting';
    notices.tell('approval-wanted', `${project}: a model waits for approval`, [...asking, deadline]);
    return await this.#approval.wait(settings, {
      reminder: () =>
        notices.tell('approval-reminder', `${project}: a model still waits for approval`, [
          ...asking,
          deadline,
        ]),
      expired: () =>
        notices.tell(
          'approval-expired',
          `${project}: nobody has answered in time; it goes on waiting`,
          asking,
        ),
    });
  }

  async #place(
    { workspace, settings }: RetrainPlan,
    { candidate, production, judgement }: Judged,
    decided: Decided | undefined,
  ): Promise<{ outcome: PromotionOutcome; version?: number }> {
    this.change({ status: 'promoting' });
    const { workflowId, runId } = workflowInfo();
    const version = await short.reserveVersion({ workspace, final: settings.final, candidate });
    const done = await short.promoteModel({
      workspace,
      final: settings.final,
      version,
      expected: production,
      candidate,
      promoted: {
        at: decided?.at ?? new Date().toISOString(),
        by: decided?.by ?? 'reprise',
        reason: decided?.reason || judgement.reasons.join('; '),
        run: `${workflowId}/${runId}`,
      },
      judgement,
    });
    return done ? { outcome: 'promoted', version } : { outcome: 'stale' };
  }

  #tellEnd(
    notices: Notices,
    judged: Judged,
    outcome: PromotionOutcome,
    decided: Decided | undefined,
    version: number | undefined,
  ): void {
    const project = this.#plan?.project ?? '';
    const who = decided ? [`${decided.answer} by ${decided.by}: ${decided.reason}`] : [];
    const lines = [...describe(judged.judgement), ...who];
    if (outcome === 'promoted')
      notices.tell('promoted', `${project}: version ${version} is in production`, lines);
    if (outcome === 'rejected') notices.tell('rejected', `${project}: the new model was rejected`, lines);
    if (outcome === 'expired')
      notices.tell(
        'approval-expired',
        `${project}: nobody approved in time; the new model was rejected`,
        lines,
      );
  }
}
