/** How what was trained is laid down in files. */
export interface SavedFormat {
  readonly weightsFile: string;
  /** A parameter's name in that file, and the way back. */
  readonly toFile: (parameter: string) => string;
  readonly fromFile: (name: string) => string | undefined;
  /** A second file, for those that do not belong in the first, by their names in files. */
  readonly headFile?: { readonly name: string; has(name: string): boolean };
  /** In the weights files' headers; absent: `format: pt`, which transformers insists on. */
  readonly metadata?: Readonly<Record<string, string>>;
  /** Files that describe it. */
  readonly companions: Readonly<Record<string, string>>;
  /** What it adds to the model's config.json. */
  readonly config?: Readonly<Record<string, unknown>>;
}

/** The whole model, as `save_pretrained` writes it. */
export const fullFormat: SavedFormat = {
  weightsFile: 'model.safetensors',
  toFile: (parameter) => parameter,
  fromFile: (name) => name,
  companions: {},
};
