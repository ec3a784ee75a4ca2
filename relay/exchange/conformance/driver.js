// Runs pieces of programs written for one generation of the official SDK, which
// it loads from the package named by SDK. Each line on standard input is
// {id, code}: code is the body of an async function; what it returns or throws
// comes back as {id, ok} or {id, error} on standard output. Pieces share what
// they assign without declaring. It ends when standard input does.
'use strict';

// Standard output carries the answers only.
for (const level of ['log', 'info', 'debug', 'trace']) console[level] = console.error;

const say = (line) => process.stdout.write(JSON.stringify(line) + '\n');

// describe is a value as the test wants to see it.
function describe(v) {
  if (v === undefined || v === null || typeof v === 'function') return null;
  if (typeof v !== 'object') return v;
  if (Array.isArray(v)) return v.map(describe);
  if (v instanceof Error) return { message: v.message };
  if (typeof v.playTTS === 'function') {
    const { id, nodeId, state, direction, tag, type, from, to, context, headers } = v;
    return { id, nodeId, state, direction, tag, type, from, to, context, headers };
  }
  if (v.controlId !== undefined) return { controlId: v.controlId, state: v.state };
  try {
    return JSON.parse(JSON.stringify(v));
  } catch {
    return String(v);
  }
}

// watched tells of each method called on a call, and when its promise settles,
// without changing either; the peer that connectSip returns is watched as well.
function watched(call, name) {
  return new Proxy(call, {
    get(target, key) {
      const value = target[key];
      if (typeof value !== 'function' || key === 'then') return value;
      return (...args) => {
        const label = `${name}.${String(key)}`;
        say({ trace: label });
        const result = value.apply(target, args);
        if (typeof result?.then !== 'function') return result;
        return result.then(
          (r) => {
            say({ trace: `${label} resolved`, ok: describe(r) });
            return key === 'connectSip' ? watched(r, 'peer') : r;
          },
          (e) => {
            say({ trace: `${label} rejected`, error: describe(e) });
            throw e;
          }
        );
      };
    },
  });
}

// received is for the SDK's handler of inbound calls; next gives them out.
const waiting = [];
const takers = [];
function received(call) {
  say({ received: describe(call) });
  const taker = takers.shift();
  if (taker) taker(call);
  else waiting.push(call);
}
const next = () =>
  new Promise((resolve) => (waiting.length ? resolve(waiting.shift()) : takers.push(resolve)));

Object.assign(globalThis, { sdk: require(process.env.SDK), received, next, watched, say, describe });

// An SDK may leave rejections unhandled; they are told, not fatal.
process.on('unhandledRejection', (e) => say({ unhandled: describe(e) }));

require('node:readline')
  .createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, code } = JSON.parse(line);
    Promise.resolve()
      .then(() => (0, eval)(`(async () => {${code}\n})()`))
      .then(
        (r) => say({ id, ok: describe(r) }),
        (e) => say({ id, error: describe(e) ?? 'rejected without a reason' })
      );
  })
  .on('close', () => process.exit(0));
