import { open } from 'node:fs/promises';
import { logFile } from './log-files.js';

export interface LogPosition {
  readonly root: string;
  readonly run: string;
  readonly address: string;
  /** In bytes. */
  readonly offset: number;
  /** Bytes, at most. */
  readonly limit: number;
}

export interface LogPart {
  readonly text: string;
  /** Where the next part begins. */
  readonly next: number;
  /** False when more is there already. */
  readonly atEnd: boolean;
}

/** Undefined when this host has no such log. */
export async function readLog(position: LogPosition): Promise<LogPart | undefined> {
  const { offset, limit } = position;
  const file = await open(logFile(position.root, position.run, position.address), 'r').catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === 'ENOENT') return undefined;
      throw error;
    },
  );
  if (!file) return undefined;
  try {
    const { size } = await file.stat();
    const buffer = Buffer.alloc(Math.max(0, Math.min(limit, size - offset)));
    const { bytesRead } = await file.read(buffer, 0, buffer.length, offset);
    const whole = buffer.subarray(0, wholeCharacters(buffer.subarray(0, bytesRead)));
    const next = offset + whole.length;
    return { text: whole.toString('utf8'), next, atEnd: next >= size };
  } finally {
    await file.close();
  }
}

/** Length without a character of UTF-8 that is cut at the end. */
function wholeCharacters(bytes: Buffer): number {
  for (let back = 1; back <= Math.min(4, bytes.length); back++) {
    const byte = bytes[bytes.length - back] ?? 0;
    if (byte < 0x80) return bytes.length;
    if (byte < 0xc0) continue;
    const length = byte < 0xe0 ? 2 : byte < 0xf0 ? 3 : 4;
    return length > back ? bytes.length - back : bytes.length;
  }
  return bytes.length;
}
