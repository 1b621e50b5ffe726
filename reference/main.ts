import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { referenceFiles } from './index.js';

/** `npm run docs`: renews what is written down from the code, in the folder where it runs. */
for (const [path, content] of await referenceFiles(process.cwd())) {
  const file = join(process.cwd(), path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  console.log(path);
}
