/** What is on this host, and what is missing. */
export { examine } from './examine.js';
export { formatExamination } from './print.js';
export type { Examination, Finding, Part } from './finding.js';
