/** What the server lets others do: which names it answers to, and what browsers are told to allow. */

import { UsageError } from '../usage_error.js';

/** Names of this machine for itself. Whoever serves a page elsewhere can give its name our address, but not these. */
const OWN_NAMES = ['localhost', '127.0.0.1', '[::1]'];

/** A name that a browser can have asked for. */
const NAME = /^(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])$/i;

/** An origin as a policy names it, any subdomain or port included. */
const ORIGIN = /^(?:https?:\/\/(?:\*\.)?(?:[a-z0-9_-]+(?:\.[a-z0-9_-]+)*|\[[0-9a-f:.]+\])(?::(?:\d{1,5}|\*))?|\*)$/i;

/** @param {string} text @returns {string[]} */
function splitList(text) {
  return text.split(/[\s,]+/).filter((word) => word !== '');
}

/**
 * The names that the server answers to.
 *
 * @param {string | null} text  of --allow-host
 * @throws {UsageError}
 */
export function readHosts(text) {
  const given = splitList(text ?? '').map((name) => name.toLowerCase());
  for (const name of given) {
    if (!NAME.test(name)) throw new UsageError(`--allow-host takes names such as lab.example.org, not "${name}"`);
  }
  return new Set([...OWN_NAMES, ...given]);
}

/**
 * The pages that may show this one in a frame, as a policy lists them.
 *
 * @param {string | null} text  of --frame-ancestors; null: its own only
 * @throws {UsageError}
 */
export function readAncestors(text) {
  if (text === null) return "'self'";
  const origins = splitList(text);
  for (const origin of origins) {
    if (!ORIGIN.test(origin)) {
      throw new UsageError(`--frame-ancestors takes origins such as https://course.example.org, not "${origin}"`);
    }
  }
  if (origins.length === 0) throw new UsageError('--frame-ancestors names no origin');
  return ["'self'", ...origins].join(' ');
}

/**
 * Whether a request is meant for this server. A page of elsewhere whose name was made to lead here has the browser's
 * trust for all that comes from that name, and would read the data folder.
 *
 * @param {string | undefined} host  the request's header
 * @param {Set<string>} names
 */
export function isMeant(host, names) {
  return names.has((host ?? '').toLowerCase().replace(/\.?(?::\d*)?$/, ''));
}

/**
 * The headers of everything. They isolate the page from other origins: only then do browsers give it shared memory, and
 * so threads.
 *
 * @param {string} ancestors  who may show the page in a frame
 * @returns {Record<string, string>}
 */
export function pageHeaders(ancestors) {
  return {
    'Cross-Origin-Opener-Policy': 'same-origin',
    'Cross-Origin-Embedder-Policy': 'require-corp',
    // A page that is isolated itself can frame only what allows it.
    'Cross-Origin-Resource-Policy': ancestors === "'self'" ? 'same-origin' : 'cross-origin',
    'Content-Security-Policy': contentPolicy(ancestors),
    'Referrer-Policy': 'no-referrer',
    'X-Content-Type-Options': 'nosniff',
  };
}

/** What the built page needs, and no more. @param {string} ancestors */
function contentPolicy(ancestors) {
  return [
    "default-src 'self'",
    "script-src 'self' 'wasm-unsafe-eval'",
    // Places and colours that are computed stand in attributes; the page's rules are files.
    "style-src 'self'",
    "style-src-attr 'unsafe-inline'",
    // Its own sign in the browser's tab is an address that holds the picture.
    "img-src 'self' data:",
    "object-src 'none'",
    "base-uri 'none'",
    "form-action 'none'",
    `frame-ancestors ${ancestors}`,
  ].join('; ');
}
