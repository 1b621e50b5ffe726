/** What is written down from the code: schemas for editors, and the pages that list settings and functions. */
export { referenceFiles } from './reference-files.js';
