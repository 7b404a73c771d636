/** Files that were dropped or chosen, those of folders with their paths. */

/** So deep are the files of a folder looked for. */
const DEPTH_MAX = 5;

/** What a browser does not say of a file in a dropped folder: where it lies. @type {WeakMap<File, string>} */
const paths = new WeakMap();

/** Where a file lies in the folder that was dropped or chosen, from that folder's name on; else its name. @param {File} file */
export function pathOf(file) {
  return paths.get(file) ?? (file.webkitRelativePath || file.name);
}

/**
 * Everything that was dropped, with what is in dropped folders. Called while the drop is being handled: later the browser
 * no longer knows of it.
 *
 * @param {DataTransfer} transfer
 * @returns {Promise<File[]>}
 */
export async function listDropped(transfer) {
  const files = [...transfer.files];
  const entries = [...transfer.items].map((item) => (item.kind === 'file' ? item.webkitGetAsEntry() : null));
  if (!entries.some((entry) => entry?.isDirectory)) return files;
  const listed = await Promise.all(entries.map((entry) => (entry ? listEntry(entry, 1) : [])));
  return listed.flat();
}

/** @param {FileSystemEntry} entry @param {number} depth @returns {Promise<File[]>} */
async function listEntry(entry, depth) {
  if (entry.isFile) {
    const { file } = /** @type {FileSystemFileEntry} */ (entry);
    /** @type {File} */
    const found = await new Promise((resolve, reject) => file.call(entry, resolve, reject));
    paths.set(found, entry.fullPath.replace(/^\//, ''));
    return [found];
  }
  if (depth > DEPTH_MAX || entry.name.startsWith('.')) return [];
  const reader = /** @type {FileSystemDirectoryEntry} */ (entry).createReader();
  const files = [];
  // A reader gives some at a time, and nothing at the end.
  for (;;) {
    /** @type {FileSystemEntry[]} */
    const entries = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (entries.length === 0) return files;
    files.push(...(await Promise.all(entries.map((inside) => listEntry(inside, depth + 1)))).flat());
  }
}
