const peer = await call.connectSip({
  from: "sip:user1@domain.com",
  to: "sip:user2@domain.com",
  timeout: 30,
  headers: [
    { name: "X-SomeKeyA", value: "SomeValueA" },
    { name: "X-SomeKeyB", value: "SomeValueB" },
  ],
});

await call.playTTS({ text: "You are peer 1" });
await peer.playTTS({ text: "You are peer 2" });

await call.disconnected();

await call.playTTS({ text: "The peer disconnected" });
