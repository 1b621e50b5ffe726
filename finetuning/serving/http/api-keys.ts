import { createHash, timingSafeEqual } from 'node:crypto';

/** Says whether a request's `Authorization` header has one of the keys. It takes as long whether or not. */
export function keyCheck(keys: readonly string[]): (header: string | undefined) => boolean {
  const known = keys.map(digest);
  return (header) => {
    const given = /^Bearer (.+)$/i.exec(header ?? '')?.[1];
    if (given === undefined) return false;
    const hashed = digest(given);
    return known.map((key) => timingSafeEqual(key, hashed)).includes(true);
  };
}

function digest(key: string): Buffer {
  return createHash('sha256').update(key).digest();
}
