#!/usr/bin/env node
// @ts-check
/**
 * Compiles the rooms into `dist/`, and bundles the workflows into one file there. Only what changed is done again.
 *
 *   node infra/build.mjs
 */
import { build } from './build/build.mjs';

process.exitCode = (await build()) ? 0 : 1;
