// The same measurement with an official SDK: SDK names its package. Usage:
//   SDK=realtime-api-4 node peer.js ws://127.0.0.1:7171 1000 200000
'use strict';

for (const level of ['log', 'info', 'debug', 'trace', 'warn']) console[level] = console.error;
process.on('unhandledRejection', () => {});

const [url, calls, events] = [process.argv[2], Number(process.argv[3] || 1000), Number(process.argv[4] || 200000)];
const sdk = require(process.env.SDK);
const settings = { host: url, project: 'P', token: 'T' };
const resident = () => (global.gc && global.gc(), process.memoryUsage().rss / 1024);
const micro = (cpu) => cpu.user + cpu.system;
const settled = () => new Promise((done) => setTimeout(done, 500));

async function main() {
  const out = { sdk: process.env.SDK, calls };
  const live = [];
  let counted = 0;
  let offered, counting;
  const all = new Promise((done) => (offered = done));
  const over = new Promise((done) => (counting = done));
  const count = () => ++counted === events && counting();
  const began = process.hrtime.bigint();
  let idle;
  const ready = () => {
    out.ready_ms = Number(process.hrtime.bigint() - began) / 1e6;
  };
  const taken = (call) => live.push(call) === calls && offered();
  if (sdk.SignalWire) {
    const client = await sdk.SignalWire(settings);
    ready();
    await settled();
    idle = resident();
    await client.voice.listen({
      topics: ['office'],
      onCallReceived: (call) => (call.listen({ onStateChanged: count }), taken(call)),
    });
  } else {
    const client = new sdk.Voice.Client({ ...settings, topics: ['office'] });
    client.on('call.received', (call) => (live.length || ready(), call.on('call.state', count), taken(call)));
    idle = resident();
  }
  out.idle_mib = idle / 1024;
  await all;
  await settled();
  out.kib_per_call = (resident() - idle) / calls;

  const before = process.cpuUsage();
  const at = process.hrtime.bigint();
  live[0].answer().catch(() => {});
  await over;
  out.events_per_s = events / (Number(process.hrtime.bigint() - at) / 1e9);
  out.cpu_s_per_million = micro(process.cpuUsage(before)) / events;

  const trips = [];
  for (let i = 0; i < 2000; i++) {
    const sent = process.hrtime.bigint();
    await live[0].pass().catch(() => {});
    trips.push(Number(process.hrtime.bigint() - sent) / 1e3);
  }
  trips.sort((a, b) => a - b);
  out.round_trip_p50_us = trips[1000];
  process.stdout.write(JSON.stringify(out) + '\n', () => process.exit(0));
}

main();
