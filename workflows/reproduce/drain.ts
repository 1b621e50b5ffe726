import { condition, patched, workflowInfo } from '@temporalio/workflow';

/**
 * A run whose history is long begins nothing, for what runs to end, unless so long nothing has: what takes longer is not to keep the rest
 * from running.
 */
const PATIENCE = '10 seconds';
/** Then it goes on until the history is so many times as long. */
const GROWTH = 2;
/** The server ends a run with 51,200 events or 50 MB: from here on it waits for as long as it takes. */
const MOST_EVENTS = 30_000;
const MOST_BYTES = 25_000_000;

/** When a run leaves what it has not begun to one that continues it, as its history is long: as soon as nothing of it runs. */
export class Drain {
  #isOn = false;
  #isFinal = false;
  /** Something of this part has run: a part that left all to the next would never end. */
  #hasRun = false;
  /** How much has ended. */
  #ended = 0;
  /** Events from which on it is tried again. */
  #from = 0;

  /**
   * @param isIdle whether all that was begun waits for a person, or for a worker that is not there
   * @param onChange there is more to be begun, or to be left
   */
  constructor(
    readonly isIdle: () => boolean,
    readonly onChange: () => void,
  ) {}

  /** Nothing is begun. */
  get isOn(): boolean {
    return this.#isOn;
  }

  /** What waits is left, too. */
  get isFinal(): boolean {
    return this.#isFinal;
  }

  /** Looks at the history, when something has run. */
  look(): void {
    this.#hasRun = true;
    this.#ended++;
    const { continueAsNewSuggested, historyLength, historySize } = workflowInfo();
    if (!continueAsNewSuggested || this.#isOn) return;
    const isFull = historyLength >= MOST_EVENTS || historySize >= MOST_BYTES;
    if (!isFull && historyLength < this.#from) return;
    this.#isOn = true;
    if (!patched('leaves-what-waits')) return;
    // A cancellation ends the wait, and the run.
    void this.#untilIdle(isFull).catch(() => undefined);
  }

  /** Looks at it where nothing runs: to leave the rest takes nobody's time then. */
  lookBetween(): void {
    if (!this.#hasRun || this.#isOn || !workflowInfo().continueAsNewSuggested) return;
    this.#isOn = patched('leaves-what-waits');
  }

  /** Waits, in a stage's stead, until the run goes on or is left. */
  async standBy(): Promise<void> {
    await condition(() => !this.#isOn || this.#isFinal);
  }

  /** Nothing is left that was begun. */
  end(): void {
    this.#isFinal ||= this.#isOn;
  }

  async #untilIdle(isFull: boolean): Promise<void> {
    const isOver = (): boolean => this.#isFinal || this.isIdle();
    if (isFull) await condition(isOver);
    else
      for (let ended = this.#ended; !(await condition(isOver, PATIENCE)); ended = this.#ended)
        if (ended === this.#ended) return this.#giveUp();
    this.#isFinal = true;
    this.onChange();
  }

  #giveUp(): void {
    this.#isOn = false;
    this.#from = GROWTH * workflowInfo().historyLength;
    this.onChange();
  }
}
