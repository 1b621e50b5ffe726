interface Folder<T> {
  readonly children: Map<string, Folder<T>>;
  value?: T;
}

/** Values by absolute path, which can be asked for those above and below a path. */
export class PathTree<T> {
  readonly #root: Folder<T> = { children: new Map() };

  set(path: string, value: T): void {
    let folder = this.#root;
    for (const step of stepsOf(path)) {
      const next: Folder<T> = folder.children.get(step) ?? { children: new Map() };
      folder.children.set(step, next);
      folder = next;
    }
    folder.value = value;
  }

  /** Values at the path and at the folders above it, from the top downward. */
  atOrAbove(path: string): T[] {
    const values: T[] = [];
    let folder: Folder<T> | undefined = this.#root;
    for (const step of stepsOf(path)) {
      folder = folder.children.get(step);
      if (!folder) break;
      if (folder.value !== undefined) values.push(folder.value);
    }
    return values;
  }

  /** Values strictly below the path; a folder's before those inside it, siblings in the order in which they were set. */
  below(path: string): T[] {
    let folder: Folder<T> | undefined = this.#root;
    for (const step of stepsOf(path)) folder = folder?.children.get(step);
    return folder ? [...valuesBelow(folder)] : [];
  }
}

function* valuesBelow<T>(folder: Folder<T>): Generator<T> {
  for (const child of folder.children.values()) {
    if (child.value !== undefined) yield child.value;
    yield* valuesBelow(child);
  }
}

function stepsOf(path: string): readonly string[] {
  return path.split('/').filter((step) => step !== '');
}
