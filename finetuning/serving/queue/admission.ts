import { queueFull } from './queue-full.js';

export interface AdmissionOptions<T> {
  /** Requests that may be under way at once. */
  readonly most: number;
  /** Requests that may wait; one more is refused. */
  readonly maxQueue: number;
  /** Resolves at the request's end. It does not reject. */
  run(request: T): Promise<void>;
}

/** Lets requests begin in their order, each as soon as another ends. */
export class Admission<T> {
  readonly #options: AdmissionOptions<T>;
  readonly #waiting: T[] = [];
  #running = 0;

  constructor(options: AdmissionOptions<T>) {
    this.#options = options;
  }

  get waiting(): number {
    return this.#waiting.length;
  }

  /** @throws DiagnosticError `queue-full` */
  add(request: T): void {
    const { most, maxQueue } = this.#options;
    if (this.#running < most) return this.#begin(request);
    if (this.#waiting.length >= maxQueue) throw queueFull(this.#waiting.length, maxQueue);
    this.#waiting.push(request);
  }

  /** Takes a request out that has not begun. @returns whether it waited */
  remove(request: T): boolean {
    const at = this.#waiting.indexOf(request);
    if (at < 0) return false;
    this.#waiting.splice(at, 1);
    return true;
  }

  #begin(request: T): void {
    this.#running++;
    void this.#options.run(request).finally(() => {
      this.#running--;
      const next = this.#waiting.shift();
      if (next !== undefined) this.#begin(next);
    });
  }
}
