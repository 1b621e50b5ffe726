/** What a model is asked and says, in MLflow's words. */
export interface ModelSignature {
  readonly inputs: readonly Column[];
  readonly outputs: readonly Column[];
  /** Of a call, with their defaults. */
  readonly params?: readonly Param[];
}

/** As `mlflow.types.ColSpec` writes it. */
interface Column {
  readonly name: string;
  readonly type: string;
  readonly required: boolean;
  readonly items?: object;
  readonly values?: object;
}

/** As `mlflow.types.ParamSpec` writes it. */
interface Param {
  readonly name: string;
  readonly type: 'long' | 'double';
  readonly default: number;
  readonly shape: null;
}

const column = (name: string, type: string, more: Partial<Column> = {}): Column => ({
  ...{ name, type, required: true },
  ...more,
});
const optional = { required: false } as const;

const texts = [column('text', 'string'), column('text_pair', 'string', optional)];
const label = [column('label', 'string'), column('confidence', 'double')];

const part = { type: 'string', required: true } as const;
const message = { type: 'object', properties: { role: part, content: part } } as const;

const param = (name: string, type: Param['type'], value: number): Param => ({
  ...{ name, type, default: value },
  shape: null,
});

export const SIGNATURES = {
  /** One of the labels of a text, or of two, and how likely it is. */
  textLabel: { inputs: texts, outputs: label },
  /** The labels that are likelier than not, and how likely each is. */
  textLabels: {
    inputs: texts,
    outputs: [
      column('labels', 'array', { items: { type: 'string' } }),
      column('scores', 'map', { values: { type: 'double' } }),
    ],
  },
  /** A number; or several, each by its name. */
  textNumbers: (names: readonly string[]): ModelSignature => ({
    inputs: texts,
    outputs: (names.length === 1 ? ['prediction'] : names).map((name) => column(name, 'double')),
  }),
  /** A path, the bytes of a file, or these in base64: MLflow has one type for what may be either. */
  pictureLabel: { inputs: [column('image', 'any')], outputs: label },
  /** A text that goes on from a prompt or answers a conversation, and why it ended. Settings as of `reprise predict`. */
  promptText: {
    inputs: [
      column('prompt', 'string', optional),
      column('messages', 'array', { items: message, ...optional }),
    ],
    outputs: [column('prediction', 'string'), column('finish_reason', 'string')],
    params: [
      param('max_new_tokens', 'long', 128),
      param('temperature', 'double', 0),
      param('top_k', 'long', 0),
      param('top_p', 'double', 1),
      param('seed', 'long', 0),
    ],
  },
} satisfies Readonly<Record<string, ModelSignature | ((names: readonly string[]) => ModelSignature)>>;
