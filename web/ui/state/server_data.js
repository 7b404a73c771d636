/** The data sets that the page's own server offers, where it is ours: `data/index.json` lists them. */

/** @typedef {{ name: string, files: string[] }} Offered */

/** Titles and class names of the sets that everybody knows. */
const KNOWN = {
  'fashion-mnist': {
    title: 'Fashion-MNIST',
    classNames: ['T-shirt', 'trouser', 'pullover', 'dress', 'coat', 'sandal', 'shirt', 'sneaker', 'bag', 'boot'],
  },
  mnist: { title: 'MNIST', classNames: null },
};

/** @returns {Promise<Offered[]>} nothing on a server that has no such list */
export async function listServerData() {
  try {
    const response = await fetch('data/index.json');
    if (!response.ok) return [];
    const list = await response.json();
    return Array.isArray(list) ? list.filter((set) => typeof set?.name === 'string' && Array.isArray(set.files)) : [];
  } catch {
    return [];
  }
}

/** @param {Offered} offered */
export function knownFacts({ name }) {
  return Object.hasOwn(KNOWN, name)
    ? KNOWN[/** @type {keyof typeof KNOWN} */ (name)]
    : { title: name, classNames: null };
}

/** Fetches a set's files. @param {Offered} offered @param {AbortSignal} [signal] @returns {Promise<File[]>} */
export function fetchServerData({ name, files }, signal) {
  return Promise.all(
    files.map(async (file) => {
      const response = await fetch(`data/${encodeURIComponent(name)}/${encodeURIComponent(file)}`, { signal });
      if (!response.ok) throw new Error(`The server did not send ${name}/${file}.`);
      return new File([await response.blob()], file);
    }),
  );
}
