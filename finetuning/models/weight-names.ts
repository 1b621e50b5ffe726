/** How an architecture's parameters go by name in files, and what they are where a file lacks them. */
export interface WeightNames {
  /** The name today of what a file may call otherwise. */
  current(stored: string): string;
  /** What files may hold that the model has no use for, and that nothing is lost with. */
  isLeftover(name: string): boolean;
  /** What a pretrained model need not have. */
  mayBeNew(name: string): boolean;
  /** What is made anew also where the file has it for another number of classes. */
  isHead(name: string): boolean;
  /** First values of what is made anew: a function of name and seed. */
  initial(name: string, count: number, seed: number): Float32Array;
}
