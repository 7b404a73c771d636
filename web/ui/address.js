/**
 * The page's address: `?data=…&lr=…#view=sweep`. The query holds the settings, the part after # which view is open;
 * `#view=lessons/early-spike` opens something within a view, `#view=optimizers/surface=beale&lr=0.01` brings a view its
 * own settings.
 */

/** The name of the server's data set in a query, and the rest of it. @param {string} search */
export function splitAddress(search) {
  const parts = search.replace(/^\?/, '').split('&').filter(Boolean);
  const data = parts.find((part) => part.startsWith('data='));
  let slug = null;
  try {
    slug = data === undefined ? null : decodeURIComponent(data.slice(5).replaceAll('+', ' '));
  } catch {
    slug = '';
  }
  return { slug, rest: parts.filter((part) => part !== data).join('&') };
}

/** @param {string} hash the address from its # on @returns {{ view: string, item: string }} both '' where it names none */
export function readPlace(hash) {
  const [, view = '', item = ''] = /^#view=([\w-]+)(?:\/(.+))?$/.exec(hash) ?? [];
  return { view, item };
}

/** @param {string} view @param {string} item @returns {string} '' for the live view */
export function writePlace(view, item) {
  if (view === 'live') return '';
  return `#view=${view}${item ? `/${item}` : ''}`;
}
