/** A problem of the settings in words: what the panel calls the setting, which leads there, and one sentence. */
import { html } from 'lit';

/** @param {import('../state/lab.js').Lab} lab @param {import('../state/lab.js').Problem} problem */
export function sayProblem(lab, { field: name, message }) {
  const field = name === null ? undefined : lab.field(name);
  if (!field) return html`${message}`;
  // The engine's sentences begin with the setting's name as links have it.
  const [, colon, rest] = new RegExp(`^${name}(:?) (.+)$`, 's').exec(message) ?? ['', ':', message];
  const label = lab.draft.applies(field)
    ? html`<button class="link" title="Go to it" @click=${() => lab.draft.seek(name)}>${field.label}</button>`
    : field.label;
  return html`${label}${colon} ${rest}`;
}
