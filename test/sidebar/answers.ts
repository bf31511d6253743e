/**
 * The sidebar's own types of the server's answers say the same as those of the server: else this does not compile.
 */
import type { ControllerState } from '../../nodes/running';
import type * as sidebar from '../../nodes/sidebar/answers';
import type * as controller from '../../src/controller/answers';
import type { interfaces } from '../../src/controller/interfaces';

/** Every value of the server's type is one of the sidebar's. */
type Reads<Sidebar, Server extends Sidebar> = [Sidebar, Server];

export type Proof = [
  Reads<sidebar.TableState, controller.StateAnswer>,
  Reads<sidebar.ChangeAnswer, controller.ChangeAnswer>,
  Reads<sidebar.ControllerStatus['state'], ControllerState['state']>,
  Reads<sidebar.LiveInterface, ReturnType<typeof interfaces>[number]>,
];
