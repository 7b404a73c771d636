/** Files as streams of bytes that can be begun again, so that none has to lie in memory whole. */

import { TrainerError } from '../core/errors.js';

/** @typedef {() => AsyncIterable<Uint8Array>} ByteStream  from the first byte on, each time */

/** @param {Blob} blob @returns {ByteStream} */
export function streamBlob(blob) {
  return () => iterate(blob.stream());
}

/** @param {Uint8Array} bytes @returns {ByteStream} */
export function streamBytes(bytes) {
  return async function* () {
    yield bytes;
  };
}

/**
 * The unpacked bytes of a gzip file.
 *
 * @param {ByteStream} open
 * @param {string} name
 * @returns {ByteStream}
 */
export function unpackStream(open, name) {
  return async function* () {
    const packed = open()[Symbol.asyncIterator]();
    /** @type {unknown} */
    let broken = null;
    const source = new ReadableStream({
      async pull(controller) {
        try {
          const { done, value } = await packed.next();
          if (done) controller.close();
          else controller.enqueue(value);
        } catch (error) {
          broken = error;
          controller.error(error);
        }
      },
    });
    try {
      yield* iterate(source.pipeThrough(new DecompressionStream('gzip')));
    } catch (error) {
      throw broken ?? (error instanceof TrainerError ? error : damaged(name));
    } finally {
      await packed.return?.();
    }
  };
}

/** @param {string} name */
function damaged(name) {
  return new TrainerError('data', 'dataset', `${name}: the gzip data is damaged or cut short.`);
}

/** For engines whose streams are no iterables. @param {ReadableStream<Uint8Array>} stream @returns {AsyncGenerator<Uint8Array>} */
async function* iterate(stream) {
  const reader = stream.getReader();
  try {
    for (let next = await reader.read(); !next.done; next = await reader.read()) yield next.value;
  } finally {
    await reader.cancel().catch(() => {});
  }
}
