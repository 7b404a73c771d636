/** What a run needs that starts from a file of weights. */

export { readSafetensors } from '../engine/run/safetensors.js';
export { startFromWeights } from '../engine/run/start_weights.js';
