/** What JSON.parse passes over in silence: of two members of one name it keeps the last, and it nests without end. */

/**
 * The first fault of a JSON text that its reader should know before it is parsed.
 *
 * @param {string} text  JSON, or not
 * @param {number} depthMax
 * @returns {{ kind: 'twice', name: string } | { kind: 'deep' } | { kind: 'open' } | null}  open: a string without end
 */
export function findJsonFault(text, depthMax) {
  /** The names so far of each object that is open; null for a list. @type {(Set<string> | null)[]} */
  const open = [];
  for (let i = 0; i < text.length; i++) {
    const sign = text[i];
    if (sign === '{' || sign === '[') {
      open.push(sign === '{' ? new Set() : null);
      if (open.length > depthMax) return { kind: 'deep' };
    } else if (sign === '}' || sign === ']') open.pop();
    else if (sign === '"') {
      const end = endOfString(text, i);
      if (end < 0) return { kind: 'open' };
      if (isBeforeColon(text, end)) {
        const names = open[open.length - 1];
        // Escapes may differ where the name is the same.
        const name = unescapeName(text.slice(i, end));
        if (names?.has(name)) return { kind: 'twice', name };
        names?.add(name);
      }
      i = end - 1;
    }
  }
  return null;
}

/** @param {string} text @param {number} begin  of a string @returns {number}  after its last quote; −1 where it has none */
function endOfString(text, begin) {
  for (let i = begin + 1; i < text.length; i++) {
    if (text[i] === '\\') i++;
    else if (text[i] === '"') return i + 1;
  }
  return -1;
}

/** @param {string} text @param {number} at */
function isBeforeColon(text, at) {
  let i = at;
  while (text[i] === ' ' || text[i] === '\n' || text[i] === '\t' || text[i] === '\r') i++;
  return text[i] === ':';
}

/** @param {string} quoted */
function unescapeName(quoted) {
  if (!quoted.includes('\\')) return quoted.slice(1, -1);
  try {
    return String(JSON.parse(quoted));
  } catch {
    return quoted;
  }
}
