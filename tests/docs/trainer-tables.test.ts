import { finetuningConfigSchema } from '../../configs/index.js';
import { trainerRows } from './trainer-tables.js';

describe('docs/from-python-trainers.md', () => {
  it('has our names and defaults as the schema has them', () => {
    const rows = trainerRows();
    expect(rows.length).toBeGreaterThan(30);
    const config = finetuningConfigSchema.parse({
      method: 'lora',
      model_name: 'gpt2',
      seed: 7,
    }) as unknown as Record<string, unknown>;
    for (const { ours, ourDefault } of rows) {
      expect(Object.keys(config)).toContain(ours);
      if (ourDefault === 'required') continue;
      // What has parts has defaults of its own for each.
      const value = ours === 'lr_scheduler_kwargs' ? {} : config[ours];
      const said =
        /^[a-z_]+$/.test(ourDefault) && !/^(null|true|false)$/.test(ourDefault)
          ? ourDefault
          : (JSON.parse(ourDefault) as unknown);
      expect([ours, said]).toEqual([ours, value]);
    }
  });
});
