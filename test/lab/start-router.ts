// The inner half of npm start: runs in the private network namespace, which is the router. Builds the lab, keeps the
// camera's stream running, runs Node-RED, and takes everything down when the outer half lets go of the IPC channel.

import type { Server } from 'node:net';
import { Broker } from './broker';
import { Editor } from './editor';
import { type Host, Lab } from './lab';

const GROUP = '239.10.20.30';
const COMMENTARY = '239.10.30.1';
/** As of a camera: seven packets of an MPEG transport stream in each, 1 Mbit/s. */
const VIDEO = { rate: 100, size: 1316 };
const AUDIO = { rate: 50, size: 200 };
const REPORT_PORT = 5010;
const REMOTE_PORT = 5011;
const MQTT_PORT = 1883;
const RECEIVERS = ['tv1', 'tv2', 'tv3'];
const STOP_DEADLINE_MS = 5_000;

async function build(lab: Lab): Promise<Host[]> {
  const hosts = await Promise.all(['camera', ...RECEIVERS, 'backup'].map((name) => lab.host(name)));
  const receivers = hosts.filter(({ name }) => RECEIVERS.includes(name));
  for (const receiver of receivers) {
    await receiver.viewer(REMOTE_PORT, GROUP);
    await receiver.join(COMMENTARY);
    await receiver.report(REPORT_PORT);
  }
  for (const sender of hosts) if (!receivers.includes(sender)) await sender.remote(REMOTE_PORT, GROUP, VIDEO);
  await hosts[0]?.stream(COMMENTARY, AUDIO);
  return hosts;
}

function welcome(hosts: Host[], port: string): string {
  return `
Node-RED is a multicast router in a private network.

  Crosspoint panel  http://127.0.0.1:${port}/dashboard/crosspoint
  Flow editor       http://127.0.0.1:${port}
  MQTT broker       127.0.0.1:${MQTT_PORT}, inside the private network only

${drawing(hosts)}

The camera sends ${GROUP} at ${VIDEO.rate} packets per second, and so does its backup; the camera also sends commentary to ${COMMENTARY}.
Open the panel and tap the square of "Camera" and "TV 1": the stream arrives there. Tap it again: it stops.
In the editor, the sidebar's tab "Multicast" shows the same routes and their rates.
More flows to try: in the editor, menu > Import > Examples > @mroute/node-red-mfc. Then delete the crosspoint, and deploy: a table has one controller.
Ctrl-C ends it and leaves nothing behind.
`;
}

// The senders left of the router, the receivers right of it: between them names and addresses of the router's interfaces.
function drawing(hosts: Host[]): string {
  const isReceiver = ({ name }: Host): boolean => RECEIVERS.includes(name);
  const left = hosts
    .filter((host) => !isReceiver(host))
    .map(({ ipv4, name, routerIpv4 }) => {
      return `${ipv4} ${name} ------- ${name} ${routerIpv4} `;
    });
  const lines = hosts.filter(isReceiver).map((host, index) => {
    const start = left[index] ?? ' '.repeat(left[0]?.length ?? 0);
    return `  ${start}[ router ] ${host.routerIpv4} ${host.name} ------- ${host.name} ${host.ipv4}`;
  });
  return lines.join('\n');
}

async function main(userDir: string, port: string): Promise<void> {
  const editor = new Editor(userDir, Number(port));
  let lab: Lab | undefined;
  let broker: Broker | undefined;
  let stopping = false;
  const stop = async (code: number) => {
    if (stopping) return;
    stopping = true;
    // What does not end in time ends with this process.
    setTimeout(() => process.exit(code), STOP_DEADLINE_MS).unref();
    try {
      await editor.stop();
      await broker?.close();
      await lab?.close();
    } catch {
      // Half built: the rest goes with this process.
    }
    editor.remove();
    process.exit(code);
  };
  process.on('disconnect', () => void stop(0));
  if (!process.connected) return stop(0);

  try {
    lab = await Lab.open();
    const hosts = await build(lab);
    broker = await Broker.open(MQTT_PORT);
    await editor.start();
    process.on('message', (_, server: Server) => {
      editor.serve(server);
      console.log(welcome(hosts, port));
    });
    process.send?.('ready', undefined, undefined, () => undefined);
  } catch (error) {
    if (!stopping) console.error((error as Error).message);
    await stop(1);
  }
}

const [userDir, port] = process.argv.slice(2);
if (userDir && port) void main(userDir, port);
