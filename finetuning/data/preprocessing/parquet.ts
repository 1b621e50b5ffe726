import { open } from 'node:fs/promises';
import { brotliDecompressSync, gunzipSync } from 'node:zlib';
import type { AsyncBuffer, Compressors } from 'hyparquet';
import { DiagnosticError } from '../../../diagnostics/index.js';
import type { RawRecord } from './record-reader.js';

/** Rows that are held in memory at once; those of a row group are decoded together. */
const ROWS = 10_000;

/** Snappy is the reader's own. */
const compressors: Compressors = {
  GZIP: (input) => gunzipSync(input),
  BROTLI: (input) => brotliDecompressSync(input),
};

/**
 * The rows of a .parquet file, of which the columns wanted alone are read.
 *
 * @param columns absent: all
 *
 * @throws DiagnosticError `bad-parquet`, `file-missing`
 */
export async function* readParquet(
  path: string,
  file: string,
  columns?: readonly string[],
): AsyncGenerator<RawRecord> {
  const { parquetMetadataAsync, parquetReadObjects } = await import('hyparquet');
  const handle = await open(path);
  try {
    const { size } = await handle.stat();
    const buffer: AsyncBuffer = {
      byteLength: size,
      async slice(start, end = size) {
        const bytes = new Uint8Array(end - start);
        await handle.read(bytes, 0, bytes.length, start);
        return bytes.buffer;
      },
    };
    const metadata = await parquetMetadataAsync(buffer).catch((cause: unknown) => {
      throw bad(file, cause);
    });
    const names = metadata.schema
      .slice(1)
      .map(({ name }) => name)
      .filter((name, index, all) => all.indexOf(name) === index);
    const rows = Number(metadata.num_rows);
    for (let from = 0; from < rows; from += ROWS) {
      const to = Math.min(rows, from + ROWS);
      const wanted = (columns ?? names).filter((column) => names.includes(column));
      const objects = await parquetReadObjects({
        file: buffer,
        metadata,
        columns: wanted,
        rowStart: from,
        rowEnd: to,
        compressors,
      }).catch((cause: unknown) => {
        throw bad(file, cause);
      });
      for (const [index, object] of objects.entries())
        yield {
          get: (field) => (object as Record<string, unknown>)[field],
          names,
          line: from + index + 1,
          bytes: Math.round((size * (from + index + 1)) / rows),
        };
    }
  } finally {
    await handle.close();
  }
}

function bad(file: string, cause: unknown): DiagnosticError {
  return new DiagnosticError('bad-parquet', {
    message: `this file cannot be read as Parquet: ${(cause as Error).message}`,
    at: { file },
    expected: 'a whole .parquet file, compressed with Snappy, gzip, Brotli or not at all',
    fix: 'ingest it again, or write it with another compression',
    cause,
  });
}
