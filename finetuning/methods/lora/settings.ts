import type { Network } from '../../models/network.js';

/** Which biases train beside the updates: none, all of the model's, or those of the layers that get an update. */
export type LoraBias = 'none' | 'all' | 'lora_only';

/** What PEFT's LoraConfig says, as far as it changes the arithmetic. */
export interface LoraSettings {
  readonly rank: number;
  readonly alpha: number;
  readonly dropout: number;
  /** PEFT's `target_modules`: last parts of layers' paths; or `all-linear`; or one regular expression of whole paths. */
  readonly targets: readonly string[] | string;
  /** Last parts of the paths of modules that train in full, as PEFT's `modules_to_save`. */
  readonly saved: readonly string[];
  /** Absent: none. */
  readonly bias?: LoraBias;
  /** Scales by α/√r in place of α/r, so that a high rank does not learn more slowly. */
  readonly rankStabilized?: boolean;
  /** DoRA: the length of each output's weights is trained apart from their direction. */
  readonly magnitudes?: boolean;
  /** Ends of paths, as regular expressions, whose rank or α is another. The first that matches counts. */
  readonly rankPattern?: Readonly<Record<string, number>>;
  readonly alphaPattern?: Readonly<Record<string, number>>;
}

/** What has to be known of a network to say where LoRA goes. */
export type LoraModel = Pick<Network, 'shapes' | 'layers' | 'names' | 'task' | 'languageHead'>;

export const ALL_LINEAR = 'all-linear';
