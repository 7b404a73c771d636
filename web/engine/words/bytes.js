/** Sizes of memory in words. */

/** A size in words: "1.5 GB". @param {number} count  bytes */
export function formatBytes(count) {
  const units = ['bytes', 'KB', 'MB', 'GB', 'TB'];
  let unit = 0;
  let size = count;
  while (size >= 1024 && unit < units.length - 1) {
    size /= 1024;
    unit++;
  }
  return `${Number(size.toPrecision(3))} ${units[unit]}`;
}
