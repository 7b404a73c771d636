/** The site of docs/: Markdown with what docs/tables makes of the program's own tables. `./build.sh docs` calls it. */

import { IdAttributePlugin, InputPathToUrlTransformPlugin } from '@11ty/eleventy';

/** In the order of the menu. */
const SECTIONS = ['Use', 'Teach', 'Reference', 'Behind it'];

/** @param {any} config  Eleventy's own */
export default function configure(config) {
  config.addPlugin(IdAttributePlugin);
  // Links between pages are those between their files, so that they also hold where the files are read as they are.
  config.addPlugin(InputPathToUrlTransformPlugin);
  config.addPassthroughCopy('style.css');
  config.addCollection('menu', (/** @type {any} */ api) =>
    SECTIONS.map((section) => ({
      section,
      pages: api
        .getAll()
        .filter((/** @type {any} */ { data }) => data.section === section)
        .sort((/** @type {any} */ a, /** @type {any} */ b) => a.data.order - b.data.order),
    })),
  );
  // The site may lie in any folder of a server.
  config.addTransform('relative', function (/** @type {string} */ text) {
    const depth = this.page.url.split('/').length - 2;
    return text.replace(
      / (href|src)="\/(?!\/)([^"]*)"/g,
      (_, name, target) => ` ${name}="${'../'.repeat(depth) || './'}${target}"`,
    );
  });
  return {
    dir: { input: '.', output: '../build/docs' },
    markdownTemplateEngine: 'njk',
    htmlTemplateEngine: 'njk',
    templateFormats: ['md'],
  };
}
