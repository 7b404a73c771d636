/** Files that are no data here, by how they begin: what they are, and what makes data of them. */

import { dataError } from './data_error.js';

/** Bytes that tell. */
const LOOKED_AT = 1024;

const AS_TABLE = 'save it as CSV';
const AS_ARRAYS = 'save its arrays as .npz';
const AS_LOG = 'the log of a training is read under Your runs, and by "trainscope inspect"';
const UNPACK = 'unpack it first';
const AS_FOLDERS = 'images are read as PNG, in a folder for each class';

/**
 * Each with its first bytes as text of one byte a letter, with · for those of no letter.
 *
 * @type {{ begins: RegExp, is: string, mend: string }[]}
 */
const FORMATS = [
  { begins: /^\xd0\xcf·\xe0/, is: 'an Excel workbook', mend: AS_TABLE },
  { begins: /^PK··/, is: 'a zip file or a workbook, whatever its name says', mend: UNPACK },
  { begins: /^(PAR1·|ARROW1·|Obj·|ORC·)/, is: 'a file of columns (Parquet, Feather, Avro or ORC)', mend: AS_TABLE },
  { begins: /^SQLite format 3·/, is: 'a database (SQLite)', mend: AS_TABLE },
  { begins: /^\x89HDF/, is: 'an HDF5 file', mend: AS_ARRAYS },
  { begins: /^MATLAB \d\.\d MAT-file/, is: 'a MATLAB file', mend: AS_ARRAYS },
  { begins: /^\x80·/, is: 'a pickle of Python', mend: AS_ARRAYS },
  { begins: /^%PDF-/, is: 'a PDF', mend: AS_TABLE },
  { begins: /^.{257}ustar/s, is: 'a tar archive', mend: UNPACK },
  { begins: /^\xff\xd8\xff/, is: 'a JPEG image', mend: AS_FOLDERS },
  { begins: /^GIF8[79]a/, is: 'a GIF image', mend: AS_FOLDERS },
  { begins: /^RIFF.{4}WEBP/s, is: 'a WebP image', mend: AS_FOLDERS },
  { begins: /^RIFF.{4}WAVE/s, is: 'sound (WAV)', mend: AS_ARRAYS },
  { begins: /^(\xff\xfe··|··\xfe\xff)/, is: 'text in UTF-32', mend: 'save it as UTF-8' },
  {
    begins: /^version https:\/\/git-lfs/,
    is: 'not the data but a pointer to it (Git LFS)',
    mend: 'fetch it with "git lfs pull"',
  },
  {
    begins: /^(\xef\xbb\xbf)?\s*<(!doctype html|html|head|body)/i,
    is: 'a page of the web',
    mend: 'the server sent it in place of the data, maybe to log in',
  },
  { begins: /^(\xef\xbb\xbf)?\s*<\?xml/i, is: 'XML', mend: AS_TABLE },
  { begins: /^(\xef\xbb\xbf)?\s*(\{\s*"|\[\s*[[{])/, is: 'JSON', mend: `${AS_TABLE}; ${AS_LOG}` },
  { begins: /^.{0,64}brain\.Event:\d/s, is: 'an event file of TensorBoard', mend: AS_LOG },
  { begins: /^(%[^\n]*\n|\s)*@relation\s/i, is: 'an ARFF file', mend: 'save it as CSV, without the lines of @' },
  {
    // What stands behind its colons are not all minutes.
    begins: /^(?=.*:(-|\d*\.|\d{3}|\d[ \r\n]))[-+\d.]+( +\d+:[-+\d.eE]+)+ *\s[-+\d.]+( +\d+:[-+\d.eE]+)+ *[\r\n]/,
    is: 'a list of index:value pairs (LIBSVM, SVMlight)',
    mend: 'save it as CSV, with a column for each index',
  },
];

/** What zip files are by what is in them. @type {{ part: RegExp, is: string, mend: string }[]} */
const ARCHIVES = [
  { part: /^(xl\/workbook\.|content\.xml$)/, is: 'a workbook', mend: AS_TABLE },
  { part: /(^|\/)data\.pkl$/, is: 'what PyTorch’s save writes', mend: AS_ARRAYS },
];

/**
 * @param {string} name  the zip file's
 * @param {string[]} parts
 * @throws {TrainerError} where it is known to be something else than a folder of data
 */
export function refuseForeignZip(name, parts) {
  const format = ARCHIVES.find(({ part }) => parts.some((path) => part.test(path)));
  if (format) throw dataError(`${name} is ${format.is}: ${format.mend}.`);
}

/**
 * @param {string} name  the file's
 * @param {Uint8Array} bytes  of its begin
 * @throws {TrainerError} where it is known to be something else
 */
export function refuseForeign(name, bytes) {
  const begin = String.fromCharCode(...bytes.subarray(0, LOOKED_AT)).replace(/[^\t\n\r -\xff]/g, '·');
  const format = FORMATS.find(({ begins }) => begins.test(begin));
  if (format) throw dataError(`${name} is ${format.is}: ${format.mend}.`);
}
