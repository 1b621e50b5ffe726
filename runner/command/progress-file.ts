import { open, type FileHandle } from 'node:fs/promises';
import { StringDecoder } from 'node:string_decoder';
import { z } from 'zod';

const progressLine = z.object({
  step: z.number().optional(),
  total: z.number().optional(),
  message: z.string().max(500).optional(),
  metrics: z.record(z.string(), z.number().nullable()).optional(),
});

/** One line of `REPRISE_PROGRESS`. */
export type ProgressLine = z.output<typeof progressLine>;

/**
 * Follows the JSON lines that a command appends to a file. Lines that are no JSON object of that shape are passed over: a
 * command's slip in its reporting must not end its work.
 */
export class ProgressFile {
  #file: FileHandle | undefined;
  #offset = 0;
  #rest = '';
  readonly #decoder = new StringDecoder('utf8');

  constructor(readonly path: string) {}

  /** The lines added since the last call. */
  async read(): Promise<ProgressLine[]> {
    try {
      this.#file ??= await open(this.path, 'r');
    } catch {
      return [];
    }
    const lines: ProgressLine[] = [];
    // Most of the time there is little or nothing: such a buffer is cut from one that is there already.
    let buffer = Buffer.allocUnsafe(2_048);
    for (;;) {
      const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.#offset);
      if (bytesRead === 0) return lines;
      this.#offset += bytesRead;
      const isFull = bytesRead === buffer.length;
      const parts = (this.#rest + this.#decoder.write(buffer.subarray(0, bytesRead))).split('\n');
      this.#rest = parts.pop() ?? '';
      for (const part of parts) {
        const line = parse(part);
        if (line) lines.push(line);
      }
      if (isFull && buffer.length < 65_536) buffer = Buffer.allocUnsafe(65_536);
    }
  }

  async close(): Promise<void> {
    await this.#file?.close();
    this.#file = undefined;
  }
}

function parse(text: string): ProgressLine | undefined {
  try {
    return progressLine.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
