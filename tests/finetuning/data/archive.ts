import { gzipSync } from 'node:zlib';

export interface Member {
  readonly path: string;
  readonly content?: string;
  /** tar's type flag; a regular file unless given. */
  readonly type?: string;
  readonly link?: string;
}

/** A ustar header, written by hand so that hostile ones can be made, which no archiver would write. */
function header({ path, content = '', type = '0', link = '' }: Member): Buffer {
  const block = Buffer.alloc(512);
  block.write(path, 0, 100);
  block.write('0000644\0', 100);
  block.write('0000000\0', 108);
  block.write('0000000\0', 116);
  block.write(`${Buffer.byteLength(content).toString(8).padStart(11, '0')}\0`, 124);
  block.write('00000000000\0', 136);
  block.write('        ', 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write('ustar\x0000', 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148);
  return block;
}

export function tar(members: readonly Member[]): Buffer {
  const blocks = members.flatMap((member) => {
    const content = Buffer.from(member.content ?? '');
    return [header(member), content, Buffer.alloc((512 - (content.length % 512)) % 512)];
  });
  return Buffer.concat([...blocks, Buffer.alloc(1024)]);
}

export function tarGz(members: readonly Member[]): Buffer {
  return gzipSync(tar(members));
}
