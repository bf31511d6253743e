// Node-RED with this package installed, in the network namespace of its parent. Says on which port its editor is, and
// ends when the parent lets go of the IPC channel.

import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Editor } from '../lab/editor';

/** Instead of Node-RED's 15 s: milliseconds until a broker that is not there is tried again. */
const MQTT_RECONNECT_MS = 200;

async function main(): Promise<void> {
  const server = createServer();
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  const editor = new Editor(mkdtempSync(join(tmpdir(), 'mfc-examples-')), port, {
    lang: 'en-US', // tests read what nodes say, on machines of all languages
    mqttReconnectTime: MQTT_RECONNECT_MS,
  });
  const stop = async (code: number) => {
    await editor.stop().catch(() => undefined);
    editor.remove();
    process.exit(code);
  };
  process.on('disconnect', () => void stop(0));
  try {
    await editor.start();
    editor.serve(server);
    process.send?.(port);
  } catch (error) {
    console.error(error);
    await stop(1);
  }
}

void main();
