import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';

/** `quantization_config` in config.json, as transformers writes a BitsAndBytesConfig, of a base that is kept in NF4. */
export const nf4QuantizationConfig = {
  bnb_4bit_compute_dtype: 'float32',
  bnb_4bit_quant_storage: 'uint8',
  bnb_4bit_quant_type: 'nf4',
  bnb_4bit_use_double_quant: true,
  load_in_4bit: true,
  load_in_8bit: false,
  quant_method: 'bitsandbytes',
} as const;

const schema = z.looseObject({
  quantization_config: z.looseObject({
    quant_method: z.literal('bitsandbytes'),
    load_in_4bit: z.literal(true),
    bnb_4bit_quant_type: z.literal('nf4'),
  }),
});

/** Was an adapter trained over a base in NF4? Its folder's config.json tells. */
export function isOverNf4(adapterDir: string): boolean {
  try {
    return schema.safeParse(JSON.parse(readFileSync(join(adapterDir, 'config.json'), 'utf8'))).success;
  } catch {
    // PEFT's own folders have no config.json.
    return false;
  }
}
