/** The suite of `reproduce` once more, with nothing kept in memory: each task rebuilds the run from its history. */
import '../rig/without-cache.js';
import './reproduce.test.js';
