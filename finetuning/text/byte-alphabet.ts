/**
 * GPT-2's alphabet, back: the byte that each character of a token stands for. Printable characters of Latin-1 are themselves;
 * the other bytes, in their order, have the characters from U+0100 on (`bytes_to_unicode` of GPT-2's encoder).
 */
export const BYTE_OF: ReadonlyMap<string, number> = new Map(
  (() => {
    let others = 0x100;
    return Array.from({ length: 0x100 }, (_, byte) => {
      const isPrintable = (byte >= 0x21 && byte <= 0x7e) || (byte >= 0xa1 && byte !== 0xad);
      return [String.fromCharCode(isPrintable ? byte : others++), byte] as const;
    });
  })(),
);
