import { z } from 'zod';

const size = z.int().min(1);
const sizes = z.array(size).min(1);

/** What a ResNet's config.json says that changes the arithmetic, with the library's defaults: those of ResNet-50. */
export const resnetConfigSchema = z
  .object({
    model_type: z.literal('resnet'),
    num_channels: size.default(3),
    embedding_size: size.default(64),
    hidden_sizes: sizes.default([256, 512, 1024, 2048]),
    depths: sizes.default([3, 4, 6, 3]),
    layer_type: z.enum(['bottleneck', 'basic']).default('bottleneck'),
    hidden_act: z.literal('relu').default('relu'),
    downsample_in_first_stage: z.boolean().default(false),
    downsample_in_bottleneck: z.boolean().default(false),
  })
  .refine((config) => config.hidden_sizes.length === config.depths.length, {
    message: 'hidden_sizes and depths must have one entry for each stage',
  });

export type ResNetConfig = z.output<typeof resnetConfigSchema>;
