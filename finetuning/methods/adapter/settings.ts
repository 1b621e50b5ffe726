import type { NonLinearity } from './activations.js';

export type AdapterType = 'pfeiffer' | 'houlsby';

/** A bottleneck adapter, as AdapterHub's configuration describes it. */
export interface AdapterSettings {
  /** What it is called among others in one model. It stands in the parameters' names. */
  readonly name: string;
  /** Is there one after a block's attention (`mh_adapter`), and after its output (`output_adapter`)? */
  readonly halves: readonly ('attention' | 'output')[];
  /**
   * Does the bottleneck look at what the model makes of the half and the input that went around it, the norm included
   * (`original_ln_before`), rather than at the half alone?
   */
  readonly normBefore: boolean;
  readonly nonLinearity: NonLinearity;
  /** The bottleneck is so many times narrower than the model. */
  readonly reductionFactor: number;
  /** Of what the bottleneck adds. */
  readonly dropout: number;
  /** Last parts of the paths of modules that train in full, as PEFT's `modules_to_save`. */
  readonly saved: readonly string[];
}

/** The two that AdapterHub has names for: `SeqBnConfig` (Pfeiffer) and `DoubleSeqBnConfig` (Houlsby). */
export const adapterTypes: Readonly<
  Record<AdapterType, Pick<AdapterSettings, 'halves' | 'normBefore' | 'nonLinearity'>>
> = {
  // Pfeiffer et al. 2020, https://arxiv.org/abs/2005.00247
  pfeiffer: { halves: ['output'], normBefore: true, nonLinearity: 'relu' },
  // Houlsby et al. 2019, https://arxiv.org/abs/1902.00751
  houlsby: { halves: ['attention', 'output'], normBefore: false, nonLinearity: 'swish' },
};
