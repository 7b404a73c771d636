/** The instructions of fused arithmetic, which Node 20 knows only where it is told before it compiles any. */

import { setFlagsFromString } from 'node:v8';
import { isKnownCode } from '../../engine/core/wasm.js';

/** Whether this Node can compile a binary with them; later Nodes need no word. @param {ArrayBuffer | Uint8Array} bytes */
export function knowsRelaxedSimd(bytes) {
  if (isKnownCode(bytes)) return true;
  setFlagsFromString('--experimental-wasm-relaxed-simd');
  return isKnownCode(bytes);
}
