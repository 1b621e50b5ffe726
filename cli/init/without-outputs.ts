import type { ProjectFile } from './project-files.js';

interface Cell {
  readonly cell_type: string;
  outputs?: unknown[];
  execution_count?: number | null;
}

/** A notebook as it is before it is executed: the outputs that the template is laid out with are those of its own data. */
export function withoutOutputs(file: ProjectFile): ProjectFile {
  if (!file.path.endsWith('.ipynb')) return file;
  const notebook = JSON.parse(file.content.toString('utf8')) as { readonly cells: readonly Cell[] };
  for (const cell of notebook.cells.filter(({ cell_type }) => cell_type === 'code')) {
    cell.outputs = [];
    cell.execution_count = null;
  }
  return { ...file, content: Buffer.from(`${JSON.stringify(notebook, null, 1)}\n`) };
}
