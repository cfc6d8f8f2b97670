'use strict';
// Offers bad tokens, and expects each to be refused with 401 before the upgrade.
//
//   node refused.js ws://127.0.0.1:8080/telemetry < tokens
//
// One token a line, as a subprotocol; an empty line offers none.
const readline = require('node:readline');
const WebSocket = require('ws');
const { version } = require('ws/package.json');

const PATIENCE_MS = 10_000;
const url = process.argv[2];

/** What the server answers: a status, and the code in its body. */
function offer(token) {
  return new Promise((resolve, reject) => {
    const protocols = token === '' ? ['telemetry.v1'] : ['telemetry.v1', `bearer.${token}`];
    const ws = new WebSocket(url, protocols, { handshakeTimeout: PATIENCE_MS });
    ws.on('open', () => reject(new Error('was accepted')));
    ws.on('error', reject);
    ws.on('unexpected-response', async (request, response) => {
      let body = '';
      for await (const chunk of response) body += chunk;
      resolve(`${response.statusCode} ${JSON.parse(body).code} ${response.headers['www-authenticate']}`);
    });
  });
}

async function main() {
  let line = 0;
  for await (const token of readline.createInterface({ input: process.stdin })) {
    line++;
    // By its number: a token does not belong into a log, not even a bad one.
    const answer = await offer(token).catch((error) => error.message);
    if (answer !== '401 UNAUTHENTICATED Bearer') {
      console.log(`FAILED ws/${version} token ${line}: ${answer}`);
      process.exit(1);
    }
  }
  console.log(`ok ws/${version} refused=${line}`);
  process.exit(line > 0 ? 0 : 1);
}

main();
