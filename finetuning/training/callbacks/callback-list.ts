import { DiagnosticError } from '../../../diagnostics/index.js';
import type { CheckpointInfo, Control, EndInfo, Json, TrainingCallback } from './callback.js';

/** The hooks that may ask to stop. */
type Hook = 'onStep' | 'onEvaluate' | 'onEpoch';
type Info<H extends Hook> = Parameters<NonNullable<TrainingCallback[H]>>[0];

/** Callbacks by name, told one after the other. */
export class CallbackList {
  readonly #callbacks: ReadonlyMap<string, TrainingCallback>;

  /** @param callbacks by a name that stays the same: their states are kept under it. */
  constructor(callbacks: ReadonlyMap<string, TrainingCallback>) {
    this.#callbacks = callbacks;
  }

  /**
   * @returns why one of them wants the training to end, if one does
   * @throws DiagnosticError `callback-failed`
   */
  async tell<H extends Hook>(hook: H, info: Info<H>): Promise<string | undefined> {
    let reason: string | undefined;
    const control: Control = { stop: (given) => void (reason ??= given) };
    for (const [name, callback] of this.#callbacks) {
      const call = callback[hook] as ((info: Info<H>, control: Control) => void | Promise<void>) | undefined;
      await named(name, hook, () => call?.call(callback, info, control));
    }
    return reason;
  }

  /** @throws DiagnosticError `callback-failed` */
  async checkpointed(info: CheckpointInfo): Promise<void> {
    for (const [name, callback] of this.#callbacks)
      await named(name, 'onCheckpoint', () => callback.onCheckpoint?.(info));
  }

  /** @throws DiagnosticError `callback-failed` */
  async ended(info: EndInfo): Promise<void> {
    for (const [name, callback] of this.#callbacks) await named(name, 'onEnd', () => callback.onEnd?.(info));
  }

  save(): Record<string, Json> {
    const states = [...this.#callbacks].flatMap(([name, callback]) =>
      callback.save ? [[name, callback.save()] as const] : [],
    );
    return Object.fromEntries(states);
  }

  restore(states: Readonly<Record<string, Json>>): void {
    for (const [name, callback] of this.#callbacks)
      if (Object.hasOwn(states, name)) callback.restore?.(states[name] as Json);
  }
}

/** An error that carries the callback's name, since it is somebody else's code that failed. */
async function named(name: string, hook: string, call: () => unknown): Promise<void> {
  try {
    await call();
  } catch (cause) {
    throw new DiagnosticError('callback-failed', {
      message: `the callback ${name} failed in ${hook}: ${cause instanceof Error ? cause.message : String(cause)}`,
      fix: 'correct it; the training continues from its last checkpoint',
      cause,
    });
  }
}
