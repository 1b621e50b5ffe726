import { EXIT } from './report-error.js';

export interface Interrupts {
  /** Ctrl-C, once: end what was begun, in order. */
  onCancel(): void;
  /** SIGTERM, SIGHUP: the host or the terminal goes. Leave so that the same command can go on later. */
  onLeave(): void;
  /** A second signal: nothing that takes time. The process exits right after. */
  onAbandon(): void;
}

/** Listens until the returned function is called. */
export function listenForInterrupts(interrupts: Interrupts): () => void {
  let before = false;
  const first = (action: () => void, code: number) => () => {
    if (before) {
      interrupts.onAbandon();
      process.exit(code);
    }
    before = true;
    action();
  };
  const listeners = {
    SIGINT: first(() => interrupts.onCancel(), EXIT.interrupted),
    SIGTERM: first(() => interrupts.onLeave(), EXIT.terminated),
    SIGHUP: first(() => interrupts.onLeave(), EXIT.terminated),
  } as const;
  const signals = Object.keys(listeners) as (keyof typeof listeners)[];
  for (const signal of signals) process.on(signal, listeners[signal]);
  return () => {
    for (const signal of signals) process.off(signal, listeners[signal]);
  };
}
