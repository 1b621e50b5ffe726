import { spawn, type ChildProcess } from 'node:child_process';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { pathToFileURL } from 'node:url';

/** https://microsoft.github.io/language-server-protocol: lines and characters count from 0. */
export interface Position {
  readonly line: number;
  readonly character: number;
}

export interface Diagnostic {
  readonly range: { readonly start: Position; readonly end: Position };
  readonly message: string;
}

interface Message {
  readonly id?: number;
  readonly method?: string;
  readonly params?: unknown;
  readonly result?: unknown;
}

/** What editors start for YAML files: Red Hat's language server, spoken to as an editor does. */
export class YamlLanguageServer {
  readonly #child: ChildProcess;
  readonly #answers = new Map<number, (result: unknown) => void>();
  readonly #told = new Map<string, (diagnostics: readonly Diagnostic[]) => void>();
  readonly #fetch: (url: string) => string;
  readonly #versions = new Map<string, number>();
  #ids = 0;
  #read = Buffer.alloc(0);

  /** @param fetch what an editor would fetch of the web */
  static async start(root: string, fetch: (url: string) => string): Promise<YamlLanguageServer> {
    const server = new YamlLanguageServer(root, fetch);
    const rootUri = pathToFileURL(root).href;
    await server.#ask('initialize', {
      processId: process.pid,
      rootUri,
      workspaceFolders: [{ uri: rootUri, name: 'project' }],
      capabilities: {
        workspace: { configuration: true, workspaceFolders: true },
        textDocument: { publishDiagnostics: {}, completion: { completionItem: {} }, hover: {} },
      },
    });
    server.#say('initialized', {});
    // It asks the editor for what lies on the web.
    server.#say('yaml/registerContentRequest', {});
    return server;
  }

  private constructor(root: string, fetch: (url: string) => string) {
    const manifest = createRequire(import.meta.url).resolve('yaml-language-server/package.json');
    const { NODE_OPTIONS: _jests, ...env } = process.env;
    this.#fetch = fetch;
    this.#child = spawn(process.execPath, [join(dirname(manifest), 'bin/yaml-language-server'), '--stdio'], {
      cwd: root,
      env,
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.#child.stdout?.on('data', (part: Buffer) => {
      this.#read = Buffer.concat([this.#read, part]);
      for (let message = this.#next(); message; message = this.#next()) this.#take(message);
    });
  }

  /** What is wrong in a file with this text, which is opened, or changed. */
  diagnose(path: string, text: string): Promise<readonly Diagnostic[]> {
    const uri = pathToFileURL(path).href;
    return new Promise((resolve) => {
      this.#told.set(uri, resolve);
      const version = (this.#versions.get(uri) ?? 0) + 1;
      this.#versions.set(uri, version);
      const textDocument = { uri, version };
      if (version === 1)
        this.#say('textDocument/didOpen', { textDocument: { ...textDocument, languageId: 'yaml', text } });
      else this.#say('textDocument/didChange', { textDocument, contentChanges: [{ text }] });
    });
  }

  /** What may stand at a place of a file that was opened, with what it means. */
  async complete(path: string, position: Position): Promise<Map<string, string>> {
    const textDocument = { uri: pathToFileURL(path).href };
    const { items } = (await this.#ask('textDocument/completion', { textDocument, position })) as {
      readonly items: readonly {
        readonly label: string;
        readonly documentation?: string | { readonly value: string };
      }[];
    };
    return new Map(
      items.map(({ label, documentation = '' }) => [
        label,
        typeof documentation === 'string' ? documentation : documentation.value,
      ]),
    );
  }

  async stop(): Promise<void> {
    await this.#ask('shutdown', null);
    const ended = new Promise((resolve) => this.#child.once('exit', resolve));
    this.#say('exit', null);
    await ended;
  }

  #take({ id, method, params, result }: Message): void {
    if (method === 'textDocument/publishDiagnostics') {
      const { uri, diagnostics } = params as { uri: string; diagnostics: readonly Diagnostic[] };
      this.#told.get(uri)?.(diagnostics);
    } else if (id !== undefined && method !== undefined)
      this.#send({ id, result: this.#answer(method, params) });
    else if (id !== undefined) this.#answers.get(id)?.(result);
  }

  #answer(method: string, params: unknown): unknown {
    if (method === 'vscode/content') return this.#fetch(params as string);
    if (method !== 'workspace/configuration') return null;
    const { items } = params as { readonly items: readonly { readonly section: string }[] };
    const yaml = { validate: true, completion: true, hover: true, schemaStore: { enable: false } };
    return items.map(({ section }) => (section === 'yaml' ? yaml : {}));
  }

  #ask(method: string, params: unknown): Promise<unknown> {
    const id = ++this.#ids;
    return new Promise((resolve) => {
      this.#answers.set(id, resolve);
      this.#send({ id, method, params });
    });
  }

  #say(method: string, params: unknown): void {
    this.#send({ method, params });
  }

  #send(message: Message): void {
    const body = JSON.stringify({ jsonrpc: '2.0', ...message });
    this.#child.stdin?.write(`Content-Length: ${Buffer.byteLength(body)}\r\n\r\n${body}`);
  }

  #next(): Message | undefined {
    const end = this.#read.indexOf('\r\n\r\n');
    if (end === -1) return undefined;
    const length = Number(/Content-Length: (\d+)/.exec(this.#read.subarray(0, end).toString())?.[1]);
    const body = this.#read.subarray(end + 4, end + 4 + length);
    if (body.length < length) return undefined;
    this.#read = this.#read.subarray(end + 4 + length);
    return JSON.parse(body.toString()) as Message;
  }
}
