/** Asks the browser for the whole screen; where it has none to give, or no hand has asked, the page is enough. */
export function fillScreen() {
  document.documentElement.requestFullscreen?.().catch(() => {});
}
