import { createReadStream, type ReadStream } from 'node:fs';
import { createGunzip, type Gunzip } from 'node:zlib';
import { DiagnosticError } from '../../../diagnostics/index.js';

/** Characters. A text file without line ends would otherwise be read into memory whole. */
const LONGEST_LINE = 64 * 1024 * 1024;

export interface Line {
  /** Without its line end, and without a byte order mark. */
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** Bytes of the file read so far, for progress. */
  readonly bytes: number;
}

/**
 * A text file line by line in bounded memory; one whose name ends with .gz, unpacked.
 *
 * @param shownAs how messages name the file
 * @throws DiagnosticError `file-missing`, `not-utf8`, `line-too-long`, `bad-gzip`
 */
export async function* readLines(path: string, shownAs: string): AsyncGenerator<Line> {
  const decoder = new TextDecoder('utf-8', { fatal: true });
  let number = 0;
  let bytes = 0;
  let rest = '';
  const file = createReadStream(path, { highWaterMark: 256 * 1024 });
  const packed = path.endsWith('.gz');
  try {
    for await (const chunk of packed ? unpacked(file) : file) {
      bytes = packed ? file.bytesRead : bytes + (chunk as Buffer).length;
      const lines = (rest + decoder.decode(chunk as Buffer, { stream: true })).split('\n');
      rest = lines.pop() as string;
      for (const line of lines)
        yield { text: line.endsWith('\r') ? line.slice(0, -1) : line, number: ++number, bytes };
      if (rest.length > LONGEST_LINE)
        throw new DiagnosticError('line-too-long', {
          message: 'this line is too long to be a row',
          at: { file: shownAs, line: number + 1 },
          expected: `at most ${LONGEST_LINE} characters`,
        });
    }
    rest += decoder.decode();
  } catch (cause) {
    throw readableError(cause, shownAs, number);
  }
  if (rest !== '') yield { text: rest.endsWith('\r') ? rest.slice(0, -1) : rest, number: ++number, bytes };
}

function unpacked(file: ReadStream): Gunzip {
  const gunzip = createGunzip({ chunkSize: 256 * 1024 });
  file.on('error', (error) => gunzip.destroy(error));
  gunzip.on('close', () => file.destroy());
  return file.pipe(gunzip);
}

function readableError(cause: unknown, file: string, linesRead: number): unknown {
  const code = (cause as NodeJS.ErrnoException).code;
  if (code === 'ERR_ENCODING_INVALID_ENCODED_DATA')
    return new DiagnosticError('not-utf8', {
      message: 'this file is not UTF-8 text',
      at: { file, line: linesRead + 1 },
      fix: 'convert it, for example with iconv -t utf-8',
      cause,
    });
  if (String(code).startsWith('Z_'))
    return new DiagnosticError('bad-gzip', {
      message: `this file cannot be unpacked: ${(cause as Error).message}`,
      at: { file },
      fix: 'ingest it again',
      cause,
    });
  if (code === 'ENOENT' || code === 'EISDIR' || code === 'EACCES' || code === 'ENOTDIR')
    return new DiagnosticError('file-missing', {
      message: `${file} cannot be read (${code})`,
      at: { file },
      fix: 'run the stage that makes it, or correct the path',
      cause,
    });
  return cause;
}
