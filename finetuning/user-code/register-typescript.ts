/** `node --import reprise/typescript`: what this Node cannot run of TypeScript by itself, it can then. */
import { enableTypeScript } from './enable-typescript.js';

if (!enableTypeScript())
  throw new Error(`Node ${process.version} does not run TypeScript: take 20.6 or newer`);
