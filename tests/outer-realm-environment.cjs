const { TestEnvironment } = require('jest-environment-node');

// Native libraries read the process's real environment, of which a test file has only a copy.
process.env.TF_CPP_MIN_LOG_LEVEL ??= '2';

/**
 * Jest gives each test file typed arrays of its own, which fail the `instanceof` checks of native modules and of
 * Node's own Buffer. This environment passes the outer realm's through.
 */
class OuterRealmEnvironment extends TestEnvironment {
  constructor(config, context) {
    super(config, context);
    for (const name of [
      'ArrayBuffer',
      'SharedArrayBuffer',
      'DataView',
      'Float32Array',
      'Float64Array',
      'Int8Array',
      'Int16Array',
      'Int32Array',
      'Uint8Array',
      'Uint8ClampedArray',
      'Uint16Array',
      'Uint32Array',
      'BigInt64Array',
      'BigUint64Array',
    ]) {
      this.global[name] = globalThis[name];
    }
  }
}
module.exports = OuterRealmEnvironment;
