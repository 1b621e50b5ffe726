/** The hub answered, and did not give what was asked for. */
export class HubRefusal extends Error {
  constructor(
    message: string,
    readonly status: number,
    /** What the user can do; absent where only waiting helps. */
    readonly fix?: string,
  ) {
    super(message);
    this.name = 'HubRefusal';
  }

  /** Does it help to ask again? */
  get mayPass(): boolean {
    return this.status === 408 || this.status === 429 || this.status >= 500;
  }
}

const TOKEN = 'set HF_TOKEN, or run `hf auth login`';

/**
 * What an answer means, in a sentence. The hub says more in a header than by its status: to who is not logged in, a model that
 * does not exist and a private one are both 401.
 *
 * Source: `hf_raise_for_status` in huggingface_hub/utils/_http.py.
 */
export async function hubRefusal(
  response: Response,
  modelName: string,
  hubUrl: string,
  hasToken: boolean,
): Promise<HubRefusal> {
  const { status } = response;
  const code = response.headers.get('x-error-code');
  const refuse = (message: string, fix?: string): HubRefusal => new HubRefusal(message, status, fix);
  if (code === 'GatedRepo')
    return refuse(
      `${modelName} is open only to those who were given access`,
      `ask for access at ${hubUrl}/${modelName}, and then ${hasToken ? 'use a token of that account' : TOKEN}`,
    );
  if (code === 'RevisionNotFound')
    return refuse(`${modelName} has no such revision`, 'correct the revision: a branch, a tag or a commit');
  if (code === 'EntryNotFound') return refuse(`${modelName} has no such file`);
  if (code === 'RepoNotFound' || status === 401 || status === 404)
    return refuse(
      `the hub knows no ${modelName}, or it is private${hasToken ? ' and not of the token’s account' : ''}`,
      hasToken
        ? 'correct the name, or use a token that may read it'
        : `correct the name; if it is private, ${TOKEN}`,
    );
  if (status === 403)
    return refuse(`the token may not read ${modelName}`, 'use a token with read access to this model');
  return refuse(`the hub answered ${status}${await said(response)}`);
}

async function said(response: Response): Promise<string> {
  try {
    const { error } = JSON.parse(await response.text()) as { error?: unknown };
    return typeof error === 'string' ? `: ${error.slice(0, 200)}` : '';
  } catch {
    return '';
  }
}
