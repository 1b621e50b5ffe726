import type sharp from 'sharp';

let loaded: Promise<typeof sharp> | undefined;

/**
 * The image library, loaded when the first picture is read: texts need none. One thread for each picture, for batches of
 * them are read side by side; and no cache of files, which would hide that one has changed.
 */
export function loadSharp(): Promise<typeof sharp> {
  loaded ??= import('sharp').then(({ default: library }) => {
    library.concurrency(1);
    library.cache(false);
    return library;
  });
  return loaded;
}
