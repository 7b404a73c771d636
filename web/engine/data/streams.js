/** Files as streams of bytes that can be begun again, so that none has to lie in memory whole. */

import { TrainerError } from '../core/errors.js';
import { isGzip } from './packed/marks.js';

/** @typedef {() => AsyncIterable<Uint8Array>} ByteStream  from the first byte on, each time */

/** @param {{ stream: () => object }} blob  a Blob, such as a File @returns {ByteStream} */
export function streamBlob(blob) {
  return () => iterate(/** @type {Blob} */ (blob).stream());
}

/** @param {Uint8Array} bytes @returns {ByteStream} */
export function streamBytes(bytes) {
  return async function* () {
    yield bytes;
  };
}

/**
 * The bytes of a file, unpacked where it is gzip, whatever it is called.
 *
 * @param {ByteStream} open
 * @param {string} name
 * @returns {ByteStream}
 */
export function unpackStream(open, name) {
  return async function* () {
    const packed = open()[Symbol.asyncIterator]();
    let next = await packed.next();
    if (next.done || !isGzip(next.value)) {
      try {
        for (; !next.done; next = await packed.next()) yield next.value;
      } finally {
        await packed.return?.();
      }
      return;
    }
    /** @type {unknown} */
    let broken = null;
    const source = new ReadableStream({
      async pull(controller) {
        try {
          if (next.done) return controller.close();
          controller.enqueue(next.value);
          next = await packed.next();
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
  return new TrainerError(
    'data',
    'dataset',
    `${name}: the gzip data is damaged, cut short or, in a browser, of several parts: unpack it first.`,
  );
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
