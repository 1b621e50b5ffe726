// @ts-check

/** Something that the person who runs the set-up can mend. It is shown without a stack; `fix` is a command or a deed. */
export class SetupFailure extends Error {
  /**
   * @param {string} code stable kebab-case: `no-network`, `compiler-missing`
   * @param {string} message what went wrong, one sentence
   * @param {string} fix
   * @param {string} [details] last lines of the command that failed
   */
  constructor(code, message, fix, details) {
    super(message);
    this.name = 'SetupFailure';
    this.code = code;
    this.fix = fix;
    this.details = details;
  }
}

/**
 * What pip, npm, go and the SDK say when the network cannot be reached.
 *
 * @param {string} output
 */
export function isNetworkFailure(output) {
  return /name resolution|name or service not known|no such host|getaddrinfo|EAI_AGAIN|ENOTFOUND|ECONNREFUSED|ECONNRESET|ENETUNREACH|ETIMEDOUT|connection refused|network is unreachable|NewConnectionError|ProxyError|proxyconnect|i\/o timeout|(read|connect\w*) timed out|dns error|error sending request|Connection broken|could not connect/i.test(
    output,
  );
}

/**
 * @param {string} what what was being fetched
 * @param {string} details
 */
export function networkFailure(what, details) {
  return new SetupFailure(
    'no-network',
    `${what} could not be fetched: the network, or the registry that is configured, cannot be reached`,
    'connect to the network, or name your proxy in HTTPS_PROXY, and run the same command again; what was fetched is kept',
    details,
  );
}
