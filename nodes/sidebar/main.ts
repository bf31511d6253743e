/**
 * Adds the tab "Multicast" to the editor's sidebar, for users who may read.
 */
import { Tab } from './tab.js';
import { say } from './words.js';

const ID = 'mfc';
const ACTION = 'mfc:show-sidebar-tab';

RED.plugins.registerPlugin('mfc-sidebar', {
  onadd() {
    if (!RED.user.hasPermission('mfc.read')) return;
    RED.actions.add(ACTION, () => RED.sidebar.show(ID), { label: say('action') });
    RED.sidebar.addTab({
      id: ID,
      label: say('tab'),
      name: say('tab'),
      iconClass: 'fa fa-sitemap',
      content: new Tab().element,
      enableOnEdit: true,
      action: ACTION,
    });
  },
});
