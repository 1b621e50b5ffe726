/** Where a long piece of work stands; what shows it is the caller's affair. */
export type OnProgress = (update: {
  readonly step: number;
  readonly total?: number;
  readonly message?: string;
}) => void;
