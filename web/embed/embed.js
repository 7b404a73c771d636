/**
 * For pages of others: the element <train-scope>, a frame with this page and, of it, the parts that are named.
 *
 *     <script src="https://where.trainscope.is/embed.js" defer></script>
 *     <train-scope src="?dataset=spiral&lr=0.3" hide="accuracy" show="events"></train-scope>
 *
 * `src` is a link to the page, or what stands behind its address: settings, and a view after #. `hide` and `show` name parts,
 * as web/ui/page/look.js lists them; what is wrong with either is said in the frame. Height and width are the element's, as
 * the page's own style sheet says; without, it is 36rem high. A classic script: it knows where it came from, and no server
 * has to allow that it is read.
 */
(() => {
  const script = /** @type {HTMLScriptElement | null} */ (document.currentScript);
  if (!script || customElements.get('train-scope')) return;
  const home = new URL('./', script.src);

  const look = new CSSStyleSheet();
  look.replaceSync(':host { display: block; height: 36rem } iframe { width: 100%; height: 100%; border: 0 }');

  class TrainScopeFrame extends HTMLElement {
    static observedAttributes = ['src', 'hide', 'show', 'title'];

    connectedCallback() {
      this.draw();
    }

    attributeChangedCallback() {
      if (this.isConnected) this.draw();
    }

    draw() {
      const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
      root.adoptedStyleSheets = [look];
      const address = this.readAddress();
      if (!address) {
        const words = document.createElement('p');
        words.textContent = `The src of a <train-scope> is a link to ${home}, or the settings behind it.`;
        root.replaceChildren(words);
        return;
      }
      const frame = root.querySelector('iframe') ?? document.createElement('iframe');
      frame.title = this.getAttribute('title') ?? 'Trainscope: a neural network that trains';
      frame.allow = 'fullscreen; clipboard-write';
      // A frame far down the page trains when it comes into sight.
      frame.loading = 'lazy';
      if (frame.src !== address) frame.src = address;
      if (!frame.isConnected) root.replaceChildren(frame);
    }

    /** @returns {string | null}  null where it leads elsewhere */
    readAddress() {
      const given = (this.getAttribute('src') ?? '').trim();
      const isLink = /^[a-z][a-z\d+.-]*:/i.test(given);
      const link = isLink && URL.canParse(given) ? new URL(given) : null;
      if (isLink && (link?.origin !== home.origin || link.pathname.replace(/index\.html$/, '') !== home.pathname))
        return null;
      const [query, place = ''] = (link ? `${link.search}${link.hash}` : given).replace(/^\?/, '').split(/#(.*)/s);
      const lists = ['hide', 'show'].filter((name) => this.hasAttribute(name));
      const parts = lists.map((name) => `${name}=${encodeURIComponent(this.getAttribute(name) ?? '')}`);
      return `${home}?${[query, 'embed', ...parts].filter(Boolean).join('&')}${place && `#${place}`}`;
    }
  }
  customElements.define('train-scope', TrainScopeFrame);
})();
