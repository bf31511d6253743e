/**
 * The controllers that are deployed, whether they run or not: what the admin endpoints speak of.
 */
import type { NodeAPI, NodeDef } from 'node-red';
import type { Controller } from '../src/controller/controller';
import { MfcError } from '../src/errors';
import type { ControllerConfig, ControllerNode } from './controller-node';

/** As `GET mfc/controllers` answers. */
export interface ControllerState {
  id: string;
  name: string;
  /** As it is set: blank is the kernel's default one. */
  table: string;
  state: 'open' | 'opening' | 'closed';
  routes: number;
  pending: number;
  degraded: number;
  /** Why it is closed. */
  error?: { code: string; message: string; hint?: string | undefined };
}

/** There is no controller with this id. */
export class NoSuchController extends MfcError {
  constructor(id: string) {
    super('ERR_MFC_NOT_OPEN', `There is no controller '${id}'.`, {
      field: 'id',
      value: id,
      hint: "GET mfc/controllers lists those that are deployed. A controller is deployed with Node-RED's flows.",
    });
  }
}

interface Identity {
  id: string;
  name?: string | undefined;
  table?: string | number | undefined;
}

/** Node-RED lists what is deployed, but not what it made of a subflow's nodes. */
const running = new Set<ControllerNode>();

/** From now on it runs, until it is closed. */
export function noteRunning(node: ControllerNode): void {
  running.add(node);
  node.on('close', () => running.delete(node));
}

/** In the order of the flow file. */
export function listControllers(RED: NodeAPI): ControllerState[] {
  return deployed(RED).flatMap((config) => {
    const nodes = runningOf(config.id);
    return nodes.length === 0 ? [absent(config, notRunning())] : nodes.map(stateOf);
  });
}

/** Throws if it has nobody that could answer. */
export function controllerOf(RED: NodeAPI, id: string): Controller {
  const node = findRunning(id);
  if (node?.controller !== undefined) return node.controller;
  if (node !== undefined) throw unused();
  throw deployed(RED).some((config) => config.id === id) ? notRunning() : new NoSuchController(id);
}

export function findRunning(id: string): ControllerNode | undefined {
  return Array.from(running).find((node) => node.id === id);
}

/** More than one, or none, if it belongs to a subflow. */
function runningOf(id: string): ControllerNode[] {
  return Array.from(running).filter((node) => node.id === id || node._alias === id);
}

function deployed(RED: NodeAPI): ControllerConfig[] {
  const configs: ControllerConfig[] = [];
  try {
    RED.nodes.eachNode((config: NodeDef) => {
      if (config.type === 'mfc-controller') configs.push(config as ControllerConfig);
    });
  } catch (error) {
    // In the first moments, when it listens already and has not read its flows yet, Node-RED looks for them in null.
    if (!(error instanceof TypeError)) throw error;
  }
  return configs;
}

function stateOf(node: ControllerNode): ControllerState {
  if (node.controller === undefined) return absent(node, unused());
  const { error, ...status } = node.controller.status;
  return { ...identity(node), ...status, ...(error && { error: told(error) }) };
}

function absent(config: Identity, error: MfcError): ControllerState {
  return { ...identity(config), state: 'closed', routes: 0, pending: 0, degraded: 0, error: told(error) };
}

function identity({ id, name, table }: Identity): Pick<ControllerState, 'id' | 'name' | 'table'> {
  return { id, name: name ?? '', table: String(table ?? '').trim() };
}

function told(error: Error): NonNullable<ControllerState['error']> {
  if (!(error instanceof MfcError)) return { code: 'ERR_MFC_SYSCALL', message: error.message };
  return { code: error.code, message: error.message, hint: error.cause.hint };
}

function unused(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'No node uses this controller.', {
    hint: 'Select it in an mfc node, and deploy.',
  });
}

function notRunning(): MfcError {
  return new MfcError('ERR_MFC_NOT_OPEN', 'This controller is disabled, or the flows are stopped.', {
    hint: 'Enable it and deploy, or start the flows.',
  });
}
