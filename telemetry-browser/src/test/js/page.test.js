import assert from 'node:assert/strict';
import test from 'node:test';
import { following, placed, record } from './world.js';

for (const [away, back] of [['pagehide', 'pageshow'], ['freeze', 'resume']]) {
  test(`${away} closes the link, and ${back} resumes from the position, hidden or not`, async () => {
    const w = await following();
    w.socket.tell(record(1));
    w.document.hidden = true;
    w.fire(away);
    assert.deepEqual([w.client.state, w.socket.readyState], ['paused', 3]);
    await w.pass(60_000);
    assert.equal(w.sockets.length, 1);
    w.fire(back);
    await w.settle();
    w.sockets[1].welcome();
    assert.deepEqual(w.sockets[1].asked('subscribe')[0].since, { epoch: 'e', seq: 1 });
    w.client.close();
  });
}

test('a page that is hidden away while it waits does not connect', async () => {
  const w = await following();
  w.client.drop();
  w.fire('pagehide');
  await w.pass(60_000);
  assert.deepEqual([w.client.state, w.sockets.length], ['paused', 1]);
  w.client.close();
});

test('what ended before is not woken', async () => {
  const w = await following();
  w.socket.lose(4403);
  w.fire('freeze');
  w.fire('resume');
  await w.pass(60_000);
  assert.deepEqual([w.client.state, w.sockets.length], ['unauthorized', 1]);
  w.client.close();
});

test('offline is a hint: the link stays, and what comes proves it', async () => {
  const w = await following();
  w.fire('offline');
  assert.deepEqual([w.client.state, w.socket.readyState], ['suspect', 1]);
  w.socket.tell(record(1));
  assert.equal(w.client.state, 'open');
  w.client.close();
});

test('online and a visible page end the wait, but not one that the server asked for', async () => {
  for (const event of ['online', 'visibilitychange']) {
    const w = await following();
    w.client.drop();
    w.fire(event);
    await w.settle();
    assert.equal(w.sockets.length, 2);
    w.sockets[1].welcome();
    w.sockets[1].answer('subscribe', placed(0));
    w.sockets[1].tell({ type: 'goaway', reason: 'shutdown', reconnectAfter: 5_000 });
    w.sockets[1].lose(1001);
    w.fire(event);
    await w.settle();
    assert.equal(w.sockets.length, 2);
    w.client.close();
  }
});

test('a page that is shown asks whether the server is there; one that is hidden does not', async () => {
  const w = await following();
  w.document.hidden = true;
  w.fire('visibilitychange');
  assert.equal(w.socket.asked('ping').length, 1);
  w.document.hidden = false;
  w.fire('visibilitychange');
  assert.equal(w.socket.asked('ping').length, 2);
  w.client.close();
});

test('a client that is closed hears nothing of the page', async () => {
  const w = await following();
  w.client.close();
  for (const event of ['pagehide', 'pageshow', 'online']) w.fire(event);
  await w.pass(60_000);
  assert.deepEqual([w.client.state, w.sockets.length, w.timers.length], ['closed', 1, 0]);
});
