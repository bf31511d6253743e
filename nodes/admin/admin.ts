/**
 * What the editor, and other programs that may, ask of Node-RED over HTTP: interfaces, controllers and their routes.
 */
import type { NodeAPI } from 'node-red';
import type { Controller } from '../../src/controller/controller';
import { interfaces } from '../../src/controller/interfaces';
import { parsePage } from '../../src/controller/page';
import { controllerOf, listControllers } from '../running';
import { check } from './check';
import { Endpoints, type Request } from './endpoints';
import { changeFor } from './readers';

/** The module may be loaded again, when its nodes were disabled and are enabled; what it has registered stays. */
const served = new WeakSet<object>();

export function serveAdmin(RED: NodeAPI): void {
  if (served.has(RED.httpAdmin)) return;
  served.add(RED.httpAdmin);
  const endpoints = new Endpoints(RED);
  endpoints.read('/mfc/interfaces', () => ({ interfaces: interfaces() }));
  endpoints.read('/mfc/controllers', () => ({ controllers: listControllers(RED) }));
  const named = ({ params }: Request): Controller => controllerOf(RED, String(params.id));
  endpoints.read('/mfc/controllers/:id/state', (request) => {
    const { query } = request;
    return named(request).state(query, {}, parsePage(query));
  });
  for (const verb of ['add', 'del', 'set'] as const) {
    endpoints.write(`/mfc/controllers/:id/${verb}`, (request) => {
      const controller = named(request);
      return changeFor(request, controller, () => controller[verb](request.body));
    });
  }
  endpoints.write('/mfc/check', ({ body }) => check(RED, body));
}
